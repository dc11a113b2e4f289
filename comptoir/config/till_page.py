"""The till's files, built by web/: the same for every dossier and register, so that a service worker may keep them.

They live below the page because a worker's script must be within the service worker's scope. All carry the till's
policy: a worker obeys the one it was served with.
"""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from comptoir.apps.access.rights import PUBLIC, declare
from comptoir.config.answers import refusal
from comptoir.config.middleware.headers import TILL_POLICY

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".py": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
COMPRESSED = {".html", ".js", ".mjs", ".css", ".json", ".webmanifest", ".wasm", ".py", ".svg"}


@declare(PUBLIC)
@require_safe
def till_file(request: HttpRequest, name: str) -> HttpResponse:
    path = _file(name or "index.html")
    if path is None:
        return refusal(request, 404, code="not_found")
    plain, packed, tag = _content(path, path.stat().st_mtime_ns)
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        wanted = packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(packed if wanted else plain, content_type=TYPES[path.suffix])
        if wanted:
            response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ("Accept-Encoding",))
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
    response["Content-Security-Policy"] = TILL_POLICY
    return response


def _file(name: str) -> Path | None:
    """The built file of this name; None for one that does not exist, has no known type or lies outside the folder."""
    root = (settings.WEB_DIST / "till").resolve()
    try:
        path = (root / name).resolve()
        known = path.is_relative_to(root) and path.suffix in TYPES and path.is_file()
    except (OSError, ValueError):  # a name too long for the file system, or holding a zero byte
        return None
    return path if known else None


@lru_cache(maxsize=256)
def _content(path: Path, modified: int) -> tuple[bytes, bytes | None, str]:
    plain = path.read_bytes()
    packed = gzip.compress(plain, 9, mtime=0) if path.suffix in COMPRESSED else None
    return plain, packed, f'"{hashlib.sha256(plain).hexdigest()[:32]}"'
