"""The catalogue's tables for raw rows."""

from comptoir.apps.fiscal.raw_rows import RawTable

from .models import Article, Barcode, PriceChange

ARTICLES = RawTable(
    Article, "id", "code", "name", "folded", "family_id", "kind", "unit", "price_e4", "vat_e4", "open_price",
    "meal_voucher", "discountable", "print_forced", "eco_minor", "tare_milli", "deposit_id",
    "deposit_milli", "photo_id", "active", "version", "created_at", "changed_at",
)  # fmt: skip
CHANGED = RawTable(  # what a change may set, then the key
    Article, "name", "folded", "family_id", "kind", "unit", "price_e4", "vat_e4", "open_price", "meal_voucher",
    "discountable", "print_forced", "eco_minor", "tare_milli", "deposit_id", "deposit_milli", "active", "version",
    "changed_at", "id",
)  # fmt: skip
BARCODES = RawTable(Barcode, "code", "article_id", "quantity_milli", "position")
PRICES = RawTable(PriceChange, "article_id", "version", "price_e4", "vat_e4", "at", "operator")
