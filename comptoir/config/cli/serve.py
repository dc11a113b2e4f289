"""`comptoir serve`: the server of the tills and of the office."""

import errno
import os
import socket
import threading
import time
import webbrowser
from typing import TYPE_CHECKING

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._output import BUSY, UNSAFE, progress, refuse, words_of

if TYPE_CHECKING:
    from comptoir.dossiers.binding import Dossier


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port d’écoute.")
@click.option("--name", "names", multiple=True, help="Nom sous lequel les postes appellent ce serveur (répétable).")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False), help="Certificat, pour HTTPS.")
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False), help="Clé du certificat.")
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Demandes traitées à la fois."
)
@click.option(
    "--demo", is_flag=False, flag_value="fr", type=click.Choice(["fr", "be"]), default=None,
    help="Créer la boutique de démonstration, française (fr) ou belge (be), si elle n’existe pas.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Ne pas ouvrir le navigateur.")
def command(
    host: str, port: int, names: tuple[str, ...], tls_cert: str | None, tls_key: str | None, threads: int, demo: str | None,
    no_browser: bool,
) -> None:  # fmt: skip
    """Servir les dossiers de cette installation (un processus par installation)."""
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("Donnez --tls-cert et --tls-key ensemble.")
    _refuse_taken_port(host, port)
    shown = "localhost" if host == "127.0.0.1" or _is_everywhere(host) else f"[{host}]" if ":" in host else host
    _prepare((*names, shown))  # the address that is announced is answered
    from comptoir.dossiers.registry import dossiers

    scheme = "https" if tls_cert else "http"
    address = f"{scheme}://{shown}:{port}/"
    _make_all_ready(dossiers())
    lines = _demo(address, demo) if demo else []
    _announce_when_up(
        address, at=("127.0.0.1" if _is_everywhere(host) else host, port), lines=lines, browser=not no_browser
    )
    _run(host, port, threads=threads, tls=(tls_cert, tls_key))
    for dossier in dossiers():
        _fold_journal(dossier)


def _is_everywhere(host: str) -> bool:
    return host in ("0.0.0.0", "::")  # noqa: S104 - compared, not listened to


def _prepare(names: tuple[str, ...]) -> None:
    from comptoir.config.secret_key import ensure_secret_key
    from comptoir.dossiers.home import home

    ensure_secret_key()
    logs = home() / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("COMPTOIR_LOG_FILE", str(logs / "server.jsonl"))
    os.environ["COMPTOIR_SERVING"] = "1"
    os.environ["COMPTOIR_HOSTS"] = ",".join([*names, os.environ.get("COMPTOIR_HOSTS", "")])
    start_django()


def _demo(address: str, shop: str) -> list[str]:
    from comptoir.config.demo import ensure_demo

    with progress("Boutique de démonstration"):
        return ensure_demo(address, shop=shop)


def _make_all_ready(known: "list[Dossier]") -> None:
    """Bring every dossier up to date and look for obstacles, before any till is answered. One of a later version stops all of it
    before another is changed: this program is then the old one."""
    from comptoir.config.update_dossier import UpdateRefused, refuse_newer
    from comptoir.dossiers.backends.unsafe import UnsafeDatabase
    from comptoir.dossiers.lock import DossierBusy

    try:
        refuse_newer(known)
        for dossier in known:
            _make_ready(dossier)
    except DossierBusy as busy:
        refuse(str(busy), code=BUSY)
    except (UnsafeDatabase, UpdateRefused) as refusal:
        refuse(str(refusal), code=UNSAFE)


def _make_ready(dossier: "Dossier") -> None:
    from django.db import connections

    from comptoir.config.update_dossier import update_dossier
    from comptoir.dossiers.binding import bound
    from comptoir.dossiers.checking import serving_obstacles
    from comptoir.dossiers.lock import exclusive
    from comptoir.dossiers.versions import age_of

    try:
        with exclusive(dossier, purpose="le serveur Comptoir", patience_s=3):
            if pending := age_of(dossier).pending:
                with progress(f"Mise à jour du dossier « {dossier.slug} »", total=pending) as done:
                    copy = update_dossier(dossier, done=done)
                click.echo(f"Dossier « {dossier.slug} » mis à jour. Copie d’avant : {copy.path}")
            with bound(dossier):
                findings = serving_obstacles()
    finally:
        connections.forget(dossier)  # the worker is a fork of this process: it opens its own
    if findings:
        refuse("\n".join(f"Dossier « {dossier.slug} » : {finding.message}" for finding in findings), code=UNSAFE)


def _fold_journal(dossier: "Dossier") -> None:
    """Once stopped, a dossier is one file again, whole: whoever copies it without its `-wal` loses nothing.

    The worker ends without closing its threads' connections; opening one more and closing it, the last, folds the journal."""
    from django.db import DatabaseError, connection, connections

    from comptoir.dossiers.backends.unsafe import UnsafeDatabase
    from comptoir.dossiers.binding import bound

    if dossier.engine != "sqlite":
        return
    try:
        with bound(dossier), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, UnsafeDatabase):
        pass  # its disk was taken away while it was served: the journal stays beside it, and the next start reads it
    finally:
        connections.forget(dossier)


def _run(host: str, port: int, *, threads: int, tls: tuple[str | None, str | None]) -> None:
    """One worker process: a dossier has one writer. Its threads share it; SQLite makes them take turns."""
    from pathlib import Path

    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "comptoir.config.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=threads, backpressure=threads * 16, log_level=LogLevels.error, workers_kill_timeout=20,
        websockets=False, ssl_cert=Path(tls[0]) if tls[0] else None, ssl_key=Path(tls[1]) if tls[1] else None,
    )  # fmt: skip
    server.serve()


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as reason:
            if reason.errno == errno.EADDRINUSE:
                other = port % 65535 + 1
                refuse(f"Le port {port} est déjà pris. Choisissez-en un autre : comptoir serve --port {other}")
            refuse(f"Le serveur ne peut pas écouter sur {host}, port {port} : {words_of(reason)}.")


def _announce_when_up(address: str, *, at: tuple[str, int], lines: list[str], browser: bool) -> None:
    """Says that the shop is open once it is, however long that takes; a server that stops meanwhile says nothing."""

    def wait() -> None:
        while True:
            try:
                socket.create_connection(at, timeout=0.5).close()
                break
            except OSError:
                time.sleep(0.05)
        click.echo(f"Comptoir est ouvert : {address}")
        for line in lines:
            click.echo(line)
        click.echo("Ctrl+C pour l’arrêter.")
        if browser and (os.environ.get("DISPLAY") or os.name == "nt"):
            webbrowser.open(address)

    threading.Thread(target=wait, daemon=True).start()
