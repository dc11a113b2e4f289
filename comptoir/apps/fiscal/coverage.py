"""Which numbers of each chain have been passed already, as stretches: a few of them, however long the chains. Pure."""

from collections.abc import Iterable, Iterator

Span = tuple[str, int, int]  # chain, first number, last number


class Coverage:
    """Stretches that touch are one, so that a whole dossier that is right is one stretch a chain."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def add(self, spans: Iterable[Span]) -> None:
        for chain, first, last in spans:
            if first <= last:
                self._spans[chain] = _joined([*self._spans.get(chain, ()), (first, last)])

    def gaps(self, chain: str, *, top: int) -> Iterator[tuple[int, int]]:
        """The stretches from 1 to `top` that nobody has passed; for an empty chain, the one that holds nothing."""
        first = 1
        for start, end in self._spans.get(chain, ()):
            if start > first:
                yield first, min(start - 1, top)
            first = max(first, end + 1)
        if first <= top or first == 1:
            yield first, top


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
