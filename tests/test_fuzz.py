"""Every reader on random and on damaged input: values that are well formed, or a SourceError."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icd11kit.edition import Edition, SourceFile
from icd11kit.errors import SourceError
from icd11kit.model import EditionKey, LinearizationEntity
from icd11kit.sources.api_json import ApiRelease, parse_api, parse_json
from icd11kit.sources.assemble import assemble
from icd11kit.sources.documents import Document, open_bytes
from icd11kit.sources.gather import Read, gather, read_document
from icd11kit.sources.gnuhealth import parse_gnuhealth
from icd11kit.sources.icd10cm import Icd10Cm, parse_icd10cm_release
from icd11kit.sources.mapping import MappingTable
from icd11kit.sources.rows import RowError
from icd11kit.sources.tables import Row, parse_text
from icd11kit.sources.tabulation import Tabulation
from icd11kit.vocabulary import ClassKind, Tier
from tests.small_release import (
    api_objects,
    entries,
    mapping_tables,
    tabulation_rows,
    tabulation_text,
    tabulation_workbook,
    zipped,
)

T = TypeVar("T")
TREE = entries()[:8]
SOURCE = SourceFile("kites.txt", "simple tabulation", "", "", 1)
CHAPTERS = (LinearizationEntity("9001", "01", "Kites", ClassKind.CHAPTER, 0, "01"),)
ENTITY, MMS = "http://id.who.int/icd/entity", "http://id.who.int/icd/release/11/2025-01/mms"
SPLICES = (
    b"", b"\t", b"\r\n", b"\n", b'"', b"- ", b"\0", b"\xff", b"PK", b"<", b"&", b"/>", b"<a>",
    b"{", b"]", b",", b"\\ud800", b"null", b"1e999", b"\xef\xbb\xbf", b"A00.1", b"http://",
)  # fmt: skip
often = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _attempt(call: Callable[[], T]) -> T | None:
    """Return what a reader makes, None where it raises the one error it documents."""
    try:
        return call()
    except SourceError as error:
        said = error.reason
    assert said
    assert len(said) < 400
    assert "\n" not in said
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)


def _assert_tree(entities: tuple[LinearizationEntity, ...]) -> None:
    assert len({entity.id for entity in entities}) == len(entities)
    assert all(entity.id and entity.depth >= 0 for entity in entities)
    assert all(isinstance(entity.kind, ClassKind) for entity in entities)


def _assert_no_jump(entities: tuple[LinearizationEntity, ...]) -> None:
    assert [entity.depth for entity in entities[:1]] in ([], [0])
    assert all(below.depth <= above.depth + 1 for above, below in pairwise(entities))


def _assert_edition(read: Tabulation | ApiRelease) -> None:
    _assert_tree(read.entities)
    assert re.fullmatch("[a-z][a-z0-9_]*", read.linearization) or not read.entities
    assert re.fullmatch(r"(dev-\d{4}-\d\d-\d\d|\d{4}(-\d\d)?)?", read.release, re.ASCII)
    assert re.fullmatch("[A-Za-z]{2,3}(-[0-9A-Za-z]{1,8}){0,3}", read.language)


def _assert_value(read: Tabulation | MappingTable | ApiRelease) -> None:
    """Assert what holds for everything read, whatever the file."""
    assert all(error.line > 0 and error.reason for error in read.errors)
    if isinstance(read, MappingTable):
        assert re.fullmatch(r"(\d{4}-\w+)?", read.release, re.ASCII)
        held: tuple[object, ...] = read.rows
        lines = [row.line for row in read.rows]
        assert lines == sorted(set(lines))
    else:
        _assert_edition(read)
        held = (read.entities, read.notes)
    assert all(text.encode() is not None for text in _texts(held))


def _read(data: bytes, name: str = "kites") -> list[Read]:
    """Go from bytes to things read and assert that they are well formed."""
    gathered = _attempt(lambda: gather(open_bytes(name, data), CHAPTERS))
    reads = gathered.reads if gathered else []
    for read in reads:
        _assert_value(read.value)
        assert read.source.rows >= read.source.missed >= 0 or isinstance(read.value, ApiRelease)
    return reads


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Cut, put in and overwrite at a few places."""
    made = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(made)))
        cut = draw(st.sampled_from((0, 0, 1, 2, 9, 60)))
        made[place : place + cut] = draw(st.sampled_from(SPLICES) | st.binary(max_size=6))
    return bytes(made)


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


