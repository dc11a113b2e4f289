"""The common head of every sealed record (docs/developer/shapes.md section 3)."""

from . import checks
from .checks import Refusal

HEAD_TEXTS = ("id", "chain", "alg", "key", "engine", "software", "dossier", "register", "at", "zone", "business_date")
HEAD_FIELDS = HEAD_TEXTS + (
    "format",
    "seq",
    "pack",
    "catalogue",
    "establishment",
    "generation",
    "session",
    "offset_minutes",
    "operator",
    "training",
)


def read_head(head, kind):
    """A copy of the common head, checked, with its format."""
    checks.mapping(head, "head")
    checks.known(head, HEAD_FIELDS, "head")
    body = {}
    for key in HEAD_FIELDS:
        if key == "format":
            continue
        body[key] = checks.required(head, key, "head")
    for key in HEAD_TEXTS:
        checks.identifier(body[key], "head/" + key)
    checks.whole(body["seq"], "head/seq", 1, 2**53)
    checks.whole(body["generation"], "head/generation", 1, 2**31)
    checks.whole(body["offset_minutes"], "head/offset_minutes", -1440, 1440)
    checks.flag(body["training"], "head/training")
    operator = checks.mapping(body["operator"], "head/operator")
    for key in ("id", "name"):
        checks.text(checks.required(operator, key, "head/operator"), "head/operator/" + key)
    body["format"] = kind + "/1"
    if head.get("format") not in (None, body["format"]):
        raise Refusal("unknown_format", "head/format")
    return body
