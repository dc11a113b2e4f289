"""What a shop does to a till by mistake, and what the world does to it on purpose: a clear French message or a 4xx problem,
nothing lost, nothing half written. Batches of records have their own tests in tests/apps/till and tests/api; here are the bytes
that are no batch at all, and the screen."""

import base64
import csv
import gzip
import json
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

pytest.importorskip("playwright.sync_api")

from comptoir.bridge.simulator.printer import PrinterSimulator  # noqa: E402
from comptoir.config.demo.shelf import with_check  # noqa: E402
from tests.scenarios.counter import BridgeProcess  # noqa: E402
from tests.scenarios.street import CODES, LANDSCAPE, PRICES, Rung, Street, Till  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COMTE = CODES["Comté 12 mois"][:7]


# -- bytes that are no batch ------------------------------------------------------------------------------------------

BOMB = gzip.compress(b'{"records":[' + b" " * 60_000_000 + b"]}")
BYTES: dict[str, tuple[bytes, dict[str, str]]] = {
    "nothing": (b"", {}),
    "not JSON": (b"records=1", {}),
    "cut in a string": (b'{"records":[{"id":"0199', {}),
    "another shape": (b'["records"]', {}),
    "null": (b'{"records":null}', {}),
    "a number that is none": (b'{"records":[NaN]}', {}),
    "an infinite number": (b'{"records":[1e999]}', {}),
    "a number of ten thousand digits": (b'{"records":[' + b"9" * 10_000 + b"]}", {}),
    "a hundred thousand brackets": (b'{"records":' + b"[" * 100_000, {}),
    "not UTF-8": (b'{"records":[{"id":"\xff\xfe"}]}', {}),
    "UTF-16": ('{"records":[]}x'.encode("utf-16"), {}),
    "half a character": (b'{"records":[{"id":"\\ud800"}]}', {}),
    "a NUL": (b'{"records":[{"id":"a\\u0000b"}]}', {}),
    "a bomb": (BOMB, {"Content-Encoding": "gzip"}),
    "a form": (b"records=%5B%5D", {"Content-Type": "application/x-www-form-urlencoded"}),
}


