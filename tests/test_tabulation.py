"""WHO's simple tabulation, made here with invented titles, and as WHO released it."""

from __future__ import annotations

import io
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook

from icd11kit.errors import SourceError
from icd11kit.model import LinearizationEntity, Note
from icd11kit.sources.documents import Document, open_bytes, read_documents
from icd11kit.sources.tables import read_rows
from icd11kit.sources.tabulation import NO_CODE, Tabulation, parse_tabulation
from icd11kit.tree import places
from icd11kit.vocabulary import ClassKind, NoteKind, Residual
from tests.small_release import (
    JANUARY_2024,
    SPANISH,
    Entry,
    entries,
    tabulation_text,
    tabulation_workbook,
    zipped,
)

MMS = "http://id.who.int/icd/release/11/mms"
BOM = b"\xef\xbb\xbf"
COLUMNS = ("Foundation URI", "Linearization URI", "Code", "BlockId", "Title", "ClassKind",
           "ChapterNo")  # fmt: skip
JANUARY = "Version:2025 Jan 24 - 22:30 UTC"
CHAPTER = (f"{MMS}/9001", "", "", "Ailments of kites", "chapter")
GOOD = (f"{MMS}/9002", "1A00", "", "- Torn tail", "category")


def _line(uri: str, code: str, block: str, title: str, kind: str, *more: str) -> str:
    return "\t".join(("", uri, code, block, title, kind, "01", *more))


def _table(*lines: str, header: tuple[str, ...] = (*COLUMNS, JANUARY), end: str = "\r\n") -> bytes:
    return "".join(line + end for line in ("\t".join(header), *lines)).encode()


def _parse(data: bytes, name: str = "kites.txt", language: str = "") -> Tabulation:
    return parse_tabulation(read_rows(Document(name, data)), name, language)


def _one(title: str) -> LinearizationEntity:
    return _parse(_table(_line(f"{MMS}/9002", "1A00", "", title, "category"))).entities[0]


def _expected(entry: Entry) -> LinearizationEntity:
    return LinearizationEntity(
        entry.id, entry.code, entry.title, ClassKind(entry.kind), entry.depth, entry.chapter,
        entry.block_id, Residual(entry.id.partition("/")[2]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tree.txt", tabulation_text(entries())),
        ("tree.xlsx", tabulation_workbook(entries())),
        ("tree.zip", zipped({"deep/tree.txt": tabulation_text(entries())})),
    ],
)
def test_text_workbook_and_zip_hold_the_same_tree(name: str, data: bytes) -> None:
    (document,) = open_bytes(name, data)
    read = parse_tabulation(read_rows(document), document.name)
    assert read.entities == tuple(_expected(entry) for entry in entries())
    assert (read.linearization, read.release, read.language) == ("mms", "2025-01", "en")
    assert (read.rows, read.errors, read.notes) == (len(entries()), (), ())


def test_row_order_and_prefixes_are_the_tree() -> None:
    titles = ("Kites", "- Tails", "- - Torn tail", "- - Wet tail", "- Frames")
    kinds = ("chapter", "block", "category", "category", "block")
    rows = zip(range(9001, 9006), titles, kinds, strict=True)
    read = _parse(_table(*(_line(f"{MMS}/{n}", "", "", title, kind) for n, title, kind in rows)))
    assert [entity.title for entity in read.entities] == [t.lstrip("- ") for t in titles]
    assert [place.parent for place in places([e.depth for e in read.entities])] == [-1, 0, 1, 1, 0]


def test_a_chapter_has_its_number_for_code_and_a_block_only_its_id() -> None:
    block = _line(f"{MMS}/9003", "", "BlockL1-1A0", "- Tails", "block")
    chapter, made = _parse(_table(_line(*CHAPTER), block)).entities
    assert (chapter.code, chapter.block_id, chapter.label) == ("01", "", "01")
    assert (made.code, made.block_id, made.label) == ("", "BlockL1-1A0", "BlockL1-1A0")


@pytest.mark.parametrize("residual", [Residual.OTHER, Residual.UNSPECIFIED])
def test_a_residual_is_named_by_the_end_of_its_uri(residual: Residual) -> None:
    line = _line(f"{MMS}/9002/{residual}", "1A0Y", "", "- Tails of other kites", "category")
    (entity,) = _parse(_table(line)).entities
    assert (entity.id, entity.residual) == (f"9002/{residual}", residual)


