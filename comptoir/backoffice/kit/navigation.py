"""The rooms of the office, in the order of the navigation; a person sees those that their rights open."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Room:
    code: str
    label: str
    icon: str
    route: str
    right: str
    short: str = ""  # its name in the phone's bottom bar, for the four that stand there


ROOMS = (
    Room("home", _("Accueil"), "house", "office_home", "office.home", _("Accueil")),
    Room("articles", _("Articles"), "tag", "article_list", "catalog.view", _("Articles")),
    Room("families", _("Familles"), "layers", "family_list", "catalog.view"),
    Room("tickets", _("Tickets"), "receipt-text", "ticket_list", "tickets.view", _("Tickets")),
    Room("credit_notes", _("Avoirs"), "badge-euro", "credit_note_list", "tickets.view"),
    Room("sessions", _("Sessions et Z"), "calendar-check", "session_list", "closings.view", _("Z")),
    Room("periods", _("Clôtures"), "lock", "period_list", "closings.view"),
    Room("archives", _("Archives"), "archive", "archive_list", "audit.view"),
    Room("safe", _("Coffre et banque"), "vault", "safe_home", "treasury.view"),
    Room("books", _("Livres"), "book-open-text", "cash_book", "books.view"),
    Room("registers", _("Caisses"), "store", "register_list", "settings.view"),
    Room("printers", _("Imprimantes"), "printer", "printer_list", "printing.view"),
    Room("mails", _("E-mails et QR"), "mail", "mail_form", "settings.edit"),
    Room("people", _("Utilisateurs"), "users", "user_list", "users.view"),
    Room("copies", _("Sauvegardes"), "hard-drive", "copy_list", "dossier.maintain"),
    Room("events", _("Contrôle"), "shield-check", "inspection", "audit.view"),
    Room("settings", _("Réglages"), "settings", "company_form", "settings.view"),
)


def rooms_for(rights: frozenset[str], *, here: str) -> list[dict[str, object]]:
    return [
        {
            "label": room.label, "icon": room.icon, "url": reverse(room.route), "here": room.code == here,
            "short": room.short,
        }
        for room in ROOMS
        if room.right in rights
    ]  # fmt: skip