def enrolled(server: str, code: str) -> dict[str, str]:
    """The headers of a device enrolled as a till would be."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(key.sign(f"comptoir-enrol:{code}".encode(), ec.ECDSA(hashes.SHA256())))
    proof = base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=").decode()
    asked = {"code": code, "public_key": base64.b64encode(public).decode(), "proof": proof, "origin": "essai"}
    answer = httpx.post(f"{server}/d/demo/api/till/enrol", json=asked)
    assert answer.status_code in (200, 201), answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}", "Content-Type": "application/json"}


def test_bytes_that_are_no_batch_are_answered_and_change_nothing(street: Street) -> None:
    [code, _other] = street.demo_codes(2)
    headers = enrolled(street.server.url, code)
    address = f"{street.server.url}/d/demo/api/till"
    before = httpx.get(f"{address}/heads", headers=headers).json()
    answers = {}
    for name, (body, more) in BYTES.items():
        answer = httpx.post(f"{address}/records", content=body, headers=headers | more, timeout=20)
        answers[name] = answer.status_code
        assert 400 <= answer.status_code < 500, (name, answer.status_code, answer.text[:300])
        assert answer.headers["content-type"] == "application/problem+json", name
        problem = answer.json()
        assert problem["status"] == answer.status_code and problem["code"] and problem["detail"], (name, problem)
    assert httpx.get(f"{address}/heads", headers=headers).json() == before
    assert street.sealed("ticket") == []


# -- the screen ---------------------------------------------------------------------------------------------------------


def test_slips_at_the_counter(street: Street) -> None:
    code = street.demo_codes(2)[0]
    till = street.till("profile")
    rung = Rung()
    a_float_of_a_billion(till, code)
    codes_that_are_none(till)
    ten_scans_in_one_breath(till, rung)
    amounts_too_long(till)
    validate_twice(till, rung)
    many_labels(till, rung)
    till.sent()
    rung.agrees_with(street.told("report", "x", "demo", "--register", "C1"))
    assert len(street.sealed("ticket")) == 3
    assert till.problems == []


def a_float_of_a_billion(till: Till, code: str) -> None:
    """3,7 million euros in notes: refused in words, and the till stays to be opened."""
    till.enrol(code)
    till.sign_in("2580")
    till.shows("Fond de caisse")
    for _ in range(4):
        till.type("1000000000")
        till.press("Enter")
    till.press("F12")
    till.shows("paraît trop grand")
    till.shows("La caisse n’est pas encore ouverte.")
    till.press(*["ArrowUp"] * 4)
    for _ in range(4):
        till.type("0")
        till.press("Enter")
    till.figure(0, label="Fond de caisse")
    till.press(*["ArrowUp"] * 4)
    till.count({2000: 5})
    till.figure(100_00, label="Fond de caisse")
    till.press("F12")
    till.shows("Scannez le premier article")


def codes_that_are_none(till: Till) -> None:
    """A wrong check digit adds nothing; a code that nobody knows stays out of the total and can be taken out."""
    right = CODES["Croissant"]
    till.scan(right[:-1] + str((int(right[-1]) + 1) % 10))
    till.shows("Code-barres lu en partie.")
    till.shows("Scannez le premier article")
    till.scan(with_check("376099999999"))
    till.shows(f"Code {with_check('376099999999')} inconnu dans vos articles.")
    till.figure(0, label="Total")
    till.touch("Retirer la ligne", exact=True)
    till.shows("Scannez le premier article")


def ten_scans_in_one_breath(till: Till, rung: Rung) -> None:
    names = list(PRICES)[:10]
    till.burst([CODES[name] for name in names])
    due = sum(PRICES[name] for name in names)
    till.figure(due, label="Total")
    till.has_lines([(name, PRICES[name]) for name in names])
    till.press("F9")
    till.figure(due, label="Payé")
    rung.ticket({550: due}, cash=due)


def amounts_too_long(till: Till) -> None:
    """More digits than money has: nothing is taken, nothing is given back, the basket stays."""
    till.scan(CODES["Croissant"])
    for text, said in (("12345678901234", "n’est pas un montant"), ("999999999", "reçus pour 1,20\u00a0€ ?")):
        till.type(text)
        till.press("F9")
        till.shows(said)
        till.press("Escape", "Escape")
        till.has_lines([("Croissant", 120)])
        till.figure(120, label="Total")


def validate_twice(till: Till, rung: Rung) -> None:
    till.press("F12")
    till.shows("Le client donne")
    till.key("Espèces").click()
    till.shows("Le compte est bon")
    till.page.get_by_role("button", name="Valider la vente").dblclick()
    till.figure(120, label="Payé")
    till.shows("C1-1-2 scellé")
    rung.ticket({550: 120}, cash=120)


def many_labels(till: Till, rung: Rung) -> None:
    """Weighed labels in one breath, each a line of its own (the limit of 2 000 lines has its test beside the till's core)."""
    grams = [100 + n for n in range(150)]
    prices = [(2 * g * 2390 + 1000) // 2000 for g in grams]
    till.burst([with_check(f"{COMTE}{g:05d}") for g in grams])
    till.figure(sum(prices), label="Total", seconds=60)
    till.press("F10")
    till.figure(sum(prices), label="Payé", seconds=30)
    rung.ticket({550: sum(prices)}, card=sum(prices))


# -- names ---------------------------------------------------------------------------------------------------------------


def hostile_names(shared_data: Path) -> list[str]:
    return json.loads((shared_data / "bad-input" / "blns.json").read_text("utf-8"))


def write_articles(path: Path, names: list[str]) -> dict[str, str]:
    """One article of 1,00 € a name; the code of each name."""
    codes = {}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["référence", "ean", "nom", "prix", "tva"])
        for n, name in enumerate(names):
            codes[name] = with_check(f"37{n:010d}")
            writer.writerow([f"H{n:04d}", codes[name], name, "1,00", "20"])
    return codes


def test_hostile_names_are_sold_printed_and_shown(street: Street, shared_data: Path, tmp_path: Path) -> None:
    names = list(dict.fromkeys(hostile_names(shared_data)))[::3]
    code = street.demo_codes(2)[0]
    street.server.stop()
    codes = write_articles(tmp_path / "noms.csv", names)
    refused = street.command("import", "articles", "demo", str(tmp_path / "noms.csv"), "--json")
    told = json.loads(refused.stdout)
    assert refused.returncode == 1, refused.stderr
    assert told["created"] == 0 and not told["written"]
    bad = {problem["line"] for problem in told["problems"]}
    done = street.told("import", "articles", "demo", str(tmp_path / "noms.csv"), "--skip-bad")
    assert done["created"] == len(names) - len(bad)
    street.server.start()
    printer = PrinterSimulator().start()
    bridge = BridgeProcess(tmp_path / "bridge", server=street.server.url, printer_port=printer.port)
    try:
        sell_them(
            street,
            Till(street.profile("profile", LANDSCAPE), f"{bridge.url}/d/demo/caisse/"),
            code,
            codes,
            done["created"],
            printer,
        )
    finally:
        bridge.stop()
        printer.stop()


def sell_them(
    street: Street, till: Till, code: str, codes: dict[str, str], count: int, printer: PrinterSimulator
) -> None:
    till.start_day(code, "2580", 100_00)
    till.burst(list(codes.values()))
    till.page.wait_for_timeout(2000)
    while till.page.get_by_text("scans en attente").count():
        till.page.wait_for_timeout(200)
    till.figure(count * 100, label="Total", seconds=60)
    till.press("F10")
    if count < len(codes):  # the codes of the names that were refused are unknown: named once, then left out
        till.shows("n’est pas compté.")
        till.press("F10")
    till.figure(count * 100, label="Payé", seconds=30)
    cuts = printer.cuts
    till.touch("Imprimer")
    for _ in range(600):
        if printer.cuts > cuts:
            break
        till.page.wait_for_timeout(50)
    assert (printer.cuts, printer.pulses) == (cuts + 1, 0)  # no name opened the drawer or cut the paper
    till.sent()
    [ticket] = street.sealed("ticket")
    assert ticket["priced"]["gross_minor"] == count * 100
    assert till.problems == []
    assert street.command("verify", "demo").returncode == 0