@pytest.mark.parametrize(
    ("cell", "title", "depth"),
    [
        ('"- - Torn, wet tail"', "Torn, wet tail", 2),
        ('"- The ""long"" tail"', 'The "long" tail', 1),
        ('- The "long" tail', 'The "long" tail', 1),
        ("- Tail - torn", "Tail - torn", 1),
        ("- -blown tail", "-blown tail", 1),
        ("-  Torn   tail ", "Torn tail", 1),
        ("- Süß – 凧 <5", "Süß – 凧 <5", 1),
    ],
)
def test_a_title_loses_quotes_and_prefixes_and_nothing_else(
    cell: str, title: str, depth: int
) -> None:
    assert (_one(cell).title, _one(cell).depth) == (title, depth)


@pytest.mark.parametrize("mark", [b"", BOM])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_mark_and_line_ends_change_nothing(mark: bytes, end: str) -> None:
    read = _parse(mark + _table(_line(*CHAPTER), _line(*GOOD), "", end=end))
    assert [(e.id, e.chapter) for e in read.entities] == [("9001", "01"), ("9002", "01")]
    assert read.rows == 2


def test_the_columns_of_2026_bring_notes_that_hold_bare_line_feeds() -> None:
    header = (*COLUMNS, "CodingNote", "Parent", JANUARY)
    note = "Code first the kite.\nThen the wind."
    data = _table(
        _line(*CHAPTER, "", ""),
        _line(*GOOD, f'"{note}"', f"{MMS}/9001"),
        _line(f"{MMS}/9003", "1A01", "", "- Wet tail", "no kind", "", f"{MMS}/9001"),
        header=header,
    )
    read = _parse(data)
    assert [(entity.id, entity.depth) for entity in read.entities] == [("9001", 0), ("9002", 1)]
    assert read.notes == (Note("9002", NoteKind.CODING_NOTE, note),)
    assert [error.line for error in read.errors] == [4]
    assert read.rows == 3


def test_numbers_in_a_workbook_are_text_without_a_point() -> None:
    workbook, stream = Workbook(), io.BytesIO()
    workbook.active.append(COLUMNS)
    workbook.active.append(["", f"{MMS}/9002", 4711, 0.5, "- Torn tail", "category", 12])
    workbook.save(stream)
    (entity,) = _parse(stream.getvalue(), "kites.xlsx").entities
    assert (entity.code, entity.block_id, entity.chapter) == ("4711", "0.5", "12")


def test_columns_are_found_by_name_in_any_order() -> None:
    header = ("ClassKind", "Title", "Odd", "Code", "Linearization (release) URI", JANUARY)
    read = _parse(_table("category\t- Torn tail\tx\t1A00\t" + f"{MMS}/9002", header=header))
    assert [(e.id, e.code, e.title) for e in read.entities] == [("9002", "1A00", "Torn tail")]


@pytest.mark.parametrize("code", [NO_CODE, f"{NO_CODE}_2"])
def test_a_category_without_a_code_yet_has_none(code: str) -> None:
    (entity,) = _parse(_table(_line(f"{MMS}/9002", code, "", "- Torn tail", "category"))).entities
    assert (entity.code, entity.label) == ("", "9002")


def test_a_title_not_translated_is_the_english_one() -> None:
    data = tabulation_text(entries(), spanish=True)
    read = _parse(data, "SimpleTabulation-ICD-11-MMS-es.txt")
    assert read.language == "es"
    assert {entity.id: entity.title for entity in read.entities} == {
        entry.id: SPANISH.get(entry.id, entry.title) for entry in entries()
    }
    assert [entity.depth for entity in read.entities] == [entry.depth for entry in entries()]
    assert read.untranslated == len(entries()) - len(SPANISH)
    assert Note("700000003", NoteKind.TITLE_EN, "Slack rope") in read.notes


@pytest.mark.parametrize("cell", ["", "- ", "- - ", "- - -", '"- - -"'])
def test_a_title_of_prefixes_only_is_not_translated(cell: str) -> None:
    header = ("Linearization URI", "Code", "TitleEN", "Title", "ClassKind", JANUARY)
    line = f"{MMS}/9002\t1A00\t- - - Torn tail\t{cell}\tcategory"
    read = _parse(_table(line, header=header), language="es")
    assert [(entity.title, entity.depth) for entity in read.entities] == [("Torn tail", 3)]
    assert read.untranslated == 1


@pytest.mark.parametrize(
    ("name", "given", "language"),
    [
        ("SimpleTabulation-ICD-11-MMS-fr.txt", "", "fr"),
        ("LinearizationMiniOutput-MMS-zh_dev_2026-04-15.xlsx", "", "zh"),
        ("all.zip!ar/SimpleTabulation-ICD-11-MMS-ar.txt", "", "ar"),
        ("SimpleTabulation-ICD-11-MMS-fr.txt", "es", "es"),
        ("/home/a-fr.d/table.txt", "", "en"),
        ("read-me-first.txt", "", "en"),
    ],
)
def test_the_language_is_the_one_given_or_the_one_the_name_ends_in(
    name: str, given: str, language: str
) -> None:
    assert _parse(_table(_line(*GOOD)), name, given).language == language


