"""Background work goes on whatever a round does, and ends when it is told to."""

import threading

from comptoir.config.rounds import Crew, Rounds


class Counted(Rounds):
    work = "counted"

    def __init__(self, dossier) -> None:
        super().__init__(dossier)
        self.rounds = 0
        self.third = threading.Event()

    def round(self) -> float | None:
        self.rounds += 1
        if self.rounds == 1:
            raise OSError("the printer is on fire")
        if self.rounds == 3:
            self.third.set()
            return 3600.0
        return None


def test_a_round_that_fails_is_followed_by_the_next(dossier, caplog) -> None:
    crew = Crew(Counted)
    crew.start(dossier)
    crew.start(dossier)
    (worker,) = crew._workers.values()
    assert worker.third.wait(30)
    crew.stop()
    assert not worker.is_alive() and worker.rounds == 3
    assert [(one.name, one.dossier) for one in caplog.records if one.exc_info] == [("comptoir.counted", dossier.slug)]
    assert crew._workers == {}
