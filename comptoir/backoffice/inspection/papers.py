"""What an inspection is handed: each paper with its page, its files, and the right it asks for."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from ..books import pages as books
from ..closings import pages as closings
from ..events import pages as events
from ..people import pages as people
from ..people.roles import RolesPage
from ..periods import statement
from ..tickets import pages as tickets
from ..treasury import drawers, moves


class Paper(NamedTuple):
    """`view` answers the files that `kinds` names; `query` are the days it is asked for."""

    label: str
    right: str
    route: str
    view: Any
    query: str
    kinds: tuple[str, ...]

    @property
    def url(self) -> str:
        return reverse(self.route) + (f"?{self.query}" if self.query else "")

    def asked(self, kind: str) -> str:
        """The query of one of its files."""
        return "&".join(part for part in (self.query, f"export={kind}") if part)


def papers(first: Any, last: Any, *, rights: frozenset[str]) -> list[Paper]:
    """For these days, what this person may hand over."""
    days, lists, book = f"du={first}&au={last}", ("csv", "xlsx"), ("pdf", "csv")
    rows = (
        (_("Z de caisse"), "closings.view", "closing_list", closings.ClosingList, days, lists),
        (_("Tickets"), "tickets.view", "ticket_list", tickets.TicketList, days, lists),
        (_("Relevé de la période"), "closings.view", "statement", statement.StatementPage, f"{days}&caisse=", book),
        (_("Journal des ventes"), "books.view", "sales_journal", books.SalesJournalPage, days, book),
        (_("Livre des recettes"), "books.view", "receipts_book", books.ReceiptsBookPage, days, book),
        (_("Livre de caisse"), "books.view", "cash_book", books.CashBookPage, days, book),
        (_("Entrées et sorties des caisses"), "treasury.view", "drawer_move_list", drawers.DrawerMoveList, days, lists),
        (_("Mouvements du coffre et de la banque"), "treasury.view", "office_move_list", moves.MoveList, days, lists),
        (_("Journal des événements"), "audit.view", "event_list", events.EventList, days, lists),
        (_("Ce qui a été mis de côté"), "audit.view", "kept_list", events.KeptList, "", lists),
        (_("Utilisateurs et rôles"), "users.view", "user_list", people.UserList, "", lists),
        (_("Droits de chaque rôle"), "users.view", "role_rights", RolesPage, "", ("csv",)),
    )
    return [Paper(*row) for row in rows if row[1] in rights]