def test_titles_in_a_language_nothing_tells_are_refused() -> None:
    with pytest.raises(SourceError, match=r"\Atable\.txt: [^\n]*--language\Z"):
        _parse(tabulation_text(entries(), spanish=True), "table.txt")


@pytest.mark.parametrize(
    ("uri", "version", "linearization", "release"),
    [
        (MMS, f"Version:{JANUARY_2024}", "mms", "2024-01"),
        ("http://id.who.int/icd/release/11/2022-02/mms", "Version:2022 Feb 07", "mms", "2022-02"),
        ("http://id.who.int/icd/release/11/beta/mms", JANUARY, "mms", "dev-2025-01-24"),
        ("http://id.who.int/icd/release/11/beta/icf", JANUARY, "icf", "dev-2025-01-24"),
        (MMS, "", "mms", ""),
        (MMS, "Version:2025 Foo 99", "mms", ""),
    ],
)
def test_the_release_is_that_of_the_uris_or_of_the_version(
    uri: str, version: str, linearization: str, release: str
) -> None:
    line = _line(f"{uri}/9002", "1A00", "", "- Torn tail", "category")
    read = _parse(_table(line, header=(*COLUMNS, version)))
    assert (read.linearization, read.release) == (linearization, release)


BAD_ROWS = {
    "no URI": (_line("", "1A01", "", "- Wet tail", "category"), "linearization URI"),
    "another site": (
        _line("http://example.org/9003", "1A01", "", "- Wet tail", "category"),
        "linearization URI",
    ),
    "a Foundation URI": (
        _line("http://id.who.int/icd/entity/9003", "1A01", "", "- Wet tail", "category"),
        "linearization URI",
    ),
    "an entity twice": (_line(f"{MMS}/9001", "1A01", "", "- Kites", "category"), "already"),
    "no class kind": (_line(f"{MMS}/9003", "1A01", "", "- Wet tail", ""), "class kind"),
    "a wrong class kind": (_line(f"{MMS}/9003", "1A01", "", "- Wet tail", "kite"), "class kind"),
    "no title": (_line(f"{MMS}/9003", "1A01", "", "- - ", "category"), "title is empty"),
    "too few cells": (f"\t{MMS}/9003\t1A01", "3 cells"),
    "binary": (_line(f"{MMS}/9003", "1A01", "", "- Wet\0tail", "category"), "binary"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_reported_with_its_line_and_the_run_goes_on(bad: str, reason: str) -> None:
    read = _parse(_table(_line(*CHAPTER), bad, _line(*GOOD)))
    assert [entity.id for entity in read.entities] == ["9001", "9002"]
    assert [(error.path, error.line) for error in read.errors] == [("kites.txt", 3)]
    assert reason in read.errors[0].reason
    assert read.rows == 3


@pytest.mark.parametrize("bad", ["no URI", "a Foundation URI", "no title", "too few cells"])
def test_a_bad_row_may_be_the_first(bad: str) -> None:
    read = _parse(_table(BAD_ROWS[bad][0], _line(*GOOD)))
    assert [entity.id for entity in read.entities] == ["9002"]
    assert [error.line for error in read.errors] == [2]


def test_a_row_that_is_not_utf_8_is_reported_with_its_line() -> None:
    latin = _line(f"{MMS}/9003", "1A01", "", "- Süß", "category").encode("latin-1")
    read = _parse(_table(_line(*GOOD)) + latin + b"\r\n")
    assert [(error.line, "UTF-8" in error.reason) for error in read.errors] == [(3, True)]


def test_a_row_of_ten_million_bytes_is_reported_with_its_line() -> None:
    long = _line(f"{MMS}/9003", "1A01", "", "x" * 10_000_000, "category")
    read = _parse(_table(long, _line(*GOOD)))
    assert [entity.id for entity in read.entities] == ["9002"]
    assert [error.line for error in read.errors] == [2]
    assert len(str(read.errors[0])) < 200


@pytest.mark.parametrize("missing", ["Linearization URI", "Code", "Title", "ClassKind"])
def test_a_table_without_a_needed_column_is_refused(missing: str) -> None:
    header = tuple("Other" if column == missing else column for column in COLUMNS)
    with pytest.raises(SourceError, match=r"\Akites\.txt: [^\n]*not the header[^\n]*\Z"):
        _parse(_table(_line(*GOOD), header=header))


@pytest.mark.parametrize(
    "data",
    [b"", BOM, b"\r\n\r\n", b"\xff\xfeF\0o\0", b"x" * 10_000_000, _table(_line(*GOOD))[60:]],
    ids=["empty", "mark only", "blank", "UTF-16", "one long line", "cut header"],
)
def test_bytes_without_a_header_are_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"\Akites\.txt: [^\n]*not the header[^\n]*\Z"):
        _parse(data)


def test_a_table_of_bad_rows_only_is_refused() -> None:
    with pytest.raises(SourceError, match=r"\Akites\.txt: no row[^\n]*\Z"):
        _parse(_table(*(line for line, _ in BAD_ROWS.values() if "9001" not in line)))


REAL = {
    "mms/SimpleTabulation-ICD-11-MMS-en_2025-01.xlsx": ("mms-2025-01-en", 36_782, 35_339, 5_355),
    "mms/SimpleTabulation-ICD-11-MMS-en_2024-01.zip": ("mms-2024-01-en", 36_044, 34_663, 5_217),
    "mms/SimpleTabulation-ICD-11-MMS-en_2022-02.zip": ("mms-2022-02-en", 35_459, 34_079, 5_112),
    "mms/SimpleTabulation-ICD-11-MMS-es_2024-01.zip": ("mms-2024-01-es", 36_044, 34_663, 5_217),
    "mms/LinearizationMiniOutput-MMS-en_dev_2026-04-15.xlsx": (
        "mms-dev-2026-04-15-en", 37_068, 35_660, 5_373,
    ),
    "icf/LinearizationMiniOutput-ICF-en_dev_2022-09-29.txt": (
        "icf-dev-2022-09-29-en", 1_673, 1_536, 511,
    ),
}  # fmt: skip


@cache
def _tabulations(path: Path) -> list[Tabulation]:
    documents = [item for item in read_documents(path) if item.stem != "readme"]
    return [parse_tabulation(read_rows(item), item.name) for item in documents]


@pytest.mark.parametrize("name", REAL)
def test_a_real_tabulation_is_read_whole(shared_data: Path, name: str) -> None:
    edition, rows, codes, residuals = REAL[name]
    for read in _tabulations(shared_data / name):
        assert f"{read.linearization}-{read.release}-{read.language}" == edition
        assert (read.rows, len(read.entities), read.errors) == (rows, rows, ())
        categories = [e for e in read.entities if e.kind == ClassKind.CATEGORY]
        assert sum(bool(entity.code) for entity in categories) == codes
        assert sum(bool(entity.residual) for entity in read.entities) == residuals
        assert len({entity.id for entity in read.entities}) == rows


def test_the_2025_release_has_28_chapters_and_1415_blocks(shared_data: Path) -> None:
    (read,) = _tabulations(shared_data / "mms/SimpleTabulation-ICD-11-MMS-en_2025-01.xlsx")
    kinds = Counter(entity.kind for entity in read.entities)
    assert (kinds[ClassKind.CHAPTER], kinds[ClassKind.BLOCK]) == (28, 1_415)
    assert sum(entity.chapter == "X" for entity in read.entities) == 17_458
    title = next(entity.title for entity in read.entities if entity.code == "5A11")
    assert title == "Type 2 diabetes mellitus"


@pytest.mark.parametrize("language", ["en", "es"])
def test_text_and_workbook_of_a_real_zip_say_the_same(shared_data: Path, language: str) -> None:
    text, workbook = _tabulations(
        shared_data / f"mms/SimpleTabulation-ICD-11-MMS-{language}_2024-01.zip"
    )
    assert text.entities == workbook.entities
    assert text.notes == workbook.notes


def test_the_spanish_release_lacks_144_titles(shared_data: Path) -> None:
    read, _ = _tabulations(shared_data / "mms/SimpleTabulation-ICD-11-MMS-es_2024-01.zip")
    assert read.untranslated == 144
    assert [entity.code for entity in read.entities if not entity.title.strip("- ")] == []


def test_the_maintenance_edition_has_19_categories_without_code(shared_data: Path) -> None:
    name = "mms/LinearizationMiniOutput-MMS-en_dev_2026-04-15.xlsx"
    (read,) = _tabulations(shared_data / name)
    assert sum(e.kind == ClassKind.CATEGORY and not e.code for e in read.entities) == 19


def test_the_icf_has_codes_of_four_letters(shared_data: Path) -> None:
    (read,) = _tabulations(shared_data / "icf/LinearizationMiniOutput-ICF-en_dev_2022-09-29.txt")
    letters = Counter(entity.code[0] for entity in read.entities if entity.code)
    assert letters == {"b": 516, "d": 452, "s": 312, "e": 256}
