"""The body of a Z: the folded state of its range, its report, counts against expectations, heads of every chain."""

from . import checks
from .canonical import Verbatim
from .checks import Refusal
from .heads import read_head
from .report import report
from .seal import seal, sha256_hex


def _read_counted(raws):
    counted = []
    seen = {}
    for position in range(len(checks.sequence(raws, "counted"))):
        path = "counted/" + str(position)
        raw = checks.mapping(raws[position], path)
        tender = checks.identifier(checks.required(raw, "tender", path), path + "/tender")
        if tender in seen:
            raise Refusal("duplicate_id", path + "/tender")
        seen[tender] = True
        checks.amount(checks.required(raw, "amount_minor", path), path + "/amount_minor")
        counted.append({"tender": tender, "amount_minor": raw["amount_minor"], "pieces": raw.get("pieces")})
    return counted


def cash_code(shown, counted):
    """Code of the cash tender; without a cash sale it is the one counted that no other tender explains."""
    codes = [row["code"] for row in shown["tenders"]]
    for row in shown["tenders"]:
        if row["kind"] == "cash":
            return row["code"]
    for row in counted:
        if row["tender"] not in codes and row["pieces"] is not None:
            return row["tender"]
    return "cash"


def differences(shown, counted):
    """Expected, counted and difference of each counted tender, and of each tender expected but not counted by the
    cashier (which then has no line: only what was counted can differ)."""
    expected = {}
    for row in shown["tenders"]:
        expected[row["code"]] = row["expected_minor"]
    expected[cash_code(shown, counted)] = shown["cash"]["expected_minor"]
    rows = []
    for row in counted:
        due = expected.get(row["tender"], 0)
        rows.append(
            {
                "tender": row["tender"],
                "expected_minor": due,
                "counted_minor": row["amount_minor"],
                "difference_minor": row["amount_minor"] - due,
            }
        )
    return rows


def _read_heads(raws):
    heads = []
    for position in range(len(checks.sequence(raws, "heads"))):
        path = "heads/" + str(position)
        raw = checks.mapping(raws[position], path)
        chain = checks.identifier(checks.required(raw, "chain", path), path + "/chain")
        seq = checks.whole(checks.required(raw, "seq", path), path + "/seq", 0, 2**53)
        digest = raw.get("digest")
        if digest is None:
            digest = sha256_hex(checks.text(checks.required(raw, "signature", path), path + "/signature"))
        heads.append({"chain": chain, "seq": seq, "digest": checks.identifier(digest, path + "/digest")})
    heads.sort(key=lambda head: (head["chain"], head["seq"], head["digest"]))
    return heads


def _read_explanations(raws):
    for position in range(len(checks.sequence(raws, "explanations"))):
        path = "explanations/" + str(position)
        raw = checks.mapping(raws[position], path)
        for key in ("tender", "text"):
            checks.text(checks.required(raw, key, path), path + "/" + key)
    return raws


def _perpetual(request, shown, kind):
    """Of the last ticket; a Z without ticket carries the totals on from `perpetual`."""
    value = shown["perpetual_" + kind + "_minor"]
    if value is None:
        value = checks.mapping(request.get("perpetual") or {}, "perpetual").get(kind + "_minor", 0)
    return checks.whole(value, "perpetual/" + kind + "_minor", -(10**18), 10**18)


def seal_z(request):
    """Seals a Z from the folded state of its range; expected amounts come from the state, never from the caller."""
    checks.mapping(request, "")
    body = read_head(checks.required(request, "head"), "z")
    state = checks.required(request, "state")
    shown = report({"state": state, "kind": "z"})
    counted = _read_counted(request.get("counted") or [])
    body["state"] = state
    body["report"] = shown
    body["first_seq"] = shown["tickets"]["first_seq"]
    body["last_seq"] = shown["tickets"]["last_seq"]
    body["ranges"] = shown["ranges"]
    body["heads"] = _read_heads(request.get("heads") or [])
    body["counted"] = counted
    body["differences"] = differences(shown, counted)
    body["explanations"] = _read_explanations(request.get("explanations") or [])
    body["opened_at"] = shown["opened_at"] or shown["first_at"] or body["at"]
    body["total_minor"] = shown["gross_minor"]
    body["perpetual_algebraic_minor"] = _perpetual(request, shown, "algebraic")
    body["perpetual_absolute_minor"] = _perpetual(request, shown, "absolute")
    body["sessions"] = shown["sessions"]
    answer = seal(body, request.get("previous") or "")
    answer["z"] = Verbatim(answer["body"])
    return answer
