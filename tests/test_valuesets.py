"""Selections of codes: conditions, scales, sets of sets, search within, and safe patterns."""

from __future__ import annotations

import time

import pytest

from icd11kit.edition import EditionKey
from icd11kit.errors import QueryError, UnknownCodeError
from icd11kit.terminology import Terminology
from icd11kit.valuesets import (
    Choice,
    Condition,
    Part,
    Selection,
    count_members,
    find_members,
    find_scale,
    has_member,
    make_clause,
    members_of,
    read_members,
)
from icd11kit.valuesets.patterns import compile_pattern
from icd11kit.valuesets.searched import runs_of

ULNA = "644715143"


def chosen(icd: Terminology, *conditions: tuple[str, str, str], system: str = "mms") -> Selection:
    clauses = tuple(make_clause(icd, system, Condition(*each)) for each in conditions)
    return Selection((Choice(Part(icd, system, clauses)),))


def listed(icd: Terminology, *codes: str) -> Selection:
    return Selection((Choice(Part(icd, "mms", (), codes)),))


def codes(icd: Terminology, selection: Selection) -> list[str]:
    return [
        entity.code if entity else str(member)
        for key, members in members_of(selection).items()
        for member, entity in read_members(icd.store(key.system), members)
    ]


def key_of(icd: Terminology, system: str = "mms") -> EditionKey:
    return Part(icd, system).key


CONDITIONS = [
    (("concept", "is-a", "5A21"), ["5A21", "5A21.0", "5A21.1", "5A21.Z"]),
    (("concept", "descendent-of", "5A21"), ["5A21.0", "5A21.1", "5A21.Z"]),
    (("concept", "child-of", "5B81"), ["5B81.0", "5B81.1", "5B81.Z"]),
    (("concept", "descendent-leaf", "5B81"), ["5B81.00", "5B81.01", "5B81.1", "5B81.Z"]),
    (("concept", "generalizes", "5B81.00"), ["05", "5B81", "5B81.0", "5B81.00"]),
    (("concept", "=", "5A11"), ["5A11"]),
    (("code", "=", "5A11"), ["5A11"]),
    (("concept", "in", "5A12, 5A10"), ["5A10", "5A12"]),
    (("code", "regex", r"5A1\d"), ["5A10", "5A11", "5A12", "5A13", "5A14"]),
    (("code", "regex", r"5A1[01]|5A2[34]"), ["5A10", "5A11", "5A23", "5A24"]),
    (("parent", "=", "5A21"), ["5A21.0", "5A21.1", "5A21.Z"]),
    (("child", "=", "5A21.0"), ["5A21"]),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS, ids=lambda value: str(value)[:40])
def test_a_condition_selects(
    starter: Terminology, condition: tuple[str, str, str], expected: list[str]
) -> None:
    selection = chosen(starter, condition)
    assert codes(starter, selection) == expected
    key = key_of(starter)
    assert all(has_member(selection, key, code) for code in expected)
    assert not has_member(selection, key, "NC32.2")


def test_conditions_hold_together(starter: Terminology) -> None:
    both = chosen(starter, ("concept", "is-a", "05"), ("residual", "=", "unspecified"))
    assert set(codes(starter, both)) >= {"5A00.Z", "5A21.Z"}
    assert all(code.endswith("Z") for code in codes(starter, both))
    assert codes(starter, chosen(starter, ("kind", "=", "chapter"), ("chapter", "=", "05"))) == [
        "05"
    ]


def test_is_not_a_is_the_rest(starter: Terminology) -> None:
    whole = codes(starter, Selection((Choice(Part(starter, "mms")),)))
    below = codes(starter, chosen(starter, ("concept", "is-a", "05")))
    rest = codes(starter, chosen(starter, ("concept", "is-not-a", "05")))
    assert sorted(below + rest) == sorted(whole)
    assert "5A11" in below
    assert "5A11" not in rest


def test_entity_ids_uris_and_block_ids_name_concepts(starter: Terminology) -> None:
    entity = starter.lookup("5A21").id
    uri = f"http://id.who.int/icd/entity/{entity}"
    wanted = codes(starter, chosen(starter, ("concept", "is-a", "5A21")))
    assert codes(starter, chosen(starter, ("concept", "is-a", entity))) == wanted
    assert codes(starter, chosen(starter, ("concept", "is-a", uri))) == wanted
    block = chosen(starter, ("concept", "is-a", "BlockL1-1B1"))
    assert "1B10" in codes(starter, block)


