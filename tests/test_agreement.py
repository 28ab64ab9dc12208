"""Two coders compared: kinds of difference, levels, and the command."""

from __future__ import annotations

import csv
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from icd11kit.cli.agreement import agreement_command
from icd11kit.errors import Icd11KitError, SourceError
from icd11kit.terminology import Terminology
from icd11kit.transition.agreement.codes import Codes, read_codes
from icd11kit.transition.agreement.compare import Agreement, compare_coders
from icd11kit.transition.agreement.differences import differences, key_of
from icd11kit.transition.agreement.kinds import MEANS, Kind
from icd11kit.transition.agreement.levels import Options, dice_of
from icd11kit.transition.agreement.values import Coded, Record

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
A, B = str(CASES / "agreement_a.csv"), str(CASES / "agreement_b.csv")
QUICK = Options(resamples=50)
with (CASES / "agreement_differences.csv").open(encoding="utf-8", newline="") as stream:
    DIFFERENCES = list(csv.DictReader(stream))
GIVEN = st.lists(
    st.sampled_from(["5A11", "5A11/GB61.Z", "GB61.Z", "NC32.2&XK8G", "NC32.2", "9ZZZ", "&&"]),
    max_size=3,
)
MIRRORED = {
    Kind.MISSING_CODE: Kind.ADDED_CODE,
    Kind.MISSING_VALUE: Kind.ADDED_VALUE,
    Kind.BROADER: Kind.NARROWER,
    Kind.TO_RESIDUAL: Kind.FROM_RESIDUAL,
}


def read(codes: Codes, text: str) -> Record:
    return [codes.read(part) for part in text.split(";") if part.strip()]


def compare(icd: Terminology, pairs: Sequence[tuple[str, str]], **chosen: Any) -> Agreement:
    options = QUICK._replace(**chosen)
    codes = read_codes(icd, options.system)
    records = [Coded(str(n), read(codes, a), read(codes, b)) for n, (a, b) in enumerate(pairs)]
    return compare_coders(records, options, codes.is_alike)


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(agreement_command, [*arguments, "--home", str(home)])


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: case["why"])
def test_each_difference_has_its_name(starter: Terminology, case: dict[str, str]) -> None:
    codes = read_codes(starter, case["system"])
    first, second = read(codes, case["first"]), read(codes, case["second"])
    ordered = case["order"] == "kept"
    found = differences(first, second, ordered=ordered, is_alike=codes.is_alike)
    assert "|".join(each.name for each in found) == case["differences"]


def test_every_kind_is_tried_and_explained() -> None:
    tried = {name for case in DIFFERENCES for name in case["differences"].split("|")}
    assert set(MEANS) == set(Kind)
    for kind in Kind:
        assert any(name == kind or name.startswith(f"{kind} ") for name in tried), kind


@settings(max_examples=150, deadline=None)
@given(GIVEN, GIVEN, st.booleans())
def test_records_differ_where_something_is_named(
    starter: Terminology, first: list[str], second: list[str], ordered: bool
) -> None:
    codes = read_codes(starter, "icd11")
    a, b = [codes.read(text) for text in first], [codes.read(text) for text in second]
    found = differences(a, b, ordered=ordered, is_alike=codes.is_alike)
    assert bool(found) == (key_of(a, ordered=ordered) != key_of(b, ordered=ordered))
    back = differences(b, a, ordered=ordered, is_alike=codes.is_alike)
    mirror = MIRRORED | {there: here for here, there in MIRRORED.items()}
    turned = sorted((mirror.get(d.kind, d.kind), d.second, d.first, d.axis) for d in found)
    assert turned == sorted((d.kind, d.first, d.second, d.axis) for d in back)
    assert 0 <= dice_of(a, b) == dice_of(b, a) <= 1


