"""Columns of codes in Spark frames: what `icd11kit.frames` offers to Polars. Needs PySpark.

The different texts of a column are collected on the driver and looked at once each; what was
found is broadcast and joined. The driver needs room for the different texts, not for the rows,
and the workers need neither this package nor a home.

    from icd11kit.spark import map_codes
    claims = map_codes(spark.read.parquet("claims"), "dx1")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions
from pyspark.sql.types import (
    BooleanType,
    DataType,
    DoubleType,
    StringType,
    StructField,
    StructType,
)

from icd11kit.terminology import open_terminology
from icd11kit.transition.answers import answer_cell
from icd11kit.transition.questions import Look, ask_below, ask_display, ask_validate
from icd11kit.transition.recode.cells import Cells, cells_of
from icd11kit.transition.recode.values import added_names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from icd11kit.terminology import Terminology

_TEXT = "_icd11kit_text"
_CELLS: tuple[DataType, ...] = (
    StringType(), StringType(), DoubleType(), BooleanType(), StringType(),
)  # fmt: skip
"""The types of the columns that `map_codes` adds, in the order of `Cells`."""


def map_codes(
    frame: DataFrame,
    column: str,
    *,
    source: str = "icd10cm",
    target: str = "icd11",
    icd: Terminology | None = None,
) -> DataFrame:
    """Return a frame with five columns more: target, relation, confidence and so on.

    They are those of `icd11kit recode`; no row is lost, what is no code is flagged.
    """
    known = icd or open_terminology()
    found = {
        text: cells_of(answer_cell(known, text, source, target))
        for text in different_texts(frame, column)
    }
    return join_cells(frame, column, target, found)


def validate_codes(
    frame: DataFrame, column: str, name: str = "valid", *, icd: Terminology | None = None
) -> DataFrame:
    """Return a frame with a column more that tells whether clusters are valid."""
    look = ask_validate(icd or open_terminology(), "standard", "valid")
    return _with_answers(frame, column, name, look, BooleanType())


def display_codes(
    frame: DataFrame, column: str, name: str = "display", *, icd: Terminology | None = None
) -> DataFrame:
    """Return a frame with a column more of the titles of clusters, null for what is none."""
    look = ask_display(icd or open_terminology())
    return _with_answers(frame, column, name, look, StringType())


def are_below(
    frame: DataFrame,
    column: str,
    outer: str,
    name: str = "is_below",
    *,
    icd: Terminology | None = None,
) -> DataFrame:
    """Return a frame with a column more: whether codes are a code or below it.

    It is null for what is no code. Raises UnknownCodeError where there is nothing to stand
    below.
    """
    look = ask_below(icd or open_terminology(), outer)
    return _with_answers(frame, column, name, look, BooleanType())


def different_texts(frame: DataFrame, column: str) -> Iterator[str]:
    """Yield the different texts of a column, nulls left out."""
    texts = frame.select(frame[column].cast("string").alias(_TEXT)).distinct()
    return (row[0] for row in texts.collect() if row[0] is not None)


def join_cells(frame: DataFrame, column: str, target: str, found: Mapping[str, Cells]) -> DataFrame:
    """Return a frame with the cells found for the texts of a column beside it."""
    names = added_names(column, target)
    rows = [(text, *cells) for text, cells in found.items()]
    joined = _join(frame, column, rows, list(zip(names, _CELLS, strict=True)))
    review = names[Cells._fields.index("needs_review")]
    return joined.withColumn(review, functions.coalesce(joined[review], functions.lit(False)))


def _with_answers(
    frame: DataFrame, column: str, name: str, look: Look, kind: DataType
) -> DataFrame:
    found = [(text, look(text)) for text in different_texts(frame, column)]
    return _join(frame, column, found, [(name, kind)])


def _join(
    frame: DataFrame,
    column: str,
    rows: Sequence[tuple[Any, ...]],
    columns: Sequence[tuple[str, DataType]],
) -> DataFrame:
    fields = [StructField(name, kind) for name, kind in [(_TEXT, StringType()), *columns]]
    table = frame.sparkSession.createDataFrame(rows, StructType(fields))
    is_same = frame[column].cast("string") == table[_TEXT]
    return frame.join(functions.broadcast(table), is_same, "left").drop(_TEXT)
