"""What links entries beyond their tree: ranges, names, scales, the Foundation, aggregation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from icd11kit.edition import Edition, SearchIndex
from icd11kit.lookup.concepts import link_concepts
from icd11kit.lookup.icd10 import icd10_tree
from icd11kit.lookup.linked import Axes, Linked
from icd11kit.model import EditionKey, Entity, MapRow, Note
from icd11kit.search.terms import search_terms
from icd11kit.sources.api_json import parse_api
from icd11kit.store.build import write_edition
from icd11kit.store.linked import (
    Icd10Row,
    find_named,
    read_beginnings,
    read_code_range,
    read_icd10,
)
from icd11kit.store.read import Store, find_pre, open_memory
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import NoteKind, Tier
from tests.small_release import api_objects

ROPE, FOG, MOORING, FOGS, PENDULUM = (
    "700000003", "700000011", "700000002", "700000010", "700000022"
)  # fmt: skip
BELLS, LOST = "700000901", "700000902"


def store_of(**more: Any) -> Store:
    """Return the small release as an API tells it, with more that an edition can hold."""
    read = parse_api(list(api_objects().values()))
    edition = Edition(
        EditionKey("mms", "2025-01", "en"), Tier.API, read.entities, read.notes, read.axes,
        read.foundation,
    )._replace(**more)  # fmt: skip
    index = SearchIndex(tuple(search_terms(edition)))
    return open_memory(lambda connection: write_edition(connection, edition, index))


@pytest.fixture(scope="module")
def linked() -> Linked:
    return Linked(store_of())


def ids(entries: Any) -> list[str]:
    return [entry.id for entry in entries]


@pytest.mark.parametrize(
    ("entity", "codes"),
    [(MOORING, "1A00-1A0Z"), (FOGS, "1A10-1A1Z"), ("700000041", "XA00-XA01"), (ROPE, ""),
     ("700000001", "")],
)  # fmt: skip
def test_blocks_with_a_block_id_have_a_range(linked: Linked, entity: str, codes: str) -> None:
    found = linked.find(entity)
    assert found is not None
    assert linked.code_range(found) == codes


def test_codes_out_of_order_make_no_range() -> None:
    kept = {entity.id: entity for entity in parse_api(list(api_objects().values())).entities}
    kept[ROPE] = kept[ROPE]._replace(code="9Z99")
    store = store_of(entities=tuple(kept.values()))
    assert read_code_range(store, find_pre(store, MOORING) or 0) == ""


def test_a_name_finds_its_one_entry_in_any_case(linked: Linked) -> None:
    rope = find_pre(linked.store, ROPE)
    assert find_named(linked.store, "Slack rope") == rope
    assert find_named(linked.store, "SAGGING ROPE") == rope
    assert find_named(linked.store, "rope") is None
    assert find_named(linked.store, '"') is None
    assert find_named(linked.store, "") is None


def test_a_name_of_two_entries_is_nones() -> None:
    twice = tuple(Note(entity, NoteKind.INCLUSION, "wet rope") for entity in (ROPE, FOG))
    assert find_named(store_of(notes=twice), "wet rope") is None
    assert find_named(store_of(notes=twice[:1]), "wet rope") is not None


@pytest.mark.parametrize(
    ("starts", "found"),
    [
        (["1"], ["700000001"]),
        (["1", "2"], ["700000001", "700000020"]),
        (["XA"], ["700000042", "700000045"]),
        (["XA00"], ["700000042"]),
        (["X"], ["700000040"]),
        (["Q"], []),
        ([], []),
    ],
)
def test_beginnings_of_codes_become_topmost_entries(
    linked: Linked, starts: list[str], found: list[str]
) -> None:
    assert list(read_beginnings(linked.store, starts)) == found


def test_axes_are_whos_where_they_are_at_hand(linked: Linked) -> None:
    found = linked.find(ROPE)
    assert found is not None
    assert {(s.name, s.required, s.roots, s.tier.value) for s in linked.scales(found)} == {
        ("specificAnatomy", True, ("700000042",), "sanctioned"),
        ("laterality", False, ("700000046",), "sanctioned"),
    }


def test_axes_of_the_profile_have_entities_of_the_release_as_roots(starter: Terminology) -> None:
    clusters = starter.clusters
    held = Linked(starter.store("mms"), Axes(clusters.entries, clusters.axes))
    ulna = held.find(starter.lookup("NC32.2").id)
    assert ulna is not None
    scales = {scale.name: scale for scale in held.scales(ulna)}
    assert {scale.tier.value for scale in scales.values()} == {"profile"}
    assert starter.lookup("22").id in scales["associatedWith"].roots
    assert starter.lookup("XK8G").id in scales["laterality"].roots
    assert all(held.find(root) for scale in scales.values() for root in scale.roots)
    for entity in ("BlockL2-1A0", "22", "XK8G"):
        found = held.find(starter.lookup(entity).id)
        assert found is not None
        assert held.scales(found) == ()


def test_a_child_of_the_foundation_that_stands_elsewhere(linked: Linked) -> None:
    pendulum, fogs = linked.find(PENDULUM), linked.find(FOGS)
    assert pendulum is not None
    assert fogs is not None
    kind = NoteKind.CHILD_ELSEWHERE
    assert linked.elsewhere(pendulum, ()) == (Note(PENDULUM, kind, "Morning fog", FOG, FOG),)
    assert linked.elsewhere(fogs, ()) == ()


def test_children_elsewhere_are_those_told_where_an_api_tells_any() -> None:
    told = (Note(FOGS, NoteKind.CHILD_ELSEWHERE, "Slack rope", "1234", ROPE),)
    walked = Linked(store_of(notes=told))
    pendulum, fogs = walked.find(PENDULUM), walked.find(FOGS)
    assert pendulum is not None
    assert fogs is not None
    assert walked.elsewhere(fogs, told) == told
    assert walked.elsewhere(pendulum, ()) == ()
    single = Linked(store_of(notes=told, tier=Tier.RELEASE))
    assert [note.entry for note in single.elsewhere(pendulum, ())] == [FOG]


def test_the_foundation_has_the_parents_that_were_read(linked: Linked) -> None:
    assert linked.concept(FOG) == Entity(FOG, "Morning fog", (FOGS, PENDULUM))
    assert linked.concept(BELLS) == Entity(BELLS, "Morning fog with bells", (FOG,))
    assert linked.concept("1") is None
    assert linked.concepts.children[FOG] == (BELLS,)
    assert linked.concepts.ancestors(BELLS) == [
        FOG, FOGS, "700000001", PENDULUM, "700000021", "700000020"
    ]  # fmt: skip
    assert {FOG, BELLS} <= set(linked.concepts.descendants("700000020"))
    assert linked.concepts.roots() == ["700000001", "700000020", "700000040"]


def test_the_tree_stands_in_for_parents_that_were_not_read() -> None:
    held = Linked(store_of(foundation=(Entity(LOST, "Lost rope"),)))
    assert held.concept(FOG) == Entity(FOG, "Morning fog", (FOGS,))
    assert held.concept(LOST) == Entity(LOST, "Lost rope")
    assert FOGS in held.concepts.children["700000001"]
    assert LOST not in held.concepts.roots()


def test_a_circle_of_parents_ends() -> None:
    circle = link_concepts([Entity("1", "a", ("2",)), Entity("2", "b", ("1",))])
    assert circle.ancestors("1") == ["2"]
    assert circle.descendants("1") == ["2"]
    assert circle.nearest("1", lambda held: False) == ""


@pytest.mark.parametrize(
    ("entity", "coded"),
    [
        (ROPE, ROPE),
        (FOGS, f"{FOGS}/unspecified"),
        ("700000001", "700000001"),
        (f"{ROPE}/other", f"{ROPE}/other"),
        (BELLS, FOG),
        ("12345", ""),
    ],
)
def test_a_foundation_entity_is_coded_somewhere(linked: Linked, entity: str, coded: str) -> None:
    assert linked.coded(entity) == coded


@pytest.mark.parametrize(
    ("parents", "coded"),
    [
        ((ROPE,), f"{ROPE}/other"),
        ((BELLS,), FOG),
        ((BELLS, ROPE), f"{ROPE}/other"),
        ((MOORING,), f"{MOORING}/other"),
        ((FOGS,), f"{FOGS}/unspecified"),
        (("12345",), ""),
    ],
)
def test_an_entity_without_a_place_goes_to_the_nearest_residual(
    parents: tuple[str, ...], coded: str
) -> None:
    read = parse_api(list(api_objects().values())).foundation
    held = Linked(store_of(foundation=(*read, Entity(LOST, "Lost rope", parents))))
    assert held.coded(LOST) == coded


def _row(mapping: str, code: str, entity: str, relation: str = "", line: int = 2) -> MapRow:
    return MapRow(mapping, line, "category", code, "t", entity, "category", "", "t", relation)


TO_MMS, TO_FOUNDATION = "10To11MapToOneCategory", "foundation_10To11MapToOneCategory"


@pytest.mark.parametrize(
    ("rows", "coded"),
    [
        ([_row(TO_FOUNDATION, "H10", LOST, "Equivalent"), _row(TO_MMS, "H10", ROPE)], ROPE),
        ([_row(TO_FOUNDATION, "H10", LOST, "Subclass"), _row(TO_MMS, "H10", ROPE)], ""),
        ([_row(TO_FOUNDATION, "H10", LOST), _row(TO_MMS, "H10", ROPE)], ""),
        ([_row(TO_FOUNDATION, "H10", LOST, "Equivalent")], ""),
        ([_row(TO_FOUNDATION, "H10", LOST, "Equivalent"), _row(TO_MMS, "H10", "1")], ""),
        (
            [
                _row(TO_FOUNDATION, "H10", LOST, "Equivalent"),
                _row(TO_FOUNDATION, "H11", LOST, "Equivalent", 3),
                _row(TO_MMS, "H10", ROPE),
                _row(TO_MMS, "H11", FOG, "", 3),
            ],
            "",
        ),
    ],
    ids=["equivalent", "subclass", "no relation", "no target", "target not held", "two targets"],
)
def test_whos_map_may_name_the_category(rows: list[MapRow], coded: str) -> None:
    foundation = (Entity(LOST, "Lost rope"),)
    held = Linked(store_of(foundation=foundation, map_rows=tuple(rows), map_release="2025-01"))
    assert held.coded(LOST) == coded


def test_icd10_is_read_from_the_first_table_that_lists_it() -> None:
    rows = (_row(TO_FOUNDATION, "H20", FOG), _row(TO_FOUNDATION, "H10", ROPE, "", 1))
    assert [row.code for row in read_icd10(store_of(map_rows=rows))] == ["H10", "H20"]
    rows = (*rows, _row(TO_MMS, "H30", ROPE))
    assert [row.code for row in read_icd10(store_of(map_rows=rows))] == ["H30"]
    assert read_icd10(store_of()) == ()


TREE = icd10_tree(
    Icd10Row(code, kind, code.lower())
    for code, kind in (
        ("II", "chapter"), ("C00-C97", "block"), ("C00-C75", "block"), ("C00-C14", "block"),
        ("C00", "category"), ("C00.0", "category"), ("C00.01", "modifiedcategory"),
        ("C97-C97", "block"), ("C97", "category"), ("D01.1", "category"), ("D02", "category"),
        ("III", "chapter"), ("D50-D53", "block"),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "parent"),
    [("II", ""), ("C00-C97", "II"), ("C00-C75", "C00-C97"), ("C00-C14", "C00-C75"),
     ("C00", "C00-C14"), ("C00.0", "C00"), ("C00.01", "C00.0"), ("C97-C97", "C00-C97"),
     ("C97", "C97-C97"), ("D01.1", ""), ("D02", ""), ("D50-D53", "III")],
)  # fmt: skip
def test_a_code_of_icd10_tells_its_parent_or_nothing(code: str, parent: str) -> None:
    assert TREE[code].parent == parent
    assert not parent or code in TREE[parent].children


def test_modified_categories_are_categories() -> None:
    assert TREE["C00.01"].kind == "category"


def test_the_starter_leaves_out_blocks_without_an_id(starter: Terminology) -> None:
    held = Linked(starter.store("mms"))
    chapter = held.find(starter.lookup("01").id)
    assert chapter is not None
    assert all(child.id[0].isdigit() for child in chapter.children)
    assert starter.lookup("BlockL2-1A0").id in ids(chapter.children)
    below = held.below(chapter.id)
    assert below
    assert all(entity[0].isdigit() for entity in below)
    assert held.concepts.children[chapter.id] == tuple(
        child.id for child in chapter.children if "/" not in child.id
    )


def test_real_ranges_are_those_that_who_prints(released: Path) -> None:
    from icd11kit.terminology import open_terminology

    with open_terminology(released, release="2022-02") as icd:
        store = icd.store("mms")
        block = find_pre(store, "BlockL1-1C6")
        assert block is not None
        assert read_code_range(store, block) == "1C60-1C62.Z"


def test_whos_tables_send_what_has_no_place_to_leaves_and_residuals(released: Path) -> None:
    """The rule by which entities below the shoreline are looked up, held against WHO's maps."""
    from icd11kit.store.bulk import all_map_rows
    from icd11kit.store.read import is_leaf
    from icd11kit.terminology import open_terminology

    with open_terminology(released, release="2024-01", language="en") as icd:
        store = icd.store("mms")
        rows = list(all_map_rows(store))
        sent = {row.icd10_code: row.entity for row in rows if row.mapping == TO_MMS}
        below = [
            find_pre(store, sent[row.icd10_code])
            for row in rows
            if row.mapping == TO_FOUNDATION
            and row.relation == "Equivalent"
            and find_pre(store, row.entity) is None
        ]
        assert len(below) > 2_000
        assert all(is_leaf(store, pre) for pre in below if pre is not None)