def test_billable_codes_of_icd10cm(starter: Terminology) -> None:
    wanted = ("concept", "is-a", "A00")
    every = codes(starter, chosen(starter, wanted, system="icd10cm"))
    billable = codes(starter, chosen(starter, wanted, ("billable", "=", "true"), system="icd10cm"))
    assert every == ["A00", "A00.0", "A00.1", "A00.9"]
    assert billable == ["A00.0", "A00.1", "A00.9"]


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (("colour", "=", "red"), "not chosen by 'colour'"),
        (("concept", "exists", "true"), "not chosen by 'concept' 'exists'"),
        (("kind", "=", "folder"), "is none of block, category, chapter"),
        (("billable", "=", "maybe"), "neither true nor false"),
    ],
)
def test_conditions_nobody_can_answer_are_refused(
    starter: Terminology, condition: tuple[str, str, str], reason: str
) -> None:
    with pytest.raises(QueryError, match=reason):
        chosen(starter, condition)


def test_an_unknown_concept_names_the_nearest(starter: Terminology) -> None:
    with pytest.raises(UnknownCodeError) as caught:
        chosen(starter, ("concept", "is-a", "5A1Q"))
    assert "5A10" in caught.value.nearest


@pytest.mark.parametrize("concept", ["NC32.2&XZZZZ9", "XK8G&XK9K", "5A11&" + "XK8G&" * 300])
def test_a_cluster_that_says_nothing_is_no_concept(starter: Terminology, concept: str) -> None:
    with pytest.raises(UnknownCodeError):
        chosen(starter, ("concept", "is-a", concept))


MEANT = [
    ("is-a", "NC32.2", "NC32.2&XK8G", True),
    ("is-a", "NC32", "NC32.2&XK8G", True),
    ("descendent-of", "NC32.2", "NC32.2&XK8G", True),
    ("descendent-of", "NC32.2&XK8G", "NC32.2&XK8G", False),
    ("is-a", "NC32.2&XK8G", "NC32.2&XK8G", True),
    ("is-a", "NC32.2&XK8G", "NC32.2&XK9K", False),
    ("is-a", "NC32.2&XK8G", "NC32.2", False),
    ("is-a", "22", "NC32.2&XK8G", True),
    ("is-a", "05", "NC32.2&XK8G", False),
    ("is-not-a", "05", "NC32.2&XK8G", True),
    ("is-not-a", "NC32", "NC32.2&XK8G", False),
    ("=", "NC32.2&XK8G", "NC32.2&XK8G", True),
    ("in", "NC32.2", "NC32.2&XK8G", False),
    ("not-in", "NC32.2", "NC32.2&XK8G", True),
]


@pytest.mark.parametrize(("operator", "concept", "cluster", "expected"), MEANT)
def test_clusters_are_judged_by_their_meaning(
    starter: Terminology, operator: str, concept: str, cluster: str, expected: bool
) -> None:
    selection = chosen(starter, ("concept", operator, concept))
    assert has_member(selection, key_of(starter), cluster) is expected


def test_a_property_of_a_cluster_is_that_of_its_stem(starter: Terminology) -> None:
    key = key_of(starter)
    assert has_member(chosen(starter, ("chapter", "=", "22")), key, "NC32.2&XK8G")
    assert not has_member(chosen(starter, ("chapter", "=", "05")), key, "NC32.2&XK8G")


def test_what_is_no_code_is_no_member(starter: Terminology) -> None:
    whole = Selection((Choice(Part(starter, "mms")),))
    key = key_of(starter)
    for text in ("", "&&", "junk", "BlockL1-1B1", "5A11&&", "http://id.who.int/icd/entity/1"):
        assert not has_member(whole, key, text)
    assert has_member(whole, key, "5A11")
    assert not has_member(whole, key._replace(release="1999-01"), "5A11")


def test_a_scale_is_what_is_at_or_below_its_roots(starter: Terminology) -> None:
    found = find_scale(starter, ULNA, "laterality")
    assert found is not None
    assert found.stem.code == "NC32.2"
    selection = Selection((Choice(Part(starter, "mms", (found.clause,))),))
    assert {"XK9J", "XK8G", "XK9K", "XK70"} <= set(codes(starter, selection))
    key = key_of(starter)
    assert has_member(selection, key, "XK8G")
    assert not has_member(selection, key, "NC32.2")
    assert not has_member(selection, key, "NC32.2&XK8G")


def test_a_scale_of_stems_takes_clusters(starter: Terminology) -> None:
    found = find_scale(starter, ULNA, "associatedWith")
    assert found is not None
    selection = Selection((Choice(Part(starter, "mms", (found.clause,))),))
    assert has_member(selection, key_of(starter), "5A11")
    assert has_member(selection, key_of(starter), "NC32.2&XK8G")
    assert not has_member(selection, key_of(starter), "XK8G")


