"""The command `icd11kit`: how its process starts, says what went wrong, and ends."""

from __future__ import annotations

import gc
import sys

from icd11kit.errors import Icd11KitError

_PATIENCE = 50_000
"""So many new values pass before Python looks for garbage: what imports make is none."""


def main() -> None:
    """Run the command line; every expected error is one line on stderr and exit code 1."""
    gc.set_threshold(_PATIENCE)
    import click

    from icd11kit.cli.commands import icd11kit

    try:
        icd11kit.main(standalone_mode=True)
    except Icd11KitError as error:
        click.echo(f"icd11kit: {error}", err=True)
        sys.exit(1)
    finally:
        gc.freeze()  # all that is left ends with the process: Python need not take it apart first
