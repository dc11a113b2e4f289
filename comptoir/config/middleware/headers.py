"""Headers that close what a page does not need (ASVS 5.0, 3.4.1 to 3.4.8)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_REST = (
    "style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"
)
OFFICE_POLICY = f"default-src 'none'; script-src 'self'; {_REST}"
# The till compiles its engine (WebAssembly); the bridge serves the till's page itself, so 'self' covers it.
TILL_POLICY = f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; {_REST}"

CLOSED = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in CLOSED),
}
HSTS = ("Strict-Transport-Security", "max-age=31536000")  # over TLS only


class SecurityHeaders:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in FIXED.items():
            response.headers[name] = value
        response.headers.setdefault("Content-Security-Policy", OFFICE_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure():
            response.headers[HSTS[0]] = HSTS[1]
        return response
