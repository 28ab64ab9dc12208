"""Polars expressions for codes: importing this module gives every expression an `icd11`.

Each different text of a column is looked at once. Answers rest on the home in use, or on the
terminology given to `use`. Needs the extra `columns` (Polars).

>>> import polars as pl
>>> import icd11kit.frames
>>> claims = pl.DataFrame({"dx": ["I10", "E11.9", "nonsense", None]})
>>> claims.select(pl.col("dx").icd11.map()).to_series().to_list()
['BA00.Z', '5A11', None, None]
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

from icd11kit.columns import VERDICT
from icd11kit.terminology import open_terminology
from icd11kit.transition.questions import Look, ask_below, ask_display, ask_map, ask_validate
from icd11kit.transition.recode.answers import ROW

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

_CHOSEN: list[Terminology] = []
_LOCK = Lock()

DataType = type[pl.DataType] | pl.DataType


def use(icd: Terminology | None) -> None:
    """Let expressions answer from a terminology; with None from the home in use again."""
    _CHOSEN[:] = [icd] if icd else []


def terminology() -> Terminology:
    """Return what expressions answer from."""
    return _CHOSEN[0] if _CHOSEN else _default()


@cache
def _default() -> Terminology:
    return open_terminology()


def field_type(field: str) -> DataType:
    """Return the type of a field of a mapping or a verdict."""
    return {**ROW, **VERDICT}[field]


@pl.api.register_expr_namespace("icd11")
class Icd11Expressions:
    """What `pl.col("dx").icd11` offers."""

    def __init__(self, column: pl.Expr) -> None:
        self._column = column

    def map(
        self, *, source: str = "icd10cm", target: str = "icd11", field: str = "target"
    ) -> pl.Expr:
        """Return what codes are in another system, or another field of their mapping.

        Fields are target, relation, confidence, needs_review and outcome, the last of which
        says of a text that is no code why.
        """
        look = ask_map(terminology(), source, target, field)
        return self._each(look, field_type(field))

    def validate(self, *, mode: str = "standard", field: str = "valid") -> pl.Expr:
        """Return whether clusters are valid, or as field canonical, display or issues."""
        return self._each(ask_validate(terminology(), mode, field), field_type(field))

    def display(self, *, system: str = "icd11") -> pl.Expr:
        """Return the titles of codes and clusters, null for what is none."""
        return self._each(ask_display(terminology(), system), pl.String)

    def is_below(self, outer: str) -> pl.Expr:
        """Return whether codes are a code or stand below it, null for what is no code.

        >>> frame = pl.DataFrame({"dx": ["5A11", "BA00.Z", "?"]})
        >>> frame.select(pl.col("dx").icd11.is_below("05")).to_series().to_list()
        [True, False, None]
        """
        return self._each(ask_below(terminology(), outer), pl.Boolean)

    def _each(self, look: Look, kind: DataType) -> pl.Expr:
        known: dict[str, Any] = {}

        def answer(column: pl.Series) -> pl.Series:
            texts = column.cast(pl.String).rename("text")
            different = texts.drop_nulls().unique()
            with _LOCK:
                found = [
                    known[text] if text in known else known.setdefault(text, look(text))
                    for text in different
                ]
            table = pl.DataFrame({"text": different, "found": pl.Series(found, dtype=kind)})
            joined = texts.to_frame().join(table, on="text", how="left", maintain_order="left")
            return joined["found"].rename(column.name)

        return self._column.map_batches(answer, return_dtype=kind, is_elementwise=True)
