"""`comptoir bridge`: the till's page on this machine, with its printer, its drawer and a second journal."""

import os
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import click
from platformdirs import user_data_path

from comptoir.config.cli._output import BUSY, refuse, words_of

DOTS = {"32": 384, "42": 512, "48": 576}  # printable dots of the rolls that hold so many characters


@click.command(name="bridge")
@click.option("--server", default="http://localhost:8000", show_default=True, help="Adresse du serveur du magasin.")
@click.option("--printer", default=None, help="Imprimante : 192.168.1.50:9100, ou /dev/usb/lp0.")
@click.option(
    "--page",
    type=click.Choice(["cp1252", "cp858", "iso8859-15"]),
    default="cp1252",
    show_default=True,
    help="Page de code.",
)
@click.option(
    "--columns", type=click.Choice(["32", "42", "48"]), default="48", show_default=True, help="Caractères par ligne."
)
@click.option("--drawer-pin", type=click.Choice(["2", "5"]), default="2", show_default=True, help="Broche du tiroir.")
@click.option(
    "--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Logo des tickets, PNG ou JPEG."
)
@click.option("--drawn", is_flag=True, help="Dessiner les tickets point par point (imprimante aux accents illisibles).")
@click.option("--simulate", is_flag=True, help="Imprimer sur une imprimante simulée, dont le papier s’affiche ici.")
@click.option("--paper", type=click.Path(file_okay=False, path_type=Path), help="Où ranger l’image du papier simulé.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="Port de ce poste.")
@click.option("--home", type=click.Path(path_type=Path), default=None, help="Dossier du journal et des impressions.")
def command(
    server: str,
    printer: str | None,
    page: str,
    columns: str,
    drawer_pin: str,
    logo: Path | None,
    drawn: bool,
    simulate: bool,
    paper: Path | None,
    port: int,
    home: Path | None,
) -> None:
    """Ouvre la caisse de ce poste sur http://127.0.0.1:PORT, imprime et ouvre le tiroir même serveur arrêté."""
    from comptoir.bridge.alone import OtherBridge
    from comptoir.bridge.escpos.codepages import OFFERED
    from comptoir.bridge.escpos.emitter import Profile
    from comptoir.bridge.escpos.pictures import logo_from
    from comptoir.bridge.printer import Printer, opener
    from comptoir.bridge.server.proxy import Upstream

    folder = home or user_data_path("comptoir-bridge")
    simulator = _simulator() if simulate else None
    address = f"127.0.0.1:{simulator.port}" if simulator else printer
    dots = DOTS[columns]
    try:
        upstream = Upstream(server)
        device = Printer(opener(address)) if address else None
        logos = {} if logo is None else {"logo": logo_from(logo.read_bytes(), dots=dots)}
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    profile = Profile(
        columns=int(columns), dots=dots, page=OFFERED[page], drawer_pin=int(drawer_pin), logos=logos,
        images={} if logo is None else {"logo": logo.read_bytes()}, text_mode="raster" if drawn else "codepage",
    )  # fmt: skip
    try:
        _run(
            folder=folder,
            port=port,
            upstream=upstream,
            device=device,
            profile=profile,
            simulator=simulator,
            paper=paper,
        )
    except OtherBridge as other:
        refuse(str(other), code=BUSY)
    except (OSError, sqlite3.Error) as reason:
        refuse(f"Le pont ne peut pas écrire dans {folder} : {words_of(reason)}.")


def _run(
    *, folder: Path, port: int, upstream: Any, device: Any, profile: Any, simulator: Any, paper: Path | None
) -> None:
    """Serves until SIGINT or SIGTERM."""
    from comptoir.bridge.alone import hold
    from comptoir.bridge.jobs import JobFile
    from comptoir.bridge.server.calls import Calls
    from comptoir.bridge.server.http import BridgeServer, PrintThread
    from comptoir.bridge.server.journal import Journal
    from comptoir.bridge.spooler import Spooler

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = hold(folder)  # before anything is read: starting up settles what a dead bridge left
    jobs, journal, wake = JobFile(folder / "jobs.sqlite"), Journal(folder / "journal.jsonl"), threading.Event()
    spooler = Spooler(jobs, device, profile=profile, now=time.time)
    calls = Calls(jobs=jobs, journal=journal, spooler=spooler, wake=wake)
    try:
        http = BridgeServer(port=port, calls=calls, upstream=upstream)
    except OSError as reason:
        refuse(f"Le pont ne peut pas ouvrir le port {port} : {words_of(reason)}. Un autre : --port {port % 65535 + 1}")
    printing = PrintThread(spooler, wake)
    printing.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=http.shutdown).start())
    click.echo(f"Caisse de ce poste : http://127.0.0.1:{http.port}/")
    if simulator is not None:
        threading.Thread(target=_show_paper, args=(simulator, paper), daemon=True).start()
    http.serve_forever(poll_interval=0.2)
    printing.stop()
    http.server_close()
    journal.close()
    jobs.close()
    os.close(held)


def _simulator() -> Any:
    from comptoir.bridge.simulator.printer import PrinterSimulator

    return PrinterSimulator().start()


def _show_paper(simulator: Any, paper: Path | None) -> None:
    """What the simulated printer prints, row by row; each paper cut becomes a picture in the folder asked for."""
    from comptoir.bridge.simulator.interpreter import Mark

    shown = begun = 0
    while True:
        items = simulator.items
        for item in items[shown:]:
            shown += 1
            click.echo(_as_row(item))
            if isinstance(item, Mark) and item.kind == "cut":
                if paper is not None:
                    _draw(items[begun:shown], paper)
                begun = shown
        time.sleep(0.2)


def _as_row(item: Any) -> str:
    from comptoir.bridge.simulator.interpreter import Line, Mark, Raster, Symbol

    if isinstance(item, Line):
        return f"│ {item.text}"
    if isinstance(item, Symbol):
        return f"│ [{item.kind} {item.text}]"
    if isinstance(item, Raster):
        return f"│ [image {item.width_bytes * 8} × {item.rows}]"
    if isinstance(item, Mark) and item.kind == "cut":
        return "├" + "╌" * 50
    return "│ (tiroir ouvert)" if isinstance(item, Mark) and item.kind == "pulse" else "│"


def _draw(items: Any, folder: Path) -> None:
    from comptoir.bridge.simulator.picture import as_png

    folder.mkdir(parents=True, exist_ok=True)
    name = f"ticket-{time.strftime('%Y%m%d-%H%M%S')}-{len(list(folder.iterdir())) + 1}.png"
    (folder / name).write_bytes(as_png(items))
