"""Coverage measured on cases written by hand: every class, weights, intervals, groups."""

from __future__ import annotations

import pytest

from icd11kit.crosswalk.mapping import CodeMapping, Relation
from icd11kit.transition.coverage.cases import draw, parse_codes
from icd11kit.transition.coverage.figures import figures, target_measures
from icd11kit.transition.coverage.measure import (
    EPISODE,
    EXTENT,
    FULLY,
    PART,
    RETURN,
    SPECIFICITY,
    UNSAID,
    by_group,
    lacks_episode_only,
    measure,
    questions,
    unsaid_kinds,
)
from icd11kit.transition.coverage.places import entity_places, icd10_places, place_of
from icd11kit.transition.coverage.routes import compare_back
from icd11kit.transition.coverage.values import Case, Extent, Measure, Place, Return
from icd11kit.transition.intervals import wilson
from icd11kit.transition.outcomes import Outcome

EXACT, BROAD, NARROW, RELATED = Relation.EXACT, Relation.BROAD, Relation.NARROW, Relation.RELATED


def case(
    target: str,
    relation: Relation = EXACT,
    volume: int = 1,
    *,
    left: tuple[str, ...] = (),
    ambiguous: bool = False,
    chapter: str = "1",
    confidence: float = 0.5,
    back: Return | None = None,
    source: str = "A00.0",
) -> Case:
    """A code with this target; its relation counts for nothing where there is no target."""
    made = CodeMapping(
        source, "", target, target, "", target, relation if target else Relation.NONE,
        confidence, left, (), (), ambiguous, "2025-01",
    )  # fmt: skip
    return Case(made, volume, Place(chapter, f"Chapter {chapter}", depth=3), 2, back)


CASES = [
    case("1A00", volume=10),
    case("1A00&XN62R", volume=5),
    case("1A01", BROAD, 4, left=("encounter: initial",)),
    case("1A0Y", BROAD, 3, left=("encounter: initial",), chapter="2"),
    case("1A01", NARROW, 2, chapter="2"),
    case("1A02", RELATED, 1, left=("word", "laterality: left")),
    case("1A0Z", EXACT, 7, ambiguous=True),
    case("", volume=8, chapter="2"),
]


def asked(section: str, cases: list[Case] = CASES, **more: bool) -> dict[str, Measure]:
    kept = {"sampled": False, "weighted": True, **more}
    found = measure(cases, questions(cases), **kept)
    return {each.name: each for each in found if each.section == section}


def counts(section: str) -> dict[str, int]:
    return {name: each.number for name, each in asked(section).items()}


def test_every_code_is_of_one_class() -> None:
    assert counts(EXTENT) == {
        "by one code": 1,
        "by a cluster": 1,
        "in part": 5,
        "not at all": 1,
        FULLY: 2,
    }


def test_the_classes_are_sums_of_outcomes() -> None:
    from icd11kit.transition.outcomes import outcome_of

    for each in CASES:
        full = each.extent in (Extent.ONE_CODE, Extent.CLUSTER)
        assert full == (outcome_of(each.mapping) in (Outcome.ONE_CODE, Outcome.CLUSTER))


def test_reasons_add_up_to_what_is_said_in_part() -> None:
    assert counts(PART) == {
        "the target is broader": 2,
        "the target is narrower": 1,
        "both overlap": 1,
        "several are as good": 1,
    }


def test_volumes_weigh() -> None:
    found = asked(EXTENT)
    assert sum(found[extent].weight.volume for extent in Extent if found[extent].weight) == 40
    full = found[FULLY]
    assert full.weight is not None
    assert (full.share, full.weight.share) == (2 / 8, 15 / 40)


def test_without_volumes_nothing_is_weighed() -> None:
    assert {each.weight for each in asked(EXTENT, weighted=False).values()} == {None}


