"""Validation: the case table written from the rules, the profile's shares, and robustness."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import profile_shares
from icd11kit.postcoordination.issues import IssueCode, Mode, Severity, judge
from icd11kit.postcoordination.validate import Validator
from icd11kit.terminology import Terminology, open_terminology

CASES = Path(__file__).resolve().parent / "cases"
ANY_ISSUE = "*"


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


CLUSTERS = rows("clusters.csv")


@pytest.fixture(scope="module")
def icd(released: Path) -> Terminology:
    return open_terminology(released, release="2025-01")


@pytest.fixture(scope="module")
def validator(icd: Terminology) -> Validator:
    return icd.clusters


def test_the_table_is_as_large_as_it_should_be() -> None:
    assert len(CLUSTERS) >= 300
    assert len({row["cluster"] for row in CLUSTERS}) == len(CLUSTERS)
    named = {code for row in CLUSTERS for code in row["issues"].split("|")} - {"", ANY_ISSUE}
    assert named <= set(IssueCode)


@pytest.mark.parametrize("row", CLUSTERS, ids=lambda row: row["cluster"] or "empty")
def test_verdict_and_findings(icd: Terminology, row: dict[str, str]) -> None:
    for mode in Mode:
        found = icd.validate(row["cluster"], mode)
        assert ("valid" if found.valid else "invalid") == row[mode.value], (mode, found.issues)
        codes = {issue.code.value for issue in found.issues}
        if row["issues"] == ANY_ISSUE:
            assert codes
        else:
            assert codes == set(filter(None, row["issues"].split("|"))), found.issues


@pytest.mark.parametrize("row", CLUSTERS, ids=lambda row: row["cluster"] or "empty")
def test_findings_stand_where_they_say_and_repairs_help(
    icd: Terminology, row: dict[str, str]
) -> None:
    found = icd.validate(row["cluster"], Mode.STRICT)
    for issue in found.issues:
        assert 0 <= issue.start <= issue.end <= len(found.input)
        assert "\n" not in issue.message
        if issue.repair:
            again = icd.validate(issue.repair, Mode.STRICT).issues
            assert (issue.code, issue.message) not in {(i.code, i.message) for i in again}


def test_what_is_not_valid_strictly_only_gets_milder(icd: Terminology) -> None:
    order = list(Severity)
    for row in CLUSTERS:
        strict, standard, lenient = (
            [order.index(issue.severity) for issue in icd.validate(row["cluster"], mode).issues]
            for mode in Mode
        )
        assert all(a <= b <= c for a, b, c in zip(strict, standard, lenient, strict=True))


@given(st.text(alphabet="5A1NC32.&/XKGY08 %26", max_size=40) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_validation_never_raises(starter: Terminology, text: str) -> None:
    found = starter.validate(text)
    assert found.input == text
    assert found.valid == all(issue.severity is not Severity.ERROR for issue in found.issues)


@given(st.lists(st.sampled_from(["NC32.2", "5A11", "PA60", "XK8G", "XJ44E", "XE266", "XY0Y",
                                 "XY7B", "GC08", "9ZZZ"]), min_size=1, max_size=8),
       st.lists(st.sampled_from("&/"), min_size=8, max_size=8))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_the_canonical_form_is_its_own(
    starter: Terminology, codes: list[str], operators: list[str]
) -> None:
    text = "".join(code + sign for code, sign in zip(codes, operators, strict=False))[:-1]
    once = starter.validate(text).canonical
    assert starter.validate(once).canonical == once


def test_what_a_binding_says(icd: Terminology) -> None:
    found = icd.validate("PB20&XM4SL9&XM4SL9&XE729&XE266")
    assert [(b.axis, b.value) for b in found.bindings] == [
        ("medication", "XM4SL9"),
        ("objectOrSubstanceProducingInjury", "XM4SL9"),
        ("activityWhenInjured", "XE729"),
        ("placeOfOccurrence", "XE266"),
    ]
    assert {b.tier.value for b in found.bindings} == {"profile"}


def test_real_clusters_are_admitted(validator: Validator) -> None:
    for mapping in ("10To11MapToOneCategory", "10To11MapToMultipleCategories"):
        clusters = profile_shares.real_clusters(validator, mapping)
        assert len(clusters) > 600
        admitted = [c for c in clusters if not profile_shares.is_refused(validator.validate(c))]
        assert len(admitted) / len(clusters) > 0.95


def test_random_pairs_are_refused(validator: Validator) -> None:
    pairs = list(profile_shares.random_pairs(validator, 20_000))
    refused = [p for p in pairs if not validator.axes.axes_of(p[0]).admitting(p[1])]
    assert len(refused) / len(pairs) > 0.9


@pytest.mark.parametrize("row", rows("nonsense.csv"), ids=lambda row: row["cluster"])
def test_named_nonsense_is_refused(validator: Validator, row: dict[str, str]) -> None:
    assert profile_shares.is_refused(validator.validate(row["cluster"]))


@pytest.mark.parametrize("row", rows("worked_clusters.csv"), ids=lambda row: row["cluster"])
def test_worked_clusters_are_admitted(validator: Validator, row: dict[str, str]) -> None:
    assert not profile_shares.is_refused(validator.validate(row["cluster"]))


def test_the_quick_look_agrees_with_the_rules(validator: Validator) -> None:
    texts = [row["cluster"] for row in CLUSTERS]
    pairs = list(profile_shares.random_pairs(validator, 20_000))
    near = [(s, v) for s, v in pairs if validator.axes.axes_of(s).admitting(v)]
    for (stem, value), (other, more) in pairwise(near):
        texts += [
            f"{stem.code}&{value.code}",
            f"{stem.code}&{value.code}&{more.code}&XY0Y",
            f"{stem.code}&{value.code}&{value.code}/{other.code}&{more.code}",
            f"{stem.code}&XY0Y&XY7B/{other.code}",
        ]
    texts += [f"{stem.code}&{value.code}/{pairs[0][0].code}" for stem, value in pairs[:5_000]]
    texts += [entry.code for pair in pairs[:2_000] for entry in pair]
    texts += ["05", "5a11", "X", pairs[0][0].id]
    for mode in Mode:
        ruled = {text: tuple(judge(i, mode) for i in validator.find_issues(text)) for text in texts}
        assert sum(not issues for issues in ruled.values()) > 1000
        assert sum(len(issues) > 1 for issues in ruled.values()) > 1000
        for _ in range(2):  # the second time everything is known
            assert {text: validator.validate(text, mode).issues for text in texts} == ruled


def test_a_cluster_of_a_thousand_parts_is_answered(icd: Terminology) -> None:
    many = "&".join(["PA60", *["XE266", "XE3WK", "XY0Y"] * 333])
    found = icd.validate(many)
    assert {issue.code for issue in found.issues} == {IssueCode.REPEATED_VALUE}
    assert len(found.issues) > 900
    assert icd.validate("/".join(["5A11"] * 1000)).valid
