"""What the server seals itself reads well whatever was typed or pasted in an office: a Mac pastes names of files decomposed."""

from comptoir.apps.fiscal.models import Event, Record, SealingKey
from comptoir.apps.fiscal.queries import envelope_of
from comptoir.apps.fiscal.sealed import read_sealed
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.till.models import Device
from comptoir.apps.till.services.enrol_register import PROOF, create_enrolment_code, enrol_register
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.exchange.replay.keys import RegisterKey
from tests.apps.till.shop import NOON, till_of_two_tickets

PASTED = "rec\u0327u de l\u2019e\u0301te\u0301 \x00\ud83d \U0001f956"
SEALED = "reçu de l’été ? \U0001f956"


def read_all() -> int:
    """How many records the server has sealed; `read_sealed` raises for the first that does not read well."""
    return len([read_sealed(envelope_of(one)) for one in Record.objects.filter(register="S")])


def test_an_event_holds_composed_text(dossier) -> None:
    till_of_two_tickets()
    log_event(110, detail={"file": PASTED}, label=PASTED, operator={"id": "u1", "name": PASTED})
    event = Event.objects.get(code=110)
    assert (event.detail, event.label, event.operator_name) == (f'{{"file":"{SEALED}"}}', SEALED, SEALED)
    assert read_all() >= 3 and verify_dossier().findings == []


def test_the_address_of_an_enrolment_holds_composed_text(dossier) -> None:
    till_of_two_tickets()
    key, code = RegisterKey.from_seed(7), create_enrolment_code("C1", now=NOON)
    done = enrol_register(code, spki=key.spki, proof=key.sign(PROOF + code), origin=PASTED, now=NOON)
    assert done.generation == 2
    assert SealingKey.objects.get(register="C1", generation=2).origin == SEALED
    assert Device.objects.get(generation=2).origin == SEALED
    assert read_all() >= 4 and verify_dossier().findings == []
