"""`icd11kit impact --from-release`: what a new release of ICD-11 asks of stored codes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

import click

from icd11kit.cli import options
from icd11kit.cli.output import emit_json, say, table, terminal_width
from icd11kit.counts import count
from icd11kit.errors import Icd11KitError
from icd11kit.plain import plain

if TYPE_CHECKING:
    from icd11kit.transition.release_moves.values import ReleaseMoves

_NEEDS = "this needs the extra `report`: pip install 'icd11kit[report]'"
_MOST = 12


class MovesWanted(NamedTuple):
    """What is asked for: the file and its columns, both releases, and the files to write.

    `every` is to hold all codes, `replacements` the old and new strings that need no person.
    """

    path: str
    before: str
    after: str
    code_column: str = ""
    count_column: str = ""
    out: str = ""
    work_list: str = ""
    every: str = ""
    replacements: str = ""


def run(wanted: MovesWanted, home: str | None, language: str, as_json: bool) -> None:
    """Measure the moves, write the files that are asked for, and print the answer.

    No later release means the one in use. Raises UsageError where both are the same.
    """
    if not wanted.before:
        raise click.UsageError("--to-release needs --from-release, the release of the codes")
    before = options.open_icd(home, wanted.before, language)
    after = options.open_icd(home, wanted.after, language)
    if before.release == after.release:
        raise click.UsageError(
            f"both releases are {after.release}; name an earlier and a later one"
        )
    try:
        from icd11kit.transition.release_moves.measure import measure_moves
        from icd11kit.transition.volumes import read_volumes
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"{_NEEDS} (no {error.name})") from None
    volumes = read_volumes(wanted.path, wanted.code_column, wanted.count_column)
    found = measure_moves(before, after, volumes)
    _write(found, wanted)
    if as_json:
        emit_json({**plain(found), "volume": found.volume})
    else:
        click.echo("\n".join(moves_lines(found)))


def _write(found: ReleaseMoves, wanted: MovesWanted) -> None:
    from icd11kit.store.write import write_lines
    from icd11kit.transition.release_moves import formats as formats

    for path, format_it in (
        (wanted.work_list, formats.format_work),
        (wanted.every, formats.format_all),
        (wanted.replacements, formats.format_table),
    ):
        if path:
            write_lines(path, format_it(found))
            say(f"written: {path}")
    if wanted.out:
        write_lines(wanted.out, [_page(found, wanted)])
        say(f"the report is in {wanted.out}")


def _page(found: ReleaseMoves, wanted: MovesWanted) -> str:
    try:
        from icd11kit.transition.release_moves.page import format_page
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"{_NEEDS} (no {error.name})") from None
    return format_page(found, command_line(wanted, found.after.release))


def command_line(wanted: MovesWanted, after: str) -> str:
    """Return the command that measures what was asked for, with names of files only.

    >>> command_line(MovesWanted("in/stored.csv", "2022-02", "", "dx"), "2025-01")
    'icd11kit impact stored.csv --from-release 2022-02 --to-release 2025-01 --code-column dx'
    """
    given = {
        "--from-release": wanted.before, "--to-release": after,
        "--code-column": wanted.code_column, "--count-column": wanted.count_column,
    }  # fmt: skip
    parts = [part for name, value in given.items() if value for part in (name, value)]
    return shlex.join(["icd11kit", "impact", Path(wanted.path).name, *parts])


def moves_lines(found: ReleaseMoves) -> Iterator[str]:
    """Yield the answer, the kinds by volume, and what comes first on the work list."""
    from icd11kit.transition.release_moves.words import remarks, sentences

    releases = f"{found.before.release} -> {found.after.release}"
    head = f"{releases}: {found.volume:,} values, {len(found.moves):,} codes and clusters"
    yield click.style(head, bold=True)
    for sentence in sentences(found):
        yield from wrap(sentence, terminal_width(), subsequent_indent="  ")
    if found.volume:
        yield ""
        yield from _kinds(found)
    yield from _work(found)
    for aside in found.volumes.set_aside:
        yield f"set aside: {count(aside.rows, 'row')}, {aside.reason}"
    for remark in (*found.volumes.remarks, *remarks(found)):
        yield from wrap(f"note: {remark}", terminal_width(), subsequent_indent="  ")


def _kinds(found: ReleaseMoves) -> Iterator[str]:
    from icd11kit.transition.release_moves.words import percent

    rows = [
        [each.name, f"{each.volume:,}", percent(each.volume, found.volume), f"{each.codes:,}"]
        for each in found.kinds
        if each.codes
    ]
    yield from table(["kind", "volume", "share", "codes"], rows, 0)


def _work(found: ReleaseMoves) -> Iterator[str]:
    from icd11kit.transition.release_moves.measure import work_list
    from icd11kit.transition.release_moves.words import in_short

    work = work_list(found.moves)
    rows = [
        [move.text, f"{move.volume:,}", move.action.value, move.new or "?", in_short(move)]
        for move in work[:_MOST]
    ]
    if rows:
        yield ""
        yield from table(["stored", "volume", "to do", "store", "why"], rows, 0, 3, 4)
    if len(work) > _MOST:
        yield f"… {len(work) - _MOST:,} more: --work-list FILE"
