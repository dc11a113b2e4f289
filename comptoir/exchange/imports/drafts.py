"""Rows of a table turned into article drafts, with every problem found on the way."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .columns import plain
from .prices import PriceRule, gross_of_net_e4, ruled_price_e4
from .problems import Problem
from .tables import Row, Table
from .values import (
    ValueReason,
    bare_text,
    read_barcodes,
    read_code,
    read_family,
    read_first_family,
    read_flag,
    read_kind,
    read_name,
    read_price_e4,
    read_unit,
    read_vat_e4,
)


class Draft(NamedTuple):
    """An article as read from one row, not yet in the dossier."""

    line: int
    code: str
    name: str
    barcodes: tuple[str, ...]
    price_e4: int | None  # TTC; None: asked at the till
    purchase_e4: int | None
    vat_e4: int | None
    family: str
    unit: str
    eco_minor: int
    active: bool
    meal_voucher: bool = False
    deposit: str = ""  # the code of its container deposit
    kind: str = ""  # empty: goods, or weighed when sold by the kilogram
    given: frozenset[str] = frozenset()  # fields that the file itself says, for an article that is changed


class Settings(NamedTuple):
    """How rows are read when the file does not tell."""

    rule: PriceRule | None
    vat_e4: int
    rates_e4: frozenset[int]
    country: str
    family: str


class _Cells:
    """One row by field; a cell that cannot be read becomes a problem, and reading goes on to find the others."""

    def __init__(self, row: Row, *, table: Table, columns: dict[str, int]) -> None:
        self._row, self._table, self._columns = row, table, columns
        self.problems: list[Problem] = []

    def text(self, field: str) -> str:
        position = self._columns.get(field)
        return "" if position is None or position >= len(self._row.cells) else bare_text(self._row.cells[position])

    def read(self, field: str, reader, *, default, **more):
        text = self.text(field)
        if not text:
            return default
        try:
            return reader(text, **more)
        except ValueReason as reason:
            self.refuse(field, str(reason))
            return default

    def refuse(self, field: str, reason: str) -> None:
        position = self._columns.get(field)
        heading = None if position is None else self._table.header[position]
        self.problems.append(Problem(self._row.line, heading, self.text(field) or None, reason))


class DraftReader:
    """Reads rows one by one; remembers what the file already holds, to find what it holds twice."""

    def __init__(
        self, *, table: Table, columns: dict[str, int], settings: Settings, vats_e4: Mapping[str, int | None]
    ) -> None:
        self._table, self._columns, self._settings, self._vats_e4 = table, columns, settings, vats_e4
        self._lines_of_codes: dict[str, int] = {}
        self._lines_of_barcodes: dict[str, int] = {}
        heading = table.header[columns["family"]] if "family" in columns else ""
        # PrestaShop lists several categories in one cell: the first is the article's own.
        self._read_family = read_first_family if plain(heading).startswith("categories") else read_family
        self._product = ("", "", "")  # Shopify: handle, title and type of the row that opened the product

    def read(self) -> Iterator[tuple[int, Draft | None, list[Problem]]]:
        """(line, draft or None, problems) for each row that is meant as an article."""
        for row in self._table.rows:
            if row.refusal:
                yield row.line, None, [Problem(row.line, None, None, row.refusal)]
            elif len([cell for cell in row.cells[len(self._table.header) :] if cell.strip()]):
                reason = f"la ligne a {len(row.cells)} cellules pour {len(self._table.header)} colonnes."
                yield row.line, None, [Problem(row.line, None, None, reason)]
            else:
                cells = _Cells(row, table=self._table, columns=self._columns)
                if self._is_picture_row(cells):
                    continue
                draft = self._draft(row, cells)
                yield row.line, None if cells.problems else draft, cells.problems

    def _is_picture_row(self, cells: _Cells) -> bool:
        """Shopify adds rows that hold only one more picture of the product above."""
        return "handle" in self._columns and not any(cells.text(f) for f in ("name", "price", "option1"))

    def _draft(self, row: Row, cells: _Cells) -> Draft | None:
        settings = self._settings
        name = self._name(cells)
        barcodes = cells.read("barcode", read_barcodes, default=[])
        code = cells.read("code", read_code, default="") or (barcodes[0] if barcodes else "")
        own_vat_e4 = self._vats_e4.get(code, settings.vat_e4)  # its own when the article is changed
        vat_e4 = cells.read("vat", read_vat_e4, default=own_vat_e4, rates_e4=settings.rates_e4)
        purchase_e4 = cells.read("purchase", read_price_e4, default=None)
        eco_e4 = cells.read("eco", read_price_e4, default=0)
        if eco_e4 % 100:
            cells.refuse("eco", "l’éco-participation se compte au centime.")
        unit = cells.read("unit", read_unit, default="pce")
        active = cells.read("active", read_flag, default=True) if "handle" not in self._columns else True
        meal_voucher = cells.read("meal_voucher", read_flag, default=False)
        deposit = cells.read("deposit", read_code, default="")
        kind = cells.read("kind", read_kind, default="")
        price_e4 = self._price(cells, code=code or name, vat_e4=vat_e4, purchase_e4=purchase_e4)
        own_family = cells.read("family", self._read_family, default="") or self._product[2]
        self._refuse_repeats(row.line, cells, code=code, barcodes=barcodes)
        if cells.problems:
            return None
        given = {field for field in self._columns if cells.text(field)} | ({"family"} if own_family else set())
        return Draft(row.line, code, name, tuple(barcodes), price_e4, purchase_e4, vat_e4,
                     own_family or settings.family, unit, eco_e4 // 100, active, meal_voucher, deposit, kind,
                     frozenset(given))  # fmt: skip

    def _name(self, cells: _Cells) -> str:
        handle = cells.text("handle")
        if not handle:
            name = cells.read("name", read_name, default="")
            if not name and not cells.problems:
                cells.refuse("name", "le nom est vide.")
            return name
        if handle != self._product[0]:
            self._product = (handle, cells.read("name", read_name, default=handle), cells.text("family"))
        options = [cells.text(f"option{number}") for number in (1, 2, 3)]
        chosen = " ".join(option for option in options if option and option != "Default Title")
        return f"{self._product[1]} {chosen}".strip()

    def _price(self, cells: _Cells, *, code: str, vat_e4: int | None, purchase_e4: int | None) -> int | None:
        if cells.text("price"):
            return cells.read("price", read_price_e4, default=0)
        try:
            if cells.text("price_ht"):
                net_e4 = cells.read("price_ht", read_price_e4, default=0)
                return gross_of_net_e4(net_e4, vat_e4=vat_e4, country=self._settings.country)
            if self._settings.rule is not None:
                return ruled_price_e4(self._settings.rule, code=code, purchase_e4=purchase_e4)
        except ValueReason as reason:
            cells.refuse("price_ht" if cells.text("price_ht") else "purchase", str(reason))
            return None
        cells.refuse(
            "price" if "price" in self._columns else "price_ht",
            "le prix manque ; une règle de prix peut le donner (--price-rule).",
        )  # noqa: E501
        return None

    def _refuse_repeats(self, line: int, cells: _Cells, *, code: str, barcodes: list[str]) -> None:
        for field, values, seen in (
            ("code", [code] if code else [], self._lines_of_codes),
            ("barcode", barcodes, self._lines_of_barcodes),
        ):
            for value in values:
                first = seen.setdefault(value, line)
                if first != line:
                    what = "cette référence" if field == "code" else "ce code-barres"
                    shown = field if cells.text(field) else "barcode"
                    cells.refuse(shown, f"{what} est déjà à la ligne {first}.")