def test_levels_and_shared_codes_are_counted(starter: Terminology) -> None:
    found = compare(
        starter,
        [
            ("5A11", "5A11"),
            ("NC32.2&XK8G", "NC32.2"),
            ("NC32.2", "NC32.50"),
            ("5A11; BA00.Z", "5A11"),
            ("5A11", "BA00.Z"),
        ],
    )
    levels = {level.name: (level.agreed, level.of) for level in found.levels}
    assert levels == {
        "all codes": (1, 5), "main cluster": (2, 5), "main stem": (3, 5), "main block": (4, 5),
        "main chapter": (4, 5),
    }  # fmt: skip
    shared = found.shared
    assert (shared.first, shared.second, shared.common) == (7, 5, 3)
    assert shared.dice.value == pytest.approx((1 + 2 / 3 + 0 + 2 / 3 + 0) / 5)
    counted = [(c.chapter, c.records, c.exact, c.stem) for c in found.chapters]
    assert counted == [("05", 3, 1, 2), ("22", 2, 0, 1)]
    assert {kind.name: kind.records for kind in found.kinds} == {
        "missing code": 1, "missing laterality": 1, "other code in category": 1,
        "other chapter": 1,
    }  # fmt: skip


def test_without_order_all_stems_are_compared(starter: Terminology) -> None:
    pairs = [("5A11; BA00.Z", "BA00.Z; 5A11"), ("5A11/GB61.Z", "GB61.Z/5A11"), ("5A11", "5A10")]
    kept, free = compare(starter, pairs), compare(starter, pairs, ordered=False)
    assert [level.agreed for level in kept.levels] == [0, 0, 0, 1, 1]
    assert [(level.name, level.agreed) for level in free.levels] == [
        ("all codes", 2), ("all stems", 2), ("all blocks", 3), ("all chapters", 3),
    ]  # fmt: skip


def test_icd10cm_has_categories(starter: Terminology) -> None:
    pairs = [("S52.531A", "S52.531D"), ("I10", "I21.9"), ("E11.9", "E11.9"), ("I10", "I1O")]
    found = compare(starter, pairs, system="icd10cm")
    assert [(level.name, level.agreed) for level in found.levels] == [
        ("all codes", 1), ("main category", 2), ("main block", 2), ("main chapter", 3),
    ]  # fmt: skip
    assert [(fault.id, fault.coder, fault.text) for fault in found.faults] == [("3", "B", "I1O")]


@pytest.mark.parametrize(
    ("share", "verdict"),
    [(200, "at or above the target"), (190, "not told apart"), (150, "below the target")],
)
def test_the_interval_decides_the_verdict(starter: Terminology, share: int, verdict: str) -> None:
    pairs = [("5A11", "5A11")] * share + [("5A11", "5A10")] * (200 - share)
    assert compare(starter, pairs).verdict.startswith(verdict)


def test_records_without_any_code_are_left_out_and_counted(starter: Terminology) -> None:
    found = compare(starter, [("", ""), ("5A11", ""), ("5A11", "5A11")])
    assert (found.records, found.uncoded, len(found.parted)) == (2, 1, 1)
    nothing = compare(starter, [("", "")])
    assert (nothing.records, nothing.uncoded) == (0, 1)
    assert nothing.verdict == "not to be judged by the target of 95 %: no record to compare"


