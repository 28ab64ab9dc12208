"""`icd11kit tree`: what stands below or above an entry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import emit_json, read_inputs, say, say_tier
from icd11kit.errors import UnknownCodeError
from icd11kit.plain import plain

if TYPE_CHECKING:
    from icd11kit.tree_view import Branch


@click.command("tree", epilog="Example: icd11kit tree BlockL2-5A1 --depth 2")
@click.argument("codes", metavar="[X]...", nargs=-1)
@click.option("--depth", default=1, show_default=True, type=click.IntRange(0, 20))
@click.option("--up", is_flag=True, help="Show the way from the chapter down to X.")
@options.terminology
def tree_command(
    codes: tuple[str, ...],
    depth: int,
    up: bool,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Show what stands below X, or without X the chapters; - reads stdin."""
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    missing = 0
    for text in read_inputs(codes) if codes else ("",):
        try:
            branch = icd.tree(text, depth=depth, up=up)
        except UnknownCodeError as error:
            missing += 1
            if as_json:
                emit_json({"input": text, "found": False, "reason": error.reason})
            else:
                say(str(error))
            continue
        if as_json:
            emit_json({"input": text, "found": True, **plain(branch)})
        else:
            click.echo("\n".join(_lines(branch)))
    sys.exit(1 if missing else 0)


def _lines(branch: Branch) -> Iterator[str]:
    yield _name(branch)
    yield from _below(branch.branches, "")


def _name(branch: Branch) -> str:
    entry = branch.entry
    text = f"{entry.label}  {entry.title}" if entry.label else entry.title
    hidden = f"  (+{branch.hidden})" if branch.hidden else ""
    return click.style(text, bold=entry.kind != "category") + hidden


def _below(branches: tuple[Branch, ...], margin: str) -> Iterator[str]:
    for number, branch in enumerate(branches, start=1):
        last = number == len(branches)
        yield f"{margin}{'└─ ' if last else '├─ '}{_name(branch)}"
        yield from _below(branch.branches, margin + ("   " if last else "│  "))
