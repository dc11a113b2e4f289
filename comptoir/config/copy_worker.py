"""One copy a day of each served dossier, while the shop sells: nobody thinks of it on a Saturday. One thread a dossier."""

from comptoir.backoffice.companies.copying import make_daily_copy, note_problem
from comptoir.config.rounds import Rounds
from comptoir.dossiers.copies import CopyRefused


class CopyWorker(Rounds):
    """Looks after one dossier until stopped."""

    work = "copies"
    first_round_s = 90.0  # after the tills have found the server again
    round_s = 900.0

    def round(self) -> None:
        """One try; what prevents the copy is shown on « Sauvegardes » until one is made."""
        try:
            copy = make_daily_copy()
        except CopyRefused as refusal:
            note_problem(str(refusal))
            self.logger.warning("no copy: %s", refusal, extra={"dossier": self.dossier.slug})
            return
        note_problem("")
        if copy is not None:
            self.logger.info("copied to %s", copy.path.name, extra={"dossier": self.dossier.slug})
