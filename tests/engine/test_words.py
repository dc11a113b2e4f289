"""The words of papers: the Dutch ones cover the French, and French is what is spoken without being asked."""

from comptoir.engine.labels import DUTCH, FRENCH, Words


def test_every_word_has_its_dutch() -> None:
    assert set(FRENCH) - set(DUTCH) == set()
    assert set(DUTCH) - set(FRENCH) == set()


def test_the_callers_word_comes_first_then_the_shops_language() -> None:
    assert Words({"total": "TOTAL"}, "nl").of("total") == "TOTAL"
    assert Words({}, "nl").of("total") == "TOTAAL incl. btw"
    assert Words({}).of("total") == "TOTAL TTC"
    assert Words({"lang": "nl"}).of("change") == "Wisselgeld"
    assert Words({}, "de").of("change") == "Rendu"
