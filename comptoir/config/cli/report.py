"""`comptoir report x|z DOSSIER`: the figures of the day, read from the sealed records."""

import json
from datetime import date, datetime
from typing import Any

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._dossier import opened
from comptoir.config.cli._output import json_option, refuse

_OPERATIONS = (
    ("sale", "Ventes"),
    ("refund", "Remboursements"),
    ("cancel", "Annulations"),
    ("correction", "Corrections"),
)


@click.group()
def command() -> None:
    """Lire un X (à tout moment) ou un Z (clôture scellée)."""


@command.command("x")
@click.argument("slug")
@click.option("--register", default=None, help="Code de la caisse ; inutile s’il n’y en a qu’une.")
@json_option
def x_command(slug: str, register: str | None, as_json: bool) -> None:
    """X de caisse : ce qui s’est passé depuis le dernier Z. Ne clôture rien."""
    start_django()
    with opened(slug):
        from comptoir.apps.till.reports import x_report

        code = _register(register)
        shown = x_report(code)
    click.echo(
        json.dumps(shown, ensure_ascii=False) if as_json else _text(f"X de la caisse {code} (non clôturé)", shown)
    )


@command.command("z")
@click.argument("slug")
@click.option("--register", default=None, help="Code de la caisse ; inutile s’il n’y en a qu’une.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Jour ; le dernier Z par défaut.")
@json_option
def z_command(slug: str, register: str | None, day: datetime | None, as_json: bool) -> None:
    """Z de caisse : la clôture, telle que la caisse l’a scellée."""
    start_django()
    with opened(slug):
        from comptoir.apps.till.reports import z_report
        from comptoir.apps.treasury.queries import closings

        code = _register(register)
        rows = closings().filter(register=code)
        if day is not None:
            rows = rows.filter(business_date=date(day.year, day.month, day.day))
        found = [(one, z_report(one)) for one in (rows if day is not None else rows[:1])]
        answer = [_with_closing(one, shown) for one, shown in found] if as_json else []
    if not found:
        refuse("Aucun Z n’est arrivé pour cette caisse à cette date.")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one, shown in found:
        title = f"Z n° {one.seq} de la caisse {code}, journée du {one.business_date:%d/%m/%Y}"
        click.echo(_text(title, shown))
        click.echo("Recompté par le serveur : identique." if one.agrees else "Recompté par le serveur : DIFFÉRENT.")


def _register(code: str | None) -> str:
    from comptoir.apps.settings.queries import register_by_code, registers

    if code is None:
        known = [register.code for register in registers()]
        if len(known) == 1:
            return known[0]
        refuse(f"Précisez --register : {', '.join(known)}")
    if register_by_code(code) is None:
        refuse(f"La caisse « {code} » n’existe pas.")
    return code


def _with_closing(closing: Any, shown: dict[str, Any]) -> dict[str, Any]:
    """The Z with its number, whether the server's own sum agrees, and what was counted."""
    return {
        "number": closing.seq, "business_date": closing.business_date.isoformat(), "agrees": closing.agrees,
        "total_minor": closing.total_minor, "report": shown,
        "differences": list(closing.tenders.order_by("tender").values(
            "tender", "expected_minor", "counted_minor", "difference_minor", "explanation"
        )),
    }  # fmt: skip


def euros(minor: int) -> str:
    """`1 234,50 €` with the spaces and the minus of French typography."""
    whole, cents = divmod(abs(minor), 100)
    sign = "\u2212" if minor < 0 else ""
    thousands = f"{whole:,}".replace(",", "\u202f")
    return f"{sign}{thousands},{cents:02d}\u00a0€"


def percent(rate_e4: int) -> str:
    """`5,5 %`: a rate in ten-thousandths."""
    whole, rest = divmod(rate_e4, 100)
    return f"{whole}" + (f",{rest:02d}".rstrip("0") if rest else "") + "\u00a0%"


def _text(title: str, shown: dict[str, Any]) -> str:
    lines = [title, "-" * len(title)]
    tickets = shown["tickets"]
    lines.append(f"Tickets : {tickets['count']} (n° {tickets['first_seq']} à {tickets['last_seq']})")
    for key, label in _OPERATIONS:
        if shown[key]["count"]:
            lines.append(f"{label} : {shown[key]['count']}, {euros(shown[key]['amount_minor'])}")
    lines.append(f"Total TTC : {euros(shown['gross_minor'])} (HT {euros(shown['net_minor'])})")
    for row in shown["vat"]:
        rate = "Hors TVA" if row["vat_e4"] is None else f"TVA {percent(row['vat_e4'])}"
        lines.append(f"  {rate} : base {euros(row['base_minor'])}, TVA {euros(row['vat_minor'])}")
    for row in shown["tenders"]:
        lines.append(f"  {row['label']} : {row['count']}, {euros(row['amount_minor'])}")
    lines.append(f"Espèces attendues en caisse : {euros(shown['cash']['expected_minor'])}")
    if shown["perpetual_algebraic_minor"] is not None:
        lines.append(f"Grand total perpétuel : {euros(shown['perpetual_algebraic_minor'])}")
    return "\n".join(lines)
