"""What a recoding is asked for, and what is told of it when it is done."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

Step = Callable[[int, int], None]
"""What is told of a long work: rows done, rows there are."""

_PARTS = ("relation", "confidence", "needs_review", "outcome")
"""The columns added beside a target, each after the name of the column of codes."""


class Kind(StrEnum):
    """What a file is, by its name."""

    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"


class Request(NamedTuple):
    """Files to recode: the columns of codes, from which system to which, how files are read.

    Without `delimiter` a file's name says it. `encoding` is Python's name of one.
    `master` is where Spark works.
    """

    source_path: str
    out_path: str
    columns: tuple[str, ...]
    source: str = "icd10cm"
    target: str = "icd11"
    delimiter: str = ""
    encoding: str = "utf-8"
    engine: str = "polars"
    master: str = "local[2]"


class FlaggedText(NamedTuple):
    """A text that is no code of its system, how many rows have it, and why it is flagged."""

    text: str
    rows: int
    outcome: str
    reason: str


class ColumnCount(NamedTuple):
    """A column of codes: its different texts, rows by outcome, the commonest flagged texts."""

    column: str
    distinct: int
    needs_review: int
    outcomes: dict[str, int]
    flagged: tuple[FlaggedText, ...] = ()


class Recoded(NamedTuple):
    """What was recoded: files, rows, columns, and what the answers rest on.

    `distinct` are the different texts of all columns together.
    """

    files: int
    out: str
    engine: str
    source: str
    target: str
    rows: int
    distinct: int
    columns: tuple[ColumnCount, ...]
    releases: dict[str, str]
    tier: str


def added_names(column: str, target: str) -> tuple[str, ...]:
    """Return the names of the columns added for a column of codes.

    >>> added_names("dx1", "icd11")[:3]
    ('dx1_icd11', 'dx1_relation', 'dx1_confidence')
    """
    return tuple(f"{column}_{part}" for part in (target, *_PARTS))