def test_what_is_not_said_by_kind() -> None:
    assert counts(UNSAID) == {
        "encounter": 2,
        "laterality": 1,
        "words of the title": 1,
        "episode of care only": 1,
    }
    assert {each.of for each in asked(UNSAID).values()} == {7}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (case("1A01", BROAD, left=("encounter: initial", "healing: routine")), True),
        (case("1A0Y", BROAD, left=("encounter: initial",)), False),
        (case("1A01", BROAD, left=("encounter: initial",), ambiguous=True), False),
        (case("1A01", BROAD, left=("encounter: initial", "word")), False),
        (case("1A01", BROAD), False),
        (case("1A01", EXACT), False),
        (case("", left=("encounter: initial",)), False),
    ],
)
def test_what_only_the_episode_of_care_keeps_from_being_full(given: Case, expected: bool) -> None:
    assert lacks_episode_only(given) is expected


def test_a_word_is_no_kind_of_its_own() -> None:
    kinds = unsaid_kinds(case("1A00", BROAD, left=("motor", "sequela: sequela")))
    assert kinds == {"words of the title", "sequela"}
    assert "sequela" in EPISODE


def test_specificity_lost() -> None:
    assert counts(SPECIFICITY) == {
        "shared with other codes": 2,
        'target "other specified"': 1,
        'target "unspecified"': 1,
    }
    back = questions(CASES, into_icd11=False)
    assert [each.name for each in back if each.section == SPECIFICITY] == [
        "shared with other codes"
    ]


def test_targets_and_what_is_expected() -> None:
    found = {each.name: each for each in figures(CASES, calibrated=True)}
    assert found["different targets"].value == 6
    assert found["source codes per target, mean"].value == 7 / 6
    assert found["source codes per target, most"][2:] == (2, "1A01")
    assert found["expected right stems"][2:] == (4.0, "50.0 % of 8")
    assert found["expected right stems, fully represented"].value == 1.0
    assert found["expected volume on right stems"].value == 20.0
    shared, reached = target_measures(CASES, 10)
    assert (shared.number, shared.of, reached.number, reached.of) == (1, 6, 5, 10)


def test_nothing_is_expected_of_confidences_that_are_not_calibrated() -> None:
    assert not [f for f in figures(CASES, calibrated=False) if f.name.startswith("expected")]


def test_no_code_has_a_target() -> None:
    nothing = [case("")]
    assert not [each for each in figures(nothing, calibrated=True) if each.section == "targets"]
    assert asked(EXTENT, nothing)["not at all"].share == 1.0
    assert asked(UNSAID, nothing) == {}


def test_only_a_sample_has_intervals_by_code() -> None:
    assert asked(EXTENT)[FULLY].interval is None
    assert asked(EXTENT, sampled=True)[FULLY].interval == wilson(2, 8)


def test_wilson_as_published() -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
    for hits, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


def test_resampled_intervals_hold_the_share_and_follow_the_seed() -> None:
    pytest.importorskip("numpy")
    from icd11kit.transition.coverage.intervals import with_intervals

    cases = CASES * 20
    wanted = questions(cases)
    plain = measure(cases, wanted, sampled=False, weighted=True)
    one, again, other = (with_intervals(cases, wanted, plain, 200, s) for s in (1, 1, 2))
    assert one == again
    assert one != other
    for each in one:
        assert each.weight is not None
        if each.weight.interval:
            assert each.weight.interval.low <= each.weight.share <= each.weight.interval.high
    assert one[0].weight is not None
    assert one[0].weight.interval is not None
    wide = one[0].weight.interval
    assert 0.02 < wide.high - wide.low < 0.3


def test_one_code_alone_shows_no_interval() -> None:
    pytest.importorskip("numpy")
    from icd11kit.transition.coverage.intervals import with_intervals

    wanted = questions(CASES[:1])
    plain = measure(CASES[:1], wanted, sampled=False, weighted=True)
    assert with_intervals(CASES[:1], wanted, plain, 50, 1) == plain
    assert with_intervals([], wanted, plain, 50, 1) == plain


def test_groups_add_up() -> None:
    groups = by_group(CASES, "chapter", sampled=False, weighted=False)
    assert [(group.code, group.title) for group in groups] == [
        ("1", "Chapter 1"),
        ("2", "Chapter 2"),
    ]
    for place, extent in enumerate(Extent):
        assert sum(g.extents[place].number for g in groups) == counts(EXTENT)[extent]


