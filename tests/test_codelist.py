"""A list translated over the starter set: what is found, told apart, lost and gained; files."""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fhir.resources.R4B.valueset import ValueSet as ValueSetR4
from fhir.resources.valueset import ValueSet

from icd11kit.cli.cluster import cluster_command
from icd11kit.cli.codelist import codelist_command
from icd11kit.errors import SourceError
from icd11kit.terminology import Terminology
from icd11kit.transition.codelist.match import Meanings, matcher, parse_patterns
from icd11kit.transition.codelist.members import read_catalog
from icd11kit.transition.codelist.origin import Options
from icd11kit.transition.codelist.translate import translate
from icd11kit.transition.codelist.values import Kind, Shared, Translation
from icd11kit.transition.codelist.world import World, read_world
from icd11kit.transition.outcomes import needs_review
from icd11kit.vocabulary import System

PAGE = Path(__file__).resolve().parent.parent / "docs" / "codelists.md"
Lister = Callable[[str], str]


@pytest.fixture
def listed(tmp_path: Path) -> Lister:
    """Write lines with spaces between them to a list, and return its path."""

    def write(text: str) -> str:
        path = tmp_path / "list.txt"
        path.write_text("\n".join(text.split()) + "\n", "utf-8")
        return str(path)

    return write


@pytest.fixture(scope="module")
def world(starter: Terminology) -> World:
    return read_world(starter, read_catalog(starter.store(System.ICD10CM)).reported)


def parts(made: Translation) -> list[str]:
    return [" -".join((item.text, *item.exceptions)) for item in made.definition]


def whys(made: Translation, kind: Kind) -> dict[str, str]:
    return {each.code: each.why for each in made.differences if each.kind is kind}


def test_a_category_becomes_a_subtree(starter: Terminology, listed: Lister) -> None:
    made = translate(starter, listed("N18"))
    assert parts(made) == ["GB61"]
    assert made.codes._asdict() == {
        "listed": 9, "apart": 9, "blurred": 0, "lost": 0, "gained": 0,
    }  # fmt: skip
    assert made.definition[0].is_whole
    assert set(made.definition[0].codes) == {f"GB61.{end}" for end in "012345Z"}
    assert [each.code for each in made.enumerated] == sorted(set(made.definition[0].codes))


def test_the_side_of_all_members_is_asked_for(starter: Terminology, listed: Lister) -> None:
    made = translate(starter, listed("C50.912"))
    assert "2C6Z&XK8G" in parts(made) or "2C6Y&XK8G" in parts(made)
    assert all(item.pieces == ("&XK8G",) for item in made.definition)
    assert made.codes.gained == 0


def test_what_shares_its_target_is_lost_and_gained(starter: Terminology, listed: Lister) -> None:
    made = translate(starter, listed("S52.531A"))
    assert (made.codes.apart, made.codes.blurred, made.codes.gained) == (0, 1, 15)
    (lost,) = (each for each in made.differences if each.kind is Kind.LOST)
    assert (lost.code, lost.why, len(lost.others)) == ("S52.531A", "encounter", 15)
    assert "S52.531B" in lost.reason
    assert "12 more outside the list" in lost.reason
    gained = whys(made, Kind.GAINED)
    assert gained["S52.531D"] == "encounter"


def test_shared_targets_can_be_left_out(starter: Terminology, listed: Lister) -> None:
    made = translate(starter, listed("S52.531A I10"), Options(shared=Shared.DROP))
    assert [each.code for each in made.enumerated] == ["BA00.Z"]
    assert (made.codes.apart, made.codes.blurred, made.codes.lost, made.codes.gained) == (
        1,
        0,
        1,
        0,
    )
    assert whys(made, Kind.LOST) == {"S52.531A": "left out"}


@pytest.mark.parametrize(("mine", "theirs", "kept"), [(5, 4, True), (4, 5, False), (0, 0, True)])
def test_the_majority_of_records_decides(
    starter: Terminology, listed: Lister, tmp_path: Path, mine: int, theirs: int, kept: bool
) -> None:
    volumes = tmp_path / "volumes.csv"
    volumes.write_text(f"code,count\nS52.531A,{mine}\nS52.531B,{theirs}\n")
    options = Options(shared=Shared.MAJORITY, volumes=str(volumes))
    made = translate(starter, listed("S52.531A"), options)
    assert bool(made.enumerated) is kept


