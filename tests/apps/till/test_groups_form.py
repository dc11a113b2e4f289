"""Who writes lets a few requests come first, and never waits for long."""

import threading
from datetime import UTC, datetime, timedelta

from comptoir.apps.till.services import receive_records
from comptoir.apps.till.services.prepare_records import Intake
from comptoir.apps.till.services.receive_records import Desk, Job


def waiting_desk(*, waiting: int, coming: int) -> Desk:
    desk = Desk()
    desk.waiting.extend(Job([]) for _ in range(waiting))
    desk.coming = coming
    return desk


def test_a_lone_till_waits_for_nobody(monkeypatch) -> None:
    monkeypatch.setattr(receive_records, "PATIENCE", timedelta(hours=1))
    waiting_desk(waiting=1, coming=0).let_come()
    waiting_desk(waiting=4, coming=4).let_come()


def test_an_arrival_lets_the_group_go(dossier, monkeypatch) -> None:
    monkeypatch.setattr(receive_records, "PATIENCE", timedelta(hours=1))
    desk = waiting_desk(waiting=1, coming=2)
    writer = threading.Thread(target=desk.let_come)
    writer.start()
    writer.join(0.05)
    assert writer.is_alive()
    desk.prepare([], intake=Intake.now(sender="C1", received=datetime(2026, 3, 2, 12, tzinfo=UTC)))
    writer.join(30)
    assert not writer.is_alive() and (len(desk.waiting), desk.coming) == (2, 2)


def test_what_does_not_come_is_not_waited_for(monkeypatch) -> None:
    monkeypatch.setattr(receive_records, "PATIENCE", timedelta(milliseconds=10))
    desk = waiting_desk(waiting=1, coming=5)
    desk.let_come()
    assert (len(desk.take()), desk.coming) == (1, 5)
