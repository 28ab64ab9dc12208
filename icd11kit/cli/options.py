"""Options that several commands take, so that they are named and explained alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

Command = Callable[..., Any]

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
home = click.option(
    "--home",
    type=click.Path(file_okay=False),
    help="Folder of installed releases.  [default: $ICD11KIT_HOME, else the data folder]",
)
release = click.option("--release", default="", help="Answer from this installed release.")
language = click.option("--language", default="", help="Answer in this installed language.")


def terminology(command: Command) -> Command:
    """Give a command the options that choose what its answers rest on."""
    return home(release(language(as_json(command))))


def open_icd(home: str | None, release: str, language: str) -> Terminology:
    """Return the terminology that the options choose."""
    from icd11kit.terminology import open_terminology

    return open_terminology(home, release=release, language=language)
