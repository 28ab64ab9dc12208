"""Overlays: the demands of countries and payers, stacked on WHO's rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from icd11kit.errors import SourceError
from icd11kit.postcoordination.issues import IssueCode, Mode, Severity
from icd11kit.postcoordination.overlay import parse_overlay
from icd11kit.postcoordination.validate import Validator, shipped_profile
from icd11kit.postcoordination.validation import Validation
from icd11kit.terminology import Terminology, open_terminology
from tests.prepared_home import run

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "overlays"


def checked(icd: Terminology, cluster: str, *overlays: str, mode: str = "standard") -> Validation:
    texts = (f'name = "Test"\n{overlay}' for overlay in overlays)
    rules = [r for text in texts for r in parse_overlay(text, "test.toml", shipped_profile())]
    return Validator(icd.clusters.store, overlays=rules).validate(cluster, Mode(mode))


def rule(**keys: object) -> str:
    held = {"id": "r", **keys}
    lines = (f"{key} = {json.dumps(value)}" for key, value in held.items())
    return "[[rule]]\n" + "\n".join(lines) + "\n"


def codes(found: Validation) -> list[str]:
    return [issue.code.value for issue in found.issues]


def test_a_required_value(starter: Terminology) -> None:
    sides = rule(scope="NC", require=["laterality"])
    assert codes(checked(starter, "NC32.2", sides)) == ["overlay-requires"]
    assert codes(checked(starter, "NC32.2&XK8G", sides)) == []
    assert codes(checked(starter, "5A11", sides)) == []
    issue = checked(starter, "NC32.2", sides).issues[0]
    assert (issue.severity, issue.overlay) == (Severity.ERROR, "Test: r")
    assert "Test: r" in issue.message


def test_only_the_main_stem(starter: Terminology) -> None:
    sides = rule(scope="*", only="main", require=["laterality"])
    assert codes(checked(starter, "NC32.2&XK8G/PA60", sides)) == []
    assert "overlay-requires" in codes(checked(starter, "5A11/NC32.2&XK8G", sides))


def test_a_forbidden_value(starter: Terminology) -> None:
    none = rule(scope="*", forbid=["laterality"], message="no sides here")
    (issue,) = checked(starter, "NC32.2&XK8G", none).issues
    assert (issue.code, issue.start, issue.end) == (IssueCode.OVERLAY_FORBIDS, 7, 11)
    assert issue.message == "no sides here (Test: r)"


def test_an_added_axis(starter: Terminology) -> None:
    assert codes(checked(starter, "5A11&XK8G")) == ["axis-not-declared"]
    more = rule(scope="5A11", add="laterality", scales=["laterality"])
    found = checked(starter, "5A11&XK8G", more)
    assert codes(found) == []
    assert [(b.axis, b.tier.value) for b in found.bindings] == [("laterality", "overlay")]
    assert "too-many-values" in codes(checked(starter, "5A11&XK8G&XK9K", more))


def test_a_cap_on_length(starter: Terminology) -> None:
    assert codes(checked(starter, "NC32.2&XK8G/PA60", rule(at_most=2))) == ["overlay-caps"]
    assert codes(checked(starter, "NC32.2&XK8G/PA60", rule(at_most=3))) == []
    long = checked(starter, "NC32.2 & XK8G", rule(at_most_characters=11))
    assert codes(long) == [], "the canonical form is measured"


def test_another_severity_and_the_later_file_wins(starter: Terminology) -> None:
    harder = rule(severity="error", issues=["axis-not-declared"])
    milder = rule(severity="information", issues=["axis-not-declared"])
    assert checked(starter, "5A11&XK8G").valid
    assert not checked(starter, "5A11&XK8G", harder).valid
    assert checked(starter, "5A11&XK8G", harder, milder, mode="strict").valid
    assert not checked(starter, "5A11&XK8G", milder, harder).valid


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "no TOML"),
        ("", "no name"),
        ('name = "x"', "no rules"),
        ('name = "x"\nrule = 7', "no rules"),
        ('name = "x"\n[[rule]]\nrequire = ["laterality"]', "rule 1 .*has an id and one of"),
        ('name = "x"\n' + rule(), "has an id and one of"),
        ('name = "x"\n' + rule(require=["laterality"], forbid=["laterality"]), "one of"),
        ('name = "x"\n' + rule(require=["left"]), "'left' is no scale"),
        ('name = "x"\n' + rule(require="laterality"), "takes a list"),
        ('name = "x"\n' + rule(add="x"), "scales a list"),
        ('name = "x"\n' + rule(at_most=0), "above 0"),
        ('name = "x"\n' + rule(severity="fatal", issues=["malformed"]), "one of error"),
        ('name = "x"\n' + rule(severity="error", issues=["odd"]), "'odd' is no issue code"),
        ('name = "x"\n' + rule(require=["laterality"], colour="red"), "'colour' is no key"),
        ('name = "x"\n' + rule(add="x", scales=["laterality"], multiple="OFTEN"), "multiple"),
    ],
)
def test_a_wrong_overlay_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        parse_overlay(text, "test.toml", shipped_profile())
    assert "\n" not in str(caught.value)


def test_the_examples_are_overlays_and_bite(released: Path) -> None:
    icd = open_terminology(released, release="2025-01")
    icd.use_overlays(str(EXAMPLES / "paired-organs.toml"))
    assert icd.validate("NC32.2&XK8G&XY18").valid
    assert codes(icd.validate("NC32.2")) == ["overlay-requires"] * 2
    icd.use_overlays(*map(str, sorted(EXAMPLES.glob("*.toml"))))
    assert "overlay-forbids" in codes(icd.validate("NC32.2&XK8G&XY18"))
    assert not icd.validate("NC32/PA60").valid


def test_the_command_takes_several_overlays(home: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text('name = "A"\n' + rule(scope="NC", require=["laterality"]))
    second.write_text('name = "B"\n' + rule(at_most=2))
    options = ("--overlay", str(first), "--overlay", str(second))
    done = run(home, "cluster", "validate", "NC32.2/PA60/PA60", *options)
    assert done.returncode == 1
    assert "(A: r)" in done.stdout
    assert "(B: r)" in done.stdout
    gone = run(home, "cluster", "validate", "5A11", "--overlay", str(tmp_path / "gone.toml"))
    assert gone.returncode == 1
    assert "No such file" in gone.stderr
    assert "Traceback" not in gone.stderr