def test_one_file_may_hold_both_coders(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "both.tsv"
    path.write_text("id\tcoder\tmachine\n1\t5A11\t5A11\n2\t5A11\t5A10\n3\tBA00.Z\tBA00.Z\n")
    done = run(home, str(path), "--column", "coder", "--column", "machine", "--json")
    found = json.loads(done.stdout)
    assert (found["first"], found["second"]) == ("coder", "machine")
    assert found["agreement"]["levels"][0]["agreed"] == 2
    assert found["agreement"]["parted"][0]["differences"][0]["kind"] == "other code in block"


def test_the_table_fits_and_says_what_was_not_compared(home: Path) -> None:
    done = run(home, A, B, "--limit", "0")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[:4] == [
        "A: agreement_a.csv, B: agreement_b.csv",
        "19 records compared, 10 differ",
        "not compared: 1 only in A (20)",
        "not compared: 1 only in B (21)",
    ]
    assert "below the target of 95 %" in done.stdout
    assert "starter set" in done.stderr


def test_the_limit_cuts_tables_and_says_so(home: Path) -> None:
    assert "... 13 more: --limit 0" in run(home, A, B, "--limit", "1").stdout


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("1,5A11\n", "all codes: one record says nothing of chance"),
        ("1,5A11\n2,5A11\n", "all codes: both gave one and the same category throughout"),
        ("1,\n", "-"),
    ],
)
def test_too_few_records_are_said_not_computed(
    home: Path, tmp_path: Path, rows: str, sentence: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"id,code\n{rows}")
    done = run(home, str(path), str(path))
    assert (done.exit_code, "nan" in done.stdout.lower()) == (0, False)
    assert sentence in done.stdout
    assert "NaN" not in run(home, str(path), str(path), "--json").stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((A,), "one file needs two columns of codes"),
        ((A, B, A), "two coders have no third file"),
        ((A, B, *("--column", "code") * 3), "two coders have no third --column"),
        ((A, B, "--target", "101"), "--target"),
        ((A, B, "--resamples", "-1"), "--resamples"),
        ((A, B, "--system", "icd9"), "--system"),
    ],
)
def test_wrong_usage_is_exit_code_2(home: Path, arguments: tuple[str, ...], reason: str) -> None:
    done = run(home, *arguments)
    assert done.exit_code == 2
    assert reason in done.stderr


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("nowhere.csv", B), SourceError),
        ((str(CASES), B), SourceError),
        ((A, B, "--out", "no/such/folder/page.html"), SourceError),
    ],
)
def test_what_cannot_be_read_or_written_is_one_sentence(
    home: Path, arguments: tuple[str, ...], kind: type[Icd11KitError]
) -> None:
    error = run(home, *arguments).exception
    assert isinstance(error, kind)
    assert "\n" not in str(error)


def test_many_wrong_rows_are_cut_and_counted(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,code\n1,5A11\n" + ",5A11\n" * 25)
    done = run(home, str(path), B.replace("_b", "_a"), "--key", "id", "--key", "record")
    assert isinstance(done.exception, SourceError)
    done = run(home, str(path), str(path))
    assert done.stderr.count("the row has no id") == 20
    assert "5 more rows were left out; --json lists all" in done.stderr
    assert "not compared: 25 rows" in done.stdout


@pytest.mark.parametrize(("package", "more"), [("numpy", ""), ("jinja2", "'--out', 'x.html'")])
def test_a_missing_extra_is_one_sentence(home: Path, package: str, more: str) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from icd11kit.cli.agreement import agreement_command as command\n"
        f"command.main([{A!r}, {B!r}, '--home', {str(home)!r}, {more}], standalone_mode=False)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.splitlines()[-1]
    assert last.endswith(f"pip install 'icd11kit[agreement]' (no {package})")


def test_the_same_seed_gives_the_same_bytes(home: Path) -> None:
    first, second = (run(home, A, B, "--json", "--seed", "5").stdout for _ in range(2))
    assert first == second


def test_the_example_of_the_page_is_what_the_command_prints(home: Path) -> None:
    text = (ROOT / "docs" / "agreement.md").read_text("utf-8")
    command, _, rest = text.partition("$ icd11kit agreement ")[2].partition("\n")
    shown = rest.partition("\n```")[0]
    done = run(home, *(str(ROOT / p) if "/" in p else p for p in shlex.split(command)))
    # NumPy does not promise the same random numbers in every version
    drawn = re.compile(r"\(-?\d\.\d\d to \d\.\d\d\)")
    assert drawn.sub("", done.stdout).strip() == drawn.sub("", shown).strip()


def test_the_page_of_the_docs_explains_every_kind() -> None:
    text = (ROOT / "docs" / "agreement.md").read_text("utf-8")
    for kind in Kind:
        assert f"`{kind}" in text, kind
