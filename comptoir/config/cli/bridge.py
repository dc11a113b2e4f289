"""`comptoir bridge`: the till's page on this machine, with its printer, its drawer and a second journal."""

import signal
import threading
import time
from pathlib import Path
from typing import Any

import click
from platformdirs import user_data_path


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
@click.option("--simulate", is_flag=True, help="Imprimer sur une imprimante simulée, dont le papier s’affiche ici.")
@click.option("--port", default=8765, show_default=True, help="Port de ce poste.")
@click.option("--home", type=click.Path(path_type=Path), default=None, help="Dossier du journal et des impressions.")
def command(
    server: str,
    printer: str | None,
    page: str,
    columns: str,
    drawer_pin: str,
    simulate: bool,
    port: int,
    home: Path | None,
) -> None:
    """Ouvre la caisse de ce poste sur http://127.0.0.1:PORT, imprime et ouvre le tiroir même serveur arrêté."""
    from comptoir.bridge.escpos.codepages import OFFERED
    from comptoir.bridge.escpos.emitter import Profile
    from comptoir.bridge.printer import Printer, opener
    from comptoir.bridge.server.proxy import Upstream

    folder = home or user_data_path("comptoir-bridge")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    simulator = _simulator() if simulate else None
    address = f"127.0.0.1:{simulator.port}" if simulator else printer
    try:
        upstream = Upstream(server)
        device = Printer(opener(address)) if address else None
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    profile = Profile(columns=int(columns), page=OFFERED[page], drawer_pin=int(drawer_pin))
    try:
        _run(folder=folder, port=port, upstream=upstream, device=device, profile=profile, simulator=simulator)
    except OSError as reason:
        raise click.ClickException(f"Le pont ne peut pas ouvrir le port {port} : {reason.strerror}.") from reason


def _run(*, folder: Path, port: int, upstream: Any, device: Any, profile: Any, simulator: Any) -> None:
    """Serves until SIGINT or SIGTERM."""
    from comptoir.bridge.jobs import JobFile
    from comptoir.bridge.server.calls import Calls
    from comptoir.bridge.server.http import BridgeServer, PrintThread
    from comptoir.bridge.server.journal import Journal
    from comptoir.bridge.spooler import Spooler

    jobs, journal, wake = JobFile(folder / "jobs.sqlite"), Journal(folder / "journal.jsonl"), threading.Event()
    spooler = Spooler(jobs, device, profile=profile, now=time.time)
    http = BridgeServer(
        port=port, calls=Calls(jobs=jobs, journal=journal, spooler=spooler, wake=wake), upstream=upstream
    )
    printing = PrintThread(spooler, wake)
    printing.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=http.shutdown).start())
    click.echo(f"Caisse de ce poste : http://127.0.0.1:{http.port}/")
    if simulator is not None:
        threading.Thread(target=_show_paper, args=(simulator,), daemon=True).start()
    http.serve_forever(poll_interval=0.2)
    printing.stop()
    http.server_close()
    journal.close()
    jobs.close()


def _simulator() -> Any:
    from comptoir.bridge.simulator.printer import PrinterSimulator

    return PrinterSimulator().start()


def _show_paper(simulator: Any) -> None:
    """What the simulated printer prints, row by row."""
    from comptoir.bridge.simulator.interpreter import Line, Mark, Symbol

    shown = 0
    while True:
        for item in simulator.items[shown:]:
            shown += 1
            if isinstance(item, Line):
                click.echo(f"│ {item.text}")
            elif isinstance(item, Symbol):
                click.echo(f"│ [{item.kind} {item.text}]")
            elif isinstance(item, Mark) and item.kind in ("cut", "pulse"):
                click.echo("├" + "╌" * 50 if item.kind == "cut" else "│ (tiroir ouvert)")
        time.sleep(0.2)
