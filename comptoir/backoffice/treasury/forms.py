"""The forms of money that moves: every one carries the id of its request, so that a second click moves nothing."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.queries import denominations, registers
from comptoir.apps.treasury.balances import places
from comptoir.apps.treasury.services.deposit_cheques import Cheque
from comptoir.engine.money import format_euro
from comptoir.exchange.books.cheques import cheques_to_deposit

from ..kit.amounts import ScaledField
from ..kit.formpage import OfficeForm

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
PIECE = "piece_"


def amount(label: Any, **options: Any) -> ScaledField:
    return ScaledField(label=label, digits=2, suffix="€", **options)


class MoneyForm(OfficeForm):
    """A form that seals something: `request` travels hidden."""

    request = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"request": uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def drawn(self) -> list[dict[str, Any]]:
        """Without what is hidden: the template writes it apart."""
        parts = super().drawn()
        for part in parts:
            part["fields"] = [one for one in part["fields"] if not one["field"].is_hidden]
        return [part for part in parts if part["fields"]]


class PiecesForm(MoneyForm):
    """Coins and notes, largest first. `pieces()` is what was typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: dict[bool, list[str]] = {True: [], False: []}
        for row in denominations():
            name = f"{PIECE}{row['value_minor']}"
            widget = forms.NumberInput(
                attrs={"min": 0, "inputmode": "numeric", "class": "number", "data-value": row["value_minor"]}
            )
            self.fields[name] = forms.IntegerField(
                label=format_euro(row["value_minor"]), required=False, min_value=0, max_value=99_999, widget=widget
            )
            names[row["bank_note"]].append(name)
        self.sections = [*self.sections, (_("Billets"), names[True]), (_("Pièces"), names[False])]

    def pieces(self) -> list[dict[str, int]]:
        return [
            {"value_minor": int(name.removeprefix(PIECE)), "count": count}
            for name, count in self.cleaned_data.items()
            if name.startswith(PIECE) and count
        ]


def _safes() -> list[tuple[str, str]]:
    return [(place.account, place.name) for place in places("safe")]


class BankDepositForm(PiecesForm):
    safe = forms.ChoiceField(label=_("Pris dans"), choices=_safes)
    reference = forms.CharField(label=_("Numéro du sac"), max_length=40, required=False)
    sections = (("", ("safe", "reference")),)


class CountForm(PiecesForm):
    reason = forms.CharField(
        label=_("D’où vient l’écart"),
        max_length=120,
        required=False,
        help_text=_("À remplir seulement si le compte n’est pas juste."),
    )
    sections = (("", ("reason",)),)
    wide = ("reason",)


class ChequeBoxes(forms.CheckboxSelectMultiple):
    """The boxes of cheques, each carrying its amount in cents, so that the page can sum those that are ticked."""

    amounts: dict[str, int] = {}

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        made: dict[str, Any] = super().create_option(name, value, *args, **options)
        made["attrs"]["data-minor"] = self.amounts.get(value, 0)
        return made


class ChequesForm(MoneyForm):
    cheques = forms.MultipleChoiceField(
        label=_("Chèques remis"), widget=ChequeBoxes, required=False,
        error_messages={"invalid_choice": _("Un de ces chèques n’est plus à remettre : revoyez la liste.")},
    )  # fmt: skip
    reference = forms.CharField(label=_("Référence du bordereau de la banque"), max_length=40, required=False)
    sections = (("", ("cheques", "reference")),)
    wide = ("cheques",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {f"{one.ticket}/{one.payment}": one for one in cheques_to_deposit()}
        self.fields["cheques"].choices = [(key, _words(one)) for key, one in self.found.items()]
        self.fields["cheques"].widget.amounts = {key: one.amount_minor for key, one in self.found.items()}
        self.initial.setdefault("cheques", list(self.found))


def _words(one: Cheque) -> str:
    day = f"{one.sold_on[8:]}/{one.sold_on[5:7]}"
    number = f"{one.chain.removesuffix('-ticket')}-{one.seq}"
    return " · ".join(part for part in (day, number, one.reference or "", format_euro(one.amount_minor)) if part)


class ReceiveForm(MoneyForm):
    amount_minor = amount(_("Montant crédité"))
    value_date = forms.DateField(label=_("Date sur le relevé"), widget=DAY)
    reference = forms.CharField(label=_("Référence du relevé"), max_length=40, required=False)
    reason = forms.CharField(label=_("Raison de l’écart"), max_length=120, required=False)
    sections = (("", ("amount_minor", "value_date", "reference", "reason")),)


class ChangeFromBankForm(MoneyForm):
    safe = forms.ChoiceField(label=_("Mis dans"), choices=_safes)
    amount_minor = amount(_("Montant"))
    reference = forms.CharField(label=_("Référence de la commande"), max_length=40, required=False)
    sections = (("", ("safe", "amount_minor", "reference")),)


class ChangeForRegisterForm(MoneyForm):
    safe = forms.ChoiceField(label=_("Pris dans"), choices=_safes)
    register = forms.ChoiceField(
        label=_("Pour la caisse"), choices=lambda: [(row.code, row.name) for row in registers()]
    )
    amount_minor = amount(_("Montant"))
    sections = (("", ("safe", "register", "amount_minor")),)


class OtherForm(MoneyForm):
    safe = forms.ChoiceField(label=_("Coffre"), choices=_safes)
    direction = forms.ChoiceField(
        label=_("Sens"), choices=[("in", _("Entrée dans le coffre")), ("out", _("Sortie du coffre"))]
    )
    amount_minor = amount(_("Montant"))
    label = forms.CharField(
        label=_("Motif"), max_length=80, help_text=_("Par exemple : apport de l’exploitant, loyer payé en espèces.")
    )
    sections = (("", ("safe", "direction", "amount_minor", "label")),)
    wide = ("label",)


class PlaceForm(OfficeForm):
    name = forms.CharField(label=_("Nom"), max_length=60)
    holder = forms.CharField(label=_("Titulaire du compte"), max_length=120, required=False)
    iban = forms.CharField(label=_("IBAN"), max_length=42, required=False)
    sections = (("", ("name", "holder", "iban")),)


def request_of(data: dict[str, Any]) -> UUID:
    found: UUID = data["request"]
    return found
