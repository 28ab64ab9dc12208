"""How often codes stand in somebody's data: counts, or raw rows. Needs the extra `report` (Polars).

Nothing is summed unsaid: a row whose count is no whole number, or that has no code, is set
aside with the reason. Columns are read as text, so no code becomes a number here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from icd11kit.codes import shorten
from icd11kit.errors import SourceError
from icd11kit.sources.texts import decode, read_unpacked
from icd11kit.transition.column_names import COUNT_COLUMNS, find_named

_SEPARATORS = ("\t", ",", ";", "|")
_LONGEST = 2_000_000_000
_MOST_LISTED = 100
_ROW = "\0row"
"""The column of row numbers: a name that no file has, since texts with a null are refused."""
_NO_CODE = "the row has no code"
_NO_COUNT = "the row has no count"
_NEGATIVE = "the count is below 0"
_FRACTION = "the count is a fraction"
_NO_NUMBER = "the count is no number"


class CodeVolume(NamedTuple):
    """A text in the column of codes, how many rows have it, and their sum of counts."""

    text: str
    rows: int
    volume: int


class RowProblem(NamedTuple):
    """A row that was set aside, with its count as written; row 1 is the header."""

    row: int
    code: str
    written: str
    reason: str


class ProblemCount(NamedTuple):
    """How many rows were set aside for a reason."""

    reason: str
    rows: int


class Volumes(NamedTuple):
    """A file's codes with their volumes, the commonest first, and all that was set aside.

    `problems` lists the first hundred rows set aside, `set_aside` counts all of them by reason.
    """

    name: str
    sha256: str
    rows: int
    code_column: str
    count_column: str
    codes: tuple[CodeVolume, ...]
    set_aside: tuple[ProblemCount, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def volume(self) -> int:
        """The sum of all counts that could be read."""
        return sum(each.volume for each in self.codes)


def read_volumes(
    path: str, code_column: str = "", count_column: str = "", *, finds_counts: bool = False
) -> Volumes:
    """Return the volumes in a file of CSV or TSV, plain or gzip.

    Codes stand in the first column unless one is named. Without a column of counts every row
    counts one; with `finds_counts` a column counts whose name says so. Raises SourceError where
    the file or a column is not there.
    """
    text, remarks, digest = read_table(path)
    found = parse_volumes(text, path, code_column, count_column, finds_counts=finds_counts)
    return found._replace(name=Path(path).name, sha256=digest, remarks=(*remarks, *found.remarks))


def parse_volumes(
    text: str,
    path: str,
    code_column: str = "",
    count_column: str = "",
    *,
    finds_counts: bool = False,
) -> Volumes:
    """Return the volumes in a text.

    >>> found = parse_volumes("dx,n\\nI10,12\\nE119,\\nI10,3\\n", "a.csv", "dx", "n")
    >>> found.codes, found.set_aside
    ((CodeVolume(text='I10', rows=2, volume=15),), (ProblemCount(reason='the row has no count', rows=1),))
    """  # noqa: E501
    frame = parse_table(text, path)
    code = find_column(frame, code_column, path)
    count = find_column(frame, count_column, path) if count_column else ""
    named = "" if count else _named_as_counts(frame, code)
    if finds_counts and named:
        count, named = find_column(frame, named, path), ""
    remarks = (f"every row counted one; the column {named!r} was not used: --count-column",)
    counted = _counted(frame, code, count)
    whole = counted.filter(pl.col("reason").is_null())
    aside = counted.filter(pl.col("reason").is_not_null())
    return Volumes(
        path, "", frame.height, code, count,
        _codes(whole), _reasons(aside),
        tuple(RowProblem(*row) for row in aside.drop("volume").head(_MOST_LISTED).iter_rows()),
        remarks if named else (),
    )  # fmt: skip


def _named_as_counts(frame: pl.DataFrame, code: str) -> str:
    """Return the column that by its name holds counts, "" for none."""
    names = [name for name in frame.columns if name not in (_ROW, code)]
    place = find_named(names, COUNT_COLUMNS)
    return "" if place is None else names[place]


def parse_table(text: str, path: str) -> pl.DataFrame:
    """Return a text as a table of texts, cells without spaces around them, blank lines left out.

    The separator is the one that makes most columns of line 1; the first column holds the number
    of each row. Raises SourceError for what is no table, and for one without rows.
    """
    first = text[: text.find("\n")] if "\n" in text else text
    if not first.strip():
        raise SourceError(path, "the first line is empty; a header with names of columns is needed")
    split = {mark: next(csv.reader([first.strip("\r")], delimiter=mark)) for mark in _SEPARATORS}
    mark = max(split, key=lambda mark: len(split[mark]))
    names = split[mark]
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()), separator=mark, infer_schema=False,
            row_index_name=_ROW, row_index_offset=2,
        )  # fmt: skip
    except pl.exceptions.NoDataError:
        raise SourceError(path, "there is a header and no row below it") from None
    except (pl.exceptions.PolarsError, ValueError) as error:
        fault = _misfit(text, mark, len(names))
        raise SourceError(
            path, fault or f"the table cannot be read ({_first_line(error)})"
        ) from None
    return _tidy(frame, names, path)


def _misfit(text: str, mark: str, wide: int) -> str:
    """Return what is wrong with the first row that does not fit the header, "" for nothing."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    line = 1
    try:
        for row in rows:
            if len(row) > wide:
                return (
                    f"line {line} has {len(row)} cells and the header {wide}; put cells that hold "
                    "the separator in quotes, or mend the line"
                )
            line = rows.line_num + 1
    except csv.Error:
        return f"line {line} opens a quote that is not closed, or closes one before its cell ends"
    return ""


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names of columns that differ, so that a second `n` does no harm until it is meant."""
    made: list[str] = []
    for place, name in enumerate(names, 1):
        plain = name.strip()
        made.append(plain if plain and plain not in made else f"{plain} (column {place})")
    return made


def _tidy(frame: pl.DataFrame, names: Sequence[str], path: str) -> pl.DataFrame:
    if len(frame.columns) - 1 != len(names):
        raise SourceError(path, "the table cannot be read (a quote is opened and not closed)")
    frame.columns = [_ROW, *_distinct(names)]
    cells = pl.all().exclude(_ROW).str.strip_chars().fill_null("")
    frame = frame.with_columns(cells)
    filled = frame.filter(pl.any_horizontal(pl.all().exclude(_ROW) != ""))
    if not filled.height:
        raise SourceError(path, "there is a header and no row below it")
    return filled


def find_column(frame: pl.DataFrame, name: str, path: str) -> str:
    """Return the name of a column as the table has it, the first one for no name.

    Case does not matter where only one column fits. Raises SourceError for a missing column,
    and for one that is there twice.
    """
    names = [each for each in frame.columns if each != _ROW]
    twice = [each for each in names if name and each.startswith(f"{name} (column ")]
    if name in names and twice:
        raise SourceError(path, f"the column {name!r} is there twice; rename one of them")
    if not name or name in names:
        return name or names[0]
    same = [each for each in names if each.lower() == name.strip().lower()]
    if len(same) == 1:
        return same[0]
    known = shorten(", ".join(names), 200)
    hint = "; is another separator meant?" if len(names) == 1 else ""
    raise SourceError(path, f"there is no column {name!r}; the columns are: {known}{hint}")


def _counted(frame: pl.DataFrame, code: str, count: str) -> pl.DataFrame:
    """Return row, code, count as written, reason to set the row aside if any, and volume."""
    written = pl.col(count) if count else pl.lit("1")
    table = frame.select(_ROW, code=pl.col(code), count=written)
    grouped = pl.col("count").str.contains(r"^\d{1,3}(,\d{3})+$")
    plain = pl.when(grouped).then(pl.col("count").str.replace_all(",", "")).otherwise("count")
    plain = plain.str.replace(r"\.0+$", "")
    reason = (
        pl.when(pl.col("code") == "").then(pl.lit(_NO_CODE))
        .when(pl.col("count") == "").then(pl.lit(_NO_COUNT))
        .when(plain.str.contains(r"^\+?\d{1,12}$")).then(None)
        .when(plain.str.contains(r"^[-−]\d")).then(pl.lit(_NEGATIVE))
        .when(plain.str.contains(r"^\d*[.,]\d+$")).then(pl.lit(_FRACTION))
        .otherwise(pl.lit(_NO_NUMBER))
    )  # fmt: skip
    volume = plain.str.strip_prefix("+").cast(pl.Int64, strict=False)
    return table.with_columns(reason=reason, volume=volume)


def _codes(whole: pl.DataFrame) -> tuple[CodeVolume, ...]:
    summed = whole.group_by("code").agg(rows=pl.len(), volume=pl.col("volume").sum())
    listed = summed.sort(["volume", "code"], descending=[True, False])
    return tuple(CodeVolume(*row) for row in listed.iter_rows())


def _reasons(aside: pl.DataFrame) -> tuple[ProblemCount, ...]:
    counted = aside.group_by("reason").agg(rows=pl.len()).sort(["rows", "reason"])
    return tuple(ProblemCount(*row) for row in reversed(counted.rows()))


def _first_line(error: Exception) -> str:
    return shorten(next(iter(str(error).splitlines()), "no reason given"), 120)


def read_table(path: str) -> tuple[str, tuple[str, ...], str]:
    """Return a table's text, what is to be said of its encoding, and the file's SHA-256.

    Raises SourceError where it cannot be read.
    """
    data, digest = read_unpacked(path, _LONGEST)
    return *decode(data, path), digest
