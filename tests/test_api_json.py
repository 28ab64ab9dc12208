"""ICD-API JSON: the small release as objects, odd values, and real answers."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from icd11kit.errors import SourceError
from icd11kit.model import Axis, Entity, Note
from icd11kit.sources.api_json import ApiRelease, is_api_json, parse_api, parse_json
from icd11kit.sources.documents import Document, read_documents
from icd11kit.vocabulary import ClassKind, Multiple, NoteKind, Residual
from tests.small_release import api_objects as small_release
from tests.small_release import entries

FOUNDATION = "http://id.who.int/icd/entity"
MMS = "http://id.who.int/icd/release/11/2025-01/mms"
SCHEMA = "http://id.who.int/icd/schema"
DEEP = 17
"""Without care 2 to this power entries are made: some seconds."""


def _document(held: object) -> Document:
    return Document("kites.json", json.dumps(held).encode())


def _read(held: object) -> ApiRelease:
    """Return what a document of JSON holds."""
    return parse_api(parse_json(_document(held))[0], "kites.json")


def _words(text: str, language: str = "en") -> dict[str, str]:
    return {"@language": language, "@value": text}


def _entry(number: int, *children: int, kind: str = "category", **more: Any) -> dict[str, Any]:
    child = [f"{MMS}/{n}" for n in children]
    made = {"@id": f"{MMS}/{number}", "classKind": kind, "code": f"1A{number}", "child": child}
    return {**made, "title": _words(f"Kite {number}"), **more}


def _chapter(number: int, *children: int) -> dict[str, Any]:
    return _entry(number, *children, kind="chapter", code="01")


def test_the_small_release_reads_back_in_pre_order() -> None:
    read = _read(list(small_release().values()))
    assert (read.linearization, read.release, read.language) == ("mms", "2025-01", "en")
    assert [(e.id, e.code, e.title, e.kind, e.depth, e.chapter) for e in read.entities] == [
        (e.id, e.code, e.title, ClassKind(e.kind), e.depth, e.chapter) for e in entries()
    ]
    assert {e.residual for e in read.entities} == set(Residual)
    assert read.errors == ()


def test_the_small_release_has_notes_axes_and_a_second_parent() -> None:
    read = _read(list(small_release().values()))
    assert read.notes == (
        Note("700000003", NoteKind.DEFINITION, "A rope that hangs."),
        Note("700000003", NoteKind.INCLUSION, "sagging rope"),
    )
    source = "ICD-API 2025-01"
    assert read.axes == (
        Axis("700000003", "specificAnatomy", True, Multiple.NOT_ALLOWED, ("700000042",), source),
        Axis("700000003", "laterality", False, Multiple.NOT_ALLOWED, ("700000046",), source),
    )
    second = [entity for entity in read.foundation if len(entity.parents) > 1]
    assert second == [Entity("700000011", "Morning fog", ("700000010", "700000022"))]


@pytest.mark.parametrize("turn", [1, 7, 30])
def test_the_order_of_the_objects_does_not_matter(turn: int) -> None:
    objects = list(small_release().values())
    turned = _read(objects[turn:] + objects[:turn])
    assert turned.entities == _read(objects).entities
    assert set(turned.foundation) == set(_read(objects).foundation)


@pytest.mark.parametrize("numbers", [(100, 200), (200, 100)])
def test_chapters_come_as_the_root_lists_them(numbers: tuple[int, int]) -> None:
    root = {"@id": MMS, "child": [f"{MMS}/{number}" for number in numbers]}
    read = _read([_chapter(100), root, _chapter(200)])
    assert [entity.id for entity in read.entities] == [str(number) for number in numbers]


@pytest.mark.parametrize(
    "held", [_chapter(100), [_chapter(100)], {"0": _chapter(100)}, {"a": _chapter(100)}]
)
def test_a_file_holds_one_object_a_list_or_an_object_of_them(held: object) -> None:
    assert [entity.title for entity in _read(held).entities] == ["Kite 100"]


def test_a_byte_order_mark_changes_nothing() -> None:
    document = Document("kites.json", b"\xef\xbb\xbf" + _document(_chapter(100)).data)
    assert is_api_json(document)
    assert parse_json(document) == ([_chapter(100)], [])


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (_document(_chapter(100)).data, True),
        (b'  \r\n["http://id.who.int/icd/entity/100"]', True),
        (b'{"@id": "http://example.org/100"}', False),
        (b'"http://id.who.int/icd/entity/100"', False),
        (b"http://id.who.int/icd/entity/100\tkite", False),
        (b"", False),
    ],
)
def test_api_json_is_known_by_its_brackets_and_uris(data: bytes, known: bool) -> None:
    assert is_api_json(Document("x", data)) is known


def test_an_id_twice_counts_once() -> None:
    assert parse_json(_document([_chapter(100), _chapter(100)])) == ([_chapter(100)], [])


@pytest.mark.parametrize("bad", [{}, {"@id": 1}, {"title": "Kite"}, 1, None, "kite", []])
def test_what_is_no_entity_is_reported_by_number_and_the_run_goes_on(bad: object) -> None:
    objects, errors = parse_json(_document([_chapter(100, 101), bad, _entry(101)]))
    assert [item["title"]["@value"] for item in objects] == ["Kite 100", "Kite 101"]
    assert [(error.path, error.line) for error in errors] == [("kites.json", 2)]


@pytest.mark.parametrize("uri", ["", "kite", "http://example.org/icd/entity/1", f"{MMS}/kite"])
def test_an_id_that_is_no_who_uri_is_reported_and_the_run_goes_on(uri: str) -> None:
    read = _read([_chapter(100, 101), {"@id": uri}, _entry(101)])
    assert [entity.id for entity in read.entities] == ["100", "101"]
    assert [(error.path, error.line) for error in read.errors] == [("kites.json", 2)]


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"@id": "x",}', b"\xff", b"[" * 100_000, b"[" + b"9" * 10_000 + b"]"]
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"\Akites\.json: [^\n]+\Z"):
        parse_json(Document("kites.json", data))


@pytest.mark.parametrize(
    "objects",
    [
        [_chapter(100, 101)],
        [_chapter(100, 101), _entry(101, kind="kite")],
        [_chapter(100, 101, 101), _entry(101)],
        [_chapter(100, 101, 102), _entry(101, 103), _entry(102, 103), _entry(103)],
        [_chapter(100, 101), _entry(101, 100)],
        [_chapter(100, 100)],
        [_entry(101)],
        [_chapter(100, 101), _entry(101, child=["kite"])],
        [_chapter(100, 101), _entry(101, child=[None])],
    ],
    ids=["missing child", "no class kind", "child twice", "two parents", "circle", "own child",
         "no chapter", "odd child", "empty child"],
)  # fmt: skip
def test_what_is_no_whole_tree_makes_no_edition(objects: list[dict[str, Any]]) -> None:
    assert _read(objects).entities == ()


def test_a_child_twice_at_every_depth_takes_no_time() -> None:
    objects = [_chapter(100, 101, 101), *(_entry(n, n + 1, n + 1) for n in range(101, 100 + DEEP))]
    began = time.process_time()
    assert _read([*objects, _entry(100 + DEEP)]).entities == ()
    assert time.process_time() - began < 0.3


ODD: tuple[object, ...] = (
    None,
    True,
    7,
    1.5,
    "kite",
    [],
    ["kite"],
    [[]],
    {},
    {"@value": 7},
    {"@value": None},
)


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize(
    "key",
    ["title", "code", "blockId", "parent", "synonym", "definition", "inclusion", "exclusion",
     "postcoordinationScale", "@context", "narrowerTerm", "foundationChildElsewhere",
     "relatedEntitiesInMaternalChapter", "fullySpecifiedName"],
)  # fmt: skip
def test_an_odd_value_does_not_cost_the_entity(key: str, value: object) -> None:
    linear = {**_chapter(100), key: value}
    foundation = {"@id": f"{FOUNDATION}/200", "title": "Kite", key: value}
    read = _read([linear, foundation])
    assert [entity.id for entity in read.entities] == ["100"]
    assert [entity.id for entity in read.foundation] == ["200"]
    assert all(isinstance(text, str) for text in (*read.entities[0][:3], read.foundation[0].title))


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("fullySpecifiedName", NoteKind.FULLY_SPECIFIED_NAME),
        ("codingNote", NoteKind.CODING_NOTE),
        ("definition", NoteKind.DEFINITION),
        ("longDefinition", NoteKind.LONG_DEFINITION),
        ("diagnosticCriteria", NoteKind.DIAGNOSTIC_CRITERIA),
    ],
)
def test_texts_become_notes_with_their_line_breaks(key: str, kind: NoteKind) -> None:
    text = "made  of\n\npaper "
    assert _read({**_chapter(100), key: _words(text)}).notes == (Note("100", kind, text),)
    assert _read({**_chapter(100), key: _words(" \n")}).notes == ()


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("synonym", NoteKind.SYNONYM),
        ("narrowerTerm", NoteKind.NARROWER_TERM),
        ("indexTerm", NoteKind.SYNONYM),
        ("inclusion", NoteKind.INCLUSION),
        ("exclusion", NoteKind.EXCLUSION),
        ("foundationChildElsewhere", NoteKind.CHILD_ELSEWHERE),
    ],
)
def test_terms_become_notes_with_what_they_refer_to(key: str, kind: NoteKind) -> None:
    label = _words("made  of\npaper")
    referring = {
        "label": label, "foundationReference": f"{FOUNDATION}/7100",
        "linearizationReference": f"{MMS}/7200/other", "deprecated": True,
    }  # fmt: skip
    assert _read({**_chapter(100), key: [{"label": label}, referring]}).notes == (
        Note("100", kind, "made of paper"),
        Note("100", kind, "made of paper", "7100", "7200/other", True),
    )


@pytest.mark.parametrize("odd", [None, 7, [], {}, "kite", "http://example.org/1"])
def test_an_odd_reference_does_not_cost_the_term(odd: object) -> None:
    term = {"label": _words("kite"), "foundationReference": odd, "linearizationReference": odd}
    read = _read({**_chapter(100), "exclusion": [{**term, "deprecated": odd}]})
    assert read.notes == (Note("100", NoteKind.EXCLUSION, "kite"),)


def test_related_entities_become_links_without_words() -> None:
    uris = [f"{FOUNDATION}/7100", f"{MMS}/7200", "kite", None]
    read = _read({**_chapter(100), "relatedEntitiesInMaternalChapter": uris})
    kind = NoteKind.RELATED_MATERNAL
    assert read.notes == (Note("100", kind, "", "7100"), Note("100", kind, "", "", "7200"))


def test_what_the_foundation_says_stays_apart() -> None:
    linear = {**_chapter(100), "indexTerm": [{"label": _words("kite")}]}
    foundation = {"@id": f"{FOUNDATION}/100", "synonym": [{"label": _words("kite")}]}
    assert _read([linear, foundation]).notes == (
        Note("100", NoteKind.SYNONYM, "kite"),
        Note("100", NoteKind.SYNONYM, "kite", of_concept=True),
    )


@pytest.mark.parametrize(
    ("day", "read"), [("2025-01-24", "2025-01-24"), ("kite", ""), (None, ""), (7, "")]
)
def test_the_day_of_the_release_is_that_of_its_root(day: object, read: str) -> None:
    root = {"@id": MMS, "child": [f"{MMS}/100"], "releaseDate": day}
    foundation = {"@id": FOUNDATION, "child": [], "releaseDate": "2026-01-01"}
    assert _read([foundation, root, _chapter(100)]).day == read
    alone = _read(root)
    assert (alone.day, alone.release, alone.linearization) == (read, "2025-01", "mms")


@pytest.mark.parametrize(
    ("more", "required", "multiple"),
    [
        ({"requiredPostcoordination": "true"}, True, Multiple.NOT_ALLOWED),
        ({"requiredPostcoordination": True}, True, Multiple.NOT_ALLOWED),
        ({"requiredPostcoordination": "false"}, False, Multiple.NOT_ALLOWED),
        ({}, False, Multiple.NOT_ALLOWED),
        ({"allowMultipleValues": "AllowAlways"}, False, Multiple.ALWAYS),
        (
            {"allowMultipleValues": "AllowedExceptFromSameBlock"},
            False,
            Multiple.EXCEPT_SAME_BLOCK,
        ),
        ({"allowMultipleValues": "kite"}, False, Multiple.NOT_ALLOWED),
    ],
)
def test_an_axis_is_required_or_not_and_takes_one_value_or_more(
    more: dict[str, object], required: bool, multiple: Multiple
) -> None:
    scale = {"axisName": f"{SCHEMA}/paper", "scaleEntity": [f"{MMS}/300", "kite", None], **more}
    (axis,) = _read(_entry(100, postcoordinationScale=[scale])).axes
    assert axis == Axis("100", "paper", required, multiple, ("300",), "ICD-API 2025-01")


@pytest.mark.parametrize("name", ["kite", "http://example.org/paper", None, 7, []])
def test_an_axis_without_a_who_name_is_none(name: object) -> None:
    assert _read(_entry(100, postcoordinationScale=[{"axisName": name}])).axes == ()


@pytest.mark.parametrize(
    ("language", "read"),
    [("es", "es"), ("zh", "zh"), ("pt-BR", "pt-BR"), ("", "en"), (None, "en"), ("../../x", "en"),
     ("a/b", "en"), ("~", "en")],
)  # fmt: skip
def test_the_language_is_that_of_the_titles_if_it_has_the_form_of_one(
    language: Any, read: str
) -> None:
    assert _read(_entry(100, title=_words("Kite", language))).language == read


HALF = "\ud800"
"""Half of a pair of UTF-16: JSON may escape it, but no file can hold it."""


@pytest.mark.parametrize(
    "held",
    [
        {"@id": f"{FOUNDATION}/200", "title": HALF},
        {"@id": f"{FOUNDATION}/200", "synonym": [{"label": HALF}]},
        {**_chapter(100), "title": HALF},
        {**_chapter(100), "code": HALF},
        {**_chapter(100), "blockId": HALF},
        {**_chapter(100), "postcoordinationScale": [{"axisName": f"{SCHEMA}/{HALF}"}]},
    ],
    ids=["Foundation title", "synonym", "title", "code", "block", "axis"],
)
def test_texts_can_be_stored_whatever_the_json_escapes(held: object) -> None:
    read = _read(held)
    parts = (*read.entities, *read.foundation, *read.notes, *read.axes)
    assert parts != ()
    assert not any(HALF in text for part in parts for text in part if isinstance(text, str))


def _real(path: Path) -> ApiRelease:
    (document,) = read_documents(path)
    assert is_api_json(document)
    return parse_api(parse_json(document)[0], document.name)


def test_the_real_foundation_has_1955_entities_141_with_several_parents(shared_data: Path) -> None:
    name = "foundation/foundation_api_json_2026-01_subtree_334423054.json"
    read = _real(shared_data / name)
    assert len(read.foundation) == 1_955
    assert sum(len(entity.parents) > 1 for entity in read.foundation) == 141
    assert all(entity.title and entity.parents for entity in read.foundation)
    assert (read.entities, read.axes, read.errors, read.language) == ((), (), (), "en")


@pytest.mark.parametrize(
    ("name", "axes"),
    [
        ("mms_2025-01_1A00_257068234.json", ["associatedWith", "infectiousAgent"]),
        ("mms_2025-01_chapter01_1435254666.json", []),
        ("mms_2025-01_block_KA6_911707612.json", []),
    ],
)
def test_a_real_answer_gives_notes_and_axes_but_no_edition(
    shared_data: Path, name: str, axes: list[str]
) -> None:
    read = _real(shared_data / "api" / name)
    assert (read.linearization, read.release, read.errors) == ("mms", "2025-01", ())
    assert sorted(axis.name for axis in read.axes) == axes
    assert all(axis.scale for axis in read.axes)
    assert read.notes != ()
    assert read.entities == ()
