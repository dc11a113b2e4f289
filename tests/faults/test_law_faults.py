"""Two tills of one register and clocks turned back, as the ledger sees them, on both engines."""

import copy
import json
from datetime import timedelta

import pytest

from comptoir.apps.fiscal.models import KeptRecord
from comptoir.apps.fiscal.services.seal_on_server import log_events
from comptoir.apps.till.services.verify_dossier import verify_dossier
from tests.apps.till.shop import NOON, enrolled_till, send, set_up_shop, statuses, till_of_two_tickets

from .judge import ask

pytestmark = pytest.mark.slow


def test_two_tills_of_one_register(dossier_copy) -> None:
    """A second tab that the lock of the page did not hold back (a copied profile): both seal the number 3. The first to
    arrive is booked, the other is kept aside word for word, nothing is lost and `verify` finds no fault."""
    till = till_of_two_tickets()
    other = copy.deepcopy(till)
    ours, theirs = till.sell(), other.sell(tender="card")
    assert (ours["seq"], theirs["seq"]) == (3, 3) and ours["id"] != theirs["id"]
    assert statuses(send(till)) == ["stored"]
    assert statuses(send(other)) == ["kept conflict"]
    assert statuses(send(till, [ours])) == ["duplicate"]
    (kept,) = KeptRecord.objects.all()
    assert json.loads(kept.envelope)["body"] == theirs["body"]
    till.sell()
    assert statuses(send(till)) == ["stored"]
    assert verify_dossier().findings == []


def test_clocks_turned_back(dossier_copy) -> None:
    """The till's clock by a year, then the server's: sales go on, numbers rule, an event tells, nothing breaks."""
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    till.sell()
    send(till)
    till.clock.set_utc(NOON - timedelta(days=365))
    till.sell()
    assert set(statuses(send(till))) == {"stored"}
    till.clock.set_utc(NOON + timedelta(minutes=5))
    till.sell()
    send(till)
    log_events([{"code": 80, "detail": {}, "label": "", "operator": None}], now=NOON - timedelta(days=400))
    log_events([{"code": 40, "detail": {}, "label": "", "operator": None}], now=NOON)
    seqs = ask("SELECT seq, at FROM fiscal_record WHERE chain = 'C1-1-ticket' ORDER BY seq")
    assert [row["seq"] for row in seqs] == [1, 2, 3]
    assert str(seqs[1]["at"])[:10] == "2025-11-22"
    assert [row["code"] for row in ask("SELECT code FROM fiscal_event WHERE code = 9124")] == [9124]
    assert verify_dossier().findings == []
