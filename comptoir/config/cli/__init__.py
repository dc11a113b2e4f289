"""The command `comptoir`. Each module of this folder holding a click command named `command` is a subcommand.

A module is imported only when its command is asked for, so that `comptoir price` does not wait for Django.
The name is the module's (`import_.py` -> `import`); modules starting with an underscore are not commands.
"""

import errno
import importlib
import os
import pkgutil
from typing import Any

import click

from comptoir import __version__
from comptoir.config.cli._output import refuse, words_of


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _modules().get(cmd_name)
        return None if module is None else importlib.import_module(f"{__name__}.{module}").command

    def invoke(self, ctx: click.Context) -> Any:
        """What the disk refuses is said in French, not as a trace of the program."""
        try:
            return super().invoke(ctx)
        except OSError as problem:
            if problem.errno not in (errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise
            refuse(f"{problem.filename or 'Disque'} : {words_of(problem)}.")


def _modules() -> dict[str, str]:
    names = [info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")]
    return {name.rstrip("_").replace("_", "-"): name for name in names}


def start_django() -> None:
    """Load Django; to be called first by each command that touches a dossier."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.config.settings")
    django.setup()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="comptoir")
def main() -> None:
    """Comptoir : caisse et gestion commerciale."""
