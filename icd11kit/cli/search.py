"""`icd11kit search`: codes by words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import emit_json, read_inputs, say, say_tier, table

if TYPE_CHECKING:
    from icd11kit.search.find import Hit


@click.command("search", epilog='Example: icd11kit search "broken wrist" --limit 5')
@click.argument("queries", metavar="QUERY...", nargs=-1, required=True)
@click.option("--system", default="mms", show_default=True, help="Search mms, icf or icd10cm.")
@click.option("--chapter", default="", help="Search this chapter only, 26, V and X too.")
@click.option("--extensions", is_flag=True, help="Search the extension codes of chapter X.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000))
@options.terminology
def search_command(
    queries: tuple[str, ...],
    system: str,
    chapter: str,
    extensions: bool,
    limit: int,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Find codes by words in any order, with typing slips and lay words; - reads stdin."""
    from icd11kit.search.listed import found

    icd = options.open_icd(home, release, language)
    say_tier(icd)
    empty = 0
    for number, query in enumerate(read_inputs(queries)):
        hits = icd.search(query, limit=limit, system=system, chapter=chapter, extensions=extensions)
        empty += not hits
        if as_json:
            emit_json(found(query, hits, system, icd.manifest(system)))
        else:
            _print(query, hits, first=not number)
    sys.exit(1 if empty else 0)


def _print(query: str, hits: tuple[Hit, ...], *, first: bool) -> None:
    if not hits:
        say(f"nothing found for {query!r}; try fewer or other words")
        return
    rows = [
        [hit.entity.label, hit.entity.title, "" if hit.matched == hit.entity.title else hit.matched]
        for hit in hits
    ]
    if not first:
        click.echo()
    for line in table(["code", "title", "found by"], rows, 1, 2):
        click.echo(line)
