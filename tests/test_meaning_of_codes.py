"""What ICD-10-CM codes say: cases, and all billable codes of the real list."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from icd11kit.crosswalk.load import all_codes
from icd11kit.crosswalk.meaning import CmCode, parse_word_rules, read_meaning
from icd11kit.crosswalk.rulebook import shipped_rules
from icd11kit.crosswalk.wording import DENIED, Wording, parse_synonyms, stem
from icd11kit.errors import SourceError
from icd11kit.terminology import open_terminology
from icd11kit.vocabulary import System

CASES = Path(__file__).resolve().parent / "cases" / "icd10cm_meanings.csv"
with CASES.open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))


@pytest.mark.parametrize("row", ROWS, ids=[row["code"] for row in ROWS])
def test_a_title_is_read(row: dict[str, str]) -> None:
    rules = shipped_rules()
    said = read_meaning(CmCode(row["code"], row["title"], ()), rules.words, rules.wording)
    facets = " ".join(
        f"{facet.kind}={facet.value}" for facet in said.facets if facet.kind != "seventh character"
    )
    assert (said.kernel, facets) == (row["kernel"], row["facets"])
    assert (said.is_other, said.is_unspecified) == (bool(row["other"]), bool(row["unspecified"]))


def test_every_code_of_the_list_is_read(released: Path) -> None:
    rules = shipped_rules()
    counts: Counter[str] = Counter()
    with open_terminology(released) as icd:
        for code in all_codes(icd.store(System.ICD10CM)):
            if code.billable:
                said = read_meaning(code, rules.words, rules.wording)
                assert said.kernel, code
                assert len(said.facets) == len(set(said.facets)), code
                counts.update({facet.kind for facet in said.facets})
                counts["codes"] += 1
    assert counts["codes"] == 74_719
    assert counts["seventh character"] > 51_000
    assert counts["laterality"] > 28_000
    assert counts["encounter"] + counts["sequela"] > 49_000


def test_denied_words_are_not_the_same_as_said_ones() -> None:
    wording = Wording({})
    said = wording.words("Laceration with foreign body of hand")
    denied = wording.words("Laceration without foreign body of hand")
    assert said - denied == {stem("foreign"), stem("body")}
    assert denied - said == {DENIED + stem("foreign"), DENIED + stem("body")}
    assert wording.words("Injury without mention of open wound") == wording.words(
        "Injury without open wound"
    )


def test_synonyms_are_replaced_the_longest_first() -> None:
    wording = Wording({("heart",): ("cardiac",), ("heart", "attack"): ("infarction",)})
    assert wording.words("heart attack") == wording.words("infarction")
    assert wording.words("heart block") == wording.words("cardiac block")


def test_synonyms_reach_over_prepositions_and_keep_what_they_deny() -> None:
    table = "term\tmeans\treason\n"
    table += "back of hand\tdorsum of hand\t-\n"
    table += "ulcer without perforation with bleeding\tulcer with hemorrhage\t-\n"
    table += "plain ulcer\tulcer without complication\t-\n"
    table += "failure with hypercapnia\tfailure type II\t-"
    wording = Wording(parse_synonyms(table))
    assert wording.words("Burn of the back of hand") == wording.words("Burn of dorsum of hand")
    assert wording.words("Ulcer without perforation with bleeding") == wording.words(
        "Ulcer with hemorrhage"
    )
    assert wording.words("Plain ulcer") == wording.words("Ulcer without complication")
    assert wording.words("Failure with hypercapnia") == wording.words("Failure, type 2")
    assert "dorsum" not in wording.words("Back, hand")


def test_titles_that_list_alternatives_have_partial_readings() -> None:
    readings = set(Wording({}).partial("Injury of muscle, fascia or tendon"))
    assert {stem(w) for w in ("injury", "tendon")} in readings
    assert {stem(w) for w in ("injury", "muscle", "fascia")} in readings
    assert len(readings) == 6


@pytest.mark.parametrize(
    "line", ["a\tb", "laterality\tright\t(\tcut\treason", "a\tb\tc\tside\treason"]
)
def test_a_wrong_rule_is_named_by_its_line(line: str) -> None:
    with pytest.raises(SourceError, match="line 2"):
        parse_word_rules(f"facet\tvalue\tpattern\tcut\treason\n{line}")
