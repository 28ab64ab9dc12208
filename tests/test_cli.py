"""The commands as a person and a program use them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from icd11kit.cli.commands import COMMANDS, icd11kit
from icd11kit.errors import Icd11KitError


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(icd11kit, arguments, input=stdin)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_lookup_puts_the_answer_first(home: Path) -> None:
    done = run("lookup", "5A11")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "5A11  Type 2 diabetes mellitus"
    assert done.stderr.count("\n") == 1
    assert "starter set" in done.stderr
    assert "icd11kit install" in done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_lookup_json_has_the_promised_fields(home: Path) -> None:
    done = run("lookup", "5A11", "S52.531A", "nope", "--json")
    found = lines(done)
    assert done.exit_code == 1
    assert [item["found"] for item in found] == [True, True, False]
    promised = (
        "input found system code title kind chapter parent foundation_uri linearization_uri "
        "is_leaf release tier"
    )
    assert set(promised.split()) <= set(found[0])
    assert found[1]["input"] == "S52.531A"
    assert set(found[2]) == {"input", "found", "reason", "nearest"}


def test_stdin_gives_one_object_a_line(home: Path) -> None:
    done = run("lookup", "-", "--json", stdin=b"5A11\r\n\n\xff\xfe\n1A00")
    assert [item["found"] for item in lines(done)] == [True, False, False, True]


def test_a_line_of_ten_megabytes_is_answered(home: Path) -> None:
    done = run("lookup", "-", "--json", stdin="5" * 10_000_000 + "\n5A11\n")
    assert [item["found"] for item in lines(done)] == [False, True]
    assert len(done.stdout.splitlines()[0]) < 11_000_000


def test_search_json_has_best_hit_and_all_hits(home: Path) -> None:
    done = run("search", "type 2 diabetes", "--json", "--limit", "3")
    (found,) = lines(done)
    assert (found["code"], found["title"]) == ("5A11", "Type 2 diabetes mellitus")
    assert {"code", "title", "matched", "score"} <= set(found["hits"][0])
    assert len(found["hits"]) <= 3
    assert found["tier"] == "starter"


def test_search_without_a_hit_exits_1(home: Path) -> None:
    done = run("search", "qqqqqq zzzzzz")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nothing found" in done.stderr


def test_tree_down_up_and_root(home: Path) -> None:
    assert "└─ 1A03.Z" in run("tree", "1A03").stdout
    assert run("tree", "1A03.0", "--up").stdout.count("└─") == 4
    assert run("tree").stdout.count("─ ") == 28
    (nested,) = lines(run("tree", "1A03", "--json"))
    assert [b["entry"]["code"] for b in nested["branches"]][:2] == ["1A03.0", "1A03.1"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    done = run(name, "--help")
    assert done.exit_code == 0
    assert f"Example: icd11kit {name}" in " ".join(done.stdout.split())
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    "wrong",
    [["lookup"], ["frobnicate"], ["lookup", "5A11", "--what"], ["search", "x", "--limit", "0"]],
)
def test_wrong_usage_exits_2(wrong: list[str]) -> None:
    assert run(*wrong).exit_code == 2


def test_an_unknown_release_is_one_sentence(home: Path) -> None:
    done = run("lookup", "5A11", "--release", "1999-01")
    assert isinstance(done.exception, Icd11KitError)
    assert "release '1999-01' is not installed" in str(done.exception)


def test_unknown_chapter_is_said(home: Path) -> None:
    done = run("search", "pain", "--chapter", "77")
    assert "no chapter '77'; there are 01 02" in str(done.exception)


def test_diff_as_table_json_and_csv(released: Path) -> None:
    where = ("--home", str(released))
    shown = run("diff", "2022-02", "2024-01", *where)
    assert shown.exit_code == 0
    assert shown.stdout.startswith("2022-02 -> 2024-01: ")
    assert max(map(len, shown.stdout.splitlines()[1:])) <= 80
    (found,) = lines(run("diff", "2022-02", "2024-01", "--json", *where))
    assert sum(found["counts"].values()) == len(found["changes"])
    table = run("diff", "2022-02", "2024-01", "--csv", *where).stdout
    assert len(list(csv.DictReader(io.StringIO(table)))) == len(found["changes"])
    (same,) = lines(run("diff", "2024-01", "2024-01", "--json", *where))
    assert same["changes"] == []
    (moved,) = lines(run("diff", "2022-02", "2024-01", "--change", "moved", "--json", *where))
    assert {item["change"] for item in moved["changes"]} == {"moved"}


def test_diff_refuses_an_unknown_kind_of_change(released: Path) -> None:
    assert run("diff", "2022-02", "2024-01", "--change", "vanished").exit_code == 2
