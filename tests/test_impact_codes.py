"""Rows from single codes: why detail is lost, what is joined, and what the words say of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from icd11kit.crosswalk.mapping import CodeMapping, Evidence, Relation
from icd11kit.terminology import Terminology
from icd11kit.transition.answers import answer_of
from icd11kit.transition.impact import codes, words
from icd11kit.transition.impact.codes import _detail, read_rows
from icd11kit.transition.impact.places import open_places
from icd11kit.transition.impact.values import Impact
from icd11kit.transition.outcomes import Outcome
from icd11kit.transition.volumes import CodeVolume
from icd11kit.vocabulary import Residual, System
from tests.impact_cases import measured

BROAD, NARROWER, RELATED = Relation.BROAD, Relation.NARROW, Relation.RELATED


def mapping(relation: Relation, remainder: Sequence[str] = ()) -> CodeMapping:
    return CodeMapping(
        "X", "x", "5A11", "5A11", "x", "5A11", relation, 0.9, tuple(remainder), (), (), False,
        "2025-01",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "residual", "why"),
    [
        (mapping(BROAD, ["encounter: initial"]), Residual.UNSPECIFIED, codes.UNSAID),
        (mapping(RELATED), Residual.OTHER, codes.OVERLAP),
        (mapping(NARROWER), Residual.NONE, codes.NARROWER),
        (mapping(BROAD), Residual.UNSPECIFIED, codes.UNSPECIFIED),
        (mapping(BROAD), Residual.OTHER, codes.OTHER),
        (mapping(BROAD), Residual.NONE, codes.BROADER),
    ],
)
def test_each_loss_has_one_reason(found: CodeMapping, residual: Residual, why: str) -> None:
    assert _detail(found, residual, Outcome.DETAIL) == why
    assert why in codes.DETAILS
    assert _detail(found, residual, Outcome.AMBIGUOUS) == ""
    assert _detail(None, residual, Outcome.DETAIL) == ""


def test_spellings_of_a_code_are_joined(starter: Terminology) -> None:
    places = open_places(starter.store(System.ICD10CM), is_icd10cm=True)
    given = [CodeVolume("E119", 2, 20), CodeVolume("e11.9", 1, 5), CodeVolume("E11.9", 3, 7)]
    (row,) = read_rows(starter, given, "icd10cm", places)
    assert (row.code, row.rows, row.volume) == ("E11.9", 6, 32)
    assert (row.chapter, row.target_chapter, row.stem) == ("4", "05", "5A11")
    assert row.evidence.startswith("curated mapping: ")


def test_a_code_of_another_year_keeps_its_chapter(starter: Terminology) -> None:
    places = open_places(starter.store(System.ICD10CM), is_icd10cm=True)
    assert places.chapter_of("E11.99") == "4"
    assert places.chapter_of("M99.9") == ""
    assert places.chapter_of("no code") == ""


def test_a_very_long_cell_is_cut(starter: Terminology) -> None:
    places = open_places(starter.store(System.ICD10CM), is_icd10cm=True)
    (row,) = read_rows(starter, [CodeVolume("x" * 5000, 1, 1)], "icd10cm", places)
    assert row.outcome is Outcome.MALFORMED
    assert len(row.code) == 100
    assert len(row.reason) < 200


def answers(icd: Terminology, folder: Path, rows: str) -> tuple[Impact, str]:
    found = measured(icd, folder, f"dx,n\n{rows}", "")
    return found, " ".join(words.answer_sentences(found)).replace(words.NARROW, " ")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("I10,100\n", "this file: 100 carry over to one ICD-11 code that says the same."),
        ("I10,99\nE11.10,1\n", "99 carry over to one ICD-11 code that says the same; "
                               "1 carries over whole with several codes joined."),
        ("I10,999\nZ23,1\n", "fewer than 1 have no target in ICD-11."),
        ("I10,9\nnone,1\n", "10 hold something that is no code of ICD-10-CM."),
        ("I10,5\n", "No answer needs a coder's look."),
        ("Z23,5\n", "A coder should look at the answers to 100 % of the volume"),
        ("N18.30,5\n", "100 % goes to an “unspecified” category"),
        ("C50.911,5\n", "A column of 7 characters is too narrow for 100 % of the volume; "
                        "the longest target has 9 characters."),
        ("I10,5\nE11.9,1\n", "All targets fit a column of 7 characters; the longest has 6."),
        ("I10,4\nnone,6\n", "Less than half of the volume has a target of a kind that experts'"),
        ("I10,9\nZ23,1\n", "The main ICD-11 code is expected to be right for 80.1 % of the volume"),
    ],
)  # fmt: skip
def test_the_answer_in_words(starter: Terminology, tmp_path: Path, rows: str, said: str) -> None:
    assert said in answers(starter, tmp_path, rows)[1]


def test_words_claim_nothing_that_does_not_apply(starter: Terminology, tmp_path: Path) -> None:
    _, said = answers(starter, tmp_path, "Z23,5\n")
    for absent in (
        "right",
        "expected to be right",
        "A column of",
        "groups of at least",
        "unspecified",
    ):
        assert absent not in said


def test_half_of_the_trouble(starter: Terminology, tmp_path: Path) -> None:
    found, said = answers(starter, tmp_path, "Z23,10\nZ79.4,6\nW61.01XA,3\nI10,50\n")
    assert [row.cost for row in found.work] == [40, 24, 12]
    assert words.half_of_cost(found) == 1
    assert "Half of the trouble lies in 1 of 4 codes" in said


def test_a_target_that_was_kept_out_is_the_reason(starter: Terminology) -> None:
    none = starter.map("Z23")
    kept = (Evidence("WHO's table", "line 9"), Evidence("release", "XN6BM is an extension code"))
    assert answer_of(none._replace(evidence=kept)).reason == "XN6BM is an extension code"
    assert answer_of(none).reason == "no target was found"


def test_a_reason_names_each_thing_once(starter: Terminology, tmp_path: Path) -> None:
    found, _ = answers(starter, tmp_path, "S52.531A,5\nZ23,3\nE11.10,2\n")
    why = {row.code: words.why(row) for row in found.rows}
    assert why["S52.531A"] == (
        "confidence 0.50; something named is left out; unsaid: encounter: initial, fracture: closed"
    )
    assert why["Z23"] == "no target was found"
    (overlap,) = answers(starter, tmp_path, "A04.4,5\n")[0].rows
    assert words.why(overlap).startswith("the target only overlaps")
    assert words.why(overlap).count("overlap") == 1
    assert why["E11.10"] == "several codes have to be joined"


def test_alternatives_that_the_reason_names_are_not_said_again(
    starter: Terminology, tmp_path: Path
) -> None:
    found, _ = answers(starter, tmp_path, "I10,5\n")
    row = found.rows[0]._replace(reason="as good: BB0Y", alternatives=("BB0Y", "A", "B", "C", "D"))
    assert words.other_targets(row) == ("A", "B", "C")
