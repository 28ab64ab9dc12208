"""Help, docs and README agree with the commands, and speak of nothing but the project."""

from __future__ import annotations

import csv
import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from icd11kit.cli.commands import COMMANDS, icd11kit
from icd11kit.postcoordination.issues import IssueCode
from icd11kit.terminology import open_terminology

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_commands_page_is_what_the_commands_say() -> None:
    """In a process of its own: click keeps the help option of commands that were called alone."""
    code = "import runpy; print(runpy.run_path('docs/make_commands.py')['page']())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert page.split() == done.stdout.split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_named_in_texts_exist(page: Path) -> None:
    for command in re.findall(r"icd11kit ([a-z]+)", page.read_text("utf-8")):
        assert command in COMMANDS or command in {"is", "needs"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert target.startswith("http") or (page.parent / target).exists()


def test_readme_examples_of_the_starter_run(home: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for line in re.findall(r"`icd11kit ((?:lookup|search) [^`]+)`", text):
        assert CliRunner().invoke(icd11kit, shlex.split(line)).exit_code == 0


def test_the_example_annotates_every_row(home: Path) -> None:
    command = [sys.executable, "examples/annotate_codes.py", "examples/codes.csv", "code"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["title"] for row in rows[:2]] == [
        "Type 2 diabetes mellitus",
        "Type 2 diabetes mellitus without complications",
    ]
    assert rows[2]["title"].startswith("? no code 5A1X")
    assert rows[3]["title"] == "Cholera"


def test_python_page_runs(home: Path) -> None:
    results = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False)
    assert results.attempted >= 5
    assert results.failed == 0


def test_every_rule_of_the_clusters_page_has_an_example_that_breaks_it(released: Path) -> None:
    text = (ROOT / "docs" / "postcoordination.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `([a-z-]+)` \| [^|]+ \| (?:`([^`]+)`)? *\| (\w+) \|", text, re.MULTILINE
    )
    assert [code for code, _, _ in rows] == [code.value for code in IssueCode]
    icd = open_terminology(released, release="2025-01")
    for code, example, strict in rows:
        issues = icd.validate(example, "strict").issues if example else ()
        found = {issue.code.value: issue.severity.value for issue in issues}
        assert found.get(code) == strict or not example, (code, found)
