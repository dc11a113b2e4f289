"""The signed string against published examples, and a sealed ticket against itself."""

import copy
import json
from hashlib import sha256

import pytest

from comptoir.engine.barcodes import check_digit
from comptoir.engine.canonical import canonical
from comptoir.engine.door import call
from comptoir.engine.seal import sha256_hex, ticket_prefix

from .runtimes import ROOT


def vat(*rows):
    return [{"vat_e4": rate, "gross_minor": gross} for rate, gross in rows]


def test_published_example_of_the_signed_string():
    """compliance notes 1.5: the first flag N, an empty previous signature, and the comma that stands before it."""
    prefix = ticket_prefix(vat((2000, 750), (1000, 1999), (550, 100)), 2849, "20200419152534", "18", "SALE", False)
    assert prefix + "," == "2000:750|1000:1999|0550:100,2849,20200419152534,18,SALE,N,"
    assert sha256_hex(prefix + ",") == "b62872ab18f79b0b94e979ef6eb05013ffa29478289a2f6d8b5fce25aea53d5f"


def test_second_published_example():
    assert ticket_prefix(vat((2000, 199)), 199, "20210623092800", "TIK:001/1/1", "Vente", False) + "," == (
        "2000:199,199,20210623092800,TIK:001/1/1,Vente,N,"
    )


@pytest.mark.parametrize("text", ["", "abc", "é€😀", "x" * 1000])
def test_sha256(text):
    assert sha256_hex(text) == sha256(text.encode()).hexdigest()


def sealed_ticket():
    cases = json.loads((ROOT / "vectors/seal/cases.json").read_text(encoding="utf-8"))
    request = next(case for case in cases if case["id"] == "seal-030")["given"]["input"]
    return json.loads(call("seal_ticket", json.dumps(request)))


def test_a_sealed_ticket_is_its_canonical_text_and_agrees_with_itself():
    sealed = sealed_ticket()
    assert sealed["body"] == canonical(sealed["ticket"])
    assert sealed["digest"] == sha256(sealed["body"].encode()).hexdigest()
    assert sealed["to_sign"] == f"2000:1200,1200,20261122101112,C1-1-12,Vente,O,,{sealed['digest']}"
    assert json.loads(call("check_ticket", json.dumps({"body": sealed["body"]}))) == {"differences": []}


def amounts_of(value, path=()):
    """Paths of every integer that the engine computed."""
    if isinstance(value, dict):
        return [found for key in value for found in amounts_of(value[key], (*path, key))]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in amounts_of(item, (*path, index))]
    return [path] if isinstance(value, int) and not isinstance(value, bool) else []


def test_any_changed_amount_of_a_ticket_is_found():
    ticket = sealed_ticket()["ticket"]
    paths = [path for key in ("priced", "settled") for path in amounts_of(ticket[key], (key,))]
    assert len(paths) > 20
    for path in paths:
        forged = copy.deepcopy(ticket)
        holder = forged
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] += 1
        found = json.loads(call("check_ticket", json.dumps({"body": canonical(forged)})))["differences"]
        assert "/".join(str(key) for key in path) in [row["path"] for row in found]


def test_a_text_that_is_not_canonical_is_a_difference():
    body = sealed_ticket()["body"]
    found = json.loads(call("check_ticket", json.dumps({"body": body.replace('":', '": ', 1)})))["differences"]
    assert found == [{"path": "", "sealed": "text", "computed": "canonical text"}]


def test_check_digits_agree_with_another_library():
    from stdnum import ean

    for number in range(0, 10**12, 7919 * 10**6 + 13):
        digits = f"{number:012d}"
        assert check_digit(digits) == ean.calc_check_digit(digits)


def test_no_receipt_claims_a_certification():
    for family in ("receipt", "report"):
        assert "NF525" not in (ROOT / f"vectors/{family}/cases.json").read_text(encoding="utf-8")
    for path in (ROOT / "comptoir/engine").glob("*.py"):
        assert '"NF525' not in path.read_text(encoding="utf-8"), path.name
