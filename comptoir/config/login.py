"""Log in to the office with a password, and out."""

import secrets

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.apps.access.refusals import AccessRefusal, MustWait
from comptoir.apps.access.rights import PUBLIC, SIGNED_IN, declare
from comptoir.apps.access.services.authenticate import authenticate
from comptoir.apps.access.services.open_session import end_session, open_session
from comptoir.config.cookies import cookie_name
from comptoir.dossiers.binding import required_dossier

DEVICE_AGE_S = 400 * 24 * 3600  # the longest that browsers keep a cookie


class LoginForm(forms.Form):
    login = forms.CharField(label=_("Identifiant"), max_length=60)
    password = forms.CharField(label=_("Mot de passe"), max_length=256, strip=False, widget=forms.PasswordInput)


@declare(PUBLIC)
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The login page. A refusal says the same whether the person exists or not."""
    if request.method == "GET":
        if request.user.is_authenticated:
            return HttpResponseRedirect(_next_page(request))
        return _page(request, LoginForm(), status=200)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    device = request.get_signed_cookie(cookie_name(request, "device"), default=None)
    try:
        user = authenticate(**form.cleaned_data, device=device, now=timezone.now())
    except AccessRefusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=429 if isinstance(refusal, MustWait) else 422)
    open_session(request.session, user=user, dossier=str(required_dossier().uuid))
    response = HttpResponseRedirect(_next_page(request))
    _remember_device(request, response, device)
    return response


@declare(SIGNED_IN)
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    end_session(request.session)
    response = HttpResponseRedirect(get_script_prefix())
    response["Clear-Site-Data"] = '"cache"'  # not the storage: the till of this same origin keeps its sales there
    return response


def _page(request: HttpRequest, form: LoginForm, *, status: int) -> HttpResponse:
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", ""), "till": "caisse/"}
    return render(request, "login.html", context | {"dossier": required_dossier()}, status=status)


def _next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, inside this dossier and nowhere else."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    inside = wanted.startswith(get_script_prefix()) and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if inside else get_script_prefix()


def _remember_device(request: HttpRequest, response: HttpResponse, known: str | None) -> None:
    """A browser that has logged in once is told apart by a random number, for the throttle."""
    response.set_signed_cookie(
        cookie_name(request, "device"), known or secrets.token_urlsafe(18), max_age=DEVICE_AGE_S, path="/",
        secure=request.is_secure(), httponly=True, samesite=settings.SESSION_COOKIE_SAMESITE,
    )  # fmt: skip
