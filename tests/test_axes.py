"""Axes and where they come from: WHO's API, coding notes, the profile; and their assignment."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from icd11kit.edition import Edition, SearchIndex
from icd11kit.errors import SourceError
from icd11kit.installation import install
from icd11kit.model import EditionKey, LinearizationEntity, Note
from icd11kit.postcoordination.axes import _CODE_ALSO, AxisTier
from icd11kit.postcoordination.issues import IssueCode, Mode, Severity
from icd11kit.postcoordination.profile import find_rules, parse_profile
from icd11kit.postcoordination.validate import Validator, shipped_profile
from icd11kit.sources.obtain import Wanted
from icd11kit.store.build import write_edition
from icd11kit.store.read import open_memory
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.vocabulary import ClassKind, Multiple, NoteKind, Tier

SCALES = "scale\troots\tprefixes\ttitle\nside\t1\tXK\tLaterality\nplace\t2 3\tXE\tPlaces"
HEAD = "scope\taxis\tscales\trequired\tmultiple\tsource\n"


def rules(*lines: str) -> str:
    return HEAD + "\n".join(line.replace("|", "\t") for line in lines)


def test_the_longest_scope_wins_axis_by_axis() -> None:
    profile = parse_profile(
        SCALES,
        rules("*|a|side|-|ALWAYS|x", "N|a|place|-|ALWAYS|y", "NC|a|-|-|ALWAYS|z",
              "N ND|b|side|required|NOT_ALLOWED|w"),
    )  # fmt: skip
    assert [(r.axis, r.scales) for r in find_rules(profile, "5A11")] == [("a", ("side",))]
    assert [r.source for r in find_rules(profile, "NB01")] == ["y", "w"]
    assert [(r.axis, r.required) for r in find_rules(profile, "NC32")] == [("b", True)]
    assert [r.scopes for r in find_rules(profile, "ND10")] == [("N",), ("N", "ND")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("N|a|side|-|ALWAYS", "line 2.*5 cells"),
        ("N|a|left|-|ALWAYS|x", "'left' is no scale"),
        ("N|a|side|-|OFTEN|x", "'OFTEN' is none of"),
    ],
)
def test_a_wrong_rule_is_named_by_its_line(line: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        parse_profile(SCALES, rules(line))


def test_the_shipped_profile_gives_a_source_for_every_rule() -> None:
    profile = shipped_profile()
    held = [rule for rules in profile.rules.values() for rule in rules]
    assert len(held) > 300
    assert [rule for rule in held if not rule.source.strip()] == []
    used = {name for rule in held for name in rule.scales}
    assert used <= set(profile.scales)
    assert {rule.multiple for rule in held} == set(Multiple)


def test_the_roots_of_the_scales_are_in_the_release(released: Path) -> None:
    icd = open_terminology(released, release="2025-01")
    for scale in shipped_profile().scales.values():
        known = [root for root in scale.roots if icd.lookup(root).chapter == "X"]
        assert known == [*scale.roots] or scale.name == "agent", scale


@pytest.fixture(scope="module")
def sanctioned(shared_data: Path, released: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The release 2025-01 with the real axes of four stems, as the API's objects give them."""
    rows = defaultdict(list)
    path = shared_data / "postcoordination" / "axis_samples_real.tsv"
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if not (row["code"] == "1A00" and row["release"] != "2025-01"):
                rows[row["entity"]].append(row)
    folder = tmp_path_factory.mktemp("sanctioned")
    (folder / "axes.json").write_text(json.dumps([_object(i, held) for i, held in rows.items()]))
    home = folder / "home"
    shutil.copytree(released, home)
    install(Wanted(sources=(str(folder / "axes.json"),)), home)
    return open_terminology(home, release="2025-01")


