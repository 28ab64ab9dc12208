"""The cluster commands as they are called: text, JSON Lines, stdin, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from icd11kit.cli.commands import icd11kit
from icd11kit.errors import SourceError


def call(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(icd11kit, ["cluster", *words], input=given)


def lines(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_validate_gives_all_that_is_promised(home: Path) -> None:
    done = call("validate", "NC32.2&XK8G/PA60", "5A11&XK8G", "5A11&&", "--json")
    assert done.exit_code == 1
    good, odd, bad = lines(done)
    assert list(good) == [
        "input", "valid", "mode", "canonical", "display", "bindings", "issues", "release"
    ]  # fmt: skip
    assert (good["valid"], good["mode"], good["issues"]) == (True, "standard", [])
    assert good["bindings"][0] == {
        "group": 0, "axis": "laterality", "value": "XK8G", "tier": "profile"
    }  # fmt: skip
    (issue,) = odd["issues"]
    assert {key: issue[key] for key in ("code", "severity", "start", "end", "tier", "repair")} == {
        "code": "axis-not-declared", "severity": "warning", "start": 5, "end": 9,
        "tier": "profile", "repair": "5A11",
    }  # fmt: skip
    assert (bad["valid"], bad["issues"][0]["code"]) == (False, "malformed")


@pytest.mark.parametrize(("mode", "code"), [("strict", 1), ("standard", 0), ("lenient", 0)])
def test_the_mode_decides_the_exit_code(home: Path, mode: str, code: int) -> None:
    assert call("validate", "5A11&XK8G", "--mode", mode).exit_code == code


def test_wrong_usage_is_exit_2(home: Path) -> None:
    assert call("validate").exit_code == 2
    assert call("validate", "5A11", "--mode", "odd").exit_code == 2
    assert call("odd").exit_code == 2


def test_findings_point_at_the_text(home: Path) -> None:
    shown = call("validate", "5A11&XK8G").stdout.splitlines()
    assert shown[0] == "5A11&XK8G  valid (standard, 2025-01)"
    place = next(n for n, line in enumerate(shown) if line.strip() == "5A11&XK8G")
    assert shown[place + 1] == "         ^^^^"


def test_inputs_come_from_stdin_too(home: Path) -> None:
    done = call("validate", "-", "--json", given="5A11\n\nNC32.2&XK8G\n")
    assert [row["input"] for row in lines(done)] == ["5A11", "", "NC32.2&XK8G"]
    assert done.exit_code == 1


def test_parse_asks_no_code_list(home: Path) -> None:
    (row,) = lines(call("parse", "zz99&yy1/q", "--json"))
    assert row["groups"] == [["zz99", "yy1"], ["q"]]
    done = call("parse", "5A11&", "--json")
    assert (done.exit_code, lines(done)[0]["position"]) == (1, 4)


def test_describe_names_the_axes(home: Path) -> None:
    shown = call("describe", "NC32.2&XK8G/PA60").stdout
    assert "laterality: XK8G Left" in shown
    assert "(associatedWith)" in shown
    (row,) = lines(call("describe", "NC32.2&XK8G", "--json"))
    assert row["groups"][0][1] == {"code": "XK8G", "title": "Left", "axis": "laterality"}


def test_normalize_sorts_and_says_nothing_of_what_is_unknown(home: Path) -> None:
    (row,) = lines(call("normalize", "nc32.2 & xy0y & xk8g & xk8g", "--json"))
    assert row["normalized"] == "NC32.2&XK8G&XY0Y"
    done = call("normalize", "9ZZZ&XK8G")
    assert (done.exit_code, "names nothing" in done.stdout) == (1, True)


def test_compare_says_how_and_why(home: Path) -> None:
    done = call("compare", "NC32.2&XK8G", "NC32")
    assert done.stdout.startswith("NC32.2&XK8G is below NC32\n")
    (row,) = lines(call("compare", "5A11", "5A10", "--json"))
    assert row["relation"] == "disjoint"
    assert row["reason"]
    assert call("compare", "5A11", "9ZZZ").exit_code == 1


def test_match_prints_what_matches(home: Path) -> None:
    done = call("match", "NC32&XK8G", "-", given="NC32.2&XK8G/PA60\n5A11\nNC32.2\n")
    assert (done.exit_code, done.stdout) == (0, "NC32.2&XK8G/PA60\n")
    assert call("match", "5A14", "5A11").exit_code == 1


def test_match_gives_the_rows_of_a_file(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text('n,dx,note\n1,NC32.2&XK8G,"a, b"\n2,5A11,\n3,NC32.2&XK8G,c\n4,&&,d\n')
    done = call("match", "NC32", "--file", str(path), "--column", "dx")
    assert done.exit_code == 0
    assert done.stdout == 'n,dx,note\n1,NC32.2&XK8G,"a, b"\n3,NC32.2&XK8G,c\n'
    assert call("match", "NC32", "--file", str(path)).exit_code == 2
    assert call("match", "NC32").exit_code == 2


@pytest.mark.parametrize(
    ("data", "column", "says"),
    [
        (b"n,dx\n1,5A11\n", "code", "no column 'code'; there are n, dx"),
        (b"n,dx\n1,\xff\n", "dx", "utf-8"),
        (None, "dx", "No such file"),
    ],
)
def test_a_file_that_cannot_be_searched_is_one_sentence(
    home: Path, tmp_path: Path, data: bytes | None, column: str, says: str
) -> None:
    path = tmp_path / "visits.csv"
    if data is not None:
        path.write_bytes(data)
    done = call("match", "NC32", "--file", str(path), "--column", column)
    assert done.exit_code != 0
    with pytest.raises(SourceError, match=says):
        raise done.exception or AssertionError(done.output)


def test_suggest_finds_words(home: Path) -> None:
    (row,) = lines(call("suggest", "NC32.2", "--find", "left", "--json"))
    found = {axis["axis"]: [choice["code"] for choice in axis["choices"]] for axis in row["axes"]}
    assert "XK8G" in found.get("laterality", []) or found == {}
    assert call("suggest", "&&").exit_code == 1


def test_expand_says_where_nothing_is_known(home: Path) -> None:
    done = call("expand", "5A11")
    assert done.exit_code == 1
    assert "no stem and value" in done.stderr


@pytest.mark.parametrize(
    "command",
    ["parse", "validate", "describe", "normalize", "expand", "compare", "match", "suggest"],
)
def test_every_command_has_help_with_an_example(command: str) -> None:
    assert f"Example: icd11kit cluster {command}" in call(command, "--help").stdout.replace(
        "\n ", ""
    )
