"""`icd11kit diff`: what changed between two installed releases."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import emit_json, say, table
from icd11kit.plain import plain

if TYPE_CHECKING:
    from icd11kit.transition.diff import Difference
    from icd11kit.transition.releases import ReleaseDiff


@click.command("diff", epilog="Example: icd11kit diff 2022-02 2024-01 --change moved")
@click.argument("before")
@click.argument("after")
@click.option(
    "--change", "wanted", multiple=True, help="Only this kind of change; may be repeated."
)
@click.option("--chapter", default="", help="Only this chapter.")
@click.option("--limit", default=40, show_default=True, help="Rows of the table; 0 for all.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option("--language", default="", help="Language, where several are installed.")
@options.home
@options.as_json
def diff_command(
    before: str,
    after: str,
    wanted: tuple[str, ...],
    chapter: str,
    limit: int,
    as_csv: bool,
    language: str,
    home: str | None,
    as_json: bool,
) -> None:
    """Show what changed from release BEFORE to release AFTER, by foundation URI."""
    from icd11kit.transition.diff import Change
    from icd11kit.transition.releases import diff_releases

    unknown = set(wanted) - set(Change)
    if unknown:
        raise click.BadParameter(f"{unknown.pop()!r} is none of: {', '.join(Change)}")
    found = diff_releases(before, after, home, language)
    shown = [
        item
        for item in found.changes
        if (not wanted or item.change in wanted) and chapter.upper() in ("", item.chapter)
    ]
    if as_json:
        emit_json({**plain(found), "counts": _counts(shown), "changes": plain(shown)})
    elif as_csv:
        _write_csv(shown)
    else:
        click.echo("\n".join(_lines(found, shown, limit or len(shown))))


def _counts(shown: list[Difference]) -> dict[str, int]:
    return {
        change.value: number for change, number in Counter(d.change for d in shown).most_common()
    }


def _write_csv(shown: list[Difference]) -> None:
    from dataclasses import fields

    from icd11kit.transition.diff import Difference

    names = [item.name for item in fields(Difference)]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([str(plain(getattr(item, name))) for name in names] for item in shown)


def _lines(found: ReleaseDiff, shown: list[Difference], limit: int) -> Iterator[str]:
    counts = ", ".join(f"{number:,} {change}" for change, number in _counts(shown).items())
    yield click.style(f"{found.before} -> {found.after}: {counts or 'no change'}", bold=True)
    rows = [row for item in shown[:limit] for row in _rows(item)]
    if rows:
        yield from table(["change", "code", "title"], rows, 2)
    if len(shown) > limit:
        yield f"… {len(shown) - limit:,} more: --limit 0, --csv or --json"
    for table_of, release in (
        (found.before_foundation, found.before),
        (found.after_foundation, found.after),
    ):
        if remark := _shoreline(table_of, release):
            say(remark)


def _shoreline(table_of: str, release: str) -> str:
    """Return what is to be said of how a release's shoreline is known, "" for nothing.

    >>> _shoreline("2024-01", "2025-01")
    'what lies below the shoreline of 2025-01 is told by the Foundation table of 2024-01'
    """
    if not table_of:
        return (
            f"{release} has no Foundation table: "
            "what crossed its shoreline counts as added or removed"
        )
    if table_of == release:
        return ""
    return (
        f"what lies below the shoreline of {release} is told by the Foundation table of {table_of}"
    )


def _code(item: Difference) -> str:
    before, after = item.code_before or "·", item.code_after or "·"
    return after if before == after else f"{before} -> {after}"


def _rows(item: Difference) -> Iterator[list[str]]:
    """Yield an entry's row, and below it what a change of title or place was to."""
    if item.change == "retitled":
        yield [item.change.value, _code(item), item.title_before]
        yield ["", "", f"-> {item.title_after}"]
        return
    yield [item.change.value, _code(item), item.title_after or item.title_before]
    if item.change == "moved":
        yield ["", "", f"from {item.parent_before} to {item.parent_after}"]