def test_records_are_shared_out(starter: Terminology, listed: Lister, tmp_path: Path) -> None:
    volumes = tmp_path / "volumes.csv"
    volumes.write_text("code,count\nN18.4,60\nA00.0,30\nS52.531A,10\nS52.531D,25\nN18,7\n")
    made = translate(starter, listed("N18 S52.531A A00.0"), Options(volumes=str(volumes)))
    assert made.records is not None
    assert made.records._asdict() == {
        "listed": 100, "apart": 60, "blurred": 10, "lost": 30, "gained": 25,
    }  # fmt: skip
    assert made.records.precision == pytest.approx(70 / 95)
    assert [flag.text for flag in made.flags] == ["N18"]
    counted = {each.code: each.records for each in made.differences if each.records}
    assert counted["A00.0"] == 30
    volumes.write_text("code,count\nN18.4,60\n")
    alone = translate(starter, listed("N18"), Options(volumes=str(volumes))).records
    assert alone is not None
    assert (alone.gained, alone.precision) == (None, None)


def test_volumes_of_any_size_and_encoding_are_read(
    starter: Terminology, listed: Lister, tmp_path: Path
) -> None:
    volumes = tmp_path / "volumes.csv.gz"
    rows = "N18.4,1\n" * 200_000
    volumes.write_bytes(gzip.compress(f"code,count\n{rows}".encode("utf-16")))
    made = translate(starter, listed("N18"), Options(volumes=str(volumes)))
    assert made.records is not None
    assert made.records.listed == 200_000


def test_a_member_without_target_is_lost(starter: Terminology, listed: Lister) -> None:
    made = translate(starter, listed("A00.0"))
    assert (made.enumerated, made.definition) == ((), ())
    assert whys(made, Kind.LOST) == {"A00.0": "no target"}


def test_doubts_are_those_of_needs_review(starter: Terminology, listed: Lister) -> None:
    made = translate(starter, listed("C50.911 I50.1 N18.6 I10"))
    doubtful = whys(made, Kind.DOUBTFUL)
    wanted = {code for code in made.members if needs_review(starter.map(code))}
    assert wanted
    assert wanted == set(doubtful) & set(made.members)


def test_patterns_find_what_the_definition_says(
    starter: Terminology, listed: Lister, world: World
) -> None:
    """Over lists at random: patterns, codes of the parts and totals all say the same."""
    meant, chance = Meanings(starter.clusters), random.Random(11)
    terminal = [n.label for n in world.tree.nodes.values() if n.is_leaf and n.is_code]
    for size in (1, 2, 3, 5, 8, 13, 21, 34):
        made = translate(starter, listed(" ".join(chance.sample(sorted(world.targets), size))))
        finds = matcher(meant, [p for item in made.definition for p in item.patterns])
        codes = {c for item in made.definition for c in item.codes if c in world.tree.places}
        assert [c for c in terminal if finds(c)] == [c for c in terminal if c in codes]
        found = {code for code, target in world.targets.items() if target and finds(target)}
        members = set(made.members)
        assert len(found - members) == made.codes.gained
        assert len(members - found) == made.codes.lost
        assert {each.code for each in made.enumerated} == {
            world.targets[code] for code in members if world.targets[code]
        }


def test_exceptions_of_a_file_are_those_of_the_pattern_before(starter: Terminology) -> None:
    lines = ["# diabetes", "5A11", "- 5A11/GB61.Z", "GB61  # kidney", "-GB61.5", ""]
    patterns = list(parse_patterns(lines, "a.pattern"))
    finds = matcher(Meanings(starter.clusters), patterns)
    wanted = {"5A11": True, "5A11/GB61.0": True, "5A11/GB61.5": False, "GB61.4": True,
              "GB61.5": False, "5A10": False, "nonsense&": False}  # fmt: skip
    assert {text: finds(text) for text in wanted} == wanted


