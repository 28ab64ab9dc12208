"""The command: files it writes, what it says, and what it refuses."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from icd11kit.cli.impact import impact_command
from icd11kit.errors import Icd11KitError
from icd11kit.transition.impact.sheets import Table
from icd11kit.transition.impact.workbook import make_workbook, write_workbook
from tests.impact_cases import DOUBLE, GROUPS, VOLUMES, VOLUMES_FILE, written

ASKED = ("--code-column", "dx", "--count-column", "n")


@pytest.fixture
def volumes(tmp_path: Path) -> str:
    return written(tmp_path, "volumes.csv", VOLUMES)


def called(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(impact_command, [*arguments, "--home", str(home)])


def test_it_prints_the_answer_in_eighty_columns(home: Path, volumes: str) -> None:
    done = called(home, volumes, *ASKED)
    assert done.exit_code == 0, done.output
    assert "76 carry over to one" in done.stdout
    assert "set aside: 1 row, the count is a fraction" in done.stdout
    assert "S52.531A" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_page_of_the_docs_shows_what_is_printed(home: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "impact.md").read_text("utf-8")
    block = re.search(r"```text\n\$ icd11kit impact (.+?)\n(.+?)```", page, re.DOTALL)
    assert block is not None
    _, *asked = block[1].split()
    printed = called(home, str(VOLUMES_FILE), *asked).stdout
    assert block[2].rstrip("\n") == printed.rstrip("\n")


def test_it_writes_all_files_whole(home: Path, tmp_path: Path, volumes: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    more = ["--groups", written(tmp_path, "groups.csv", GROUPS)]
    more += ["--double-coded", written(tmp_path, "double.csv", DOUBLE), "--seed", "3"]
    done = called(
        home, volumes, *ASKED, *more, "--out", str(out / "r.html"), "--xlsx", str(out / "r.xlsx"),
        "--work-list", str(out / "w.csv"),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert {path.name for path in out.iterdir()} == {"r.html", "r.xlsx", "w.csv"}
    text = (out / "r.html").read_text("utf-8")
    assert text.rstrip().endswith("</html>")
    assert (
        "icd11kit impact volumes.csv --code-column dx --count-column n --groups groups.csv "
        "--double-coded double.csv --seed 3"
    ) in text
    assert str(tmp_path) not in text
    book = openpyxl.load_workbook(out / "r.xlsx")
    assert book.sheetnames[:5] == ["summary", "by chapter", "codes", "work list", "flow"]
    codes = [cell.value for cell in book["codes"]["A"]]
    assert "1.00E+10" in codes
    assert book["origins"].cell(book["origins"].max_row, 1).value == "command"


def test_json_is_one_object_on_stdout(home: Path, volumes: str) -> None:
    said = json.loads(called(home, volumes, *ASKED, "--json").stdout)
    assert said["source"] == "icd10cm"
    assert said["volumes"]["sha256"]
    assert said["command"].startswith("icd11kit impact volumes.csv")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--code-column", "code"), "there is no column 'code'"),
        (("--count-column", "count"), "there is no column 'count'"),
        (("--from", "icd10"), "mapping tables are not installed"),
        (("--groups", "nowhere.csv"), "nowhere.csv: No such file"),
        (("--double-coded", "nowhere.csv"), "nowhere.csv: No such file"),
        (("--mappings", "nowhere.tsv"), "nowhere.tsv: No such file"),
        (("--out", "/nowhere/r.html"), "could not be written"),
        (("--xlsx", "/nowhere/r.xlsx"), "could not be written"),
    ],
)
def test_bad_input_is_one_sentence(
    home: Path, volumes: str, arguments: tuple[str, ...], reason: str
) -> None:
    done = called(home, volumes, *arguments)
    assert isinstance(done.exception, Icd11KitError), done.output
    assert reason in str(done.exception)
    assert "\n" not in str(done.exception)


def test_mappings_of_ones_own_do_not_go_with_icd10(home: Path, volumes: str) -> None:
    done = called(home, volumes, "--from", "icd10", "--mappings", "own.tsv")
    assert done.exit_code == 2
    assert "--mappings overrides the crosswalk" in done.output


def test_claims_are_counted_by_row(home: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "claim,dx\n1,I10\n2,I10\n3,E119\n")
    said = json.loads(called(home, path, "--code-column", "dx", "--json").stdout)
    assert {row["code"]: row["volume"] for row in said["rows"]} == {"I10": 2, "E11.9": 1}


def test_a_workbook_makes_no_number_and_no_formula_of_a_text() -> None:
    table = Table("t", ("code", "n"), (("1E10", 3), ("=1+1", 4), ("http://x", None)))
    assert make_workbook([table]) == make_workbook([table])
    sheet = openpyxl.load_workbook(io.BytesIO(make_workbook([table])))["t"]
    cells = [sheet.cell(row, 1) for row in (2, 3, 4)]
    assert [cell.value for cell in cells] == ["1E10", "=1+1", "http://x"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_workbook_is_whole_or_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "taken.xlsx"
    folder.mkdir()
    with pytest.raises(Icd11KitError, match="could not be written"):
        write_workbook(str(folder), [Table("t", ("a",), ())])
    assert [path.name for path in tmp_path.iterdir()] == ["taken.xlsx"]
