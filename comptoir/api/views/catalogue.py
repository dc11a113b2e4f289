"""The catalogue for tills: manifest, chunks, delta since a version, photos."""

import gzip
from typing import Any

from django.http import HttpRequest, HttpResponse

from comptoir.apps.catalog.queries import article_tuples, catalogue_version, count_changed, photo
from comptoir.apps.till.queries import Caller

from ..call import device_call, open_call
from ..catalogue_chunks import current_catalogue, kept_catalogue, with_photo_address
from ..problems import Problem

MOST_CHANGED = 20_000  # beyond, loading everything again is quicker


@device_call("GET")
def manifest(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """What there is to load: version, count, number of chunks, digest."""
    now = current_catalogue()
    return {"version": now.version, "count": now.count, "chunks": len(now.chunks), "digest": now.digest}


@device_call("GET")
def chunk(request: HttpRequest, *, caller: Caller, version: int, index: int) -> HttpResponse:
    """One chunk of a version; 410 when that version is gone: the till starts again from the manifest."""
    catalogue = kept_catalogue(version)
    if catalogue is None:
        raise Problem(410, "too_old")
    if index >= len(catalogue.chunks):
        raise Problem(404, "not_found")
    packed = catalogue.chunks[index]
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(gzip.decompress(packed), content_type="application/json")
    answer = HttpResponse(packed, content_type="application/json", headers={"Content-Encoding": "gzip"})
    answer["Vary"] = "Accept-Encoding"
    return answer


@device_call("GET")
def delta(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """The articles changed since a version; 410 when there are too many, or when the version lies ahead of ours (the
    dossier was restored)."""
    try:
        since = int(request.GET.get("since", ""))
    except ValueError as problem:
        raise Problem(400, "wrong_shape", where="since") from problem
    version = catalogue_version()
    if not 0 <= since <= version or count_changed(since=since) > MOST_CHANGED:
        raise Problem(410, "too_old")
    rows = [] if since == version else [with_photo_address(row) for row in article_tuples(since=since)]
    return {"version": version, "articles": rows, "removed": []}


@open_call("GET")
def picture(request: HttpRequest, *, digest: str) -> HttpResponse:
    """An article's thumbnail, or with `?taille=grande` the larger picture. Its address is the digest of its content."""
    found = photo(digest)
    if found is None:
        raise Problem(404, "not_found")
    content = found.full if request.GET.get("taille") == "grande" else found.thumbnail
    answer = HttpResponse(bytes(content), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
