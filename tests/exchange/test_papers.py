"""One paper, four ways: the same words in the same order on screen, in HTML, in PDF and on the printer's roll."""

import html
import io
import json
import re
import unicodedata
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.bridge.escpos.emitter import Profile, render
from comptoir.bridge.simulator.interpreter import Line, Symbol, read
from comptoir.exchange.receipts.html import as_html
from comptoir.exchange.receipts.layout import as_text
from comptoir.exchange.receipts.pdf import as_pdf
from comptoir.exchange.receipts.symbols import check_digit, modules_of

SAMPLE = json.loads((Path(__file__).parents[1] / "bridge" / "sample_receipt.json").read_text(encoding="utf-8"))
LINK = "https://comptoir.example/t/é€"


def paper(*blocks):
    return {"format": "receipt/1", "lang": "fr", "blocks": list(blocks)}


def words(text):
    """Words, without the spaces, the dashed rules and the typographic signs that a printer's page replaces."""
    text = unicodedata.normalize("NFC", text).replace("−", "-")
    return [word for word in text.split() if set(word) != {"-"}]


def said_by(document):
    """The words of the document itself, what its barcodes say included."""
    parts = []
    for block in document["blocks"]:
        if block["t"] in ("text", "barcode"):
            parts.append(block["s"])
        elif block["t"] == "row":
            parts += [block["l"], block["r"]]
        elif block["t"] == "cols":
            parts += block["c"]
    return words(" ".join(parts))


def pdf_text(octets):
    document = pypdfium2.PdfDocument(octets)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def html_text(markup):
    without_drawings = re.sub(r"<svg.*?</svg>", " ", markup, flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", " ", without_drawings))


def printed_words(document):
    said = []
    for item in read(render(document, profile=Profile()).data):
        if isinstance(item, Line) or (isinstance(item, Symbol) and item.kind != "qr"):
            said.append(item.text)
    return words(" ".join(said))


def test_four_papers_say_the_same_words_in_the_same_order():
    expected = said_by(SAMPLE)
    assert "58,86" in expected and "€" in expected and "Comté" in expected and "œillet" in expected
    assert words(html_text(as_html(SAMPLE))) == expected
    assert words(pdf_text(as_pdf(SAMPLE))) == expected
    assert printed_words(SAMPLE) == expected
    assert words(as_text(SAMPLE).replace("[barcode ", "").replace("]", "")) == expected


def picture_of_pdf(octets):
    return pypdfium2.PdfDocument(octets)[0].render(scale=4).to_pil()


def test_symbols_of_the_pdf_are_read_back():
    ean = "376012345678" + check_digit("376012345678")
    document = paper(
        {"t": "qr", "s": LINK},
        {"t": "text", "s": "entre les deux"},
        {"t": "barcode", "kind": "code128", "s": "TC1-1-412"},
        {"t": "barcode", "kind": "ean13", "s": ean},
        {"t": "barcode", "kind": "ean8", "s": "96385074"},
    )
    found = {(str(one.format), one.text) for one in zxingcpp.read_barcodes(picture_of_pdf(as_pdf(document)))}
    assert {text for _, text in found} == {LINK, "TC1-1-412", ean, "96385074"}


def test_the_same_paper_gives_the_same_bytes():
    assert as_pdf(SAMPLE) == as_pdf(SAMPLE)


def test_only_fonts_that_travel_inside():
    with pikepdf.open(io.BytesIO(as_pdf(SAMPLE))) as document:
        fonts = document.pages[0].Resources.Font
        descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts.values()]
        assert {str(one.FontName).split("+")[1].split("-")[0] for one in descriptors} == {"DejaVuSansMono"}
        assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "#eval(1) *b* $x$ \\u{1}", "\x00\x1b[0m"]
)
def test_words_are_never_markup(evil):
    document = paper(
        {"t": "text", "s": evil}, {"t": "row", "l": evil, "r": "1,00"}, {"t": "cols", "c": [evil, "2"], "w": [1, 1]}
    )
    markup = as_html(document)
    tags = set(re.findall(r"<(/?[a-z]+)", markup))
    assert tags == {"article", "/article", "p", "/p", "span", "/span"}
    assert "style=" not in re.sub(r">[^<]*<", "><", markup)
    said = "".join(char for char in evil if unicodedata.category(char) != "Cc")
    assert html_text(markup).split() == f"{said} {said} 1,00 {said} 2".split()
    assert "".join(pdf_text(as_pdf(document)).split()) == "".join(f"{said}{said}1,00{said}2".split())


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_makes_a_paper(text):
    document = paper({"t": "text", "s": text}, {"t": "row", "l": text, "r": text}, {"t": "cut"})
    assert as_pdf(document).startswith(b"%PDF-")
    assert "\x00" not in as_html(document)
    as_html(document).encode()


@pytest.mark.parametrize("draw", [as_html, as_pdf, as_text])
@pytest.mark.parametrize("document", [{"format": "receipt/2", "blocks": []}, paper({"t": "hologram"})])
def test_a_paper_half_understood_is_refused(draw, document):
    if draw is as_text:
        with pytest.raises(ValueError):
            draw(document, columns=48)
    else:
        with pytest.raises(ValueError):
            draw(document)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ean13", "3760123456783"),
        ("ean8", "1234567"),
        ("code128", "é"),
        ("code128", ""),
        ("qr", "x"),
        ("ean13", "٣760123456789"),
    ],
)
def test_a_symbol_that_cannot_carry_its_text_is_refused(kind, text):
    with pytest.raises(ValueError):
        modules_of(kind, text)


def test_pictures_are_drawn_when_they_are_given(tmp_path):
    from PIL import Image

    Image.new("L", (40, 20), 0).save(tmp_path / "logo.png")
    document = paper({"t": "image", "name": "logo"}, {"t": "text", "s": "dessous"})
    logo = (tmp_path / "logo.png").read_bytes()
    dark = picture_of_pdf(as_pdf(document, images={"logo": logo})).convert("1").getcolors()
    without = picture_of_pdf(as_pdf(document)).convert("1").getcolors()
    assert dict((value, count) for count, value in dark)[0] > 10 * dict((value, count) for count, value in without)[0]
    assert 'src="/media/logo?a=1&amp;b=2"' in as_html(document, images={"logo": "/media/logo?a=1&b=2"})
    assert "<img" not in as_html(document)
