"""The quick reading of a signature's text is the careful one, for every shape of its two numbers."""

import secrets

import pytest

from comptoir.apps.fiscal.signatures import base64url, quick_signature_der, signature_der

ENDS = (b"\x00", b"\x00\x00", b"\x00\x80", b"\x00\x7f", b"\x01", b"\x7f", b"\x80", b"\xff")


def test_both_give_the_same_der() -> None:
    shapes = [(one, other) for one in ENDS for other in ENDS]
    for first, second in shapes + [(b"", b"")] * 200:
        raw = b"".join((head + secrets.token_bytes(32))[:32] for head in (first, second))
        assert quick_signature_der(base64url(raw)) == signature_der(base64url(raw))


def test_numbers_of_nothing_but_zeros() -> None:
    for raw in (bytes(64), bytes(63) + b"\x01", bytes(31) + b"\x80" + bytes(32)):
        assert quick_signature_der(base64url(raw)) == signature_der(base64url(raw))


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s + "A", lambda s: s[:-1] + "B", lambda s: "+" + s[1:],
                                    lambda s: "=" + s[1:], lambda s: "é" + s[1:], lambda s: s[:40] + "\n" + s[41:]])  # fmt: skip
def test_another_spelling_is_refused(change) -> None:
    text = change(base64url(bytes(range(64))))
    assert signature_der(text) is None
    with pytest.raises(ValueError):
        quick_signature_der(text)
