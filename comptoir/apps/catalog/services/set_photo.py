"""Pictures of articles: decoded, made small, encoded again by us, so that nothing of the file received is served."""

import hashlib
import io
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from comptoir.apps.access.services.require_right import require_right

from ..models import Article, Photo
from ..naming import CatalogRefused
from .save_article import touch_article

FULL_PIXELS = 640
THUMBNAIL_PIXELS = 160
MAX_BYTES = 10_000_000
MAX_PIXELS = 40_000_000


def set_photo(article_id: UUID, *, by: Any, picture: bytes | None) -> Article:
    """Gives the article this picture, or none. Needs `catalog.edit`. Raises RightMissing, Article.DoesNotExist,
    CatalogRefused (no picture, too large)."""
    require_right(by, right="catalog.edit")
    photo = None if picture is None else _photo(picture)
    with transaction.atomic():
        if photo is not None:
            Photo.objects.bulk_create([photo], ignore_conflicts=True)
        return touch_article(article_id, reason="photo", photo_id=photo.digest if photo else None)


def _photo(picture: bytes) -> Photo:
    if len(picture) > MAX_BYTES:
        raise CatalogRefused(_("Cette image dépasse 10 Mo."), field="photo")
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP", "GIF")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise CatalogRefused(_("Cette image est trop grande."), field="photo")
            image = _on_white(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        if isinstance(problem, CatalogRefused):
            raise
        raise CatalogRefused(_("Ce fichier n’est pas une image lisible."), field="photo") from problem
    image.thumbnail((FULL_PIXELS, FULL_PIXELS))  # once: copies of forty million pixels would fill a small server
    full = _encoded(image, pixels=FULL_PIXELS)
    return Photo(digest=hashlib.sha256(full).hexdigest(), full=full, thumbnail=_encoded(image, pixels=THUMBNAIL_PIXELS))


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency: what shows through a packshot is paper, not the black that lies below it in the file."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    whole = image.convert("RGBA")
    paper = Image.new("RGB", whole.size, (255, 255, 255))
    paper.paste(whole, mask=whole.getchannel("A"))
    return paper


def _encoded(image: Image.Image, *, pixels: int) -> bytes:
    small = image.copy()
    small.thumbnail((pixels, pixels))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=82)
    return out.getvalue()
