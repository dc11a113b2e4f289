"""The heads of other chains that a record seals: a Z those of its register, an enrolment those of the register's former
generation, a change of the server's key those of the server's former chains. `verify` looks for each of them. Pure."""

from typing import Any

from .event_codes import SERVER_KEY_CHANGED

Head = tuple[str, int, str]  # chain, number, SHA-256 of the signature's text
SealedHead = tuple[str, int, str, int]  # the same, and the number of the record that seals it
CARRYING = ("z", "enrolment", "event")


def heads_in(kind: str, body: dict[str, Any]) -> list[Head]:
    """The heads sealed in a record of this type; raises KeyError, TypeError, AttributeError or ValueError on what is not such
    a record."""
    heads = _heads_in(kind, body)
    for chain, seq, digest in heads:
        if type(chain) is not str or type(digest) is not str or type(seq) is not int or not 0 <= seq < 2**62:
            raise ValueError("heads")
    return heads


def _heads_in(kind: str, body: dict[str, Any]) -> list[Head]:
    if kind == "z":
        return [(one["chain"], one["seq"], one["digest"]) for one in body["heads"]]
    if kind == "enrolment":
        return [(one["chain"], one["seq"], one["digest"]) for one in body["enrolled"].get("continues", ())]
    if kind == "event" and body["code"] == SERVER_KEY_CHANGED:
        return heads_of_change(body["detail"])
    return []


def heads_of_change(detail: dict[str, Any]) -> list[Head]:
    """Events hold strings and integers only: each former chain is a key, its value `number:digest`."""
    heads: list[Head] = []
    for key, value in sorted(detail.items()):
        if key.startswith("S-"):
            seq, _, digest = value.partition(":")
            heads.append((key, int(seq), digest))
    return heads