ICD10CM = b"""<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><chapter><name>1</name><desc>Kites (A00-A09)</desc>
<section id="A00-A09"><desc>Tails (A00-A09)</desc><diag><name>A00</name><desc>Torn</desc>
<sevenChrDef><extension char="A">aloft</extension></sevenChrDef><excludes1><note>wet (A01)</note>
</excludes1><diag><name>A00.1</name><desc>Torn twice</desc></diag></diag></section></chapter>
</ICD10CM.tabular>"""
RECORD = (
    '<record model="gnuhealth.pathology" id="k"><field name="code">%s</field><field name="name">%s'
    '</field><field name="category" ref="%s"/><field name="uri">%s</field></record>'
)
CODE_LIST = "".join(
    RECORD % (code, "Kite", "icd11cat1", f"{ENTITY}/{number}")
    for number, code in enumerate(("1A00", "1A00.0", "1A00.01", "1A01"), 7001)
)
WORKBOOK = _members(tabulation_workbook(TREE))
SHEET = "xl/worksheets/sheet1.xml"
OBJECTS = [
    {"@id": f"{MMS}/100", "classKind": "chapter", "code": "01", "child": [f"{MMS}/101"]},
    {**api_objects()["/icd/release/11/2025-01/mms/700000003"], "@id": f"{MMS}/101", "child": []},
    api_objects()["/icd/entity/700000011"],
]
API = json.dumps(OBJECTS).encode()
FILES = {
    "tabulation": tabulation_text(TREE),
    "Spanish": tabulation_text(TREE, spanish=True),
    **mapping_tables(),
    "code list": f"<tryton>{CODE_LIST}</tryton>".encode(),
    "API": API,
    "zip": zipped({"kites.txt": tabulation_text(TREE)}),
}


def _icd10cm(data: bytes, codes: bytes = b"A00 A001 A001XXA") -> Icd10Cm | None:
    made = _attempt(
        lambda: parse_icd10cm_release(Document("kites.xml", data), Document("codes.txt", codes))
    )
    if made is not None:
        _assert_tree(made.entities)
        _assert_no_jump(made.entities)
        assert all(note.text for note in made.notes)
    return made


def _code_list(data: bytes) -> Tabulation | None:
    made = _attempt(lambda: parse_gnuhealth(Document("list.xml", data), CHAPTERS))
    if made is not None:
        _assert_value(made)
        _assert_no_jump(made.entities)
        assert len(made.entities) + len(made.errors) == made.rows + len(CHAPTERS)
    return made


def _api(data: bytes) -> ApiRelease | None:
    held = _attempt(lambda: parse_json(Document("kites.json", data)))
    if held is None:
        return None
    made = parse_api(held[0])
    _assert_value(made)
    _assert_no_jump(made.entities)
    assert all(text.encode() is not None for text in _texts((made.foundation, made.axes)))
    return made


