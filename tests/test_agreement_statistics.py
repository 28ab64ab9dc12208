"""Agreement beyond chance, set beside published examples and a package not ours."""

from __future__ import annotations

import csv
import math
from collections import Counter
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from icd11kit.transition.agreement import statistics as statistics
from icd11kit.transition.agreement.statistics import (
    Estimate,
    Measure,
    alpha,
    kappa,
    rate,
    wilson_share,
)

CASES = Path(__file__).parent / "cases" / "agreement_published.csv"
with CASES.open(encoding="utf-8", newline="") as stream:
    PUBLISHED = list(csv.DictReader(stream))
CODES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=2)


def split(pairs: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [first for first, _ in pairs], [second for _, second in pairs]


def ones(number: int) -> statistics.Counts:
    return np.ones(number, np.int64)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["name"])
def test_published_examples_come_out_as_published(case: dict[str, str]) -> None:
    first, second = case["first"].split(), case["second"].split()
    counts = np.array([int(n) for n in case["counts"].split()] or [1] * len(first), np.int64)
    found = {"kappa": kappa, "alpha": alpha}[case["statistic"]](rate(first, second), counts)
    digits = len(case["value"].partition(".")[2])
    assert round(found, digits) == float(case["value"])


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(hits: int, of: int, low: float, high: float) -> None:
    """R. G. Newcombe, Two-sided confidence intervals for the single proportion (1998), method 3."""
    found = wilson_share(hits, of)
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (low, high)


@given(CODES)
def test_alpha_is_that_of_the_package(pairs: list[tuple[str, str]]) -> None:
    first, second = split(pairs)
    assume(len({*first, *second}) > 1)
    numbers = [["abcd".index(code) for code in codes] for codes in (first, second)]
    expected = krippendorff.alpha(reliability_data=numbers, level_of_measurement="nominal")
    assert alpha(rate(first, second), ones(len(pairs))) == pytest.approx(float(expected))


@given(CODES)
def test_kappa_is_what_its_definition_says(pairs: list[tuple[str, str]]) -> None:
    first, second = split(pairs)
    number, ours, theirs = len(pairs), Counter(first), Counter(second)
    by_chance = sum(ours[code] * theirs[code] for code in ours) / number**2
    assume(by_chance < 1)
    observed = sum(a == b for a, b in pairs) / number
    expected = (observed - by_chance) / (1 - by_chance)
    assert kappa(rate(first, second), ones(number)) == pytest.approx(expected)


@given(CODES)
def test_it_is_all_one_who_is_first_and_how_codes_are_called(pairs: list[tuple[str, str]]) -> None:
    first, second = split(pairs)
    renamed = [code.translate(str.maketrans("abcd", "dbxa")) for code in (*first, *second)]
    turned = rate(second, first)
    other = rate(renamed[: len(pairs)], renamed[len(pairs) :])
    for statistic in (kappa, alpha):
        value = statistic(rate(first, second), ones(len(pairs)))
        for again in (turned, other):
            assert statistic(again, ones(len(pairs))) == pytest.approx(value, nan_ok=True)


@given(CODES, st.integers(1, 5))
def test_counts_stand_for_repeated_records(pairs: list[tuple[str, str]], times: int) -> None:
    first, second = split(pairs)
    for statistic in (kappa, alpha):
        counted = statistic(rate(first, second), ones(len(pairs)) * times)
        written = statistic(rate(first * times, second * times), ones(len(pairs) * times))
        assert counted == pytest.approx(written, nan_ok=True)


def measures(first: str, second: str) -> tuple[list[Measure], statistics.Counts]:
    ratings = rate(list(first), list(second))
    return [lambda c: kappa(ratings, c), lambda c: alpha(ratings, c)], ones(len(first))


def test_the_seed_decides_the_interval() -> None:
    asked = measures("aabbccabca" * 4, "aabbcbacca" * 4)
    first, again, other = (statistics.estimate(*asked, 300, seed) for seed in (7, 7, 8))
    assert first == again
    assert [each.value for each in first] == [each.value for each in other]
    assert first != other


@settings(max_examples=20, deadline=None)
@given(st.integers(20, 180))
def test_the_bootstrap_of_a_share_is_near_its_formula(hits: int) -> None:
    numbers, counts = np.array([1.0, 0.0]), np.array([hits, 200 - hits], np.int64)
    (found,) = statistics.estimate([lambda c: statistics.mean(numbers, c)], counts, 2000, 3)
    expected = wilson_share(hits, 200)
    assert found.value == expected.value
    assert found.low == pytest.approx(expected.low, abs=0.02)
    assert found.high == pytest.approx(expected.high, abs=0.02)


@pytest.mark.parametrize(
    ("first", "second", "resamples", "expected"),
    [
        ("", "", 100, Estimate(None, note=statistics.NO_RECORD)),
        ("a", "a", 100, Estimate(None, note=statistics.ONE_RECORD)),
        ("a", "b", 100, Estimate(None, note=statistics.ONE_RECORD)),
        ("aaaa", "aaaa", 100, Estimate(None, note=statistics.ONE_CATEGORY)),
        ("aabb" * 9, "aabb" * 9, 100, Estimate(1.0, note=statistics.ALL_ALIKE)),
        ("aaaab", "aaaab", 100, Estimate(1.0, note=statistics.MOSTLY_UNDEFINED)),
        ("aabb", "aabb", 0, Estimate(1.0, note=statistics.NO_RESAMPLES)),
    ],
)
def test_what_is_not_defined_is_said(
    first: str, second: str, resamples: int, expected: Estimate
) -> None:
    assert statistics.estimate(*measures(first, second), resamples, 1) == (expected, expected)


def test_one_coder_with_one_category_agrees_by_chance_alone() -> None:
    (found, _) = statistics.estimate(*measures("aaaa", "aabb"), 50, 1)
    assert found.value == 0.0
    assert not math.isnan(found.value)


def test_no_record_has_no_share() -> None:
    assert wilson_share(0, 0) == Estimate(None, note=statistics.NO_RECORD)
