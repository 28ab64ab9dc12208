"""Volumes as people have them: separators, encodings, and rows that cannot be counted."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from icd11kit.errors import SourceError
from icd11kit.transition.volumes import (
    CodeVolume,
    parse_table,
    parse_volumes,
    read_volumes,
)

CASES = Path(__file__).parent / "cases" / "impact_counts.csv"
ROWS = list(csv.DictReader(CASES.read_text("utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["why"])
def test_a_count_is_taken_or_set_aside_with_its_reason(row: dict[str, str]) -> None:
    text = f"dx\tn\n{row['code']}\t{row['count']}\nI10\t1\n"
    found = parse_volumes(text, "a.tsv", "dx", "n")
    if row["volume"]:
        assert CodeVolume(row["code"], 1, int(row["volume"])) in found.codes
        assert found.set_aside == ()
    else:
        assert found.codes == (CodeVolume("I10", 1, 1),)
        (problem,) = found.problems
        assert problem == (2, row["code"], row["count"], row["reason"])
        assert found.set_aside == ((row["reason"], 1),)


@pytest.mark.parametrize("mark", ["\t", ",", ";", "|"])
def test_any_usual_separator_will_do(mark: str) -> None:
    text = f"dx{mark}n\r\nI10{mark}3\r\n\r\nE119{mark}4\r\n"
    found = parse_volumes(text, "a.csv", "dx", "n")
    assert {each.text: each.volume for each in found.codes} == {"I10": 3, "E119": 4}
    assert found.rows == 2


def test_rows_without_a_column_of_counts_count_one() -> None:
    found = parse_volumes("id,dx\n1,I10\n2,I10\n3,\n4,E119\n", "claims.csv", "dx")
    assert found.codes == (CodeVolume("I10", 2, 2), CodeVolume("E119", 1, 1))
    assert found.set_aside == (("the row has no code", 1),)
    assert found.volume == 3


def test_the_first_column_is_the_codes_and_case_of_names_does_not_matter() -> None:
    assert parse_volumes("Code,N\nI10,3\n", "a.csv", "", "n").codes[0].volume == 3


def test_codes_stay_texts() -> None:
    found = parse_volumes("dx,n\n1E10,3\n0012,4\n1.00E+10,5\n", "a.csv", "dx", "n")
    assert {each.text for each in found.codes} == {"1E10", "0012", "1.00E+10"}


def test_many_rows_set_aside_are_counted_and_the_first_hundred_listed() -> None:
    found = parse_volumes("dx,n\n" + "I10,x\n" * 250, "a.csv", "dx", "n")
    assert found.set_aside == (("the count is no number", 250),)
    assert len(found.problems) == 100
    assert found.codes == ()


@pytest.mark.parametrize(
    ("encoding", "remark"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("latin-1", "read as Windows-1252")],
)
def test_encodings(tmp_path: Path, encoding: str, remark: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("código,n\nI10,3\n".encode(encoding))
    found = read_volumes(str(path), "código", "n")
    assert found.volume == 3
    assert [remark in said for said in found.remarks] == ([True] if remark else [])


def test_gzip_is_unpacked_and_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"dx,n\nI10,3\n"))
    found = read_volumes(str(path), "dx", "n")
    assert found.volume == 3
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", "", "the first line is empty"),
        ("\nI10,3\n", "", "the first line is empty"),
        ("dx,n\n", "", "no row below it"),
        ("dx,n\n\n,\n", "", "no row below it"),
        ("dx,n\nI10,1,2\n", "", "line 2 has 3 cells"),
        ('dx,n\n"I10,1\n', "", "line 2 opens a quote"),
        ("dx,n\nI10,1\n", "code", "no column 'code'; the columns are: dx, n"),
        ("dx:n\nI10:1\n", "dx", "is another separator meant?"),
    ],
)
def test_what_is_no_table_is_one_sentence(text: str, column: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_volumes(text, "a.csv", column)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("a.csv: ")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04", "save the sheet as CSV"),
        (b"dx\x00,n\nI10,1\n", "binary data"),
        (b"\x1f\x8bnothing", "cannot be unpacked"),
    ],
)
def test_what_is_no_text_is_one_sentence(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=said):
        read_volumes(str(path))


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        read_volumes(str(tmp_path / "none.csv"))


def test_columns_of_one_name_are_told_apart() -> None:
    frame = parse_table("a,a,row,\n1,2,3,4\n", "a.csv")
    assert frame.columns[1:] == ["a", "a (column 2)", "row", " (column 4)"]
    assert frame.rows() == [(2, "1", "2", "3", "4")]


def test_two_hundred_thousand_rows_take_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("id,dx\n" + "".join(f"{n},E11.{n % 10}\n" for n in range(200_000)))
    found = read_volumes(str(path), "dx")
    assert (found.volume, len(found.codes)) == (200_000, 10)


def test_a_column_that_is_meant_and_there_twice_is_refused() -> None:
    text = "dx,dx,n,n\nI10,E119,5,6\n"
    for code, count in (("dx", ""), ("n (column 4)", "n")):
        with pytest.raises(SourceError, match="is there twice; rename one of them"):
            parse_volumes(text, "a.csv", code, count)
    assert parse_volumes(text, "a.csv", "dx (column 2)", "n (column 4)").codes == (("E119", 1, 6),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('dx,n\nI10,5\n"E1\n1",5\nI10,5,7\n', "line 5 has 3 cells and the header 2"),
        ('dx,n\nI10,5\n"E119,3\nI10,4\n', "line 3 opens a quote"),
    ],
)
def test_a_row_that_does_not_fit_is_named_by_its_line(text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        parse_volumes(text, "a.csv", "dx", "n")


def test_a_column_called_count_is_used_where_that_is_asked_and_named_where_not() -> None:
    text = "dx,Note,Count\nI10,a,12\nE119,b,3\n"
    found = parse_volumes(text, "a.csv", "dx", finds_counts=True)
    assert (found.count_column, found.volume, found.remarks) == ("Count", 15, ())
    found = parse_volumes(text, "a.csv", "dx")
    assert (found.count_column, found.volume) == ("", 2)
    assert found.remarks == (
        "every row counted one; the column 'Count' was not used: --count-column",
    )
    assert parse_volumes(text, "a.csv", "Count", "").remarks == ()