@pytest.mark.parametrize(("line", "why"), [("- 5A11", "before any"), ("5A11&", "is no pattern")])
def test_a_wrong_pattern_file_is_one_sentence(line: str, why: str) -> None:
    with pytest.raises(SourceError, match=f"line 1: .*{why}"):
        list(parse_patterns([line], "a.pattern"))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(codelist_command, list(arguments))


@pytest.fixture
def empty(home: Path) -> Path:
    return home


@pytest.mark.parametrize(("form", "model"), [("fhir-r4", ValueSetR4), ("fhir-r5", ValueSet)])
def test_value_sets_are_valid_fhir(
    empty: Path, listed: Lister, tmp_path: Path, form: str, model: Any
) -> None:
    out = tmp_path / "out.json"
    done = call("translate", listed("N18 C50.912"), "--out", str(out), "--format", form)
    assert done.exit_code == 0, done.output
    made = model.model_validate_json(out.read_text("utf-8"))
    filters = [part.filter[0] for part in made.compose.include if part.filter]
    assert ("concept", "is-a", "GB61") in [(f.property, f.op, f.value) for f in filters]
    listed_codes = [c.code for part in made.compose.include for c in part.concept or ()]
    assert "2C6Z&XK8G" in listed_codes or "2C6Y&XK8G" in listed_codes
    assert {part.system for part in made.compose.include} == {
        "http://id.who.int/icd/release/11/mms"
    }
    again = call("translate", str(out), "--from", "icd11", "--json")
    assert "N18.4" in {each["code"] for each in json.loads(again.stdout)["enumerated"]}


def test_excluded_codes_are_listed_one_by_one(starter: Terminology, listed: Lister) -> None:
    from icd11kit.transition.codelist.formats import valueset_of

    made = translate(starter, listed("N18 -N18.4"), Options(most_outside=0.2))
    assert parts(made) == ["GB61 -GB61.4"]
    content = valueset_of(made, starter.title, starter.codes_below)
    assert [code for code, _ in content.subtrees] == ["GB61"]
    assert [code for code, _ in content.excluded] == ["GB61.4"]
    stricter = translate(starter, listed("N18 -N18.4"), Options(most_outside=0))
    assert len(stricter.definition) == 6


def test_csv_and_json_say_the_same_as_each_other_and_every_time(
    empty: Path, listed: Lister, tmp_path: Path
) -> None:
    path = listed("N18 -N18.4 S52.531A E99")
    first, again = (tmp_path / name for name in ("a.csv", "b.csv"))
    for out in (first, again):
        assert call("translate", path, "--out", str(out)).exit_code == 0
    assert first.read_bytes() == again.read_bytes()
    rows = list(csv.DictReader(first.read_text("utf-8").splitlines()))
    made = json.loads(call("translate", path, "--json").stdout)
    by_part: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_part.setdefault(row["part"], []).append(row)
    assert {row["code"]: row["title"] for row in by_part["provenance"]} == made["provenance"]
    assert [row["code"] for row in by_part["enumerated"]] == [e["code"] for e in made["enumerated"]]
    assert [row["codes"].split() for row in by_part["definition"]] == [
        item["codes"] for item in made["definition"]
    ]
    for kind in ("lost", "gained"):
        wanted = [each["reason"] for each in made["differences"] if each["kind"] == kind]
        assert [row["reason"] for row in by_part[kind]] == wanted
    assert [row["code"] for row in by_part["unknown"]] == ["E99"]
    assert made["provenance"]["tier"] == "starter"
    assert "list.txt --from icd10cm --to icd11" in made["provenance"]["command"]


