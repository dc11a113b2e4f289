"""Articles, their barcodes, photos and the history of their prices."""

from django.db import models
from django.db.models import Q

from .family import Family

KINDS = ("goods", "weighed", "service", "deposit", "stored_value")


class Article(models.Model):
    """Something sold. `version` is the catalogue version of its last change: tills ask for what changed since one."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True)
    name = models.TextField()
    folded = models.TextField()  # name and code without accents nor capitals, for the search
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, related_name="articles")
    kind = models.TextField(default="goods")
    unit = models.TextField(default="pce")
    price_e4 = models.BigIntegerField()
    vat_e4 = models.IntegerField(null=True)
    open_price = models.BooleanField(default=False)
    meal_voucher = models.BooleanField(default=False)
    discountable = models.BooleanField(default=True)
    print_forced = models.BooleanField(default=False)
    eco_minor = models.BigIntegerField(default=0)
    tare_milli = models.BigIntegerField(default=0)
    # What the customer pays for the container and gets back: sold with it, outside VAT, `deposit_milli` a unit sold.
    deposit = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="contents")
    deposit_milli = models.BigIntegerField(default=1000)
    photo = models.ForeignKey("catalog.Photo", on_delete=models.PROTECT, null=True, related_name="+")
    active = models.BooleanField(default=True)
    version = models.BigIntegerField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="catalog_article_kind"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="catalog_article_named"),
            models.CheckConstraint(
                condition=Q(price_e4__gte=0) & Q(price_e4__lte=10**12), name="catalog_article_price"
            ),
            models.CheckConstraint(
                condition=Q(vat_e4__isnull=True) | (Q(vat_e4__gte=0) & Q(vat_e4__lt=10_000)), name="catalog_article_vat"
            ),
            models.CheckConstraint(condition=Q(eco_minor__gte=0) & Q(tare_milli__gte=0), name="catalog_article_extras"),
            models.CheckConstraint(
                condition=~Q(kind="deposit") | (Q(vat_e4__isnull=True) & Q(deposit__isnull=True)),
                name="catalog_deposit_outside_vat",
            ),
            models.CheckConstraint(condition=Q(deposit_milli__gt=0), name="catalog_article_deposit_counts"),
        ]
        indexes = [
            models.Index(fields=["version"], name="catalog_article_version"),
            models.Index(fields=["name"], name="catalog_article_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Barcode(models.Model):
    """A code that scans to an article; a pack's code counts `quantity_milli` of it."""

    code = models.TextField(primary_key=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="barcodes")
    quantity_milli = models.BigIntegerField(default=1000)
    position = models.IntegerField(default=0)

    class Meta:
        ordering = ["article", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity_milli__gt=0) & ~Q(code=""), name="catalog_barcode_counts"),
        ]

    def __str__(self) -> str:
        return self.code


class PriceChange(models.Model):
    """What an article cost from a catalogue version on. Append-only: it answers for prices that a till applied."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="price_changes", db_index=False)
    version = models.BigIntegerField()
    price_e4 = models.BigIntegerField()
    vat_e4 = models.IntegerField(null=True)
    at = models.DateTimeField()
    operator = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "version"], name="catalog_price_version")]

    def __str__(self) -> str:
        return f"v{self.version} {self.price_e4}"


class CatalogueVersion(models.Model):
    """One row a change of the catalogue: its number is the version. Append-only, without gap."""

    version = models.BigIntegerField(primary_key=True)
    reason = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.version)


class Photo(models.Model):
    """A picture of an article, re-encoded by us; the same picture is kept once."""

    digest = models.TextField(primary_key=True)  # SHA-256 of `full`, hexadecimal
    full = models.BinaryField()  # WebP, 640 pixels at most
    thumbnail = models.BinaryField()  # WebP, 160 pixels at most

    def __str__(self) -> str:
        return self.digest[:8]
