"""Closes what is over in each served dossier, and catches up on what a stopped server missed. One thread a dossier."""

from datetime import timedelta

from django.utils import timezone

from comptoir.apps.catalog.services.change_rates import apply_rate_changes
from comptoir.apps.settings.packs import vat_changes
from comptoir.apps.settings.queries import main_establishment
from comptoir.apps.treasury.services.close_due import close_due
from comptoir.config.rounds import Rounds
from comptoir.config.shop_clock import shop_clock
from comptoir.dossiers.binding import Dossier


class ClosingWorker(Rounds):
    """Looks after one dossier until stopped."""

    work = "closings"
    first_round_s = 60.0
    round_s = 3_600.0

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(dossier)
        self._differing: frozenset[str] = frozenset()  # told once by an event 90; a restart looks again

    def round(self) -> None:
        """One try. What is blocked waits; sums that differ are not tried again, or each round would tell it anew."""
        with shop_clock():  # a month of Guadeloupe is over five or six hours after the one of Paris
            self._change_rates()
            due = close_due(skip=self._differing)
        self._differing |= {period.label for period, refusal in due.waiting if refusal.code == "sums_differ"}
        for closing in due.made:
            self.logger.info("closed %s", closing, extra={"dossier": self.dossier.slug})

    def _change_rates(self) -> None:
        """Articles follow the law; tills have done so at midnight by themselves."""
        place, today = main_establishment(), timezone.localdate()
        changes = vat_changes(place.country, zone=place.zone, since=today - timedelta(days=31))
        if moved := apply_rate_changes(changes, today=today):
            self.logger.info("VAT rates: %d articles follow the law", moved, extra={"dossier": self.dossier.slug})
