"""The impact as figures: every one recomputed from exported rows, by other means than ours."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from icd11kit.cli.impact import impact_command
from icd11kit.errors import SourceError, StoreError
from icd11kit.terminology import Terminology
from icd11kit.transition.impact import words
from icd11kit.transition.impact.axes import open_axes
from icd11kit.transition.impact.report import Wanted, measure_impact
from icd11kit.transition.impact.scenarios import CLUSTERS, OWN, STEMS
from icd11kit.transition.impact.software import Weighted, is_read_as_number, measure_lengths
from icd11kit.transition.impact.trouble import WEIGHTS
from icd11kit.transition.impact.values import Impact
from icd11kit.transition.outcomes import Outcome
from tests.impact_cases import COUNTED, SET_ASIDE, VOLUMES, mapped_home, measured, written

OWN_MAPPING = (
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\n"
    "ICD10CM:Z79.4\tskos:exactMatch\ticd11mms:5A11\tsemapv:ManualMappingCuration\t1.0\n"
)


@pytest.fixture(scope="module")
def impact(starter: Terminology, tmp_path_factory: pytest.TempPathFactory) -> Impact:
    return measured(starter, tmp_path_factory.mktemp("impact"))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[dict[str, str]]]:
    """The JSON of the command, and the rows of its work list as the csv module reads them."""
    folder = tmp_path_factory.mktemp("exported")
    path, work = written(folder, "volumes.csv", VOLUMES), folder / "work.csv"
    asked = ["--code-column", "dx", "--count-column", "n", "--json", "--work-list", str(work)]
    done = CliRunner().invoke(impact_command, [path, *asked, "--home", str(folder / "home")])
    assert done.exit_code == 0, done.output
    with work.open(newline="") as stream:
        return json.loads(done.stdout), list(csv.DictReader(stream))


def test_every_share_comes_out_of_the_exported_rows(exported: Any) -> None:
    said, _ = exported
    rows = said["rows"]
    total = sum(row["volume"] for row in rows)
    assert total == said["volume"] == COUNTED
    volumes: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for row in rows:
        volumes[row["outcome"]] += row["volume"]
        codes[row["outcome"]] += 1
    for each in said["outcomes"]:
        assert (volumes[each["outcome"]], codes[each["outcome"]]) == (
            each["volume"], each["codes"],
        )  # fmt: skip
    assert said["review"] == sum(row["volume"] for row in rows if row["needs_review"])
    right = sum(row["volume"] * row["confidence"] for row in rows if row["target"])
    assert said["band"]["share"] == pytest.approx(right / total)


def test_every_table_comes_out_of_the_exported_rows(exported: Any) -> None:
    said, _ = exported
    flows: Counter[tuple[str, str]] = Counter()
    chapters: dict[str, Counter[str]] = defaultdict(Counter)
    details: Counter[str] = Counter()
    for row in said["rows"]:
        flows[row["chapter"], row["target_chapter"]] += row["volume"]
        chapters[row["chapter"]][row["outcome"]] += row["volume"]
        details[row["detail"]] += row["volume"]
    assert flows == {(f["source"], f["target"]): f["volume"] for f in said["flows"]}
    names = [outcome.value for outcome in Outcome]
    for chapter in said["chapters"]:
        counted = dict(zip(names, chapter["outcomes"], strict=True))
        assert counted == {name: chapters[chapter["chapter"]][name] for name in names}
    assert {d["kind"]: d["volume"] for d in said["details"]} == {
        kind: volume for kind, volume in details.items() if kind
    }


def test_strings_come_out_of_the_exported_rows(exported: Any) -> None:
    said, _ = exported
    targets = [(row["target"], row["volume"]) for row in said["rows"] if row["target"]]
    whole = said["software"]["lengths"][-1]
    spread = sorted(len(target) for target, volume in targets for _ in range(volume))
    assert whole["median"] == spread[(len(spread) - 1) // 2]
    assert whole["longest"] == spread[-1] == len(whole["example"])
    for fit in whole["fits"]:
        assert fit["volume"] == sum(length > fit["width"] for length in spread)
    forms = {form["name"]: form["volume"] for form in said["software"]["forms"]}
    assert forms["ampersand &"] == sum(v for target, v in targets if "&" in target) == 85
    assert forms["slash /"] == sum(v for target, v in targets if "/" in target) == 90
    codes = sum((t.count("&") + t.count("/") + 1) * v for t, v in targets)
    each = codes / sum(v for _, v in targets)
    assert said["software"]["codes_each"] == pytest.approx(each)


def test_the_work_list_is_ordered_by_cost_and_explains_itself(exported: Any) -> None:
    said, work = exported
    by_code = {row["code"]: row for row in said["rows"]}
    assert [row["code"] for row in work] == said["work"]
    costs = [int(row["cost"]) for row in work]
    assert costs == sorted(costs, reverse=True)
    for row in work:
        full = by_code[row["code"]]
        assert int(row["cost"]) == full["volume"] * full["trouble"] > 0
        assert row["why"]
    left = {row["code"] for row in said["rows"]} - set(said["work"])
    assert left == {"I10", "E11.9", "J44.9"}


def test_outcomes_are_those_of_the_crosswalk(impact: Impact) -> None:
    found = {row.code: (row.volume, row.outcome.value) for row in impact.rows}
    assert found["E11.9"] == (320, "one code")
    assert found["E11.10"] == (40, "cluster")
    assert found["S52.531A"] == (60, "loses detail")
    assert found["Z79.4"] == (15, "no target")
    assert found["Z99.999"] == (5, "unknown code")
    assert found["1.00E+10"] == (4, "malformed")
    assert sum(aside.rows for aside in impact.volumes.set_aside) == SET_ASIDE


def test_trouble_is_as_documented(impact: Impact) -> None:
    trouble = {row.code: row.trouble for row in impact.rows}
    assert trouble["E11.9"] == WEIGHTS[Outcome.ONE_CODE] == 0
    assert trouble["E11.10"] == WEIGHTS[Outcome.CLUSTER]
    assert trouble["C50.911"] == WEIGHTS[Outcome.DETAIL]
    assert trouble["S52.531A"] == WEIGHTS[Outcome.DETAIL] + 1
    assert trouble["N18.30"] == WEIGHTS[Outcome.DETAIL] + 1 - 1
    assert trouble["Z79.4"] == WEIGHTS[Outcome.NONE]


def test_what_is_unsaid_is_counted_by_kind(impact: Impact) -> None:
    found = {each.kind: each.volume for each in impact.unsaid}
    assert found["encounter"] == found["fracture"] == 60
    assert found["the whole code"] == 25
    assert found["further words of the title"] == 25
    assert found["not named"] == 80


def test_axes_are_open_where_neither_side_says_them(impact: Impact, starter: Terminology) -> None:
    names = {each.axis for each in open_axes(starter.clusters, "NC32.50&XK9K")}
    assert "laterality" not in names
    assert {"fractureSubtype", "fractureOpenOrClosed"} <= names
    assert "laterality" in {each.axis for each in open_axes(starter.clusters, "NC32.50")}
    listed = {need.axis: need for need in impact.axes}
    assert listed["fractureSubtype"].volume == 60
    assert "fractureOpenOrClosed" not in listed, "the source says that it is closed"
    required = [need.required for need in impact.axes]
    assert required == sorted(required, reverse=True)
    assert open_axes(starter.clusters, "&&") == frozenset()


def test_stems_alone_lose_what_clusters_say(impact: Impact) -> None:
    stems, clusters = impact.scenarios
    assert (stems.name, clusters.name) == (STEMS, CLUSTERS)
    by_name = dict(zip(Outcome, stems.outcomes, strict=True))
    assert by_name[Outcome.CLUSTER] == 0
    assert by_name[Outcome.DETAIL] == clusters.outcomes[1] + clusters.outcomes[2]
    assert sum(stems.outcomes) == sum(clusters.outcomes) == COUNTED
    assert stems.longest < clusters.longest
    assert stems.cost > clusters.cost


def test_own_mappings_are_a_third_way(home: Path, tmp_path: Path) -> None:
    from icd11kit.terminology import open_terminology

    own = written(tmp_path, "own.sssom.tsv", OWN_MAPPING)
    path = written(tmp_path, "volumes.csv", VOLUMES)
    icd = open_terminology(home)
    found = measure_impact(icd, Wanted(path, "dx", "n", mappings=(own,)))
    ways = {way.name: way for way in found.scenarios}
    gained = ways[OWN].outcomes[0] - ways[CLUSTERS].outcomes[0]
    assert gained == 15
    assert ways[OWN].outcomes == tuple(each.volume for each in found.outcomes)


def test_icd10_goes_by_whos_tables(tmp_path: Path) -> None:
    text = "dx,n\nE119,10\nI10X,20\nI509,5\nE10,3\nE11.65,4\nZ99,1\n"
    icd = mapped_home(tmp_path / "home")
    found = measured(icd, tmp_path, text, "", source="icd10")
    rows = {row.code: row for row in found.rows}
    assert rows["I10"].chapter == "IX"
    assert rows["E11.9"].chapter == "IV"
    assert rows["I50.9"].outcome is Outcome.AMBIGUOUS
    assert rows["Z99"].outcome is Outcome.UNKNOWN
    assert rows["E11.65"].remainder == ("what E11.65 adds to E11",)
    assert found.band.measured == 0
    assert "has not been measured" in " ".join(words.answer_sentences(found))


def test_icd10_without_tables_is_said(starter: Terminology, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="mapping tables are not installed"):
        measured(starter, tmp_path, "dx,n\nI10,1\n", "", source="icd10")


def test_no_row_that_counts_is_said(starter: Terminology, tmp_path: Path) -> None:
    found = measured(starter, tmp_path, "dx,n\nI10,x\n", "")
    assert found.volume == 0
    assert list(words.answer_sentences(found)) == [
        "The file counts no diagnosis, so nothing can be said of the move."
    ]


def test_counts_of_nought_are_no_volume(starter: Terminology, tmp_path: Path) -> None:
    found = measured(starter, tmp_path, "dx,n\nI10,0\n", "")
    assert (found.volume, len(found.rows)) == (0, 1)


def test_hundred_adds_up() -> None:
    for volumes in ((1, 1, 1), (999, 1, 0), (5, 0, 0), (33, 33, 34), (1, 2, 3, 4, 5, 6)):
        assert sum(words.of_hundred(volumes)) == 100


@pytest.mark.parametrize(
    ("text", "is_number"),
    [("1E10", True), ("8E47", True), ("1E50.Z", False), ("5A11", False), ("XE12", False)],
)
def test_codes_that_spreadsheets_take_for_numbers(text: str, is_number: bool) -> None:
    assert is_read_as_number(text) is is_number
    if is_number:
        assert float(text) > 0


def test_no_strings_have_no_length() -> None:
    found = measure_lengths("none", [])
    assert (found.median, found.percentile95, found.longest, found.example) == (0, 0, 0, "")
    assert measure_lengths("x", [Weighted("abc", 0)]).longest == 3


def test_same_input_gives_the_same_value(starter: Terminology, tmp_path: Path) -> None:
    assert measured(starter, tmp_path) == measured(starter, tmp_path)


def test_a_missing_column_is_one_sentence(starter: Terminology, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no column 'n'"):
        measured(starter, tmp_path, "dx,count\nI10,1\n")
