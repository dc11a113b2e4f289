"""What every command shares: exit codes, refusals in French, JSON answers, progress."""

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
