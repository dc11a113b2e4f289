"""The names of safes and banks, and the accounting accounts of the shop. Settings: what they said before stays in records."""

import re
from typing import Any

from django.db import transaction

from comptoir.apps.access.services.require_right import require_right

from ..book_accounts import ROLES
from ..models import BookAccount, CashPlace
from .move_money import MoneyRefused

_ACCOUNT = re.compile(r"[0-9A-Z]{3,12}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
FIELDS = ("name", "holder", "iban")


def add_safe(name: str, *, by: Any) -> CashPlace:
    """One more safe, numbered after the others. Raises RightMissing, MoneyRefused `name`."""
    require_right(by, right="treasury.move")
    with transaction.atomic():
        codes = [int(code) for code in CashPlace.objects.filter(kind="safe").values_list("code", flat=True)]
        return CashPlace.objects.create(kind="safe", code=str(max(codes, default=0) + 1), name=_name(name))


def change_place(place: CashPlace, *, by: Any, **values: str) -> None:
    """Another name, holder or IBAN (checked by its key, modulo 97). Raises RightMissing, MoneyRefused `name`, `iban`."""
    require_right(by, right="treasury.move")
    values["name"] = _name(values.get("name", place.name))
    values["iban"] = re.sub(r"\s", "", values.get("iban", place.iban)).upper()
    if values["iban"] and not _iban_holds(values["iban"]):
        raise MoneyRefused("La clé de cet IBAN ne correspond pas : relisez-le.", code="iban", field="iban")
    for field in FIELDS:
        setattr(place, field, values.get(field, getattr(place, field)))
    place.save(update_fields=FIELDS)


def choose_accounts(chosen: dict[tuple[str, str], tuple[str, str]], *, by: Any) -> None:
    """Accounts by (role, key), as (number, name); an empty number goes back to the usual one. All or none.

    Raises RightMissing, MoneyRefused `account` for a number that no chart would hold."""
    require_right(by, right="books.accounts")
    with transaction.atomic():
        for (role, key), (number, label) in chosen.items():
            if role not in ROLES:
                raise MoneyRefused("Cet usage n’existe pas.", code="role")
            if not number:
                BookAccount.objects.filter(role=role, key=key).delete()
                continue
            if not _ACCOUNT.fullmatch(number):
                text = f"« {number} » n’est pas un numéro de compte : 3 à 12 chiffres ou majuscules."
                raise MoneyRefused(text, code="account", field=f"{role}__{key}")
            BookAccount.objects.update_or_create(role=role, key=key, defaults={"account": number, "label": label})


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > 60:
        raise MoneyRefused("Donnez un nom, de 60 caractères au plus.", code="name", field="name")
    return name


def _iban_holds(iban: str) -> bool:
    if not _IBAN.fullmatch(iban):
        return False
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return int(digits) % 97 == 1
