"""A file that is handed out for good: whoever takes it is told in the journal before the first byte leaves."""

from pathlib import Path
from typing import Any, ClassVar

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View


class HandingOut(View):
    """A subclass takes the file by a service, which writes the event; what that refuses is said on the page `back`."""

    back: ClassVar[str]
    refusal: ClassVar[type[Exception]]

    def take(self, request: HttpRequest, **named: Any) -> Path:
        raise NotImplementedError

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            path = self.take(request, **named)
        except self.refusal as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(reverse(self.back))
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
        answer.export_is_told = True  # type: ignore[attr-defined]  # by its own event
        return answer
