"""Everything of an inspection in one zip, written while it leaves: no memory grows with the days asked for.

Every file is the answer of the page that shows it, so that a bundle never says anything else than the office."""

import copy
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from comptoir.apps.treasury.models import PeriodClosing

from ..periods.pages import PeriodPdf
from .papers import papers
from .running import Inspection, verdict

PIECE = 65_536
Part = tuple[str, Iterable[bytes]]


class _Sink:
    """What the zip wrote and nobody took yet; it cannot seek, so the zip never looks back."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return None

    def take(self) -> bytes:
        taken, self.waiting = b"".join(self.waiting), []
        return taken


def zip_parts(parts: Iterable[Part], *, at: datetime) -> Iterator[bytes]:
    """The bytes of a zip of these files, piece by piece; what is a zip already is stored as it is."""
    sink = _Sink()
    with ZipFile(sink, "w") as made:  # type: ignore[call-overload]  # write and flush are all it calls
        for name, content in parts:
            info = ZipInfo(name, date_time=at.timetuple()[:6])
            info.compress_type = ZIP_STORED if name.endswith(".zip") else ZIP_DEFLATED
            with made.open(info, "w", force_zip64=True) as member:
                for piece in content:
                    member.write(piece)
                    if sink.waiting:
                        yield sink.take()
    yield sink.take()


def bundle_parts(one: Inspection, request: HttpRequest, *, rights: frozenset[str], attestation: Any) -> Iterator[Part]:
    """The archive, each paper as its pages make them, the periods closed in these days, the attestation, and a text that
    names them all; what could not be made is named there with its reason."""
    told: list[str] = []
    if one.archive and one.archive.file:
        yield _told(told, f"archive/{one.archive.file.name}"), _read(one.archive.file)
    for paper in papers(one.first, one.last, rights=rights):
        for kind in paper.kinds:
            if kind == "xlsx":
                continue  # the same figures as the CSV, which everything opens
            answer = _answer(paper.view, request, query=paper.asked(kind))
            name = f"{'evenements' if paper.route == 'event_list' else paper.route}.{kind}"
            if answer.status_code == 200:
                yield _told(told, f"pieces/{name}", paper.label), _content(answer)
            else:
                told.append(
                    _("%(name)s : absent, trop long pour ce format ; le même en CSV est ci-dessus ou dans l’archive.")
                    % {"name": name}
                )
    if "closings.reprint" in rights:
        yield from _periods(one, request, told=told)
    answer = _answer(attestation, request)
    if answer.status_code == 200:
        yield _told(told, "attestation.pdf"), _content(answer)
    else:
        told.append(_("attestation.pdf : absente, voyez « Contrôle »."))
    yield "LISEZMOI.txt", [_readme(one, told).encode()]


def closed_in(one: Inspection) -> QuerySet[PeriodClosing]:
    """The months and years sealed that share a day with it, in order."""
    touched = PeriodClosing.objects.filter(first_date__lte=one.last, last_date__gte=one.first)
    return touched.filter(kind__in=("month", "year")).order_by("first_date", "kind")


def _periods(one: Inspection, request: HttpRequest, *, told: list[str]) -> Iterator[Part]:
    for row in closed_in(one):
        name = f"clotures/{row.kind}-{row.first_date}-{row.last_date}.pdf"
        yield _told(told, name), _content(_answer(PeriodPdf, request, pk=row.pk))


def _answer(view: Any, request: HttpRequest, *, query: str = "", **kwargs: Any) -> Any:
    asked = copy.copy(request)
    asked.GET = QueryDict(query)  # type: ignore[assignment]
    try:
        return view.as_view()(asked, **kwargs)
    except Http404:
        return type("Absent", (), {"status_code": 404})


def _content(answer: Any) -> Iterable[bytes]:
    return answer.streaming_content if answer.streaming else [answer.content]


def _read(path: Any) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _told(told: list[str], name: str, label: str = "") -> str:
    told.append(f"{name} : {label}" if label else name)
    return name


def _readme(one: Inspection, told: list[str]) -> str:
    heading = _("Contrôle du %(first)s au %(last)s, fait le %(at)s par %(by)s.") % {
        "first": f"{one.first:%d/%m/%Y}", "last": f"{one.last:%d/%m/%Y}",
        "at": f"{timezone.localtime(one.at):%d/%m/%Y à %H:%M}", "by": one.by,
    }  # fmt: skip
    how = _("L’archive se vérifie sans Comptoir : dépliez-la et lancez « python3 verify.py ».")
    return "\r\n".join([heading, verdict(one), "", *told, "", how, ""])
