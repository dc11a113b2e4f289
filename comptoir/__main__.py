"""`python -m comptoir` is the same command as `comptoir`."""

from comptoir.config.cli import main

main(prog_name="comptoir")