def test_a_code_outside_of_blocks_counts_to_its_chapter() -> None:
    groups = by_group(CASES, "block", sampled=False, weighted=False)
    assert [group.code for group in groups] == ["1", "2"]


@pytest.mark.parametrize(
    ("source", "code", "back", "expected"),
    [
        ("icd10cm", "S52.531A", "S52.531A", Return.SAME_CODE),
        ("icd10cm", "S52.531A", "S52.531A T42.4X5A", Return.SAME_CODE),
        ("icd10cm", "S52.531A", "S52.5", Return.SAME_CATEGORY),
        ("icd10cm", "S52.531A", "S53.1", Return.ANOTHER),
        ("icd10cm", "S52.531A", "", Return.LOST),
        ("icd11", "5A11", "5A11&XK8G", Return.SAME_CATEGORY),
        ("icd11", "NC32.50", "NC32.5Z", Return.SAME_CATEGORY),
        ("icd11", "NC32.50", "NC3Z", Return.ANOTHER),
    ],
)
def test_where_a_code_comes_out(source: str, code: str, back: str, expected: Return) -> None:
    assert compare_back(source, code, back) is expected


def test_the_round_trip_is_a_share_of_what_has_a_target() -> None:
    ways = [case("1A00", back=way) for way in Return] + [case("", back=Return.LOST)]
    found = asked(RETURN, ways)
    assert {name: (each.number, each.of) for name, each in found.items()} == {
        way.value: (1, 4) for way in Return
    }
    assert asked(RETURN) == {}


def test_a_sample_is_drawn_alike_from_a_seed_and_stays_in_order() -> None:
    many = [case("1A00", volume=number) for number in range(100)]
    drawn = draw(many, 10, 7)
    assert drawn == draw(many, 10, 7) != draw(many, 10, 8)
    assert [each.volume for each in drawn] == sorted(each.volume for each in drawn)
    assert draw(many, 0, 7) == draw(many, 500, 7) == many


def test_codes_of_a_list_keep_a_first_line_that_is_a_code() -> None:
    assert parse_codes("I10\nE11.9,diabetes\n", "a.csv") == ["I10", "E11.9"]


def test_places_in_a_linearization() -> None:
    from icd11kit.model import LinearizationEntity
    from icd11kit.vocabulary import ClassKind

    chapter, block, category = ClassKind.CHAPTER, ClassKind.BLOCK, ClassKind.CATEGORY
    places = entity_places(
        [
            LinearizationEntity("1", "01", "One", chapter, 0, "01"),
            LinearizationEntity("2", "", "Block", block, 1, "01", "BlockL1-1A0"),
            LinearizationEntity("3", "1A00", "Within", category, 2, "01"),
            LinearizationEntity("4", "1A00.0", "Deeper", category, 3, "01"),
            LinearizationEntity("5", "1H0Z", "Beside", category, 1, "01"),
        ]
    )
    assert places["1A00.0"] == Place("01", "One", "BlockL1-1A0", "Block", 3)
    assert places["1H0Z"] == Place("01", "One", depth=1)
    assert place_of(places, "1A00.01") == places["1A00.0"]
    assert place_of(places, "9999") == Place()


def test_places_in_whos_table() -> None:
    from icd11kit.crosswalk.tables import MANY, ONE
    from icd11kit.model import MapRow

    def row(kind: str, code: str, title: str, name: str = ONE) -> MapRow:
        return MapRow(name, 2, kind, code, title, "", "", "", "")

    rows = [
        row("chapter", "I", "One"), row("block", "A00-A09", "Block"), row("category", "A00", ""),
        row("modifiedcategory", "A00.0", ""), row("chapter", "II", "Two"),
        row("category", "C00", ""), row("category", "Z99", "", MANY),
    ]  # fmt: skip
    assert icd10_places(rows) == {
        "A00": Place("I", "One", "A00-A09", "Block", 2),
        "A00.0": Place("I", "One", "A00-A09", "Block", 3),
        "C00": Place("II", "Two", depth=2),
    }