@pytest.mark.parametrize(
    ("entity", "axis"), [(ULNA, "colour"), ("1", "laterality"), ("XK8G", "laterality")]
)
def test_there_is_no_scale_of_what_has_none(starter: Terminology, entity: str, axis: str) -> None:
    assert find_scale(starter, entity, axis) is None


def test_listed_codes_keep_their_order_and_unknown_ones_drop(starter: Terminology) -> None:
    selection = listed(starter, "5A11", "nothing", "1A00", "NC32.2&XK8G", "5A11")
    assert codes(starter, selection) == ["5A11", "1A00", "NC32.2&XK8G"]
    assert has_member(selection, key_of(starter), "NC32.2&XK8G")
    assert not has_member(selection, key_of(starter), "NC32.2")


def test_sets_are_joined_cut_and_left_out(starter: Terminology) -> None:
    a, b = listed(starter, "5A11", "1A00"), listed(starter, "1A00", "5A10")
    united = Selection((*a.included, *b.included))
    assert codes(starter, united) == ["5A11", "1A00", "5A10"]
    common = Selection((Choice(None, (a, b)),))
    assert codes(starter, common) == ["1A00"]
    within = Selection((Choice(Part(starter, "mms"), (a,)),))
    assert sorted(codes(starter, within)) == ["1A00", "5A11"]
    without = Selection(a.included, b.included)
    assert codes(starter, without) == ["5A11"]
    key = key_of(starter)
    assert has_member(common, key, "1A00")
    assert not has_member(common, key, "5A11")
    assert has_member(within, key, "5A11")
    assert not has_member(without, key, "1A00")


def test_two_systems_side_by_side(starter: Terminology) -> None:
    parts = (Choice(Part(starter, "mms")), Choice(Part(starter, "icd10cm")))
    members = members_of(Selection(parts))
    assert [key.system for key in members] == ["mms", "icd10cm"]
    assert count_members(members) == sum(map(len, members.values())) > 400


def test_too_many_parts_are_refused(starter: Terminology) -> None:
    choice = Choice(Part(starter, "mms", (), ("5A11",)))
    assert codes(starter, Selection((choice,) * 200)) == ["5A11"]
    with pytest.raises(QueryError, match="at most 200 parts"):
        members_of(Selection((choice,) * 201))


def test_words_are_searched_within_a_selection(starter: Terminology) -> None:
    selection = chosen(starter, ("concept", "is-a", "05"))
    members = members_of(selection)[key_of(starter)]
    found = find_members(starter, "mms", members, "type 2 diabetes")
    first = next(read_members(starter.store("mms"), found))[1]
    assert first is not None
    assert first.code == "5A11"
    assert set(found) <= set(members)
    assert find_members(starter, "mms", members, "cholera") == []
    assert find_members(starter, "mms", members, "  ") == []


def test_the_beginning_of_a_code_is_searched(starter: Terminology) -> None:
    members = members_of(Selection((Choice(Part(starter, "mms")),)))[key_of(starter)]
    found = find_members(starter, "mms", members, "5A1")
    shown = [entity.code for _, entity in read_members(starter.store("mms"), found) if entity]
    assert shown == ["5A10", "5A11", "5A12", "5A13", "5A14"]


def test_extension_codes_are_found_in_their_scale(starter: Terminology) -> None:
    scale = find_scale(starter, ULNA, "laterality")
    assert scale is not None
    members = members_of(Selection((Choice(Part(starter, "mms", (scale.clause,))),)))
    found = find_members(starter, "mms", members[key_of(starter)], "left")
    shown = [entity.code for _, entity in read_members(starter.store("mms"), found) if entity]
    assert shown == ["XK8G"]


def test_many_runs_become_one() -> None:
    assert runs_of(range(0, 99, 2))[-1] == (98, 98)
    assert runs_of(range(0, 103, 2)) == [(0, 102)]


@pytest.mark.parametrize(
    "text", ["(a+)+", "a(?=b)", r"(a)\1", "a**", "[a", "a|", "", "[[a]]", "a*b*c*d*", "x" * 201]
)
def test_patterns_that_are_not_safe_are_refused(text: str) -> None:
    with pytest.raises(QueryError):
        compile_pattern(text)


def test_the_slowest_pattern_is_quick() -> None:
    slowest = compile_pattern(".*.*.*Q")
    start = time.thread_time()  # others' work on the same machine does not count
    for number in range(40_000):
        slowest.fullmatch(f"NC{number}.10&XJ4")
    assert time.thread_time() - start < 5
