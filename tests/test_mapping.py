"""WHO's mapping tables: five layouts made with invented rows, and WHO's own."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from icd11kit.errors import SourceError
from icd11kit.model import MapRow
from icd11kit.sources.documents import Document, read_documents
from icd11kit.sources.mapping import LAYOUTS, MappingTable, find_layout, parse_mapping
from icd11kit.sources.tables import header_of, read_rows
from icd11kit.sources.tabulation import NO_CODE
from tests.small_release import mapping_tables

ENTITY, MMS = "http://id.who.int/icd/entity", "http://id.who.int/icd/release/11/mms"
TABLES = [layout.table for layout in LAYOUTS]
TO_ELEVEN, SEVERAL, TO_TEN, FOUNDATION_TO_ELEVEN, FOUNDATION_TO_TEN = TABLES
TEN = "H20\tH\tWandering buoy"
ROWS = {
    TO_ELEVEN: f"Category\t1\t{TEN}\tblock\t1\t{ENTITY}/7\t{MMS}/8\t1A02\t01\tBuoy",
    SEVERAL: f"category\t1\t{TEN}\tBlock\t1\t{ENTITY}/7\t{MMS}/8\t1A02\t01\tBuoy",
    TO_TEN: f"{MMS}/8\t1A02\t01\tBuoy\t{TEN}",
    FOUNDATION_TO_ELEVEN: f"category\t1\t{TEN}\t{ENTITY}/8\tBuoy",
    FOUNDATION_TO_TEN: f"{ENTITY}/8\t1A02\t01\tBuoy\tH20\tWandering buoy",
}
KINDS = {
    TO_ELEVEN: ("category", "block"),
    SEVERAL: ("category", "block"),
    FOUNDATION_TO_ELEVEN: ("category", ""),
}


def _table(table: str, *rows: str, more: str = "", end: str = "\r\n") -> bytes:
    """Return a table with its header, columns of relations after it, and rows."""
    header = mapping_tables("")[f"{table}.txt"].decode().partition("\t\r\n")[0]
    return "".join(line + end for line in (f"{header}{more}", *rows)).encode()


def _parse(data: bytes, name: str = "map.txt") -> MappingTable:
    return parse_mapping(read_rows(Document(name, data)), name)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_known_by_its_header(table: str) -> None:
    layout = find_layout(header_of(Document("x", mapping_tables()[f"{table}.txt"])))
    assert layout is not None
    assert layout.table == table


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("FOUNDATION URI\ticd11 Code\tICD11CHAPTER\ticd11Title\tx\ty", FOUNDATION_TO_TEN),
        ("Linearization URI\ticd11Code\ticd11Chapter\ticd11Title", None),
        ("10ClassKind\tDepth\ticd10Code", None),
        ("icd10Code\ticd11Code", None),
        ("", None),
    ],
)
def test_spaces_and_case_of_a_header_do_not_matter_but_its_names_do(
    header: str, table: str | None
) -> None:
    layout = find_layout(header.split("\t"))
    assert (layout and layout.table) == table


@pytest.mark.parametrize("table", TABLES)
def test_each_layout_gives_the_same_cells_their_names(table: str) -> None:
    ten, eleven = KINDS.get(table, ("", ""))
    read = _parse(_table(table, ROWS[table]))
    code = "" if table == FOUNDATION_TO_ELEVEN else "1A02"
    assert (read.table, read.errors) == (table, ())
    assert read.rows == (MapRow(table, 2, ten, "H20", "Wandering buoy", "8", eleven, code, "Buoy"),)


@pytest.mark.parametrize("dated", ["2025-Jan-21", "2025-01-21"])
@pytest.mark.parametrize("table", TABLES)
def test_the_small_release_reads_back(table: str, dated: str) -> None:
    data = mapping_tables(dated)[f"{table}.txt"]
    read = _parse(data)
    assert (read.table, read.release, read.errors) == (table, "2025-01", ())
    assert [row.line for row in read.rows] == list(range(2, data.count(b"\r\n") + 1))
    assert read.rows[0].icd10_title == "Loose rope"
    assert read.rows[0].icd11_title == "Slack rope"


@pytest.mark.parametrize(
    ("cell", "release"),
    [("2019-Apr-06", "2019-04"), ("2022-02-07", "2022-02"), ("2024-DEC-31", "2024-12"), ("", "")],
)
def test_the_release_is_the_month_at_the_end_of_the_header(cell: str, release: str) -> None:
    assert _parse(_table(TO_TEN, ROWS[TO_TEN], more=f"\t{cell}")).release == release


@pytest.mark.parametrize("table", TABLES)
def test_columns_of_relations_are_found_by_name_after_the_table(table: str) -> None:
    more = "\tchapterMatch\tRelation\tLinearization\tStated{0}|Deduced\t2023-Nov-07"
    row = f"{ROWS[table]}\tyes\tSubclass\tLIN-ROLLUP\t-1"
    (read,) = _parse(_table(table, row, more=more)).rows
    assert (read.relation, read.rollup, read.distance) == ("Subclass", "LIN-ROLLUP", "-1")
    assert (read.icd10_code, read.icd11_title) == ("H20", "Buoy")


def test_a_distance_is_also_called_statement_distance() -> None:
    data = _table(TO_ELEVEN, f"{ROWS[TO_ELEVEN]}\t2", more="\tStatementDistance")
    assert _parse(data).rows[0].distance == "2"


def test_the_foundation_table_of_2024_does_not_name_its_relations() -> None:
    row = f"{ROWS[FOUNDATION_TO_ELEVEN]}\tEquivalent\t0"
    (read,) = _parse(_table(FOUNDATION_TO_ELEVEN, row, more="\t2024-Jan-21")).rows
    assert (read.relation, read.distance) == ("Equivalent", "0")


@pytest.mark.parametrize("table", [TO_ELEVEN, SEVERAL, TO_TEN, FOUNDATION_TO_TEN])
def test_other_tables_hold_relations_only_where_the_header_names_them(table: str) -> None:
    (read,) = _parse(_table(table, f"{ROWS[table]}\tEquivalent\t0", more="\t2024-Jan-21")).rows
    assert (read.relation, read.rollup, read.distance) == ("", "", "")


@pytest.mark.parametrize(
    ("foundation", "uri", "entity"),
    [
        (f"{ENTITY}/7", f"{MMS}/8", "8"),
        (f"{ENTITY}/7", f"{MMS}/8/other", "8/other"),
        (f"{ENTITY}/7", "http://id.who.int/icd/release/11/2024-01/mms/8/unspecified",
         "8/unspecified"),
        (f"{ENTITY}/7", "", "7"),
        ("", "No mapping", ""),
        ("http://example.org/icd/entity/7", "", ""),
    ],
)  # fmt: skip
def test_the_entity_is_that_of_the_linearization_else_of_the_foundation(
    foundation: str, uri: str, entity: str
) -> None:
    row = ROWS[TO_ELEVEN].replace(f"{ENTITY}/7", foundation).replace(f"{MMS}/8", uri)
    assert _parse(_table(TO_ELEVEN, row)).rows[0].entity == entity


def test_a_code_that_is_not_assigned_yet_is_none() -> None:
    row = ROWS[TO_TEN].replace("1A02", NO_CODE)
    assert _parse(_table(TO_TEN, row)).rows[0].icd11_code == ""


def test_quotes_and_spaces_around_cells_go() -> None:
    row = ROWS[TO_TEN].replace("Wandering buoy", '"The ""old"" buoy "').replace("1A02", " 1A02 ")
    (read,) = _parse(_table(TO_TEN, row)).rows
    assert (read.icd10_title, read.icd11_code) == ('The "old" buoy', "1A02")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_mark_change_nothing(end: str, mark: bytes) -> None:
    read = _parse(mark + _table(TO_TEN, ROWS[TO_TEN], "", end=end))
    assert [row.icd10_title for row in read.rows] == ["Wandering buoy"]
    assert read.errors == ()


BAD_ROWS = {
    "too few cells": (b"H20\tWandering buoy", "2 cells"),
    "not UTF-8": (b"\t" * 12 + b"S\xfc\xdf", "UTF-8"),
    "binary": (b"\t" * 12 + b"\0", "binary"),
    "too long": (b"\t" * 12 + b"x" * 10_000_000, "10,000,012 bytes"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD_ROWS.values(), ids=BAD_ROWS)
@pytest.mark.parametrize("table", TABLES)
def test_a_bad_row_is_reported_with_its_line_and_the_run_goes_on(
    table: str, bad: bytes, reason: str
) -> None:
    read = _parse(_table(table) + bad + b"\r\n" + ROWS[table].encode() + b"\r\n")
    assert [row.line for row in read.rows] == [3]
    assert [(error.path, error.line) for error in read.errors] == [("map.txt", 2)]
    assert reason in read.errors[0].reason


@pytest.mark.parametrize("table", TABLES)
def test_a_row_one_cell_short_is_bad_and_one_cell_long_is_not(table: str) -> None:
    short, long = ROWS[table].rpartition("\t")[0], ROWS[table] + "\t"
    read = _parse(_table(table, short, long))
    assert [error.line for error in read.errors] == [2]
    assert [row.line for row in read.rows] == [3]


@pytest.mark.parametrize(
    "data",
    [b"", b"icd10Code\ticd11Code\r\n", b"\xff\xfe\t", ROWS[TO_TEN].encode(), b"\t" * 10_000_000],
    ids=["empty", "other columns", "not UTF-8", "no header", "one long line"],
)
def test_what_is_no_mapping_table_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"\Amap\.txt: [^\n]*not the header[^\n]*\Z"):
        _parse(data)


@cache
def _tables(path: Path) -> dict[str, MappingTable]:
    documents = [item for item in read_documents(path) if item.stem != "readme"]
    read = [parse_mapping(read_rows(item), item.name) for item in documents]
    assert all(table.errors == () for table in read)
    return {table.table: table for table in read}


@pytest.mark.parametrize(
    ("name", "release", "rows"),
    [
        ("maps/2024-01/mapping.zip", "2024-01", (12_597, 15_658, 17_908, 12_597, 48_609)),
        (
            "maps/2023-11-07-with-relations/mapping.zip",
            "2023-11",
            (12_597, 15_656, 17_794, 12_597, 48_544),
        ),
        ("maps/mapping_2022-02.zip", "2022-02", (12_597, 15_560, 17_799)),
        ("maps/mapping_2019-04.zip", "2019-04", (12_483, 15_466, 17_746)),
    ],
)
def test_real_tables_are_read_whole(
    shared_data: Path, name: str, release: str, rows: tuple[int, ...]
) -> None:
    read = _tables(shared_data / name)
    assert {table: len(read[table].rows) for table in read} == dict(zip(TABLES, rows, strict=False))
    assert {table.release for table in read.values()} == {release}
    assert all(row.icd10_code for t in read.values() for row in t.rows)


def test_real_tables_of_2023_hold_relations(shared_data: Path) -> None:
    read = _tables(shared_data / "maps/2023-11-07-with-relations/mapping.zip")
    relations = Counter(row.relation for row in read[SEVERAL].rows)
    assert relations == {
        "Equivalent": 7_884,
        "Subclass": 4_053,
        "Superclass": 3_200,
        "InterSects": 297,
        "PotentialIntersect": 221,
        "": 1,
    }
    assert all(any(row.relation for row in table.rows) for table in read.values())
    assert {row.distance for row in read[TO_ELEVEN].rows} >= {"0", "-1", "-2"}
    assert "REDIRECT-UNSPECIFIED-RESIDUAL" in {row.rollup for row in read[TO_ELEVEN].rows}


def test_real_tables_of_2024_hold_relations_of_the_foundation_only(shared_data: Path) -> None:
    read = _tables(shared_data / "maps/2024-01/mapping.zip")
    with_relations = {table for table in read if any(row.relation for row in read[table].rows)}
    assert with_relations == {FOUNDATION_TO_ELEVEN}
    relations = Counter(row.relation for row in read[FOUNDATION_TO_ELEVEN].rows)
    assert relations == {"Equivalent": 7_858, "Subclass": 4_735, "": 4}
