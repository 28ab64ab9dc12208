"""What two coders gave, in files as they come: encodings, separators, columns, and wrong rows."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.errors import SourceError
from icd11kit.sources.texts import decode
from icd11kit.terminology import Terminology
from icd11kit.transition.agreement.files import FileAgreement, Wanted, compare_files
from icd11kit.transition.agreement.input import gather, pair, split_cell
from icd11kit.transition.agreement.levels import Options
from icd11kit.transition.agreement.sheets import parse_sheet

QUICK = Options(resamples=50)
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@pytest.fixture
def folder(tmp_path: Path, starter: Terminology) -> Any:
    """What writes two files and compares them."""

    def compared(
        a: bytes, b: bytes = b"id,code\n1,5A11\n2,5A11\n3,BA00.Z\n", **more: Any
    ) -> FileAgreement:
        paths = str(tmp_path / "a.csv"), str(tmp_path / "b.csv")
        for path, data in zip(paths, (a, b), strict=True):
            Path(path).write_bytes(data)
        return compare_files(starter, Wanted(paths, **more), QUICK)

    return compared


ROWS = b"id,code\n1,5A11\n2,BA00.Z\n"


@pytest.mark.parametrize(
    "data",
    [
        ROWS,
        b"\xef\xbb\xbf" + ROWS,
        ROWS.decode().encode("utf-16"),
        gzip.compress(ROWS, mtime=0),
        ROWS.replace(b"\n", b"\r\n"),
        ROWS.replace(b",", b"\t"),
        ROWS.replace(b",", b";"),
        b'"id","code","remark"\n"1","5A11","a, b"\n\n"2","BA00.Z"\n',
    ],
    ids=["plain", "BOM", "UTF-16", "gzip", "CRLF", "tabs", "semicolons", "quotes"],
)
def test_tables_are_read_as_they_come(folder: Any, data: bytes) -> None:
    found = folder(data)
    assert (found.agreement.records, found.only_first, found.only_second) == (2, (), ("3",))
    assert (found.flagged, found.remarks) == ((), ())
    assert [record.id for record in found.agreement.parted] == ["2"]


def test_rows_and_cells_of_one_record_are_its_clusters(folder: Any) -> None:
    rows = b"id,code\n1,5A11\n1,BA00.Z\n2,DB10 / 5A11 NC32.2 & XK8G\n3,\n"
    cells = b'id,code\n1,5A11|BA00.Z\n2,"DB10/5A11, NC32.2&amp;XK8G;"\n3,\n'
    found = folder(rows, cells).agreement
    assert (found.levels[0].agreed, found.records, found.uncoded) == (2, 2, 1)
    assert (found.shared.first, found.faults) == (6, ())


def test_latin_1_is_read_and_said(folder: Any) -> None:
    found = folder("id,código\n1,5A11\n".encode("latin-1"))
    assert len(found.remarks) == 1
    assert "it was read as Windows-1252" in found.remarks[0]
    assert found.agreement.levels[0].agreed == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty; a table with a header is needed"),
        (b"\n\n", "the file is empty; a table with a header is needed"),
        (b"id,code\n", "there is a header and no row below it"),
        (b"id\n1\n", "line 1 has no column 2; the columns are 'id'"),
        (b"id:code\n1:5A11\n", "line 1 has no column 2; the columns are 'id:code'"),
        (b"1,5A11\n2,BA00.Z\n", "line 1 is no header: '5A11' is a code; put a line with"),
        (b'id,code\n1,"5A11\n2,BA00.Z\n', "a cell with quotes is not closed rightly"),
        (b"id,code\n1;5A11\n2;BA00.Z\n", "no row can be used; the first is "),
        (b"id,code\nx,5A11\n", "no id is in both; A has 'x', B has '1', '2', '3'"),
        (b"PK\x03\x04", "the file is a workbook or an archive; save the sheet as CSV"),
        (b"id,code\n1,\x00\n", "the file holds binary data; a CSV or TSV table is needed"),
        (b"\xff\x00\x01,\x00", "the file holds binary data; a CSV or TSV table is needed"),
        (gzip.compress(ROWS, mtime=0)[:20], "it cannot be unpacked"),
    ],
)
def test_a_file_that_is_no_table_is_one_sentence(folder: Any, data: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as raised:
        folder(data)
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"columns": ("icd",)}, "there is no column 'icd'; the columns are 'id', 'code'"),
        ({"keys": ("case",)}, "there is no column 'case'; the columns are 'id', 'code'"),
    ],
)
def test_a_missing_column_is_one_sentence(folder: Any, more: Any, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        folder(ROWS, **more)


def test_a_column_that_stands_twice_is_not_guessed(folder: Any) -> None:
    with pytest.raises(SourceError, match="there is column 'code' more than once"):
        folder(b"id,code,code\n1,5A11,5A10\n", columns=("code",))


def test_columns_of_both_files_may_have_other_names(folder: Any) -> None:
    found = folder(
        b"x,icd,case\n?,5A11,1\n", b"CASE,code\n1,5A11\n", keys=("case", "case"),
        columns=("icd", "code"),
    )  # fmt: skip
    assert found.agreement.levels[0].agreed == 1


def test_wrong_rows_are_flagged_each(folder: Any) -> None:
    found = folder(b"id,code\n1,5A11\n,5A11\n2\n2,5A11,BA00.Z\n2,5A10\n")
    assert [(row.line, row.reason.split(";")[0]) for row in found.flagged] == [
        (3, "the row has no id"),
        (4, "the row ends before column 'code'"),
        (5, "the row has 3 cells and the header 2"),
    ]
    assert found.agreement.records == 2


def test_a_second_row_of_an_id_is_flagged_where_one_is_asked_for(folder: Any) -> None:
    data = b"id,code\n1,5A11\n2,5A11\n1,BA00.Z\n"
    assert folder(data).agreement.levels[0].agreed == 1
    found = folder(data, one_row=True)
    assert found.agreement.levels[0].agreed == 2
    assert [str(row).split("a.csv, ")[1] for row in found.flagged] == [
        "line 4: the id '1' stands in line 2 already"
    ]


@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1), st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)  # fmt: skip
def test_any_table_comes_back_as_it_was_written(
    rows: list[tuple[str, str]], separator: str, encoding: str
) -> None:
    rows = [row for row in rows if any(cell.strip() for cell in row)] or [("1", "2")]
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator).writerows([("id", "code"), *rows])
    text, remarks = decode(stream.getvalue().encode(encoding), "x")
    sheet = parse_sheet(text, "x")
    assert ([row.cells for row in sheet.rows], sheet.names) == (rows, ("id", "code"))
    assert remarks == ()


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        sheet = parse_sheet(decode(data, "x")[0], "x")
    except SourceError as error:
        said = str(error)
    else:
        said = "" if sheet.rows else "\n"
    assert "\n" not in said


@given(
    st.lists(st.sampled_from(["5A11", "NC32.2&XK8G", "DB10 / 5A11", "9ZZZ"]), max_size=5),
    st.sampled_from([";", "|", ",", " ", " ; ", ";;", "\t", "\n"]),
)
def test_a_cell_falls_apart_into_what_was_joined(clusters: list[str], between: str) -> None:
    assert split_cell(between.join(clusters)) == tuple(clusters)


@given(st.dictionaries(CELLS, CELLS), st.dictionaries(CELLS, CELLS))
def test_every_id_is_compared_or_said(first: dict[str, str], second: dict[str, str]) -> None:
    def gathered(codes: dict[str, str]) -> Any:
        texts = {record: (text,) for record, text in codes.items()}
        return type(gather(parse_sheet("id,code\n1,2\n", "x"), 0, 1))("x", texts, ())

    if not set(first) & set(second):
        with pytest.raises(SourceError):
            pair(gathered(first), gathered(second))
        return
    found = pair(gathered(first), gathered(second))
    both = {record for record, _, _ in found.records}
    assert both | set(found.only_first) == set(first)
    assert both | set(found.only_second) == set(second)
    assert not both & {*found.only_first, *found.only_second}
