"""Text for a printer that knows one code page.

The page is a setting of the printer, chosen once with a test strip, and never changes within a job: choosing it by
character prints `€` in Greek on a good third of the known models. What the page lacks is replaced by what a reader
expects; what has no replacement becomes `?` and is counted, so that the job can say that something was lost.
"""

import unicodedata
from dataclasses import dataclass

REPLACED = {
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ",
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "\u2011": "-", "−": "-", "×": "x",
    "…": "...", "œ": "oe", "Œ": "OE", "€": "EUR", "•": "*", "ﬁ": "fi", "ﬂ": "fl",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodePage:
    """A Python codec and the number that the printer gives the same page (`ESC t n`)."""

    codec: str
    number: int


CP1252 = CodePage("cp1252", 16)
CP858 = CodePage("cp858", 19)
LATIN9 = CodePage("iso8859-15", 40)
OFFERED = {"cp1252": CP1252, "cp858": CP858, "iso8859-15": LATIN9}


@dataclass(frozen=True, slots=True)
class Encoded:
    data: bytes
    lost: int  # characters that became "?"


def _one(char: str, codec: str) -> bytes | None:
    """The character in the page; control codes of any kind never pass, whatever the page says."""
    if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn"):
        return b""
    try:
        return char.encode(codec)
    except UnicodeEncodeError:
        return None


def encode(text: str, *, page: CodePage) -> Encoded:
    """Bytes of `text` in `page`: the page itself, then the replacement table, then the letter without its accent, then `?`.

    Control characters are dropped, so that no name of an article can command the printer.
    """
    out = bytearray()
    lost = 0
    for char in unicodedata.normalize("NFC", text):
        plain = " " if char in "\u00a0\u202f" else char  # an amount's space must not print as a box on odd ROM pages
        data = _one(plain, page.codec)
        if data is None and plain in REPLACED:
            data = REPLACED[plain].encode(page.codec)
        if data is None:
            bare = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
            data = bare.encode("ascii") if bare.isprintable() and bare else None
        if data is None:
            lost += 0 if unicodedata.combining(plain) else 1
            data = b"" if unicodedata.combining(plain) else b"?"
        out += data
    return Encoded(bytes(out), lost)
