"""Which accounting account each thing is booked on: the country's usual chart, unless the shop chose another.

Roles and keys: `sales`, `vat` and `input_vat` (petty expenses) by rate in ten-thousandths ("none": outside VAT), `tender`
by code or nature, `reason` by code of movement, `difference` and `rounding` by "gain" or "loss". A key left out falls back on the role's key "".
The charts come from the PCG (France) and the PCMN (Belgium); sub-accounts are ours, and meant to be changed with the accountant."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from .models import BookAccount

ROLES = {
    "sales": "Ventes", "vat": "TVA collectée", "tender": "Règlements", "input_vat": "TVA déductible", "reason": "Mouvements d’espèces",
    "difference": "Écarts de caisse", "rounding": "Arrondis",
}  # fmt: skip


class Account(NamedTuple):
    """A number and its name, as they are written in entries."""

    number: str
    label: str


@lru_cache(maxsize=4)
def usual_accounts(country: str) -> dict[str, dict[str, Account]]:
    """The chart to start from; raises KeyError for a country without one."""
    charts = json.loads(files(__package__).joinpath("book_accounts.json").read_text(encoding="utf-8"))
    return {role: {key: Account(*pair) for key, pair in keys.items()} for role, keys in charts[country].items()}


class Chart:
    """The accounts of the shop, read once."""

    def __init__(self, country: str) -> None:
        self.usual = usual_accounts(country)
        self.chosen = {(row.role, row.key): Account(row.account, row.label) for row in BookAccount.objects.all()}

    def account(self, role: str, *keys: str) -> Account:
        """The account of the first of these keys that has one, the shop's own choices first."""
        for key in (*keys, ""):
            found = self.chosen.get((role, key)) or self.usual[role].get(key)
            if found is not None:
                return found
        raise KeyError(f"{role}: no account for {keys}")

    def sales(self, vat_e4: int | None) -> Account:
        return self.account("sales", "none" if vat_e4 is None else str(vat_e4))

    def vat(self, vat_e4: int) -> Account:
        return self.account("vat", str(vat_e4))

    def input_vat(self, vat_e4: int) -> Account:
        return self.account("input_vat", str(vat_e4))

    def tender(self, code: str, *, kind: str) -> Account:
        return self.account("tender", code, kind)

    def reason(self, code: str | None) -> Account:
        return self.account("reason", code or "")

    def side(self, role: str, *, gain: bool) -> Account:
        return self.account(role, "gain" if gain else "loss")