def test_patterns_in_a_file_run_on_data(empty: Path, listed: Lister, tmp_path: Path) -> None:
    out, data = tmp_path / "out.pattern", tmp_path / "data.csv"
    assert call("translate", listed("N18 -N18.4 C50.912"), "--out", str(out)).exit_code == 0
    data.write_text("id,dx\n1,GB61.2\n2,GB61.4\n3,2C6Z&XK8G\n4,2C6Z&XK9K\n5,5A11/GB61.5\n")
    done = call("match", str(out), "--file", str(data), "--column", "dx")
    assert done.exit_code == 0
    hits = [row["id"] for row in csv.DictReader(done.stdout.splitlines())]
    assert [hit for hit in hits if hit != "3"] == ["1", "5"]
    said = call("match", str(out), "GB61.2", "GB61.4", "--json").stdout.splitlines()
    assert [json.loads(line)["match"] for line in said] == [True, False]
    assert call("match", str(out), "5A11").exit_code == 1
    lines = [line for line in out.read_text().splitlines() if line[0] not in "#-"]
    assert len(lines) >= 2
    for line in lines:
        done = CliRunner().invoke(cluster_command, ["match", line, line])
        assert (done.exit_code, done.stdout.strip()) == (0, line)


def test_the_way_back_is_enumerated_with_doubts(
    empty: Path, listed: Lister, tmp_path: Path
) -> None:
    done = call("translate", listed("GB61 CA22.0 2C6Z&XK8G QQ"), "--from", "icd11", "--json")
    made = json.loads(done.stdout)
    enumerated = {each["code"]: each["members"] for each in made["enumerated"]}
    assert enumerated["J44.1"] == ["CA22.0"]
    assert enumerated["N18.4"] == ["GB61.4"]
    assert made["definition"] == []
    assert made["provenance"]["target"].startswith("icd10cm")
    assert [flag["text"] for flag in made["flags"]] == ["QQ"]
    total = made["codes"]
    assert total["apart"] + total["blurred"] + total["lost"] == len(made["members"])
    text = call("translate", listed("CA22.0"), "--from", "icd11").stdout
    assert "1 code of ICD-11 MMS 2025-01 is 1 code of ICD-10-CM 2026-04." in text


@pytest.mark.parametrize(
    ("text", "code"), [("N18.4", 0), ("N18.4 E99", 0), ("A00.0", 1), ("E99", 1)]
)
def test_only_a_list_of_which_nothing_is_translated_fails(
    empty: Path, listed: Lister, text: str, code: int
) -> None:
    done = call("translate", listed(text))
    assert done.exit_code == code
    assert ("not used, line" in done.stdout) is ("E99" in text)


@pytest.mark.parametrize(
    "more",
    [
        ("--to", "icd10cm"), ("--shared", "majority"), ("--format", "csv"),
        ("--exceptions", "1.5"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said(empty: Path, listed: Lister, more: tuple[str, str]) -> None:
    assert call("translate", listed("N18"), *more).exit_code == 2


def test_every_line_fits_the_screen(empty: Path, listed: Lister) -> None:
    path = listed("E11 I20-I25 N18 -N18.4 S52.531A C50.912 J44 W01 T42 E99 A00")
    for more in ((), ("--show", "lost"), ("--show", "gained"), ("--show", "doubtful")):
        lines = call("translate", path, *more).stdout.splitlines()
        assert lines
        assert [line for line in lines if len(line) > 80] == []


def test_a_list_from_stdin_is_read(empty: Path) -> None:
    done = CliRunner().invoke(codelist_command, ["translate", "-"], input="N18.4\n")
    assert "1 code of ICD-10-CM 2026-04 is 1 code of ICD-11" in done.stdout


def test_own_mappings_are_taken(empty: Path, listed: Lister, tmp_path: Path) -> None:
    own = tmp_path / "own.sssom.tsv"
    own.write_text(
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "icd10cm:A00.0\tskos:exactMatch\ticd11mms:1A00\tsemapv:ManualMappingCuration\n"
    )
    done = call("translate", listed("A00.0"), "--mappings", str(own), "--json")
    assert [each["code"] for each in json.loads(done.stdout)["enumerated"]] == ["1A00"]


def test_the_page_says_what_the_commands_say(
    empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGE.read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    for name, text in re.findall(r"```text (\S+)\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text, "utf-8")
    shown = re.findall(r"```console\n\$ icd11kit codelist (.*?)\n(.*?)```", page, re.DOTALL)
    assert len(shown) >= 5
    for command, wanted in shown:
        assert call(*command.split()).stdout == wanted, command