@pytest.mark.parametrize("reader", [_read, _icd10cm, _code_list, _api])
@given(data=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@often
def test_random_bytes(reader: Callable[[bytes], object], data: bytes) -> None:
    reader(data)


@pytest.mark.parametrize("head", [b"PK\3\4", b"PK\5\6", b"<", b"{", b"[", b"\xef\xbb\xbf", b"\t"])
@given(data=st.binary(max_size=200))
@often
def test_random_bytes_with_the_beginning_of_a_known_kind(head: bytes, data: bytes) -> None:
    _read(head + data)


@pytest.mark.parametrize("kind", FILES)
@given(data=st.data())
@often
def test_damaged_files(kind: str, data: st.DataObject) -> None:
    _read(data.draw(damaged(FILES[kind])), "kites-es.txt")


@given(data=damaged(WORKBOOK[SHEET]))
@often
def test_damaged_sheets_of_a_workbook(data: bytes) -> None:
    _read(zipped({**WORKBOOK, SHEET: data}))


@given(name=st.sampled_from(sorted(WORKBOOK)), data=st.data())
@often
def test_damaged_parts_of_a_workbook(name: str, data: st.DataObject) -> None:
    _read(zipped({**WORKBOOK, name: data.draw(damaged(WORKBOOK[name]))}))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@given(data=st.data())
@often
def test_damaged_zips(method: int, data: st.DataObject) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("kites.txt", FILES["tabulation"][:600])
    _read(data.draw(damaged(stream.getvalue())))


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.text(
    "./\\:!a", max_size=8
)


@given(names=st.lists(NAMES, max_size=4, unique=True), suffix=st.sampled_from(("", ".txt")))
@often
def test_zips_of_any_names(names: list[str], suffix: str) -> None:
    members = {name + suffix: FILES["tabulation"] for name in names}
    for read in _read(zipped(members), "kites.zip"):
        assert isinstance(read.value, Tabulation)
        assert "/" not in read.source.name


@given(data=damaged(ICD10CM))
@often
def test_damaged_tabular_lists(data: bytes) -> None:
    _icd10cm(data)


@given(
    codes=st.lists(
        st.from_regex(r"[AB]0[01](\.[01X]{1,4})?", fullmatch=True) | st.text(max_size=9)
    ),
    listed=st.binary(max_size=60),
)
@often
def test_tabular_lists_of_any_codes(codes: list[str], listed: bytes) -> None:
    made = [f"<diag><name>{_xml(code)}</name></diag>" for code in codes]
    tail = "".join(made) + "</section></chapter></ICD10CM.tabular>"
    _icd10cm(ICD10CM.partition(b"<diag>")[0] + tail.encode(), listed)


@given(data=damaged(FILES["code list"]))
@often
def test_damaged_code_lists(data: bytes) -> None:
    _code_list(data)


@given(
    rows=st.lists(
        st.tuples(
            st.from_regex(r"1A0[01](\.[01]{1,3})?", fullmatch=True) | st.sampled_from((".", "")),
            st.text(max_size=5),
            st.sampled_from(("icd11cat1", "icd11cat2", "")),
            st.sampled_from([f"{ENTITY}/{n}" for n in (1, 2, 3, "1/mms/other")] + ["kite"]),
        ),
        max_size=8,
    )
)
@often
def test_code_lists_of_any_records(rows: list[tuple[str, ...]]) -> None:
    records = "".join(RECORD % tuple(map(_xml, row)) for row in rows)
    _code_list(f"<tryton>{records}</tryton>".encode())


def _xml(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return "".join(c for c in text if c.isprintable()).translate({60: "", 38: ""})


CELLS = st.sampled_from(
    ["", f"{MMS}/1", f"{MMS}/2", f"{MMS}/1/other", f"{ENTITY}/1", "1", "1A00", "- Kite", "- - Kite",
     "- ", '"', '"-"', "chapter", "block", "category", "01", "Kite\nkite", "X"]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)  # fmt: skip
LINES = st.lists(st.lists(CELLS, max_size=12).map("\t".join), max_size=8)


@given(lines=LINES, end=st.sampled_from(("\n", "\r\n")))
@often
def test_random_lines_are_rows_with_growing_numbers(lines: list[str], end: str) -> None:
    rows = list(parse_text(end.join(lines).encode()))
    assert all(isinstance(row, Row | RowError) for row in rows)
    numbers = [row.line for row in rows]
    assert numbers == sorted(set(numbers))
    assert all(isinstance(row, RowError) or row.cells for row in rows)


HEADERS = {
    "tabulation": "\t".join(tabulation_rows(())[0]),
    "Spanish": "\t".join(tabulation_rows((), spanish=True)[0]),
    **{name: data.decode().partition("\r\n")[0] for name, data in mapping_tables().items()},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
@given(lines=LINES)
@often
def test_random_lines_below_a_header_are_rows_or_errors(header: str, lines: list[str]) -> None:
    document = Document("kites-es.txt", "\r\n".join((header, *lines)).encode())
    read = _attempt(lambda: read_document(document, ()))
    below = list(parse_text(document.data))[1:]
    if read is not None:
        _assert_value(read.value)
        made = read.value
        assert isinstance(made, Tabulation | MappingTable)
        good = made.entities if isinstance(made, Tabulation) else made.rows
        assert len(good) + len(made.errors) == len(below)


IDS = st.sampled_from([f"{MMS}/{n}" for n in (100, 101, 102, "100/other")] + [
    f"{ENTITY}/100", f"{ENTITY}/101", MMS, "http://id.who.int/icd/release/11/mms", "kite",
])  # fmt: skip
WORDS = st.text(max_size=8) | st.sampled_from(("en", "../../x", "\ud800"))
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | IDS
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(WORDS, PLAIN, max_size=3)
TITLES = st.fixed_dictionaries({"@value": WORDS | VALUES, "@language": WORDS | VALUES}) | VALUES
LABELS = st.lists(st.fixed_dictionaries({"label": TITLES}) | VALUES, max_size=2) | TITLES
AXES = st.fixed_dictionaries(
    {"axisName": st.just("http://id.who.int/icd/schema/kite") | VALUES},
    optional=dict.fromkeys(("scaleEntity", "requiredPostcoordination"), VALUES),
)
ANY_OBJECTS = st.fixed_dictionaries(
    {"@id": IDS | VALUES, "title": TITLES},
    optional={
        **dict.fromkeys(("code", "blockId"), VALUES),
        **dict.fromkeys(("definition", "synonym", "exclusion"), LABELS),
        "postcoordinationScale": st.lists(AXES | VALUES, max_size=2) | VALUES,
        "classKind": st.sampled_from(["chapter", "block", "category"]) | VALUES,
        "child": st.lists(IDS, max_size=3) | VALUES,
        "parent": st.lists(IDS, max_size=3) | VALUES,
    },
)


@given(held=VALUES | ANY_OBJECTS | st.dictionaries(st.text(max_size=3), ANY_OBJECTS, max_size=3))
@often
def test_random_json_values(held: object) -> None:
    _api(json.dumps(held).encode())


@given(held=st.lists(ANY_OBJECTS, max_size=6))
@often
def test_random_api_objects(held: object) -> None:
    _api(json.dumps(held).encode())


@given(data=damaged(API))
@often
def test_damaged_json(data: bytes) -> None:
    _api(data)


IN_USE = Edition(EditionKey("mms", "2024-01", "en"), Tier.RELEASE, CHAPTERS, sources=(SOURCE,))
PIECES = st.sampled_from([*FILES.items(), ("workbook", tabulation_workbook(TREE))])


@given(pieces=st.lists(PIECES, max_size=4, unique_by=lambda piece: piece[0]), held=st.booleans())
@often
def test_any_files_together_make_editions_or_one_sentence(
    pieces: list[tuple[str, bytes]], held: bool
) -> None:
    documents = [item for name, data in pieces for item in open_bytes(f"{name}-es", data)]
    reads = gather(documents, CHAPTERS).reads
    before = IN_USE if held else None
    editions = _attempt(lambda: assemble(reads, "", lambda key: before))
    for edition in editions or ():
        assert isinstance(edition, Edition)
        assert edition.entities
        assert edition.sources
        _assert_tree(edition.entities)
