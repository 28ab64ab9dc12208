"""Columns of clusters: row by row the verdicts of single clusters, order and number kept."""

from __future__ import annotations

import time

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icd11kit.terminology import Terminology

CELLS = ["5A11", "5A11&XK8G", "NC32.2&XK8G/PA60", "9ZZZ", "&&", "", None]


@given(st.lists(st.sampled_from(CELLS), max_size=40), st.sampled_from(["strict", "standard"]))
@settings(max_examples=50, deadline=None)
def test_rows_stand_as_in_the_column(
    starter: Terminology, cells: list[str | None], mode: str
) -> None:
    frame = starter.validate_column(pl.Series("dx", cells, dtype=pl.String), mode)
    assert frame["dx"].to_list() == cells
    for row in frame.iter_rows(named=True):
        if row["dx"] is None:
            assert set(row.values()) == {None}
            continue
        found = starter.validate(row["dx"], mode)
        assert (row["valid"], row["canonical"]) == (found.valid, found.canonical)
        assert row["issues"] == [issue.code.value for issue in found.issues]


@pytest.mark.parametrize("column", [pl.Series(["5A11"]), pl.Series("x", ["5A11"], pl.Categorical)])
def test_unnamed_and_categorical_columns_are_read(starter: Terminology, column: pl.Series) -> None:
    assert starter.validate_column(column)["valid"].to_list() == [True]


def test_numbers_are_read_as_their_text(starter: Terminology) -> None:
    assert starter.validate_column(pl.Series("n", [11]))["valid"].to_list() == [False]


def test_many_rows_cost_little_more_than_their_different_values(starter: Terminology) -> None:
    column = pl.Series("dx", ["5A11", "5A11&XK8G", "NC32.2&XK8G"] * 300_000)
    began = time.process_time()
    frame = starter.validate_column(column)
    assert frame.height == 900_000
    assert time.process_time() - began < 20
