"""Columns of clusters, each different value looked at once. Needs the extra `columns` (Polars)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from icd11kit.transition.questions import verdict_field

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

VERDICT: dict[str, type[pl.DataType] | pl.DataType] = {
    "valid": pl.Boolean,
    "canonical": pl.String,
    "display": pl.String,
    "issues": pl.List(pl.String),
}


Column = pl.Series
Table = pl.DataFrame


def validate_column(icd: Terminology, column: Column, mode: str = "standard") -> Table:
    """Return a frame as long as the column: its values, valid, canonical, display, issue codes.

    A null stays null in every cell; values that are no texts are read as their text. Order and
    number of rows are the column's.

    >>> import icd11kit
    >>> frame = validate_column(icd11kit.open(), pl.Series("dx", ["5A11", None, "5A11&&"]))
    >>> frame["valid"].to_list(), frame["issues"].to_list()
    ([True, None, False], [[], None, ['malformed']])
    """
    name = column.name or "cluster"
    texts = column.rename(name).cast(pl.String)
    distinct = texts.drop_nulls().unique(maintain_order=True)
    verdicts = [icd.validate(text, mode) for text in distinct]
    found = pl.DataFrame(
        {
            name: distinct,
            **{field: [verdict_field(each, field) for each in verdicts] for field in VERDICT},
        },
        schema={name: pl.String, **VERDICT},
    )
    return texts.to_frame().join(found, on=name, how="left", maintain_order="left")
