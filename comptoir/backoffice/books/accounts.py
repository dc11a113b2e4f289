"""Which accounts the entries use: the usual ones of the country, changed one by one with the accountant."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.models import CashReason, TenderType
from comptoir.apps.settings.queries import company
from comptoir.apps.treasury.book_accounts import ROLES, Chart
from comptoir.apps.treasury.services.save_places import choose_accounts
from comptoir.exchange.books.receipts_book import rate_name

from ..kit.formpage import FormPage, OfficeForm
from .pages import ROOM, tabs

SIDES = {"gain": _("En plus"), "loss": _("En moins")}


def keys_of(chart: Chart) -> list[tuple[str, str, str]]:
    """Role, key and words of everything that can be booked in this shop."""
    found: list[tuple[str, str, str]] = []
    for role in ("sales", "vat"):
        rates = [key for key in chart.usual["sales"] if key not in ("", "none") and (role == "sales" or key != "0")]
        found += [(role, key, rate_name(int(key))) for key in rates]
    found += [("sales", "none", rate_name(None)), ("input_vat", "", str(_("Petits achats")))]
    found += [("tender", code, label) for code, label in TenderType.objects.values_list("code", "label")]
    found += [("reason", code, label) for code, label in CashReason.objects.values_list("code", "label")]
    return found + [(role, key, str(words)) for role in ("difference", "rounding") for key, words in SIDES.items()]


class AccountsForm(OfficeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chart = Chart(company().country)
        kinds = dict(TenderType.objects.values_list("code", "kind"))
        sections: dict[str, list[str]] = {role: [] for role in ROLES}
        for role, key, words in keys_of(chart):
            account = chart.account(role, key, kinds.get(key, ""))
            name = f"{role}__{key}"
            self.fields[name] = forms.CharField(
                label=words, max_length=12, required=False, help_text=account.label, initial=account.number
            )
            sections[role].append(name)
        self.sections = [(ROLES[role], names) for role, names in sections.items()]


class BookAccounts(FormPage):
    required_right, edit_right = "books.view", "books.accounts"
    room = ROOM
    title = _("Comptes comptables")
    form_class = AccountsForm
    template_name = "office/book_accounts.html"
    saved_text = _("Comptes enregistrés. Les écritures déjà exportées ne changent pas.")

    def save(self, data: dict[str, Any]) -> str:
        before = AccountsForm()
        changed = {
            tuple(name.split("__", 1)): (number.strip(), str(before.fields[name].help_text))
            for name, number in data.items()
            if number.strip() != before.fields[name].initial
        }
        choose_accounts(changed, by=self.request.user)
        return reverse("book_accounts")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs("accounts"), **kwargs)
