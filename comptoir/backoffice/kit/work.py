"""Work that lasts longer than an answer: it runs beside the requests of this server, and its page follows its progress.

Works live in the process (a dossier has one serving process): a restart ends them, their page says so, and asking again
starts over. What they write is whole or absent by itself (an archive has no half file, a closing is one transaction)."""

import contextvars
import logging
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, get_urlconf, reverse, set_script_prefix, set_urlconf
from django.utils.translation import gettext_lazy as _

from comptoir.apps.access.models import User
from comptoir.apps.access.refusals import AccessRefusal
from comptoir.apps.access.rights import SIGNED_IN
from comptoir.apps.fiscal.identifiers import uuid7

from .page import OfficePage

logger = logging.getLogger("comptoir.work")
MOST_KEPT = 50
Progress = Callable[[int], Callable[[int], None]]


class Work:
    """One piece of work: `run(progress)` returns the address to go to and a sentence."""

    def __init__(self, title: str, *, by: User, back: str, room: str) -> None:
        self.id, self.title, self.back, self.room = uuid7(), title, back, room
        self.owner = by.pk
        self.total = self.done = 0
        self.state = "running"  # done, refused, broken
        self.url = self.sentence = ""

    @property
    def percent(self) -> int:
        return min(99, self.done * 100 // self.total) if self.total else 0

    def progress(self, total: int) -> Callable[[int], None]:
        self.total = total

        def step(steps: int) -> None:
            self.done += steps

        return step


_works: dict[UUID, Work] = {}
_adding = threading.Lock()


def start_work(
    title: str, run: Callable[[Progress], tuple[str, str]], *, by: User, back: str, room: str,
    refusals: tuple[type[Exception], ...] = (AccessRefusal, ValueError),
) -> str:  # fmt: skip
    """Starts it in a thread bound to the same dossier; returns the address of its page."""
    work = Work(title, by=by, back=back, room=room)
    with _adding:
        for old in [key for key, one in _works.items() if one.state != "running"][: max(0, len(_works) - MOST_KEPT)]:
            del _works[old]
        _works[work.id] = work
    context, place = contextvars.copy_context(), (get_urlconf(), get_script_prefix())
    given = (_run, work, run, refusals, place)
    threading.Thread(target=context.run, args=given, name=f"work-{work.id}", daemon=True).start()
    return reverse("work", args=[work.id])


def _run(
    work: Work, run: Callable[[Progress], tuple[str, str]], refusals: tuple[type[Exception], ...],
    place: tuple[str | None, str],
) -> None:  # fmt: skip
    set_urlconf(place[0])  # the request forgets both when it ends, and the work names addresses after that
    set_script_prefix(place[1])
    try:
        work.url, work.sentence = run(work.progress)
        work.state = "done"
    except refusals as refusal:
        work.state, work.sentence = "refused", str(refusal)
    except Exception:  # a thread has nobody above it: the page must still learn that it ended
        logger.exception("work stopped", extra={"title": str(work.title)})
        work.state, work.sentence = (
            "broken",
            str(_("Le travail s’est arrêté. Recommencez ; si cela se répète, voyez votre installateur.")),
        )
    finally:
        connection.close()


class WorkPage(OfficePage):
    """Follows one's own work: asked again every second by the page itself, or by hand."""

    required_right = SIGNED_IN
    template_name = "office/work.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        work = _works.get(self.kwargs["pk"])
        if work is None or work.owner != request.user.pk:
            return self.render_to_response(self.get_context_data(work=None), status=404)
        self.room, self.title = work.room, work.title
        fragment = bool(request.headers.get("HX-Request"))
        if work.state == "running":
            if fragment:
                return render(request, "office/work_state.html", {"work": work})
            return self.render_to_response(self.get_context_data(work=work))
        return _arrived(request, work, fragment=fragment)


def _arrived(request: HttpRequest, work: Work, *, fragment: bool) -> HttpResponse:
    tell = messages.success if work.state == "done" else messages.warning
    tell(request, work.sentence)
    address = work.url if work.state == "done" else work.back
    with _adding:
        _works.pop(work.id, None)
    answer = HttpResponse(status=200 if fragment else 302)
    answer["HX-Redirect" if fragment else "Location"] = address
    return answer
