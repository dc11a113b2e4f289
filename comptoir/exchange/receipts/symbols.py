"""QR codes and barcodes of a paper as SVG: the same symbols as the printer draws itself, for HTML and PDF.

Code 128 (ISO/IEC 15417) in set B and EAN-13/EAN-8 (GS1 General Specifications, 5.2) are drawn here: a few tables each.
A wrong check digit is refused, never replaced.
"""

import io
from html import escape

import segno

# Widths of bars and spaces of the 107 symbols of Code 128, seven characters each; 106 is the stop, with its last bar.
_CODE128 = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_START_B, _STOP = 104, 106
_QUIET = 10  # modules of white on each side

# Widths of digits 0 to 9 in set A (odd parity); set B is A backwards, set C is A with colours exchanged.
_EAN_A = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
_EAN_PARITY = (
    "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"
)  # fmt: skip


def _bars(widths: str) -> list[bool]:
    """Modules of alternating bars and spaces, beginning with a bar."""
    modules: list[bool] = []
    for index, width in enumerate(widths):
        modules += [index % 2 == 0] * int(width)
    return modules


def _code128(text: str) -> list[bool]:
    values = [_START_B, *(ord(char) - 32 for char in text)]
    check = (values[0] + sum(index * value for index, value in enumerate(values[1:], start=1))) % 103
    return _bars("".join(_CODE128[7 * value : 7 * value + 7].rstrip() for value in [*values, check, _STOP]))


def _digit(digit: str, parity: str) -> list[bool]:
    widths = _EAN_A[int(digit)]
    if parity == "C":
        return _bars(widths)
    modules = _bars(widths[::-1] if parity == "B" else widths)
    return [not module for module in modules]


def _ean(text: str) -> list[bool]:
    half = len(text) // 2
    parities = _EAN_PARITY[int(text[0])] if len(text) == 13 else "AAAA"
    left = text[1:7] if len(text) == 13 else text[:half]
    right = text[7:] if len(text) == 13 else text[half:]
    modules = _bars("111")
    for digit, parity in zip(left, parities, strict=True):
        modules += _digit(digit, parity)
    modules += [not module for module in _bars("11111")]
    for digit in right:
        modules += _digit(digit, "C")
    return modules + _bars("111")


def check_digit(digits: str) -> str:
    """The GS1 check digit of the digits before it: weights 3 and 1 from the right."""
    weighted = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def modules_of(kind: str, text: str) -> list[bool]:
    """Dark and light modules of a barcode, quiet zones left out. Raises ValueError for what the symbol cannot carry."""
    if kind == "code128" and text and text.isascii() and text.isprintable():
        return _code128(text)
    if kind in ("ean13", "ean8") and text.isascii() and text.isdigit() and len(text) == int(kind[3:]):
        if check_digit(text[:-1]) != text[-1]:
            raise ValueError(f"wrong check digit: {text}")
        return _ean(text)
    raise ValueError(f"not a {kind} text: {text!r}")


def barcode_svg(kind: str, text: str, *, height: int = 40) -> str:
    """The bars, one unit a module, quiet zones included. Raises ValueError."""
    path = []
    modules = modules_of(kind, text)
    for index, dark in enumerate(modules):
        if dark:
            path.append(f"M{_QUIET + index} 0h1v{height}h-1z")
    width = len(modules) + 2 * _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="{escape(text)}" shape-rendering="crispEdges"><path d="{"".join(path)}"/></svg>'
    )


def qr_svg(text: str) -> str:
    """A QR code, error correction M, four modules of white around."""
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(
        drawn, kind="svg", border=4, xmldecl=False, nl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()
