"""`comptoir replay`: real sales files sold again by a till, one Z a day, each held against a sum of the file."""

import secrets
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._output import REFUSED, answer, json_option, refuse

if TYPE_CHECKING:
    from comptoir.dossiers.binding import Dossier
    from comptoir.exchange.replay.report import Result
    from comptoir.exchange.replay.run import Replay

SHOWN_LINES = 20


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dossier", "slug", default=None, help="Dossier où vendre ; une caisse y est ajoutée pour la reprise.")
@click.option("--new", is_flag=True, help="Vendre dans un dossier neuf (par défaut sans --dossier ni --code).")
@click.option("--url", default=None, help="Serveur déjà ouvert : http://hôte:port. Sinon un serveur est lancé.")
@click.option("--code", default=None, help="Code d’enrôlement, pour un serveur dont le dossier n’est pas ici.")
@click.option("--vat", default="20", show_default=True, help="Taux de TVA des articles, en %.")
@click.option("--cash-below", default="20", show_default=True, help="Payer en espèces au-dessous de ce montant.")
@click.option("--dates", type=click.Choice(["iso", "mdy", "dmy"]), default=None, help="Ordre des dates ; deviné sinon.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Rapport complet en JSON."
)
@json_option
def command(
    files: tuple[Path, ...], slug: str | None, new: bool, url: str | None, code: str | None, vat: str, cash_below: str,
    dates: str | None, report: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Rejouer des ventes réelles (colonnes UCI) comme une caisse, et comparer chaque Z à la somme du fichier.

    Code de sortie 0 quand chaque jour tombe juste, 1 sinon.
    """
    if code and not (url and slug):
        raise click.UsageError("--code va avec --url et --dossier.")
    start_django()
    from comptoir.exchange.replay.connection import TransportRefused
    from comptoir.exchange.replay.outbox import OutboxStuck
    from comptoir.exchange.replay.ports import TransportLost
    from comptoir.exchange.replay.run import Options, Replay
    from comptoir.exchange.replay.sales_file import SalesFileRefused

    if slug and not new and not code:
        from comptoir.config.cli._dossier import current_dossier

        current_dossier(slug)  # said before a long file is read
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="comptoir-replay-")))
        replay = Replay(paths=list(files), work=work, progress=_progress)
        stack.callback(replay.close)
        try:
            replay.read(dates=dates)
            place = _place(stack, slug=slug, new=new, url=url, code=code)
            rates = {"vat_e4": _scaled(vat, 100), "cash_below_minor": _scaled(cash_below, 100)}
            result = replay.run(Options(**place, **rates))
        except SalesFileRefused as refusal:
            refuse(str(refusal))
        except (TransportRefused, TransportLost, OutboxStuck) as refusal:
            refuse(f"Le serveur n’a pas pris les ventes : {refusal}")
        _tell(result, replay=replay, files=list(files), report=report, as_json=as_json)
    if not result.whole:
        raise SystemExit(REFUSED)


def _scaled(text: str, factor: int) -> int:
    from comptoir.exchange.imports.values import ValueReason, read_decimal

    try:
        value = read_decimal(text) * factor
    except ValueReason as reason:
        raise click.UsageError(f"« {text} » : {reason}") from reason
    if value != value.to_integral_value() or value < 0:
        raise click.UsageError(f"« {text} » a trop de décimales.")
    return int(value)


def _place(stack: ExitStack, *, slug: str | None, new: bool, url: str | None, code: str | None) -> dict[str, Any]:
    """Where to sell: base address of the dossier, one-time code, and how to read what the server booked."""
    if code:
        return {"base_url": f"{url}/d/{slug}", "code": code}
    from comptoir.config.cli._dossier import current_dossier
    from comptoir.config.cli._own_server import own_server

    dossier = current_dossier(slug) if slug and not new else _new_dossier(slug)
    register, code = _add_register(dossier)
    base = url or stack.enter_context(own_server())
    return {
        "base_url": f"{base.rstrip('/')}/d/{dossier.slug}",
        "code": code,
        "booked": lambda day: _booked(dossier, register=register, day=day),
    }


def _new_dossier(slug: str | None) -> "Dossier":
    from comptoir.apps.settings.services.set_up_company import CompanyDetails
    from comptoir.config.new_dossier import create_dossier
    from comptoir.dossiers.creation import new_sqlite_dossier

    name = slug or f"reprise-{datetime.now():%Y%m%d-%H%M%S}"
    dossier = new_sqlite_dossier(name, name="Reprise de ventes")
    shop = "Reprise de ventes"
    company = CompanyDetails(legal_name=shop, name=shop, country="FR", zone="metropole", number="73282932000074")
    create_dossier(
        dossier, company=company, login="reprise", name="Reprise", password=secrets.token_urlsafe(24), on=date.today()
    )
    click.echo(f"Dossier neuf : {dossier.slug}", err=True)
    return dossier


def _add_register(dossier: "Dossier") -> tuple[str, str]:
    """A register of its own for the replay, and the code that lets a till in: a working till is never taken over."""
    from comptoir.apps.settings.queries import main_establishment, register_by_code
    from comptoir.apps.settings.services.set_up_company import add_register
    from comptoir.apps.till.services.enrol_register import create_enrolment_code
    from comptoir.dossiers.binding import bound
    from comptoir.dossiers.lock import writing

    with writing(dossier, purpose="la reprise de ventes"), bound(dossier):
        number = 1
        while register_by_code(f"R{number}") is not None:
            number += 1
        add_register(f"R{number}", name=f"Reprise {number}", establishment=main_establishment())
        code = create_enrolment_code(f"R{number}")
    _close(dossier)
    return f"R{number}", code


def _booked(dossier: "Dossier", *, register: str, day: str) -> int:
    """What the server's own table holds for the day's Z: 0 when it is not booked or does not agree with the rows."""
    from comptoir.apps.treasury.queries import closings
    from comptoir.dossiers.binding import bound

    with bound(dossier):
        rows = list(closings().filter(register=register, business_date=day))
    return rows[0].total_minor if len(rows) == 1 and rows[0].agrees else 0


def _close(dossier: "Dossier") -> None:
    from django.db import connections

    connections.forget(dossier)


def _progress(what: str, count: int) -> None:
    if sys.stderr.isatty():  # a person watches; a script wants no signs of life
        click.echo(f"\r{what} : {count} lignes   ", nl=False, err=True)


def _tell(result: "Result", *, replay: "Replay", files: list[Path], report: Path | None, as_json: bool) -> None:
    from comptoir.exchange.replay.report import lines_of, shown_listed, write_json

    if sys.stderr.isatty():
        click.echo("", err=True)
    if report:
        write_json(report, result=result, listed=replay.listed(), paths=files)
    lines = list(lines_of(result))
    reasons = Counter(row.reason for row in replay.listed())
    if reasons:
        lines += ["", "Ce qui n’a pas pu être une vente :"]
        lines += [f"{count:>7}  {reason}" for reason, count in reasons.most_common(SHOWN_LINES)]
        shown = [row for row, _ in zip(replay.listed(), range(SHOWN_LINES), strict=False)]
        lines += ["", *(shown_listed(row, paths=files) for row in shown)]
        if result.listed > SHOWN_LINES:
            where = f"dans {report}" if report else "avec --report rapport.json"
            lines.append(f"… et {result.listed - SHOWN_LINES} autres, toutes nommées {where}.")
    summary = {"whole": result.whole, "read": result.read, "sold": result.sold, "listed": result.listed,
               "records": result.records, "kept": len(result.kept), "heads_differ": result.heads_differ,
               "reasons": dict(reasons), "seconds": result.seconds,
               "days": [{**day._asdict(), "balanced": day.balanced} for day in result.days]}  # fmt: skip
    answer(summary, as_json=as_json, text="\n".join(lines))