def _object(entity: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    root = "http://id.who.int/icd/release/11/2025-01/mms"
    axes = [
        {
            "axisName": f"http://id.who.int/icd/schema/{row['axis']}",
            "requiredPostcoordination": row["required"],
            "allowMultipleValues": row["allowMultiple"],
            "scaleEntity": [f"{root}/{i}" for i in re.findall(r"\d+(?:/\w+)?", row["scaleEntity"])],
        }
        for row in rows
    ]
    return {"@id": f"{root}/{entity}", "title": {"@value": "x"}, "postcoordinationScale": axes}


@pytest.mark.parametrize(
    ("cluster", "axis"),
    [("1A00&XN8P1", "infectiousAgent"), ("8B20&XK8G", "laterality"), ("2C27.Z&XA5PK8", "")],
)
def test_the_axes_of_the_api_are_obeyed(sanctioned: Terminology, cluster: str, axis: str) -> None:
    found = sanctioned.validate(cluster, Mode.STRICT)
    if axis:
        assert [(b.axis, b.tier) for b in found.bindings] == [(axis, AxisTier.SANCTIONED)]
        assert found.issues == ()
    else:
        assert {i.tier for i in found.issues if i.tier} <= {AxisTier.SANCTIONED}


def test_what_the_api_does_not_declare_is_an_error_in_standard_mode(
    sanctioned: Terminology,
) -> None:
    (issue,) = sanctioned.validate("1A00&XK8G").issues
    assert (issue.code, issue.tier) == (IssueCode.AXIS_NOT_DECLARED, AxisTier.SANCTIONED)
    assert issue.severity is Severity.ERROR
    (issue,) = sanctioned.validate("5A11&XK8G").issues
    assert (issue.tier, issue.severity) == (AxisTier.PROFILE, Severity.WARNING)


def test_multiplicity_of_the_api_is_obeyed(sanctioned: Terminology) -> None:
    codes = [issue.code for issue in sanctioned.validate("8B20&XK8G&XK9K").issues]
    assert codes == [IssueCode.TOO_MANY_VALUES]


def test_a_required_axis_of_the_api_is_asked_for(sanctioned: Terminology) -> None:
    issues = sanctioned.validate("MG50.3").issues
    (required,) = [i for i in issues if i.code is IssueCode.REQUIRED_AXIS_MISSING]
    assert (required.axis, required.tier) == ("hasCausingCondition", AxisTier.SANCTIONED)
    cured = sanctioned.validate("MG50.3/CA40.07").issues
    assert IssueCode.REQUIRED_AXIS_MISSING not in {issue.code for issue in cured}


def test_the_starter_set_has_axes_of_the_api(starter: Terminology) -> None:
    found = starter.validate("8B20&XK8G")
    assert [(b.axis, b.tier.value) for b in found.bindings] == [("laterality", "sanctioned")]


def test_coding_notes_that_ask_for_the_cause_are_found(shared_data: Path) -> None:
    path = shared_data / "mms" / "print_notes_2022-02.tsv"
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    asking = {row[0] for row in rows if len(row) > 2 and re.search(_CODE_ALSO, row[2])}
    assert len(asking) == 782


def test_a_coding_note_makes_the_cause_required() -> None:
    entities = (
        LinearizationEntity("1", "01", "Kites", ClassKind.CHAPTER, 0, "01"),
        LinearizationEntity("2", "1A00", "Torn kite", ClassKind.CATEGORY, 1, "01"),
        LinearizationEntity("3", "1A01", "Wet kite", ClassKind.CATEGORY, 1, "01"),
    )
    note = Note("2", NoteKind.CODING_NOTE, "Code also the causing condition")
    key = EditionKey("mms", "2025-01", "en")
    edition = Edition(key, Tier.RELEASE, entities, notes=(note,))
    store = open_memory(lambda con: write_edition(con, edition, SearchIndex(())))
    validator = Validator(store)
    (issue,) = validator.validate("1A00", Mode.STRICT).issues
    assert (issue.code, issue.tier) == (IssueCode.REQUIRED_AXIS_MISSING, AxisTier.SANCTIONED)
    assert validator.validate("1A00/1A01", Mode.STRICT).issues == ()
    assert validator.validate("1A01", Mode.STRICT).issues == ()


def test_without_a_tree_values_are_known_by_their_first_letters() -> None:
    names = {"XK8G": "Left", "XN6P4": "Escherichia coli", "XY0Y": "Main", "XY7B": "Other main"}
    entities = (
        LinearizationEntity("16", "16", "Kites", ClassKind.CHAPTER, 0, "16"),
        LinearizationEntity("2", "GB51", "Torn kite", ClassKind.CATEGORY, 1, "16"),
        LinearizationEntity("3", "X", "More of kites", ClassKind.CHAPTER, 0, "X"),
        *(
            LinearizationEntity(f"4{n}", code, title, ClassKind.CATEGORY, 1, "X")
            for n, (code, title) in enumerate(names.items())
        ),
        LinearizationEntity("824826401", "XN0A", "Some agent", ClassKind.CATEGORY, 1, "X"),
    )
    edition = Edition(EditionKey("mms", "2020-09", "en"), Tier.INDEX, entities)
    store = open_memory(lambda con: write_edition(con, edition, SearchIndex(())))
    validator = Validator(store)
    assert validator.validate("GB51&XK8G&XN6P4&XY0Y&XY7B", Mode.STRICT).issues == ()
    found = validator.suggest("GB51", "left")
    assert [(axis.axis, axis.choices[0].code) for axis in found] == [("laterality", "XK8G")]
