"""The pages that move money: each reads a form, calls a service, and goes to what was sealed."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from comptoir.apps.treasury.accounts import MAIN_BANK, ON_THE_WAY_TO_BANK, OUTSIDE, on_the_way_to
from comptoir.apps.treasury.balances import place_of
from comptoir.apps.treasury.models import CashPlace, OfficeMove
from comptoir.apps.treasury.services.deposit_cheques import deposit_cheques
from comptoir.apps.treasury.services.move_money import count_safe, move_money, receive_money, send_money
from comptoir.apps.treasury.services.save_places import add_safe, change_place
from comptoir.engine.money import format_euro

from ..kit.formpage import FormPage, OfficeForm
from .forms import (
    BankDepositForm,
    ChangeForRegisterForm,
    ChangeFromBankForm,
    ChequesForm,
    CountForm,
    OtherForm,
    PiecesForm,
    PlaceForm,
    ReceiveForm,
    request_of,
)
from .moves import ROOM
from .pages import move_or_404


def place_or_404(account: str) -> CashPlace:
    place = place_of(account)
    if place is None:
        raise Http404
    return place


class MovePage(FormPage):
    """A form that seals a move; `seal` calls the service."""

    required_right = "treasury.move"
    room, back = ROOM, "safe_home"
    template_name = "office/safe_form.html"
    saved_text = _("Enregistré et scellé.")

    def seal(self, data: dict[str, Any], *, form: OfficeForm) -> OfficeMove:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A form sent twice leads to what it sealed the first time: what it chose from may be gone by now."""
        again = self._sealed_before(request.POST.get("request", "")) if self.may_edit() else None
        if again is not None:
            return HttpResponseRedirect(reverse("office_move_detail", args=[again.pk]))
        return super().post(request, *args, **kwargs)

    @staticmethod
    def _sealed_before(text: str) -> OfficeMove | None:
        try:
            return OfficeMove.objects.filter(request=UUID(text)).first()
        except ValueError:
            return None

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        self._form = super().make_form(*args, **kwargs)
        return self._form

    def save(self, data: dict[str, Any]) -> str:
        return reverse("office_move_detail", args=[self.seal(data, form=self._form).pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        return super().get_context_data(
            counts=isinstance(form, (PiecesForm, ChequesForm)),
            ticks=isinstance(form, ChequesForm),
            hint=self.hint(),
            **kwargs,
        )

    def hint(self) -> str:
        return ""


class BankDeposit(MovePage):
    title = _("Remettre des espèces en banque")
    form_class = BankDepositForm

    def hint(self) -> str:
        return gettext_now(
            "Comptez ce que vous mettez dans le sac. L’argent quitte le coffre tout de suite ; vous direz son arrivée d’après le relevé."
        )

    def seal(self, data: dict[str, Any], *, form: OfficeForm) -> OfficeMove:
        assert isinstance(form, PiecesForm)
        pieces = form.pieces()
        label = gettext_now("Remise d’espèces en banque")
        return send_money(
            request_of(data), source=data["safe"], target=ON_THE_WAY_TO_BANK, pieces=pieces, label=label, by=self.request.user,
            amount_minor=sum(one["value_minor"] * one["count"] for one in pieces), reference=data["reference"],
        )  # fmt: skip


class ChequeDeposit(MovePage):
    title = _("Remettre des chèques en banque")
    form_class = ChequesForm

    def hint(self) -> str:
        return gettext_now("Les chèques des tickets scellés, pas encore remis. Décochez ceux que vous gardez.")

    def seal(self, data: dict[str, Any], *, form: OfficeForm) -> OfficeMove:
        assert isinstance(form, ChequesForm)
        chosen = [form.found[key] for key in data["cheques"] if key in form.found]
        label = gettext_now("Remise de chèques en banque")
        return deposit_cheques(
            request_of(data), cheques=chosen, label=label, reference=data["reference"], by=self.request.user
        )


class ChangeFromBank(MovePage):
    title = _("Monnaie reçue de la banque")
    form_class = ChangeFromBankForm

    def seal(self, data: dict[str, Any], *, form: OfficeForm) -> OfficeMove:
        return move_money(
            request_of(data), source=MAIN_BANK, target=data["safe"], amount_minor=data["amount_minor"], by=self.request.user,
            label=gettext_now("Monnaie reçue de la banque"), reference=data["reference"],
        )  # fmt: skip


class ChangeForRegister(MovePage):
    title = _("Préparer la monnaie d’une caisse")
    form_class = ChangeForRegisterForm

    def hint(self) -> str:
        return gettext_now(
            "L’argent est en route jusqu’à ce que la caisse enregistre l’entrée « Monnaie préparée par le bureau »."
        )

    def seal(self, data: dict[str, Any], *, form: OfficeForm) -> OfficeMove:
        code = data["register"]
        return send_money(
            request_of(data), source=data["safe"], target=on_the_way_to(code), amount_minor=data["amount_minor"],
            label=gettext_now("Monnaie pour la caisse %s") % code, by=self.request.user,
        )  # fmt: skip


class OtherMove(MovePage):
    title = _("Autre entrée ou sortie du coffre")
    form_class = OtherForm

    def seal(self, data: dict[str, Any], *, form: OfficeForm) -> OfficeMove:
        ends = (OUTSIDE, data["safe"]) if data["direction"] == "in" else (data["safe"], OUTSIDE)
        return move_money(
            request_of(data), source=ends[0], target=ends[1], amount_minor=data["amount_minor"], label=data["label"],
            by=self.request.user,
        )  # fmt: skip


class SafeCount(MovePage):
    form_class = CountForm

    @cached_property
    def place(self) -> CashPlace:
        return place_or_404(f"safe/{self.kwargs['code']}")

    def get_title(self) -> str:
        return gettext_now("Compter : %s") % self.place.name

    def hint(self) -> str:
        return gettext_now("Comptez tout ce que le coffre contient. Ce que vous trouvez devient son contenu.")

    def seal(self, data: dict[str, Any], *, form: OfficeForm) -> OfficeMove:
        assert isinstance(form, PiecesForm)
        return count_safe(
            request_of(data),
            account=self.place.account,
            pieces=form.pieces(),
            reason=data["reason"] or None,
            by=self.request.user,
        )


class Receive(MovePage):
    """What the bank says of a deposit."""

    form_class = ReceiveForm

    @cached_property
    def origin(self) -> OfficeMove:
        return move_or_404(self.kwargs["pk"])

    def get_title(self) -> str:
        return gettext_now("Rapprocher la remise %s") % f"{self.origin.chain}-{self.origin.seq}"

    def hint(self) -> str:
        return gettext_now("%(amount)s remis le %(day)s. Recopiez ce que dit le relevé de la banque.") % {
            "amount": format_euro(self.origin.amount_minor), "day": f"{self.origin.business_date:%d/%m/%Y}",
        }  # fmt: skip

    def initial(self) -> dict[str, Any]:
        return {"amount_minor": self.origin.amount_minor, "value_date": timezone.localdate()}

    def seal(self, data: dict[str, Any], *, form: OfficeForm) -> OfficeMove:
        return receive_money(
            request_of(data), origin=self.origin, target=MAIN_BANK, amount_minor=data["amount_minor"], by=self.request.user,
            value_date=data["value_date"], reason=data["reason"] or None, reference=data["reference"],
        )  # fmt: skip


class PlacePage(FormPage):
    """The name of a safe, or of the bank account with its IBAN."""

    required_right, edit_right = "treasury.view", "treasury.move"
    room, back = ROOM, "safe_home"
    form_class = PlaceForm
    saved_text = _("Enregistré.")

    @cached_property
    def place(self) -> CashPlace:
        return place_or_404(f"{self.kwargs['kind']}/{self.kwargs['code']}")

    def get_title(self) -> str:
        return self.place.name

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        form = super().make_form(*args, **kwargs)
        if self.place.kind == "safe":
            form.fields.pop("iban")
            form.fields.pop("holder")
        return form

    def initial(self) -> dict[str, Any]:
        return {"name": self.place.name, "holder": self.place.holder, "iban": self.place.iban}

    def save(self, data: dict[str, Any]) -> str:
        change_place(self.place, by=self.request.user, **data)
        return reverse("safe_home")


class NewSafeForm(OfficeForm):
    name = forms.CharField(label=_("Nom"), max_length=60)


class NewSafe(FormPage):
    required_right = "treasury.move"
    room, back = ROOM, "safe_home"
    title = _("Nouveau coffre")
    form_class = NewSafeForm
    saved_text = _("Coffre ajouté.")

    def save(self, data: dict[str, Any]) -> str:
        add_safe(data["name"], by=self.request.user)
        return reverse("safe_home")
