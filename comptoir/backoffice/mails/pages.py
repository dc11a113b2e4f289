"""How mails leave, with a trial; under which address customers reach this server; what became of the latest copies."""

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.apps.outreach.mail_password import has_mail_password
from comptoir.apps.outreach.models import ReceiptCopy
from comptoir.apps.outreach.models.mail_settings import SECURITY
from comptoir.apps.outreach.queries import copies, mail_settings
from comptoir.apps.outreach.services.change_mail_settings import change_mail_settings
from comptoir.apps.settings.queries import main_establishment
from comptoir.exchange.mail.account import reason_of, server_of
from comptoir.exchange.mail.receipt_mail import trial_mail
from comptoir.exchange.mail.smtp import MailNotSent, send

from ..kit.action import Action
from ..kit.formpage import FormPage, OfficeForm

PLAIN = ("host", "port", "security", "username", "sender", "origin", "active")
SHOWN = 20


class MailForm(OfficeForm):
    active = forms.BooleanField(label=gettext_lazy("Proposer le ticket par e-mail à la caisse"), required=False)
    sender = forms.CharField(
        label=gettext_lazy("Adresse d’envoi"), max_length=254, required=False,
        help_text=gettext_lazy("Celle que vos clients verront : contact@votre-boutique.fr."),
    )  # fmt: skip
    host = forms.CharField(label=gettext_lazy("Serveur d’envoi (SMTP)"), max_length=200, required=False)
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535)
    security = forms.ChoiceField(label=gettext_lazy("Connexion"), choices=SECURITY)
    username = forms.CharField(label=gettext_lazy("Identifiant"), max_length=200, required=False)
    password = forms.CharField(
        label=gettext_lazy("Mot de passe"), max_length=500, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    origin = forms.CharField(
        label=gettext_lazy("Adresse publique de ce serveur"), max_length=200, required=False,
        help_text=gettext_lazy("Par exemple https://caisse.exemple.fr. Vide : pas de QR code à la caisse."),
    )  # fmt: skip
    sections = (
        (gettext_lazy("Ticket par e-mail"), ("active", "sender", "host", "port", "security", "username", "password")),
        (gettext_lazy("Ticket par QR code"), ("origin",)),
    )
    wide = ("active", "origin")


class MailPage(FormPage):
    required_right = "settings.edit"
    room = "mails"
    title = gettext_lazy("Tickets à la demande")
    template_name = "office/mails.html"
    form_class = MailForm
    saved_text = gettext_lazy("Réglages enregistrés. Les caisses les reçoivent à leur prochain échange.")

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        form = super().make_form(*args, **kwargs)
        form.fields["password"].help_text = (
            _("Un mot de passe est enregistré. Laissez vide pour le garder.")
            if has_mail_password()
            else _("Gardé hors du dossier, dans un fichier que seul ce serveur lit.")
        )
        return form

    def initial(self) -> dict[str, Any]:
        known = mail_settings()
        return {name: getattr(known, name) for name in PLAIN}

    def save(self, data: dict[str, Any]) -> str:
        change_mail_settings(
            by=self.request.user, password=data["password"] or None, **{name: data[name] for name in PLAIN}
        )
        return reverse("mail_form")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = [{"copy": copy, "state": state_of(copy)} for copy in copies()[:SHOWN]]
        return super().get_context_data(latest=latest, offered=mail_settings().active, **kwargs)


class MailTrial(Action):
    """Sends a mail now, with the settings as they are saved, and says what the server answered."""

    required_right = "settings.edit"

    def address(self, **kwargs: Any) -> str:
        return reverse("mail_form")

    def act(self, request: HttpRequest, **kwargs: Any) -> tuple[str, str]:
        known, to = mail_settings(), request.POST.get("to", "").strip()
        if not (known.host and known.sender):
            raise ValueError(_("Enregistrez d’abord le serveur et l’adresse d’envoi."))
        try:
            validate_email(to)
        except forms.ValidationError as problem:
            raise ValueError(_("Écrivez l’adresse qui recevra l’essai, comme nom@domaine.")) from problem
        message = trial_mail(to=to, sender=known.sender, shop=main_establishment().name, at=timezone.now())
        try:
            send(message, server=server_of(known))
        except MailNotSent as problem:
            raise ValueError(_("L’essai n’est pas parti. %s.") % reason_of(problem)) from problem
        return self.address(), _("L’essai est parti. Regardez la boîte de réception.")


def state_of(copy: ReceiptCopy) -> tuple[str, str, str]:
    """What became of a copy: a word, its colour, and why."""
    outcome = getattr(copy, "outcome", None)
    if outcome is None:
        return _("en attente"), "warn", ""
    return (_("envoyé"), "ok", "") if outcome.outcome == "sent" else (_("non remis"), "bad", outcome.note)
