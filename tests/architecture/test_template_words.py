"""Every word of a template can be translated: text and spoken attributes stand in `translate` or `blocktranslate`."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import name, under

TRANSLATED = re.compile(
    r"\{#.*?#\}|\{% comment .*?endcomment %\}|\{% blocktranslate.*?\{% endblocktranslate %\}|\{% translate .*?%\}", re.S
)
MARKED = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
ACCENTED = re.compile(r"""["'][^"'{}%]*[à-öø-ÿœÀ-ÖØ-ÞŒ’][^"'{}%]*["']""")
TYPED = re.compile(r"<(code|kbd)\b[^<>]*>[^<>]*</\1>")  # what is typed as it stands
TAG = re.compile(r"<[^<>]*>")
SPOKEN = re.compile(r"""\s(?:title|aria-label|placeholder|alt|label)="([^"]*)\"""")
WORD = re.compile(r"[A-Za-zÀ-ÿœŒ]")
NAMES = {"Comptoir", "CSV", "PDF", "Excel"}  # the same in every language


def bare_words(text: str) -> Iterator[str]:
    """What a person would read or hear of a template and that no catalogue can change."""
    text = MARKED.sub("", TRANSLATED.sub("", text))
    for code in CODE.findall(text):
        yield from ACCENTED.findall(code)
    text = TYPED.sub("", CODE.sub("", text))
    spoken = [value for tag in TAG.findall(text) for value in SPOKEN.findall(tag)]
    for piece in [*TAG.sub("\n", text).split("\n"), *spoken]:
        if WORD.search(piece) and piece.strip() not in NAMES:
            yield piece.strip()


def test_no_template_holds_a_bare_word() -> None:
    pages = under("comptoir", ".html")
    assert pages != []
    found = {name(path): words for path in pages if (words := list(bare_words(path.read_text(encoding="utf-8"))))}
    assert found == {}


@pytest.mark.parametrize(
    "bad",
    [
        "<p>Bonjour</p>", '<a title="Voir">{{ x }}</a>', '<input placeholder="Article">', "<b>{{ n }} tickets</b>",
        "{% if words == 'Clôturé' %}{% endif %}", '<i aria-label="{% if a %}Oui{% endif %}"></i>', '{{ at|date:"H:i à" }}',
    ],
)  # fmt: skip
def test_the_search_finds_a_bare_word(bad: str) -> None:
    assert len(list(bare_words(bad))) == 1


@pytest.mark.parametrize(
    "good",
    [
        '<p>{% translate "Bonjour" %}</p>', "{% blocktranslate with n=x %}{{ n }} tickets{% endblocktranslate %}", "<b>CSV</b>",
        '{{ at|date:_("H:i à") }}', '<a class="button main" href="?du={{ x }}">{{ label }}</a>',
    ],
)  # fmt: skip
def test_the_search_leaves_the_rest(good: str) -> None:
    assert list(bare_words(good)) == []
