"""Django's CSRF check, with one cookie a dossier: `__Host-` on HTTPS, a plain name on http://localhost."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, InvalidTokenFormat, _check_token_format
from django.utils.cache import patch_vary_headers

from comptoir.config.cookies import cookie_name


class DossierCsrf(CsrfViewMiddleware):
    def process_view(self, request: HttpRequest, callback: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(request, "device_only", False):  # a till shows its token in a header: no cookie, nothing to forge
            return None
        return super().process_view(request, callback, args, kwargs)

    def _get_secret(self, request: HttpRequest) -> str | None:
        secret = request.COOKIES.get(cookie_name(request, "csrf"))
        if secret is None:
            return None
        try:
            _check_token_format(secret)
        except InvalidTokenFormat:
            return None
        return secret

    def _set_csrf_cookie(self, request: HttpRequest, response: HttpResponse) -> None:
        response.set_cookie(
            cookie_name(request, "csrf"), request.META["CSRF_COOKIE"], path="/", secure=request.is_secure(),
            httponly=True, samesite=settings.SESSION_COOKIE_SAMESITE,
        )  # fmt: skip
        patch_vary_headers(response, ("Cookie",))
