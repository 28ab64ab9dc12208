"""Every example runs on the starter set, in a process of its own, and its sums are right."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from icd11kit.terminology import Terminology
from tests.prepared_home import environment, run

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
CLAIMS = ("hospital/generate_claims.py", "--rows", "2000", "--seed")
Done = subprocess.CompletedProcess[str]


def example(home: Path, *arguments: str, given: str = "") -> Done:
    """Return the finished run of an example over an empty home, which must not crash."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / arguments[0]), *arguments[1:]],
        env=environment(home), input=given, capture_output=True, text=True, check=False,
        timeout=110, cwd=ROOT,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


def claims_of(home: Path, seed: str) -> str:
    done = example(home, *CLAIMS, seed)
    assert done.returncode == 0
    return done.stdout


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples") / "home"


@pytest.fixture(scope="module")
def claims(empty: Path) -> Path:
    path = empty.parent / "claims.csv"
    path.write_text(claims_of(empty, "11"), "utf-8")
    return path


def test_the_page_lists_every_example_and_only_those() -> None:
    page = (ROOT / "docs" / "examples.md").read_text("utf-8")
    listed = re.findall(r"^\| \[([^\]]+)\]", page, re.MULTILINE)
    there = {p.name + "/" * p.is_dir() for p in EXAMPLES.iterdir() if p.suffix in ("", ".py")}
    assert sorted(listed) == sorted(there - {"__pycache__/"})


def test_annotated_codes_keep_their_rows(empty: Path) -> None:
    done = example(empty, "annotate_codes.py", "examples/codes.csv", "code")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    asked = list(csv.DictReader((EXAMPLES / "codes.csv").read_text("utf-8").splitlines()))
    assert [(row["visit"], row["code"]) for row in rows] == [(r["visit"], r["code"]) for r in asked]
    assert [row["title"].startswith("?") for row in rows] == [False, False, True, False]


@pytest.mark.parametrize("name", ["annotate_codes.py", "coverage_notebook.py"])
def test_a_column_that_is_not_there_is_one_sentence(empty: Path, name: str) -> None:
    done = example(empty, name, "examples/codes.csv", "nowhere")
    assert done.returncode == 1
    assert "codes.csv has no column 'nowhere'; there are visit, code" in done.stderr


def test_clusters_from_stdin_get_a_verdict_each(empty: Path, starter: Terminology) -> None:
    clusters = ["5A11", "5A11&&", "NC32.50&XK9K", "5A11/NC32.50", "XK9K", "5A1X", "é"]
    done = example(empty, "validate_clusters.py", given="\n\n".join(clusters) + "\n")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["cluster"] for each in told] == clusters
    for each in told:
        verdict = starter.validate(each["cluster"])
        assert each["valid"] == verdict.valid
        assert [issue["code"] for issue in each["issues"]] == [i.code for i in verdict.issues]
    assert done.returncode == 1


def test_valid_clusters_in_a_file_give_exit_0(empty: Path, tmp_path: Path) -> None:
    (tmp_path / "clusters.txt").write_text("5A11\nNC32.50&XK9K\n", "utf-8")
    done = example(empty, "validate_clusters.py", str(tmp_path / "clusters.txt"))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)


def test_the_same_seed_gives_the_same_bytes(empty: Path, claims: Path) -> None:
    assert claims_of(empty, "11") == claims.read_text("utf-8")
    assert claims_of(empty, "12") != claims.read_text("utf-8")


def test_every_patient_has_a_family_that_fits(empty: Path) -> None:
    done = example(empty, "hospital/generate_claims.py", "--rows", "40000", "--seed", "11")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 40_001)


def test_claims_are_what_the_model_says(claims: Path, starter: Terminology) -> None:
    rows = list(csv.DictReader(claims.read_text("utf-8").splitlines()))
    wards = {
        row["ward"]: row
        for row in csv.DictReader((EXAMPLES / "hospital/wards.csv").read_text().splitlines())
    }
    assert len({row["stay"] for row in rows}) == len(rows) == 2000
    for row in rows:
        ward = wards[row["ward"]]
        assert int(ward["youngest"]) <= int(row["age"]) <= int(ward["oldest"])
        codes = [row[name] for name in ("dx1", "dx2", "dx3") if row[name]]
        assert len({code[:3] for code in codes}) == len(codes) >= 1
        assert row["dx2"] or not row["dx3"]
        assert not (row["sex"] == "M" and codes[0].startswith(("O", "C50")))
        assert row["admitted"].startswith("2024-")
    for name, ward in wards.items():
        share = sum(row["ward"] == name for row in rows) / len(rows)
        assert share == pytest.approx(float(ward["share"]) / 100, abs=0.03)
    for code in {row[name] for row in rows for name in ("dx1", "dx2", "dx3")} - {""}:
        assert starter.lookup(code, system="icd10cm").billable


