"""Search: what people type, on the starter set, and the coder queries on a real release."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.search_hits import CASES, outcomes, share
from icd11kit.errors import MalformedCodeError
from icd11kit.resources import LAY_TERMS, resource_folder
from icd11kit.search.terms import read_lay_terms
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.words import lay_key


def first(icd: Terminology, query: str, **options: str | bool | int) -> str:
    """Return the label of the best hit, "" for none."""
    hits = icd.search(query, **options)  # type: ignore[arg-type]
    return hits[0].entity.label if hits else ""


@pytest.mark.parametrize(
    "query",
    [
        "type 2 diabetes",
        "diabetes type 2 mellitus",
        "TYPE 2 DIABETES MELLITUS",
        "diabetis type 2",
        "type 2 diabtees",
        "t2dm",
        "niddm",
        "5a11",
        " 5A11 ",
    ],
)
def test_one_thing_said_in_many_ways(starter: Terminology, query: str) -> None:
    assert first(starter, query) == "5A11"


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("anaemia", "anemia"),
        ("haemorrhage", "hemorrhage"),
        ("tumour", "tumor"),
        ("oedema", "edema"),
        ("ischaemic", "ischemic"),
        ("generalised anxiety", "generalized anxiety"),
    ],
)
def test_both_spellings_find_the_same(starter: Terminology, british: str, american: str) -> None:
    found = [hit.code for hit in starter.search(british)]
    assert found
    assert [hit.code for hit in starter.search(american)] == found


def test_the_beginning_of_a_code_finds_its_codes(starter: Terminology) -> None:
    codes = [hit.code for hit in starter.search("5A1")]
    assert codes
    assert all(code.startswith("5A1") for code in codes)


def test_the_last_word_may_be_half_typed(starter: Terminology) -> None:
    assert first(starter, "type 2 diab") == "5A11"
    assert first(starter, "diab type 2") != "", "elsewhere a beginning is read as a slip"


def test_extension_codes_come_only_when_asked_for(starter: Terminology) -> None:
    assert first(starter, "left", extensions=True) == "XK8G"
    assert all(hit.entity.chapter != "X" for hit in starter.search("left"))
    assert first(starter, "left", chapter="X") == "XK8G"


def test_a_chapter_keeps_the_others_out(starter: Terminology) -> None:
    everywhere = {hit.entity.chapter for hit in starter.search("diabetes", limit=50)}
    assert len(everywhere) > 1
    within = starter.search("diabetes", chapter="5", limit=50)
    assert {hit.entity.chapter for hit in within} == {"05"}


def test_a_chapter_that_is_none_is_one_sentence(starter: Terminology) -> None:
    with pytest.raises(MalformedCodeError, match="no chapter '99'; there are 01 02"):
        starter.search("diabetes", chapter="99")


def test_icd10cm_is_searched_by_its_own_words(starter: Terminology) -> None:
    hits = starter.search("type 2 diabetes", system="icd10cm")
    assert hits
    assert hits[0].code.startswith("E11")


def test_a_limit_above_the_usual_gives_more(starter: Terminology) -> None:
    assert len(starter.search("unspecified", limit=100)) == 100
    usual, more = (starter.search("unspecified", limit=limit) for limit in (10, 100))
    assert usual == more[:10]


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_the_limit_is_kept(starter: Terminology, limit: int) -> None:
    assert len(starter.search("disorder", limit=limit)) == limit


@pytest.mark.parametrize("query", ["", " ", "&/%", "zzzzqqqq xxyyzz", '"', "'; DROP TABLE term --"])
def test_what_says_nothing_finds_nothing_or_little(starter: Terminology, query: str) -> None:
    assert len(starter.search(query)) <= 10


def test_a_query_as_long_as_a_book_is_answered(starter: Terminology) -> None:
    assert first(starter, "type 2 diabetes " + "x" * 100_000)
    starter.search("diabetes " * 20_000)


def test_scores_fall_and_lie_between_0_and_1(starter: Terminology) -> None:
    scores = [hit.score for hit in starter.search("fracture of radius", limit=20)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_the_file_of_lay_terms_is_in_order() -> None:
    path = Path(resource_folder("mappings"), LAY_TERMS)
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert rows[0] == ["term", "means", "kind", "reason"]
    assert all(len(row) == 4 and all(cell.strip() == cell != "" for cell in row) for row in rows)
    pairs = [(row[0], row[1]) for row in rows]
    assert len(pairs) == len(set(pairs))
    assert {row[2] for row in rows[1:]} == {"abbreviation", "body", "eponym", "lay", "synonym"}


@pytest.fixture(scope="module")
def icd(released: Path) -> Terminology:
    return open_terminology(released)


def test_every_lay_term_finds_something(icd: Terminology) -> None:
    empty = [term.term for term in read_lay_terms() if not icd.search(term.means)]
    assert empty == []
    assert [term.term for term in read_lay_terms() if not lay_key(term.term)] == []


def test_the_coder_queries_name_codes_of_the_release(icd: Terminology) -> None:
    found = outcomes(icd)
    assert len(found) >= 60
    assert CASES.read_text("utf-8").count("\n") == len(found) + 1
    for item in found:
        for code in item.expected.split("|"):
            assert icd.lookup(code, system="mms").code == code


@pytest.mark.parametrize("part", ["seen", "unseen"])
def test_nine_of_ten_coder_queries_are_answered_in_ten(icd: Terminology, part: str) -> None:
    found = [item for item in outcomes(icd) if item.part == part]
    assert len(found) == 60
    assert share(found, 10) >= 0.9
    assert share(found, 1) >= 0.75
