"""`comptoir close month|year|fiscal-year DOSSIER`: closings sealed by the server."""

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._dossier import opened
from comptoir.config.cli._output import BUSY, answer, json_option, refuse
from comptoir.config.cli._period import period_text
from comptoir.config.cli.report import euros

if TYPE_CHECKING:
    from comptoir.apps.treasury.models import PeriodClosing
    from comptoir.apps.treasury.periods import Period


@click.group()
def command() -> None:
    """Clôturer un mois ou un exercice (la journée se clôture sur la caisse, par son Z)."""


@command.command("month")
@click.argument("slug")
@click.option("--period", "text", default=None, help="AAAA-MM ; tous les mois terminés par défaut.")
@json_option
def month_command(slug: str, text: str | None, as_json: bool) -> None:
    """Clôturer un mois, et avant lui les mois qui ne le sont pas encore."""
    start_django()
    with opened(slug, writes="clôture du mois"):
        from comptoir.apps.treasury.periods import month_of

        match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text or "2000-01")
        if match is None:
            refuse("Écrivez le mois ainsi : --period 2026-11")
        through = month_of(date(int(match[1]), int(match[2]), 1)) if text else None
        _close("month", through, as_json=as_json)


@command.command("year")
@click.argument("slug")
@click.option("--period", "text", default=None, help="AAAA, l’année où l’exercice se termine ; tous par défaut.")
@json_option
def year_command(slug: str, text: str | None, as_json: bool) -> None:
    """Clôturer un exercice, et avant lui ses mois qui ne le sont pas encore."""
    start_django()
    with opened(slug, writes="clôture de l’exercice"):
        through = _year_ending_in(text) if text else None
        _close("year", through, as_json=as_json)


@command.command("due")
@click.argument("slug")
@json_option
def due_command(slug: str, as_json: bool) -> None:
    """Clôturer ce qui aurait dû l’être : à confier à une tâche planifiée quand le serveur ne tourne pas tout le temps.

    Code de sortie : 0, même s’il n’y a rien ; 3 si quelque chose attend."""
    start_django()
    with opened(slug, writes="clôture automatique"):
        from comptoir.apps.treasury.services.close_due import close_due

        due = close_due()
        waiting = [{"period": period.label, "code": why.code, "text": str(why)} for period, why in due.waiting]
        lines = [f"Clôturé : {one.first_date:%d/%m/%Y} – {one.last_date:%d/%m/%Y}" for one in due.made]
        text = "\n".join([*lines, *(one["text"] for one in waiting)]) or "Rien à clôturer."
        answer({"closings": [_row(one) for one in due.made], "waiting": waiting}, as_json=as_json, text=text)
        if waiting:
            raise SystemExit(BUSY)


@command.command("fiscal-year")
@click.argument("slug")
@click.option("--first-month", type=click.IntRange(1, 12), required=True, help="Premier mois de l’exercice (1 à 12).")
@json_option
def fiscal_year_command(slug: str, first_month: int, as_json: bool) -> None:
    """Choisir le premier mois de l’exercice. S’applique au prochain exercice à clôturer ; noté au journal."""
    start_django()
    with opened(slug, writes="choix de l’exercice"):
        from comptoir.apps.treasury.services.close_period import start_fiscal_year_in
        from comptoir.engine.calendar import MONTHS

        start_fiscal_year_in(first_month)
        answer(
            {"first_month": first_month}, as_json=as_json,
            text=f"Les exercices commencent désormais en {MONTHS[first_month - 1]}.",
        )  # fmt: skip


def _year_ending_in(text: str) -> "Period":
    """The year already closed that ends in this civil year, or the one that the current rule gives."""
    from comptoir.apps.treasury.periods import Period, fiscal_year_of, next_to_close, period_closings

    if not re.fullmatch(r"[0-9]{4}", text):
        refuse("Écrivez l’année où l’exercice se termine : --period 2026")
    year = int(text)
    following = next_to_close("year")
    if following is not None and following.last.year == year:
        return following
    closed = period_closings("year").filter(last_date__year=year).first()
    if closed is not None:
        return Period("year", closed.first_date, closed.last_date)
    first_in = fiscal_year_of(date(year, 1, 1))
    return first_in if first_in.last.year == year else fiscal_year_of(date(year, 12, 31))


def _close(kind: str, through: "Period | None", *, as_json: bool) -> None:
    from comptoir.apps.treasury.periods import closing_of_period
    from comptoir.apps.treasury.services.close_period import PeriodRefused, close_periods

    def told(period: "Period") -> None:
        if not as_json:
            click.echo(f"{period.label[0].upper()}{period.label[1:]}…", err=True)

    try:
        made = close_periods(kind, through=through, progress=told)
    except PeriodRefused as refusal:
        if as_json:
            blockers = [one._asdict() for one in refusal.blockers]
            click.echo(json.dumps({"code": refusal.code, "blockers": blockers}, ensure_ascii=False))
        refuse(str(refusal), code=BUSY if refusal.code == "blocked" else 1)
    already = closing_of_period(through) if through and not made else None
    shown = [already] if already else made
    rows = [_row(one) for one in shown]
    text = (
        "\n\n".join(_text(one) for one in shown) if shown else "Rien à clôturer : tout ce qui est terminé l’est déjà."
    )
    answer({"sealed": len(made), "closings": rows}, as_json=as_json, text=text)


def _row(one: "PeriodClosing") -> dict[str, Any]:
    return {
        "kind": one.kind, "number": f"{one.chain}-{one.seq}", "first": one.first_date.isoformat(),
        "last": one.last_date.isoformat(), "closings": one.closings, "tickets": one.ticket_count,
        "total_minor": one.total_minor, "perpetual_algebraic_minor": one.perpetual_algebraic_minor,
        "perpetual_absolute_minor": one.perpetual_absolute_minor,
    }  # fmt: skip


def _text(one: "PeriodClosing") -> str:
    from comptoir.apps.fiscal.queries import sealed_record
    from comptoir.apps.treasury.periods import Period

    sealed = sealed_record(one.chain, seq=one.seq)
    assert sealed is not None, "a closing is never booked without its record"
    period = Period(one.kind, one.first_date, one.last_date)
    title = f"Clôture n° {one.seq} : {period.label}"
    return "\n".join([
        period_text(title, sealed.body["totals"]),
        f"Grand total perpétuel : {euros(one.perpetual_algebraic_minor)}",
        f"Grand total perpétuel en valeur absolue : {euros(one.perpetual_absolute_minor)}",
    ])  # fmt: skip
