"""A signature's text becomes DER in one spelling only, whatever the shape of its two numbers."""

import base64
import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from comptoir.apps.fiscal.signatures import base64url, signature_der

ENDS = (b"\x00", b"\x00\x00", b"\x00\x80", b"\x00\x7f", b"\x01", b"\x7f", b"\x80", b"\xff")


def _numbers(raw: bytes) -> tuple[int, int]:
    return int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")


def test_the_numbers_are_those_of_the_text() -> None:
    shapes = [(one, other) for one in ENDS for other in ENDS]
    for first, second in shapes + [(b"", b"")] * 200:
        raw = b"".join((head + secrets.token_bytes(32))[:32] for head in (first, second))
        assert decode_dss_signature(signature_der(base64url(raw))) == _numbers(raw)


def test_numbers_of_nothing_but_zeros() -> None:
    for raw in (bytes(64), bytes(63) + b"\x01", bytes(31) + b"\x80" + bytes(32)):
        assert decode_dss_signature(signature_der(base64url(raw))) == _numbers(raw)


def test_only_one_last_character_in_four_bits_is_taken() -> None:
    text = base64url(bytes(range(64)))
    taken = []
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        other = text[:-1] + last
        try:
            signature_der(other)
        except ValueError:
            continue
        taken.append(other)
    assert all(base64url(base64.urlsafe_b64decode(one + "==")) == one for one in taken)
    assert len(taken) == 4 and text in taken


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s + "A", lambda s: s[:-1] + "B", lambda s: "+" + s[1:],
                                    lambda s: "=" + s[1:], lambda s: "é" + s[1:], lambda s: s[:40] + "\n" + s[41:]])  # fmt: skip
def test_another_spelling_is_refused(change) -> None:
    with pytest.raises(ValueError):
        signature_der(change(base64url(bytes(range(64)))))
