"""Codes as a comparison of coders sees them: looked up once, placed, with axes or facets."""

from __future__ import annotations

from pathlib import Path

import pytest

from icd11kit.terminology import Terminology, open_terminology
from icd11kit.transition.agreement.codes import read_codes
from icd11kit.vocabulary import ClassKind, Residual


@pytest.mark.parametrize("code", ["5A11", "NC32.5Z", "8B11.20", "1A00", "BC81.3Y", "MB48.Z"])
def test_places_are_those_of_the_tree(starter: Terminology, code: str) -> None:
    stem = read_codes(starter, "icd11").read(code).groups[0].stem
    above = starter.ancestors(code)
    blocks = [entity for entity in above if entity.kind is ClassKind.BLOCK]
    categories = [entity for entity in above if entity.kind is ClassKind.CATEGORY]
    assert (stem.code, stem.title) == (code, starter.title(code))
    assert (stem.chapter, stem.chapter_title) == (above[0].code, above[0].title)
    assert stem.block == blocks[-1].id
    assert stem.category == (categories[0].code if categories else code)
    assert stem.above == {*(entity.id for entity in above), stem.id}
    assert not stem.fault


@pytest.mark.parametrize(
    ("text", "canonical", "axes"),
    [
        ("nc32.5z & XK9K&XJ44E", "NC32.5Z&XJ44E&XK9K", ["extension", "laterality"]),
        ("NC32.2&XK8G&XK8G", "NC32.2&XK8G", ["laterality"]),
        ("5A11&XK8G", "5A11&XK8G", ["laterality"]),
        ("5A11&XS25", "5A11&XS25", ["severity"]),
        ("5A11&XY0Y", "5A11&XY0Y", ["discharge diagnosis types"]),
        ("5A11/5A11/GB61.Z", "5A11/GB61.Z", []),
        ("http://id.who.int/icd/entity/119724091", "5A11", []),
        ("9zzz&xk8g", "9ZZZ&XK8G", ["laterality"]),
    ],
)
def test_clusters_come_in_one_form_with_their_axes(
    starter: Terminology, text: str, canonical: str, axes: list[str]
) -> None:
    given = read_codes(starter, "icd11").read(text)
    assert given.text == canonical
    assert [value.axis for group in given.groups for value in group.values] == axes


@pytest.mark.parametrize(
    ("system", "text", "reason", "is_malformed"),
    [
        ("icd11", "9ZZZ", "9ZZZ is no code of this release", False),
        ("icd11", "5A11&&XK8G", "nothing stands between & and &", True),
        ("icd11", "1.00E+30", "a spreadsheet has spoiled a code", True),
        ("icd11", "1E+30", "a spreadsheet has spoiled a code", True),
        ("icd10cm", "I1O", "does not have the form of ICD-10-CM", True),
        ("icd10cm", "I10.5", "no code I10.5 in ICD-10-CM", False),
        ("icd10cm", "5A11", "does not have the form of ICD-10-CM", True),
    ],
)
def test_what_names_nothing_says_why(
    starter: Terminology, system: str, text: str, reason: str, is_malformed: bool
) -> None:
    given = read_codes(starter, system).read(text)
    (fault,) = given.faults
    assert reason in fault
    assert given.groups[0].stem.is_malformed == is_malformed


@pytest.mark.parametrize(
    ("code", "block", "category", "residual", "facets"),
    [
        ("S52.531A", "S50-S59", "S52", "", "encounter fracture laterality"),
        ("I21.9", "I20-I25", "I21", "unspecified", "course"),
        ("E11.8", "E08-E13", "E11", "", "detail"),
        ("A04.4", "A00-A09", "A04", "other", ""),
        ("I10", "I10-I1A", "I10", "", ""),
    ],
)
def test_icd10cm_titles_say_facets_and_residuals(
    starter: Terminology, code: str, block: str, category: str, residual: str, facets: str
) -> None:
    stem = read_codes(starter, "icd10cm").read(code).groups[0].stem
    assert (stem.block, stem.category) == (block, category)
    assert stem.residual == Residual(residual)
    assert sorted(kind for kind, _ in stem.facets) == sorted(facets.split())


def test_a_text_is_looked_at_once(starter: Terminology) -> None:
    for system, text in (("icd11", "NC32.2&XK8G"), ("icd10cm", "S52.531A")):
        codes = read_codes(starter, system)
        assert codes.read(text) is codes.read(text)


def test_clusters_are_alike_where_they_say_the_same(starter: Terminology) -> None:
    codes = read_codes(starter, "icd11")
    assert codes.is_alike("DB10", "DB10.Z")
    assert not codes.is_alike("DB10", "DB10.0")
    assert not codes.is_alike("DB10", "&&")
    assert not read_codes(starter, "icd10cm").is_alike("I10", "I10")


def test_a_whole_release_names_axes_of_every_kind(released: Path) -> None:
    codes = read_codes(open_terminology(released, release="2025-01"), "icd11")
    said = {
        text: [value.axis for value in codes.read(text).groups[0].values]
        for text in ("NC32.5Z&XJ44E&XK9K", "GB51&XN6P4", "BA41.0&XA7RE3", "DB10.0&XY6M")
    }
    assert said == {
        "NC32.5Z&XJ44E&XK9K": ["fracture open or closed", "laterality"],
        "GB51&XN6P4": ["infectious agent"],
        "BA41.0&XA7RE3": ["specific anatomy"],
        "DB10.0&XY6M": ["diagnosis timing"],
    }
