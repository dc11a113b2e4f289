"""Tables of the catalog app."""

from .article import KINDS, Article, Barcode, CatalogueVersion, Photo, PriceChange
from .family import Family, GridKey

__all__ = ["KINDS", "Article", "Barcode", "CatalogueVersion", "Family", "GridKey", "Photo", "PriceChange"]
