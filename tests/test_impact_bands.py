"""The range around a share of right stems: against a simulation, and at its ends."""

from __future__ import annotations

import numpy as np
import pytest

from icd11kit.terminology import Terminology
from icd11kit.transition.impact.bands import (
    answers_checked,
    basis_of,
    expect_right,
    shipped_cells,
)
from icd11kit.transition.impact.values import CodeRow
from icd11kit.transition.outcomes import Outcome

SURE, DOUBTED = "same title, all said", "curated mapping, row below 0.8"


def row(code: str, volume: int, basis: str, target: str = "5A11") -> CodeRow:
    confidence = shipped_cells()[basis].confidence if basis else 0.7
    return CodeRow(
        code, "", "", 1, volume, Outcome.ONE_CODE, False, "", target, "", "", confidence, basis,
        target, "", "", (), (), "", 0, 0,
    )  # fmt: skip


def test_mean_and_spread_are_those_of_a_simulation() -> None:
    rows = [row(f"A{n}", 5 + n, SURE if n % 3 else DOUBTED) for n in range(60)]
    band = expect_right(rows)
    rng = np.random.default_rng(7)
    volumes = np.array([each.volume for each in rows])
    cells = {}
    for basis in (SURE, DOUBTED):
        cell = shipped_cells()[basis]
        weight = cell.answers + 2
        cells[basis] = rng.beta(
            cell.confidence * weight, (1 - cell.confidence) * weight, size=20_000
        )
    chances = np.stack([cells[each.basis] for each in rows], axis=1)
    right = (rng.random(chances.shape) < chances) @ volumes / volumes.sum()
    assert band.share == pytest.approx(right.mean(), abs=0.003)
    assert (band.high - band.share) / 1.96 == pytest.approx(right.std(), rel=0.04)


def test_one_code_with_all_volume_makes_the_range_wide() -> None:
    one = expect_right([row("A", 1000, SURE), *(row(f"B{n}", 1, SURE) for n in range(9))])
    many = expect_right([row(f"B{n}", 100, SURE) for n in range(10)])
    assert one.share == pytest.approx(many.share)
    assert one.high - one.low > many.high - many.low


def test_few_checked_answers_make_the_range_wide() -> None:
    guessed = [row(f"A{n}", 1, "rule, more said") for n in range(500)]
    checked = [row(f"A{n}", 1, SURE) for n in range(500)]
    assert expect_right(guessed).high - expect_right(guessed).low > 0.5
    assert expect_right(checked).high - expect_right(checked).low < 0.1


def test_what_has_no_target_is_not_right_and_what_was_not_checked_is_said() -> None:
    band = expect_right([row("A", 30, SURE), row("B", 50, "", ""), row("C", 20, "")])
    assert band.share == pytest.approx((30 * shipped_cells()[SURE].confidence + 20 * 0.7) / 100)
    assert band.measured == pytest.approx(0.3)
    assert 0 <= band.low <= band.share <= band.high <= 1


def test_nothing_is_nothing() -> None:
    assert expect_right([]) == (0.0, 0.0, 0.0, 0.0)
    assert expect_right([row("A", 0, SURE)]) == (0.0, 0.0, 0.0, 0.0)


def test_confidences_of_the_starter_have_a_basis(starter: Terminology) -> None:
    for code in ("E11.9", "A00.9", "S52.531A", "E11.65"):
        mapping = starter.map(code)
        assert shipped_cells()[basis_of(mapping)].confidence == mapping.confidence
    assert basis_of(starter.map("Z23")) == ""
    assert answers_checked() == sum(cell.answers for cell in shipped_cells().values()) > 100
