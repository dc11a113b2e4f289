"""Heads of more chains than one statement takes: a hundred registers, or a few enrolled many times."""

from comptoir.apps.fiscal.queries import CHAINS_AT_ONCE, chain_names, heads_of, last_received
from comptoir.apps.fiscal.services.seal_on_server import log_event


def test_heads_of_more_chains_than_one_statement_takes(dossier) -> None:
    log_event(80)
    names = [f"C{number}-1-ticket" for number in range(3 * CHAINS_AT_ONCE)]
    assert list(heads_of([*names, *chain_names()])) == ["S-1-event"]
    assert heads_of([]) == {}


def test_nothing_received_yet(dossier) -> None:
    assert last_received() is None
