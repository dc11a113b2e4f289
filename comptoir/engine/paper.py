"""The blocks of a receipt document (`receipt/1`) and the parts that every receipt shares. Renderers pad and wrap."""

from .calendar import local_parts, long_date
from .money import format_minor

EXTRACT = (2, 6, 12, 18)  # characters 3, 7, 13 and 19 of the signature
BELGIAN_UNIT_DIGITS = 10  # a SIRET has 14


class Paper:
    """A receipt being written."""

    __slots__ = ("blocks",)

    def __init__(self):
        self.blocks = []

    def text(self, words, align="l", style=None):
        block = {"t": "text", "s": words, "align": align}
        if style:
            block["style"] = style
        self.blocks.append(block)

    def row(self, left, right, style=None):
        block = {"t": "row", "l": left, "r": right}
        if style:
            block["style"] = style
        self.blocks.append(block)

    def cols(self, cells, widths):
        self.blocks.append({"t": "cols", "c": cells, "w": widths})

    def rule(self):
        self.blocks.append({"t": "rule"})

    def money(self, left, amount_minor, style=None):
        self.row(left, format_minor(amount_minor), style)

    def add(self, block):
        self.blocks.append(block)

    def document(self, lang):
        self.blocks.append({"t": "feed", "n": 3})
        self.blocks.append({"t": "cut"})
        return {"format": "receipt/1", "lang": lang, "blocks": self.blocks}


def shop_head(paper, shop, words):
    """Identity of the shop: trade name, company, address, SIRET or Belgian unit, NAF, VAT number, phone."""
    if shop.get("logo"):
        paper.add({"t": "image", "name": "logo"})
    paper.text(shop.get("name") or "", "c", ["bold", "double"])
    legal = shop.get("legal_name")
    if legal and legal != shop.get("name"):
        paper.text(legal, "c")
    for line in shop.get("address") or []:
        paper.text(line, "c")
    if shop.get("phone"):
        paper.text(words.of("phone") + " " + shop["phone"], "c")
    identity = []
    for key in ("siret", "naf"):
        if shop.get(key):
            unit = key == "siret" and len(shop[key]) == BELGIAN_UNIT_DIGITS
            identity.append(words.of("establishment_unit" if unit else key) + " " + shop[key])
    if identity:
        paper.text("  ".join(identity), "c")
    if shop.get("vat_number"):
        paper.text(words.of("vat_number") + " " + shop["vat_number"], "c")
    paper.rule()


def clock(at, offset_minutes, seconds=True):
    """Local `22/11/2026 10:11:12`, or `10:11` alone."""
    parts = local_parts(at, offset_minutes, "record/at")
    if not seconds:
        return "%d:%02d" % (parts[3], parts[4])
    return "%02d/%02d/%04d %02d:%02d:%02d" % (parts[2], parts[1], parts[0], parts[3], parts[4], parts[5])


def day(date, lang="fr"):
    """`2026-11-20` as `Vendredi 20 novembre 2026`; in figures in another language."""
    if lang != "fr":
        return date[8:10] + "/" + date[5:7] + "/" + date[0:4]
    text = long_date(date, "record/business_date")
    return chr(ord(text[0]) - 32) + text[1:]


def signature_foot(paper, signature, shop, words):
    """Extract of the signature and the software that made it. Never a certification mark: see compliance."""
    if len(signature) >= 19:
        paper.row(words.of("signature"), "".join([signature[index] for index in EXTRACT]))
    if shop.get("software"):
        paper.row(words.of("software"), shop["software"])
