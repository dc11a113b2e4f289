"""A button that acts: POST only, a service does it, a sentence tells what became of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views import View

from comptoir.apps.access.refusals import AccessRefusal


class Action(View):
    """A subclass says its `required_right` and `act`, which calls a service and returns (address, sentence)."""

    required_right = ""
    http_method_names = ["post"]
    refusals: tuple[type[Exception], ...] = (AccessRefusal, ValueError)

    def act(self, request: HttpRequest, **kwargs: Any) -> tuple[str, str]:
        raise NotImplementedError

    def address(self, **kwargs: Any) -> str:
        """Where to go back when the service refuses."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            address, sentence = self.act(request, **kwargs)
        except self.refusals as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(self.address(**kwargs))
        if sentence:
            messages.success(request, sentence)
        return HttpResponseRedirect(address)
