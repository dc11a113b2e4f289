"""From a book's line to what proves it: the ticket, the Z, the movement whose number the line quotes."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.views import View

from comptoir.apps.fiscal.queries import record_by_number
from comptoir.apps.treasury.models import OfficeMove
from comptoir.exchange.books.table import Book

_NUMBER = re.compile(r"([A-Z0-9]{1,8})-([0-9]{1,9})-([0-9]{1,15})")
_QUOTED = re.compile(rf"(?:(Mvt|Z|Bureau) )?{_NUMBER.pattern}( à [0-9]+)?")
_WORDS = {"Mvt": "mouvement", "Z": "z", "Bureau": "bureau", None: "ticket"}
_Z_HEADINGS = ("Z", "Justificatif (Z)")
_ROUTES = {
    "ticket": ("ticket", "ticket_detail"),
    "z": ("z", "closing_detail"),
    "mouvement": ("cash", "drawer_move_detail"),
}


def address_of(text: Any, *, heading: str, book: Book, day: date | None) -> str:
    """Where a cell leads; empty when it quotes nothing. Sales that stand together lead to the cash tickets of their day."""
    quoted = _QUOTED.fullmatch(text) if isinstance(text, str) and heading in ("Pièce", *_Z_HEADINGS) else None
    if quoted is None:
        return ""
    kind = "z" if heading in _Z_HEADINGS or book.code == "ecritures-de-ventes" else _WORDS[quoted[1]]
    if quoted[5]:
        asked = {"du": day, "au": day, "caisse": quoted[2], "reglement": "cash", "tri": "seq"}
        return f"{reverse('ticket_list')}?{urlencode(asked)}"
    return reverse("piece", args=[kind, "-".join(quoted.group(2, 3, 4))])


class Piece(View):
    """The page of a paper known by the number it carries. The page itself asks for its own right."""

    required_right = "books.view"

    def get(self, request: HttpRequest, kind: str, number: str) -> HttpResponseRedirect:
        match = _NUMBER.fullmatch(number)
        if match is None:
            raise Http404
        place, seq = f"{match[1]}-{match[2]}", int(match[3])
        if kind == "bureau":
            move = OfficeMove.objects.filter(chain__startswith=f"{place}-", seq=seq).first()
            found, route = (move.pk if move else None), "office_move_detail"
        elif kind in _ROUTES:
            chain, route = _ROUTES[kind]
            record = record_by_number(f"{place}-{chain}", seq=seq)
            found = record.pk if record else None
        else:
            raise Http404
        if found is None:
            raise Http404
        return HttpResponseRedirect(reverse(route, args=[found]))
