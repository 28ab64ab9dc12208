"""What two coders gave, joined by the id of the record; nothing is dropped unsaid.

Several rows of one id are several clusters of one record, as are several codes in one cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.errors import SourceError
from icd11kit.sources.rows import RowError
from icd11kit.transition.agreement.sheets import Row, Sheet

_BETWEEN_CODES = re.compile(r"[;|,]|(?<![&/\s])\s+(?![&/\s])")
_ENCODED = (("&amp;", "&"), ("%26", "&"), ("%2F", "/"), ("%2f", "/"))
_SHOWN = 3


class Gathered(NamedTuple):
    """One coder's texts by record, in the order of the file, and the rows left out with why."""

    path: str
    texts: Mapping[str, tuple[str, ...]]
    flagged: tuple[RowError, ...]


class Pairs(NamedTuple):
    """Records that both coders have, each with both coders' texts, and those one has alone."""

    records: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def find_column(sheet: Sheet, wanted: str, default: int) -> int:
    """Return the place of a column by name, without one the default place.

    Raises SourceError where there is no such column, or where two have the name.
    """
    there = f"the columns are {', '.join(map(repr, sheet.names))}"
    if not wanted:
        if default < len(sheet.names):
            return default
        raise SourceError(sheet.path, f"line 1 has no column {default + 1}; {there}")
    exact = [place for place, name in enumerate(sheet.names) if name == wanted]
    folded = [n for n, name in enumerate(sheet.names) if name.lower() == wanted.lower()]
    found = exact or folded
    if len(found) != 1:
        which = f"no column {wanted!r}" if not found else f"column {wanted!r} more than once"
        raise SourceError(sheet.path, f"there is {which}; {there}")
    return found[0]


def gather(sheet: Sheet, key: int, column: int, *, one_row: bool = False) -> Gathered:
    """Return one coder's texts by record.

    Rows without id, too short, too long, or with `one_row` of an id seen before are flagged
    and left out. Raises SourceError where no row is left.
    """
    texts: dict[str, tuple[str, ...]] = {}
    lines: dict[str, int] = {}
    flagged = []
    for row in sheet.rows:
        reason = _wrong(sheet, row, key, column)
        record = row.cells[key].strip() if not reason else ""
        if one_row and record in lines:
            reason = f"the id {shorten(record)!r} stands in line {lines[record]} already"
        if reason:
            flagged.append(RowError(sheet.path, row.line, reason))
            continue
        lines.setdefault(record, row.line)
        texts[record] = (*texts.get(record, ()), *split_cell(row.cells[column]))
    if not texts:
        raise SourceError(sheet.path, f"no row can be used; the first is {flagged[0]}")
    return Gathered(sheet.path, texts, tuple(flagged))


def _wrong(sheet: Sheet, row: Row, key: int, column: int) -> str:
    """Return why a row cannot be used, "" where it can."""
    if any(cell.strip() for cell in row.cells[len(sheet.names) :]):
        return (
            f"the row has {len(row.cells)} cells and the header {len(sheet.names)}; "
            "put cells that hold the separator in quotes"
        )
    if len(row.cells) <= max(key, column):
        return f"the row ends before column {sheet.names[max(key, column)]!r}"
    return "" if row.cells[key].strip() else "the row has no id"


def split_cell(cell: str) -> tuple[str, ...]:
    """Return the clusters in a cell, between which stand ; or | or , or spaces.

    >>> split_cell("5A11 & XK8G; BA00.Z|DB10 / 5A11")
    ('5A11 & XK8G', 'BA00.Z', 'DB10 / 5A11')
    """
    for encoded, mark in _ENCODED:
        cell = cell.replace(encoded, mark)
    return tuple(text for part in _BETWEEN_CODES.split(cell) if (text := part.strip()))


def pair(first: Gathered, second: Gathered) -> Pairs:
    """Return the records that both coders have, in the order of the first.

    Raises SourceError where there is none.
    """
    records = tuple(
        (record, texts, second.texts[record])
        for record, texts in first.texts.items()
        if record in second.texts
    )
    if not records:
        raise SourceError(
            first.path,
            f"no id is in both; A has {_some(first)}, B has {_some(second)}: "
            "choose the columns of ids by --key",
        )
    return Pairs(
        records,
        tuple(record for record in first.texts if record not in second.texts),
        tuple(record for record in second.texts if record not in first.texts),
    )


def _some(gathered: Gathered) -> str:
    shown = [repr(shorten(record, 20)) for record in list(gathered.texts)[:_SHOWN]]
    return ", ".join(shown) + (", ..." if len(gathered.texts) > _SHOWN else "")
