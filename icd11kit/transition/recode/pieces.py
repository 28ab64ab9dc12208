"""A piece of a CSV file with its answers: as lines of CSV, or as a frame. Needs Polars.

Where each line is a row, as nearly always, lines are copied as they are written and only the
columns of codes are read apart: faster than to write every cell anew, and nothing of a row
changes. Pieces with cells that go over several lines, or that put quotes where no quotes
belong, are read by Python's csv, which is slower.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from typing import NamedTuple

import polars as pl

from icd11kit.errors import SourceError
from icd11kit.transition.recode.answers import WRITTEN, Answers
from icd11kit.transition.recode.lines import Piece, broken_line, line_of
from icd11kit.transition.recode.values import added_names

_NEVER = "\x01"
"""A separator that no text has: with it Polars reads a line as one cell."""
_QUOTED = r'"[^"]*"'
_LINE = "line"
_BATCH = 1 << 16

Buffer = bytes | memoryview


class Form(NamedTuple):
    """How a file's rows are written: what errors call it, names, separator, end of a line."""

    shown: str
    names: tuple[str, ...]
    delimiter: str
    line_end: str


class Wanted(NamedTuple):
    """The columns of codes, the system they go to, and what answers them."""

    columns: tuple[str, ...]
    target: str
    answers: Answers


class Lines(NamedTuple):
    """The rows of a piece as they are written, and columns of their cells."""

    text: pl.Series
    cells: pl.DataFrame


def answer_lines(piece: Piece, form: Form, wanted: Wanted, delimiter: str) -> Buffer:
    """Return a piece as lines of CSV with its answers behind each.

    Raises SourceError for a row with more or less cells than the header, and for bytes that
    are no UTF-8.
    """
    found = _read_lines(piece, form, wanted.columns) if delimiter == form.delimiter else None
    out = BytesIO()
    if found is None:
        answer_frame(piece, form, wanted).write_csv(
            out, include_header=False, separator=delimiter, line_terminator=form.line_end
        )
        return out.getbuffer()
    written = [
        wanted.answers.frame(column, found.cells[column], (WRITTEN,))[WRITTEN].alias(f"{place}")
        for place, column in enumerate(wanted.columns)
    ]
    pl.DataFrame([found.text, *written]).write_csv(
        out, include_header=False, separator=delimiter, line_terminator=form.line_end,
        quote_style="never", batch_size=_BATCH,
    )  # fmt: skip
    return out.getbuffer()


def answer_frame(piece: Piece, form: Form, wanted: Wanted) -> pl.DataFrame:
    """Return a piece's columns, all of text, with those of the answers behind them.

    Raises as `answer_lines` does.
    """
    found = _read_lines(piece, form, form.names)
    cells = found.cells if found else _read_csv(piece, form)
    answered = [answered_columns(column, wanted, cells[column]) for column in wanted.columns]
    return pl.concat([cells, *answered], how="horizontal")


def answered_columns(column: str, wanted: Wanted, cells: pl.Series) -> pl.DataFrame:
    """Return the columns that are added beside a column of codes."""
    frame = wanted.answers.frame(column, cells)
    frame.columns = list(added_names(column, wanted.target))
    return frame


def _read_lines(piece: Piece, form: Form, columns: Sequence[str]) -> Lines | None:
    """Return a piece's rows with their lines, None where it is not sure that a line is a row."""
    try:
        text = pl.read_csv(
            piece.data, has_header=False, separator=_NEVER, quote_char=None,
            schema={_LINE: pl.String},
        )[_LINE]  # fmt: skip
        is_quoted, width = b'"' in piece.data, len(form.names)
        has_blank = width > 1 and text.null_count() > 0
        kept = text.drop_nulls() if has_blank else text
        if not (
            _are_plain(piece.data, form, text.len())
            or _are_whole(kept, form.delimiter, width, is_quoted=is_quoted)
        ):
            return None
        cells = _read_cells(piece.data, form, columns)
    except pl.exceptions.PolarsError:
        if reason := broken_line(piece):
            raise SourceError(form.shown, reason) from None
        return None
    if cells.height != text.len() or (is_quoted and has_blank):
        return None
    return Lines(kept, cells.filter(text.is_not_null()) if has_blank else cells)


def _are_plain(data: bytes, form: Form, rows: int) -> bool:
    """Return whether there are no quotes and each line has the cells of a row.

    All but separators, quotes and ends of lines is taken out, and what is left compared with
    what it must be: half the time of counting line by line.
    """
    marks = form.delimiter.encode() + b'"\n'
    left = data.translate(None, bytes(set(range(256)).difference(marks)))
    row = marks[:1] * (len(form.names) - 1) + b"\n"
    return left.removesuffix(b"\n") + b"\n" == row * rows


def _are_whole(lines: pl.Series, delimiter: str, width: int, *, is_quoted: bool) -> bool:
    """Return whether each line has the cells of a row, and none leaves a quote open."""
    bare = lines.str.replace_all(_QUOTED, "") if is_quoted else lines
    odd = (bare.str.count_matches(delimiter, literal=True) != width - 1).any()
    return not (odd or (is_quoted and bare.str.contains('"', literal=True).any()))


def _read_cells(data: bytes, form: Form, columns: Sequence[str]) -> pl.DataFrame:
    places = sorted(form.names.index(column) for column in columns)
    frame = pl.read_csv(
        data, has_header=False, separator=form.delimiter, columns=places, infer_schema=False
    )
    frame.columns = [form.names[place] for place in places]
    return frame


def _read_csv(piece: Piece, form: Form) -> pl.DataFrame:
    """Return a piece's cells as Python's csv reads them, each row looked at."""
    rows = list(_whole_rows(piece, form))
    return pl.DataFrame(rows, schema=dict.fromkeys(form.names, pl.String), orient="row")


def _whole_rows(piece: Piece, form: Form) -> Iterator[list[str | None]]:
    width, before = len(form.names), 0
    lines = StringIO(piece.data.decode(), newline="")
    reader = csv.reader(lines, delimiter=form.delimiter)
    try:
        for cells in reader:
            if cells and len(cells) != width:
                line = line_of(piece) + before
                raise SourceError(form.shown, _uneven(line, len(cells), width))
            if cells or width == 1:
                yield [cell or None for cell in cells] or [None]
            before = reader.line_num
    except csv.Error as error:
        line = line_of(piece) + before
        raise SourceError(form.shown, f"line {line} cannot be read ({error})") from None


def _uneven(line: int, cells: int, width: int) -> str:
    few = "1 cell" if cells == 1 else f"{cells} cells"
    return (
        f"line {line} has {few} and the header {width}; "
        "put cells that hold the separator in quotes, or mend the line"
    )
