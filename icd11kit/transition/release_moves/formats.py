"""The moves of stored codes as tables in CSV: all of them, and the work list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from icd11kit.transition.release_moves.measure import work_list
from icd11kit.transition.release_moves.values import Action, ReleaseMoves, StoredMove
from icd11kit.transition.release_moves.words import candidates, reasons, titles

COLUMNS = (
    "stored", "volume", "rows", "action", "kind", "also", "store", "why", "title before",
    "title after", "candidates",
)  # fmt: skip


def format_all(moves: ReleaseMoves) -> Iterator[str]:
    """Yield the lines of a CSV file with every stored text, the commonest first."""
    return format_rows(moves.moves)


def format_work(moves: ReleaseMoves) -> Iterator[str]:
    """Yield the lines of a CSV file with what is to do: decisions first, then by volume."""
    return format_rows(work_list(moves.moves))


def format_table(moves: ReleaseMoves) -> Iterator[str]:
    r"""Yield the lines of a CSV file of old and new strings, for a program to apply at once.

    Only strings are in it that a program may replace without asking.
    """
    yield _line(("stored", "store"))
    for move in moves.moves:
        if move.action is Action.REPLACE:
            yield _line((move.text, move.new))


def format_rows(moves: Iterable[StoredMove]) -> Iterator[str]:
    """Yield the lines of a CSV file of moves, header first."""
    yield _line(COLUMNS)
    for move in moves:
        yield _line(row(move))


def row(move: StoredMove) -> tuple[str, ...]:
    """Return the cells of a move; `store` is empty where a person must choose."""
    also = "; ".join(kind.value for kind in move.kinds[1:])
    return (
        move.text, str(move.volume), str(move.rows), move.action.value, move.kind.value, also,
        move.new, "; ".join(reasons(move)), *titles(move), "; ".join(candidates(move)),
    )  # fmt: skip


def _line(cells: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue()
