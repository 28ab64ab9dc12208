"""Polars expressions on codes: the same answers as one by one, each text looked at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from icd11kit import frames
from icd11kit.errors import UnknownCodeError
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.transition.answers import answer_cell
from icd11kit.transition.questions import ask_below
from icd11kit.transition.recode.cells import Cells, cells_of

CODES = ["I10", "i10", "E11.9", None, "", "nonsense", "1.00E+10", "I10"]
CLUSTERS = ["5A11", "5A11&XK8G", "NC32.2&XK8G/PA60", "9ZZZ", "&&", None]


@pytest.fixture(autouse=True)
def starter_in_use(starter: Terminology) -> Iterator[None]:
    frames.use(starter)
    yield
    frames.use(None)


def column(expression: pl.Expr, texts: list[str | None]) -> list[object]:
    frame = pl.DataFrame({"dx": pl.Series(texts, dtype=pl.String)})
    eager = frame.select(expression).to_series().to_list()
    assert (
        frame.lazy().select(expression).collect(engine="streaming").to_series().to_list() == eager
    )
    return eager


@pytest.mark.parametrize("field", Cells._fields)
def test_fields_of_mappings_are_those_of_single_codes(starter: Terminology, field: str) -> None:
    cells = {
        text: cells_of(answer_cell(starter, text, "icd10cm", "icd11"))
        for text in CODES
        if text is not None
    }
    expected = [None if text is None else getattr(cells[text], field) for text in CODES]
    assert column(pl.col("dx").icd11.map(field=field), CODES) == expected


def test_codes_are_mapped_the_other_way(starter: Terminology) -> None:
    back = pl.col("dx").icd11.map(source="icd11", target="icd10cm")
    assert column(back, ["BA00.Z", "?"]) == [starter.map("BA00.Z").target, None]


@pytest.mark.parametrize("field", ["valid", "canonical", "display", "issues"])
@pytest.mark.parametrize("mode", ["standard", "strict"])
def test_verdicts_are_those_of_the_column(starter: Terminology, field: str, mode: str) -> None:
    expected = starter.validate_column(pl.Series("dx", CLUSTERS), mode)[field].to_list()
    assert column(pl.col("dx").icd11.validate(mode=mode, field=field), CLUSTERS) == expected


def test_titles_and_places_in_the_tree(starter: Terminology) -> None:
    assert column(pl.col("dx").icd11.display(), ["5A11", "?"]) == [starter.title("5A11"), None]
    titled = pl.col("dx").icd11.display(system="icd10cm")
    assert column(titled, ["E11.9", "?"]) == [starter.lookup("E11.9").title, None]
    below = pl.col("dx").icd11.is_below("05")
    assert column(below, ["5A11", "BA00.Z", "?", None]) == [True, False, None, None]


def test_a_block_is_named_by_the_end_of_its_id_where_one_has_it() -> None:
    below = pl.col("dx").icd11.is_below("ba0")
    assert column(below, ["BA00.Z", "BlockL1-BA0", "5A11"]) == [True, True, False]
    below = pl.col("dx").icd11.is_below("BA4")
    assert column(below, ["BA41.0", "BA41.Z", "BA00.Z", None]) == [True, True, False, None]
    with pytest.raises(UnknownCodeError, match="QZ9"):
        pl.col("dx").icd11.is_below("QZ9")


def test_of_nested_blocks_the_one_is_meant_whose_codes_begin_so(released: Path) -> None:
    with open_terminology(released) as icd:
        is_below = ask_below(icd, "BA4")
        assert [is_below(code) for code in ("BA41.0", "BA4Z", "BA50", "QQQQ")] == [
            True, True, False, None
        ]  # fmt: skip


def test_expressions_stand_in_plans(starter: Terminology) -> None:
    frame = pl.LazyFrame({"dx": ["I10", "E11.9"] * 1000, "n": range(2000)})
    mapped = pl.col("dx").icd11.map()
    found = frame.with_columns(mapped.alias("to")).filter(pl.col("to").icd11.is_below("05"))
    assert found.collect().select("dx", "to").unique().rows() == [("E11.9", "5A11")]
    assert frame.select(mapped).collect_schema() == {"dx": pl.String}


def test_a_text_is_looked_at_once(starter: Terminology, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = Terminology.map

    def counted(self: Terminology, text: str, **more: str) -> object:
        asked.append(text)
        return real(self, text, **more)

    monkeypatch.setattr(Terminology, "map", counted)
    frame = pl.LazyFrame({"dx": ["I10", "E11.9"] * 200_000})
    assert frame.select(pl.col("dx").icd11.map()).collect(engine="streaming").height == 400_000
    assert sorted(asked) == ["E11.9", "I10"]


def test_wrong_fields_and_roots_are_said_at_once() -> None:
    with pytest.raises(ValueError, match="no field 'color'; the fields are target"):
        pl.col("dx").icd11.map(field="color")
    with pytest.raises(UnknownCodeError):
        pl.col("dx").icd11.is_below("9ZZZ")


def test_numbers_and_categories_are_read_as_their_text() -> None:
    frame = pl.DataFrame({"n": [1, 2], "c": pl.Series(["I10", "I10"], dtype=pl.Categorical)})
    found = frame.select(pl.col("n").icd11.validate(), pl.col("c").icd11.map())
    assert found.rows() == [(False, "BA00.Z"), (False, "BA00.Z")]
