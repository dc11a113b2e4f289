"""Stretches of numbers that windows passed, and the gaps that slices must look at."""

import random

from comptoir.apps.fiscal.coverage import Coverage


def test_stretches_that_touch_are_one() -> None:
    coverage = Coverage()
    coverage.add([("a", 1, 4), ("a", 9, 12), ("b", 2, 3), ("a", 5, 8), ("c", 5, 4)])
    assert list(coverage.gaps("a", top=12)) == []
    assert list(coverage.gaps("a", top=15)) == [(13, 15)]
    assert list(coverage.gaps("b", top=6)) == [(1, 1), (4, 6)]
    assert list(coverage.gaps("c", top=6)) == [(1, 6)]
    assert list(coverage.gaps("b", top=2)) == [(1, 1)]
    assert list(coverage.gaps("nothing", top=0)) == [(1, 0)]


def test_gaps_are_what_was_not_passed() -> None:
    generator = random.Random(7)
    for _ in range(300):
        coverage, passed = Coverage(), set()
        for _ in range(generator.randrange(8)):
            first = generator.randrange(1, 40)
            last = first + generator.randrange(10)
            coverage.add([("a", first, last)])
            passed |= set(range(first, last + 1))
        top = generator.randrange(1, 50)
        left = {number for first, last in coverage.gaps("a", top=top) for number in range(first, last + 1)}
        assert left == set(range(1, top + 1)) - passed
