"""Trend breaks: which groups are compared, and the ratios, by mapping and by coders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from icd11kit.errors import SourceError
from icd11kit.terminology import Terminology
from icd11kit.transition.impact.double import RESAMPLES, bootstrap_ratio, compare_double
from icd11kit.transition.impact.groups import Pair, pairs_of_tables, parse_groups
from icd11kit.transition.impact.page import format_page
from icd11kit.transition.impact.places import Icd10Group, open_places, read_groups
from icd11kit.transition.impact.values import Group
from icd11kit.transition.impact.words import breaks, is_break
from icd11kit.vocabulary import System
from tests.impact_cases import DOUBLE, GROUPS, mapped_home, measured, written


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Terminology:
    return mapped_home(tmp_path_factory.mktemp("mapped"))


def pair(*ranges: tuple[str, str]) -> Pair:
    return Pair("block", "", "", "", frozenset(), ranges)


@pytest.mark.parametrize(
    ("code", "is_in"),
    [
        ("E10", True), ("E10.9", True), ("e14.65", True), ("E09.9", False), ("E15", False),
        ("C7A.00", True), ("C75", False), ("C80.1", True), ("C81", False), ("", False),
    ],
)  # fmt: skip
def test_a_range_holds_what_begins_within_it(code: str, is_in: bool) -> None:
    assert pair(("E10", "E14"), ("C76", "C80")).holds_source(code) is is_in


def test_groups_of_whos_tables_have_their_ranges(mapped: Terminology) -> None:
    groups = {group.label: group for group in read_groups(mapped.store(System.MMS))}
    assert groups["IV"] == Icd10Group("chapter", "IV", "Endocrine", "E10", "E11")
    assert (groups["I10-I15"].first, groups["I10-I15"].last) == ("I10", "I15")
    places = open_places(mapped.store(System.MMS), is_icd10cm=False)
    assert [label for label, _ in places.chapters] == ["IV", "IX"]
    assert places.chapter_of("I30.1") == "IX"
    assert (places.chapter_of("A00"), places.chapter_of("J20")) == ("", "")


def test_only_equivalent_blocks_are_counterparts(mapped: Terminology) -> None:
    pairs = {each.counterpart: each for each in pairs_of_tables(mapped.store(System.MMS))}
    assert set(pairs) == {"IV (E10-E11)", "IX (I10-I50)", "E10-E14"}
    assert pairs["E10-E14"].label == "5A11"
    assert pairs["IV (E10-E11)"].level == "chapter"


def test_without_tables_there_is_nothing_to_compare(starter: Terminology, tmp_path: Path) -> None:
    assert pairs_of_tables(starter.store(System.MMS)) == ()
    found = measured(starter, tmp_path, groups="")
    assert (found.groups, found.groups_from) == ((), "")


def test_a_ratio_counts_what_enters_and_what_leaves(mapped: Terminology, tmp_path: Path) -> None:
    text = "dx,n\nE11.9,10\nE10,3\nE11.65,4\nI10,20\n"
    found = measured(mapped, tmp_path, text, "", source="icd10")
    group = next(each for each in found.groups if each.counterpart == "E10-E14")
    assert (group.before, group.after, group.kept) == (17, 14, 14)
    assert group.ratio == 14 / 17
    assert [(m.code, m.target, m.volume) for m in group.out_of] == [("E10", "5A10", 3)]
    assert group.into == ()
    for each in found.groups:
        assert each.before >= each.kept <= each.after


def test_own_groups_cut_across_both(starter: Terminology, tmp_path: Path) -> None:
    groups = GROUPS + "Sugar,E11.6,5A24 5A21.0\nNew,Z99,5A11\n"
    found = measured(starter, tmp_path, "dx,n\nE11.65,50\nE11.649,10\nN18.9,5\n", groups)
    counts = {each.title: (each.before, each.after) for each in found.groups}
    assert counts.pop("New") == (0, 60)
    assert counts == {"Diabetes": (60, 60), "Kidney": (5, 5), "Sugar": (60, 0)}
    assert [each.ratio for each in found.groups] == [1.0, 1.0, 0.0, None]
    assert "not defined" in format_page(found)
    assert found.groups_from == "groups.csv"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n", "columns group, source and target are needed"),
        ("group,source,target\nX,,5A11\n", "needs sources and targets"),
        ("group,source,target\nX,E11,\n", "needs sources and targets"),
        ("group,source,target\nX,E11,9ZZZ\n", "9ZZZ is no code, block or chapter"),
    ],
)
def test_a_wrong_file_of_groups_is_one_sentence(starter: Terminology, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        parse_groups(text, "groups.csv", starter.clusters.entries)


def group(before: int, after: int) -> Group:
    ratio = after / before if before else None
    return Group("block", "x", "x", "x", before, after, 0, ratio, (), ())


def test_breaks_are_large_groups_that_change_much() -> None:
    listed = [
        group(100, 104),
        group(100, 105),
        group(100, 95),
        group(100, 106),
        group(19, 5),
        group(0, 30),
        group(40, 20),
    ]
    assert [(g.before, g.after) for g in breaks(listed)] == [(0, 30), (40, 20), (100, 106)]
    assert not is_break(group(0, 0))


def test_double_coded_records_give_the_coders_ratio(starter: Terminology, tmp_path: Path) -> None:
    entries = starter.clusters.entries
    pairs = parse_groups(GROUPS, "groups.csv", entries)
    path = written(tmp_path, "double.csv", DOUBLE)
    found = compare_double(path, pairs, entries)
    assert (found.records, found.set_aside) == (100, 3)
    ratios = {each.title: each for each in found.ratios}
    assert (ratios["Diabetes"].before, ratios["Diabetes"].after) == (40, 35)
    assert (ratios["Heart"].before, ratios["Heart"].after) == (45, 40)
    assert ratios["Kidney"].ratio == 1.0
    assert (ratios["Kidney"].low, ratios["Kidney"].high) == (None, None), "nothing moved"
    assert found == compare_double(path, pairs, entries)
    assert found != compare_double(path, pairs, entries, seed=2)


def test_the_interval_is_that_of_drawing_records_again() -> None:
    cells = [60, 5, 15, 20]
    records = np.repeat(np.arange(4), cells)
    drawn = np.random.default_rng(3).choice(records, size=(RESAMPLES, 100))
    now = np.isin(drawn, (1, 3)).sum(axis=1)
    was = np.isin(drawn, (2, 3)).sum(axis=1)
    slow = np.quantile(now / was, [0.025, 0.975])
    assert bootstrap_ratio(cells, 1) == pytest.approx(tuple(slow), abs=0.03)


@pytest.mark.parametrize("cells", [(10, 0, 0, 1), (90, 1, 4, 5), (60, 0, 0, 40)])
def test_few_records_and_records_that_stay_have_no_interval(cells: tuple[int, ...]) -> None:
    assert bootstrap_ratio(cells, 1) == (None, None)
    low, high = bootstrap_ratio([60, 0, 1, 39], 1)
    assert low is not None
    assert high is not None
    assert low < high


@pytest.mark.parametrize("source", ["QQQ", "E14-E10", "5A11"])
def test_a_source_that_names_no_codes_is_refused(starter: Terminology, source: str) -> None:
    text = f"group,source,target\nMine,E10 {source},5A11\n"
    with pytest.raises(SourceError, match=f"{source} is no code, category or range"):
        parse_groups(text, "g.csv", starter.clusters.entries)


def test_a_double_coded_file_of_one_column_is_one_sentence(
    starter: Terminology, tmp_path: Path
) -> None:
    path = written(tmp_path, "double.csv", "cm\nE11.9\n")
    with pytest.raises(SourceError, match="no column 'icd11'"):
        compare_double(path, (), starter.clusters.entries)
