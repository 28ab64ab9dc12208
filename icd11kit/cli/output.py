"""What all commands share in printing: JSON Lines, plain tables, the tier line, inputs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from icd11kit.errors import SourceError
from icd11kit.plain import plain

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

WIDTH = 80
_NARROWEST = 12


def emit_json(value: Any) -> None:
    """Print one JSON object on one line."""
    import json

    click.echo(json.dumps(plain(value), ensure_ascii=False))


def read_inputs(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the arguments; one that is `-` stands for the lines of stdin."""
    for argument in arguments:
        if argument == "-":
            for line in sys.stdin.buffer:
                yield line.decode("utf-8", "replace").rstrip("\r\n")
        else:
            yield argument


def say(text: str) -> None:
    """Print a remark on stderr, where it is in no program's way."""
    click.echo(f"icd11kit: {text}", err=True)


def check_outs(given: Iterable[str], outs: Iterable[str]) -> None:
    """Raise SourceError where a file to write is one that is read, or is named twice.

    Names left empty are of no file.
    """
    from os.path import realpath

    taken = {realpath(path) for path in given if path}
    written = set[str]()
    for out in filter(None, outs):
        place = realpath(out)
        if place in taken:
            raise SourceError(out, "it is read from and would be written over; name another file")
        if place in written:
            raise SourceError(out, "two things would be written to it; name another file for one")
        written.add(place)


def say_tier(icd: Terminology) -> None:
    """Say on stderr that answers rest on the starter set, where they do."""
    if icd.tier == "starter":
        say("starter set of some hundred codes; `icd11kit install` gets the whole of ICD-11")


def say_crosswalk(icd: Terminology, *systems: str | None) -> None:
    """Say on stderr what mappings between systems lack: the computed file, WHO's tables."""
    if icd.tier == "starter" or "icd10" in systems:
        return
    if not icd.crosswalk.book:
        say("the crosswalk is not computed yet, so this takes longer: `icd11kit crosswalk build`")
    if icd.manifest()["map_rows"] == "0":
        say("without WHO's mapping tables answers rest on titles and curated rows alone")


def terminal_width() -> int:
    """Return the width to print in: the terminal's up to 120, and 80 where there is none."""
    if not sys.stdout.isatty():
        return WIDTH
    import shutil

    return min(shutil.get_terminal_size((WIDTH, 24)).columns, 120)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *flexible: int) -> Iterator[str]:
    """Yield the lines of a table that fits the width; the wider of some columns gives way.

    >>> list(table(["code", "title"], [["5A11", "Type 2 diabetes mellitus"]], 1))
    ['code  title', '5A11  Type 2 diabetes mellitus']
    """
    every = [headers, *rows]
    widths = [max(len(row[place]) for row in every) for place in range(len(headers))]
    over = sum(widths) + 2 * (len(widths) - 1) - terminal_width()
    while over > 0 and max(widths[place] for place in flexible) > _NARROWEST:
        widths[max(flexible, key=widths.__getitem__)] -= 1
        over -= 1
    for number, row in enumerate(every):
        cells = (_fit(cell, width) for cell, width in zip(row, widths, strict=True))
        line = "  ".join(cells).rstrip()
        yield click.style(line, bold=True) if number == 0 and sys.stdout.isatty() else line


def _fit(cell: str, width: int) -> str:
    return (cell if len(cell) <= width else cell[: width - 1] + "…").ljust(width)


@contextmanager
def counting(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a long work is done on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(name)
        yield lambda done, total: progress.update(task, completed=done, total=total)
