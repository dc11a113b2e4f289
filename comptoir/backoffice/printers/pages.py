"""The printer of each register: where it is, how wide, and a paper to try it."""

import re
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.apps.fiscal.identifiers import uuid7
from comptoir.apps.printing.models import PrintJob
from comptoir.apps.printing.queries import printer_of, printers, standing_of
from comptoir.apps.printing.services import enqueue_print, set_printer
from comptoir.apps.settings.queries import register_by_code, registers

from ..kit.action import Action
from ..kit.formpage import FormPage, OfficeForm
from ..kit.page import OfficePage

_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,252}")
STATES = {
    "queued": (gettext_lazy("en attente"), "info"), "sending": (gettext_lazy("en cours"), "info"), "printed": (gettext_lazy("imprimé"), "ok"),

    "sent_unconfirmed": (gettext_lazy("envoyé"), "ok"), "uncertain": (gettext_lazy("à regarder"), "warn"),
    "blocked": (gettext_lazy("bloqué"), "warn"),
    "failed": (gettext_lazy("non imprimé"), "bad"), "cancelled": (gettext_lazy("abandonné"), ""), "expired": (gettext_lazy("trop tard"), ""),
}  # fmt: skip


class PrinterList(OfficePage):
    required_right = "printing.view"
    room = "printers"
    title = gettext_lazy("Imprimantes")
    template_name = "office/printers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [{"register": register, "printer": printer_of(register.code)} for register in registers()]
        jobs = [standing_of(job.pk) for job in PrintJob.objects.order_by("-at")[:15]]
        recent = [{"job": one.job, "state": one.state, "word": STATES[one.state.state]} for one in jobs if one]
        return super().get_context_data(rows=rows, recent=recent, **kwargs)


class PrinterForm(OfficeForm):
    host = forms.CharField(
        label=gettext_lazy("Adresse sur le réseau"), max_length=120, help_text=gettext_lazy("Par exemple 192.168.1.50")
    )
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535)
    columns = forms.TypedChoiceField(
        label=gettext_lazy("Caractères par ligne"),
        coerce=int,
        choices=[(48, "48 (80 mm)"), (42, "42 (80 mm)"), (32, "32 (58 mm)")],
    )
    page = forms.ChoiceField(
        label=gettext_lazy("Page de code"),
        choices=[("cp1252", "CP1252"), ("cp858", "CP858"), ("iso8859-15", "ISO 8859-15")],
    )
    drawer_pin = forms.TypedChoiceField(
        label=gettext_lazy("Tiroir branché sur"),
        coerce=int,
        choices=[(2, gettext_lazy("broche 2")), (5, gettext_lazy("broche 5"))],
    )
    active = forms.BooleanField(label=gettext_lazy("En service"), required=False)

    def clean_host(self) -> str:
        host = self.cleaned_data["host"].strip()
        if not _HOST.fullmatch(host):
            raise forms.ValidationError(_("Écrivez une adresse comme 192.168.1.50, sans espace ni port."))
        return host


class PrinterPage(FormPage):
    required_right = "printing.manage"
    room, back = "printers", "printer_list"
    form_class = PrinterForm
    saved_text = gettext_lazy("Imprimante enregistrée. Lancez une impression d’essai.")

    def get_title(self) -> str:
        register = register_by_code(self.kwargs["code"])
        if register is None:
            raise Http404
        return _("Imprimante de %s") % register.name

    def initial(self) -> dict[str, Any]:
        printer = printers().filter(register=self.kwargs["code"]).first()  # one out of service keeps its address
        if printer is None:
            return {"port": 9100, "columns": 48, "page": "cp1252", "drawer_pin": 2, "active": True}
        host, _colon, port = printer.address.rpartition(":")
        return {"host": host or printer.address, "port": port if host else 9100} | {
            name: getattr(printer, name) for name in ("columns", "page", "drawer_pin", "active")
        }

    def save(self, data: dict[str, Any]) -> str:
        self.get_title()
        address = f"{data['host']}:{data['port']}"
        set_printer(
            self.kwargs["code"],
            by=self.request.user,
            address=address,
            **{name: data[name] for name in ("columns", "page", "drawer_pin", "active")},
        )
        return reverse("printer_list")


class PrinterTest(Action):
    required_right = "printing.manage"

    def address(self, **kwargs: Any) -> str:
        return reverse("printer_list")

    def act(self, request: HttpRequest, code: str, **kwargs: Any) -> tuple[str, str]:
        if printer_of(code) is None:
            raise ValueError(_("Cette caisse n’a pas d’imprimante en service."))
        now = timezone.localtime()
        blocks = [
            {"t": "text", "s": _("Impression d’essai"), "align": "c", "style": ["bold", "double"]},
            {"t": "row", "l": _("Caisse %s") % code, "r": f"{now:%d/%m/%Y %H:%M}"},
            {"t": "rule"}, {"t": "text", "s": "é è ê ç œ € · 1 234,56"}, {"t": "text", "s": _("Si vous lisez ces accents, tout va bien.")},
            {"t": "feed", "n": 2}, {"t": "cut"},
        ]  # fmt: skip
        receipt = {"format": "receipt/1", "lang": "fr", "blocks": blocks}
        enqueue_print(uuid7(), register=code, kind="test", receipt=receipt, drawer=False, at=now)
        return self.address(), _("Impression d’essai envoyée.")