def test_the_hospital_readme_shows_what_is_printed(empty: Path, claims: Path) -> None:
    page = (EXAMPLES / "hospital" / "README.md").read_text("utf-8")
    assert "".join(claims.read_text("utf-8").splitlines(keepends=True)[:5]) in page
    done = run(empty, "impact", str(claims), "--code-column", "dx1")
    assert done.returncode == 0, done.stderr
    assert done.stdout in page


def shares(done: Done) -> list[dict[str, str]]:
    """Return the table of outcomes that the notebook prints."""
    table = done.stdout[done.stdout.index("outcome,codes") :].split("\n\n")[0]
    return list(csv.DictReader(table.splitlines()))


def test_the_notebook_counts_every_diagnosis_once(
    empty: Path, claims: Path, tmp_path: Path, starter: Terminology
) -> None:
    kept, figure = tmp_path / "mapped.csv", tmp_path / "outcomes.png"
    done = example(empty, "coverage_notebook.py", str(claims), "dx1", str(figure), str(kept))
    assert done.returncode == 0, done.stderr
    rows = shares(done)
    used = Counter(r["dx1"] for r in csv.DictReader(claims.read_text("utf-8").splitlines()))
    assert sum(int(row["volume"]) for row in rows) == sum(used.values()) == 2000
    assert sum(int(row["codes"]) for row in rows) == len(used)
    assert sum(float(row["by_volume"]) for row in rows) == pytest.approx(1, abs=0.003)
    mapped = list(csv.DictReader(kept.read_text("utf-8").splitlines()))
    assert {row["dx1"]: int(row["volume"]) for row in mapped} == used
    for row in mapped:
        assert row["icd11"] == starter.map(row["dx1"], source="icd10cm", target="icd11").target
    low, share, high = _interval(done.stdout)
    assert low <= share <= high
    whole = sum(int(r["volume"]) for r in rows if r["outcome"] in ("one code", "cluster"))
    assert share == pytest.approx(whole / 2000, abs=0.0006)
    assert figure.exists() or "no figure" in done.stderr


def _interval(text: str) -> tuple[float, float, float]:
    found = re.search(r"whole: ([\d.]+) of .* interval ([\d.]+) to ([\d.]+)", text)
    assert found
    share, low, high = map(float, found.groups())
    return low, share, high


def test_the_notebook_makes_its_own_claims(empty: Path, claims: Path) -> None:
    alone, given = (example(empty, "coverage_notebook.py", *more) for more in ((), (str(claims),)))
    assert alone.stdout == given.stdout


def test_without_spark_the_job_says_so_and_stops(empty: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyspark'] = None; sys.path.insert(0, 'examples')\n"
        "import spark_recode; spark_recode.main('claims.csv', 'dx1', sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")],
        env=environment(empty), capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stderr.startswith("skipped: PySpark is not installed")
    assert (done.stdout, (tmp_path / "out").exists()) == ("", False)


def test_spark_loses_no_row(
    empty: Path, claims: Path, tmp_path: Path, starter: Terminology
) -> None:
    done = example(empty, "spark_recode.py", str(claims), "dx1", str(tmp_path / "out"))
    if done.stderr.startswith("skipped: "):
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2,000 rows in")
    parts = sorted((tmp_path / "out").glob("part-*.csv"))
    rows = [row for part in parts for row in csv.DictReader(part.read_text("utf-8").splitlines())]
    asked = list(csv.DictReader(claims.read_text("utf-8").splitlines()))
    assert sorted(row["stay"] for row in rows) == [row["stay"] for row in asked]
    for row in rows:
        assert row["dx1_icd11"] == starter.map(row["dx1"]).target
