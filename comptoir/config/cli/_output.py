"""What every command shares: exit codes, refusals in French, JSON answers, progress."""

import errno
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

FINE, REFUSED, USAGE, BUSY, UNSAFE = 0, 1, 2, 3, 4


class Refused(click.ClickException):
    """A refusal on standard error, with its exit code."""

    def __init__(self, message: str, *, code: int = REFUSED) -> None:
        super().__init__(message)
        self.exit_code = code

    def show(self, file: Any = None) -> None:
        click.secho(self.format_message(), err=True, fg="red")


def refuse(message: str, *, code: int = REFUSED) -> NoReturn:
    raise Refused(message, code=code)


_WORDS = {
    errno.EACCES: "l’accès est refusé", errno.EPERM: "l’accès est refusé", errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "la place accordée sur le disque est épuisée", errno.EROFS: "le disque n’accepte pas l’écriture",
    errno.EADDRINUSE: "il est déjà pris", errno.EADDRNOTAVAIL: "cette adresse n’est pas celle de cette machine",
    errno.ENOENT: "il est introuvable", errno.EIO: "le disque ne répond plus comme il faut",
    errno.ENOTDIR: "un fichier porte le nom d’un dossier", errno.EEXIST: "un fichier porte déjà ce nom",
}  # fmt: skip


def words_of(problem: Exception) -> str:
    """What the system refused, in French where it is a thing that happens to a shop."""
    number = problem.errno if isinstance(problem, OSError) else None
    return _WORDS.get(number or 0) or getattr(problem, "strerror", None) or str(problem)


def answer(value: dict[str, Any], *, as_json: bool, text: str) -> None:
    """Print an answer for a script or for a person."""
    click.echo(json.dumps(value, ensure_ascii=False) if as_json else text)


@contextmanager
def progress(label: str, *, total: int | None = None) -> Iterator[Any]:
    """A progress bar on standard error when a person watches; silent in a script. Yields a function (steps done)."""
    if not sys.stderr.isatty() or total is None:
        if sys.stderr.isatty():
            click.echo(f"{label}…", err=True)
        yield lambda steps: None
        return
    with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
        yield bar.update


json_option = click.option("--json", "as_json", is_flag=True, help="Réponse en JSON sur la sortie standard.")
