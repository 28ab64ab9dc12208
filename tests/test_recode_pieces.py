"""Pieces of CSV files: whatever is in cells and wherever a piece ends, rows stay as they are."""

from __future__ import annotations

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icd11kit.errors import SourceError
from icd11kit.terminology import Terminology
from icd11kit.transition.answers import Answer, Answered
from icd11kit.transition.recode.answers import WRITTEN, Answers
from icd11kit.transition.recode.delimited import write_csv, write_parquet
from icd11kit.transition.recode.lines import Source, line_of, read_pieces
from icd11kit.transition.recode.pieces import Form, Wanted, answer_frame, answer_lines
from icd11kit.transition.recode.request import make_ask
from icd11kit.transition.recode.values import Request

CELLS = st.one_of(
    st.sampled_from(["I10", "i10", "E11.9", "", "nonsense", "1E30"]),
    st.text(st.sampled_from('ab,;"\n\r é\t\x01'), max_size=6),
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=12)
)


def written(rows: list[list[str]], names: list[str], quoting: int) -> bytes:
    """Return a table as CSV; Python's csv leaves carriage returns outside quotes, others do not."""
    if quoting == csv.QUOTE_MINIMAL:
        rows[:] = [[cell.replace("\r", "") for cell in row] for row in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([names, *rows])
    return text.getvalue().encode()


def wanted(icd: Terminology, delimiter: str = ",") -> Wanted:
    return Wanted(("c0",), "icd11", Answers(make_ask(icd, Request("", "", ())), delimiter))


@given(TABLES, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_rows_stay_wherever_pieces_end(
    starter: Terminology, rows: list[list[str]], quoting: int, size: int
) -> None:
    names = [f"c{place}" for place in range(len(rows[0]) if rows else 2)]
    data = written(rows, names, quoting)
    asked = wanted(starter)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in.csv"
        path.write_bytes(data)
        pieces = list(read_pieces(Source(path, ",", "utf-8"), size))
        lines = [line_of(piece) for piece in pieces]
    assert b"".join(piece.data for piece in pieces) == data
    assert lines == [1 + data[:start].count(b"\n") for start in _starts(pieces)]
    form = Form("in.csv", tuple(names), ",", "\n")
    out = b"".join(bytes(answer_lines(piece, form, asked, ",")) for piece in pieces)
    found = list(csv.reader(io.StringIO(out.decode(), newline="")))
    assert [row[: len(names)] for row in found] == [names, *rows]
    assert {len(row) for row in found} == {len(names) + 5}


def _starts(pieces: list[object]) -> list[int]:
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece.data)  # type: ignore[attr-defined]
    return starts


@given(TABLES, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
@settings(max_examples=50, deadline=None)
def test_parquet_and_tsv_hold_the_cells_of_the_csv(
    starter: Terminology, rows: list[list[str]], quoting: int
) -> None:
    names = [f"c{place}" for place in range(len(rows[0]) if rows else 2)]
    with TemporaryDirectory() as folder:
        path, out, tsv = (Path(folder) / name for name in ("in.csv", "out.parquet", "out.tsv"))
        path.write_bytes(written(rows, names, quoting))
        sources = [Source(path, ",", "utf-8")]
        write_parquet(sources, out, wanted(starter), lambda done: None)
        write_csv(sources, tsv, "\t", wanted(starter, "\t"), lambda done: None)
        found = pl.read_parquet(out).select(names).fill_null("").rows()
        assert [list(row) for row in found] == rows
        with tsv.open(newline="") as stream:
            lines = list(csv.reader(stream, delimiter="\t"))
        assert [line[: len(names)] for line in lines] == [names, *rows]


def test_a_text_is_asked_once_from_many_threads() -> None:
    asked: list[str] = []

    def ask(text: str) -> Answered:
        asked.append(text)
        return Answered(Answer(target=text, outcome="one code"))

    answers = Answers(ask)
    column = pl.Series([f"c{number % 50}" for number in range(5_000)] + [None])
    threads = [
        threading.Thread(target=answers.frame, args=("dx", column), daemon=True) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(asked) == sorted({f"c{number}" for number in range(50)} | {""})
    count = answers.count("dx")
    assert (count.distinct, sum(count.outcomes.values())) == (50, 8 * 5_001)
    assert answers.frame("dx", column)["target"].to_list() == column.to_list()


def test_texts_that_differ_between_threads_have_their_own_answers() -> None:
    answers = Answers(lambda text: Answered(Answer(target=text, outcome="one code")))

    def own(thread: int) -> list[str | None]:
        column = pl.Series([f"t{thread}c{number // 3}" for number in range(3_000)] + ["all", None])
        found = answers.frame("dx", column)["target"]
        return [] if found.equals(column) else found.to_list()

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(own, range(40))] == [[]] * 40
    count = answers.count("dx")
    assert (answers.distinct, count.distinct) == (40_001, 40_001)
    assert count.outcomes == {"one code": 40 * 3_002}


@pytest.mark.parametrize("mark", ["", '"'])
def test_a_row_too_long_does_not_make_up_for_one_too_short(
    starter: Terminology, tmp_path: Path, mark: str
) -> None:
    rows = ["I10,a,b"] * 50 + ["I10,a", "I10,a,b,c"] + [f"I10,{mark}a{mark},b"] * 50
    path = tmp_path / "in.csv"
    path.write_text("\n".join(["c0,c1,c2", *rows]))
    with pytest.raises(SourceError, match="line 52 has 2 cells and the header 3"):
        write_csv(
            [Source(path, ",", "utf-8")],
            tmp_path / "o.csv",
            ",",
            wanted(starter),
            lambda done: None,
        )


def test_answers_with_separators_are_quoted() -> None:
    answers = Answers(lambda text: Answered(Answer(target='a,"b"')), ",")
    (cell,) = answers.frame("dx", pl.Series(["x"]), (WRITTEN,))[WRITTEN]
    assert next(csv.reader([cell]))[0] == 'a,"b"'


def test_what_fails_while_answering_is_told_as_it_was(tmp_path: Path) -> None:
    def ask(text: str) -> Answered:
        raise LookupError("the store went away")

    (tmp_path / "in.csv").write_text("c0\nI10\n")
    sources = [Source(tmp_path / "in.csv", ",", "utf-8")]
    for write in (
        lambda asked: write_csv(sources, tmp_path / "o.csv", ",", asked, lambda done: None),
        lambda asked: write_parquet(sources, tmp_path / "o.parquet", asked, lambda done: None),
    ):
        with pytest.raises(LookupError, match="the store went away"):
            write(Wanted(("c0",), "icd11", Answers(ask)))


def test_frames_of_pieces_have_typed_answers(starter: Terminology, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b"I10\n")
    (piece,) = read_pieces(Source(tmp_path / "in.csv", ",", "utf-8"))
    frame = answer_frame(piece, Form("", ("c0",), ",", "\n"), wanted(starter))
    assert [str(kind) for kind in frame.dtypes] == [
        "String", "String", "String", "Float64", "Boolean", "String",
    ]  # fmt: skip
