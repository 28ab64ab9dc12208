"""Folders, globs and names of a recoding, and what stands there when it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from icd11kit.errors import SourceError
from icd11kit.terminology import Terminology
from icd11kit.transition.recode.files import building, plan_jobs
from icd11kit.transition.recode.run import recode
from icd11kit.transition.recode.values import Request
from tests.prepared_home import environment

ROWS = "id,dx\n1,I10\n"
LONG = "id,dx\n" + "1,I10\n" * 3_000_000
SCRIPT = (
    "import sys, icd11kit; from icd11kit.transition.recode.run import recode;"
    "from icd11kit.transition.recode.values import Request;"
    "recode(icd11kit.open(), Request(*sys.argv[1:3], ('dx',)))"
)


def fill(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_goes_to_a_folder_with_the_same_names(
    starter: Terminology, tmp_path: Path
) -> None:
    source = fill(tmp_path / "in", a_csv=ROWS, b_csv="x,dx\n1,I10\n2,I10\n", notes_txt="no table")
    done = recode(starter, Request(str(source), str(tmp_path / "out"), ("dx",)))
    assert names(tmp_path / "out") == ["a.csv", "b.csv"]
    assert (tmp_path / "out" / "b.csv").read_text().splitlines()[2].startswith("2,I10,BA00.Z,")
    assert (done.files, done.rows) == (2, 3)


@pytest.mark.parametrize("out", ["all.csv", "all.parquet"])
def test_a_glob_goes_to_one_file_in_the_order_of_names(
    starter: Terminology, tmp_path: Path, out: str
) -> None:
    source = fill(tmp_path / "in", b_csv="id,dx\n2,I10", a_csv="id,dx\n1,I10", c_tsv="id\tdx\n")
    done = recode(starter, Request(f"{source}/*.csv", str(tmp_path / out), ("dx",)))
    assert (done.files, done.rows) == (1, 2)
    if out.endswith("csv"):
        lines = (tmp_path / out).read_text().splitlines()
        assert [line[:5] for line in lines[1:]] == ["1,I10", "2,I10"]


def test_parquet_files_go_to_one(starter: Terminology, tmp_path: Path) -> None:
    import polars as pl

    (tmp_path / "in").mkdir()
    for number in (2, 1):
        pl.DataFrame({"id": [number], "dx": ["I10"]}).write_parquet(
            tmp_path / "in" / f"{number}.parquet"
        )
    out = tmp_path / "out.parquet"
    recode(starter, Request(str(tmp_path / "in"), str(out), ("dx",)))
    assert pl.read_parquet(out)["id"].to_list() == [1, 2]


@pytest.mark.parametrize(
    ("files", "source", "out", "said"),
    [
        ({"a_csv": ROWS, "b_tsv": ROWS}, "in", "out", "several kinds (csv and tsv)"),
        ({"a_csv": ROWS, "b_csv": "dx\n"}, "in", "one.csv", "not those of"),
        ({"a_csv": ROWS}, "in", "in", "written over"),
        ({"a_csv": ROWS}, "in/a.csv", "in/a.csv", "written over"),
        ({"a_csv": ROWS}, "in/a.csv", "out.xlsx", "must end in .csv"),
        ({"a_txt": ROWS}, "in", "out", "no CSV, TSV or Parquet file is there"),
        ({}, "in/*.csv", "out", "no such file"),
        ({"a_csv": ROWS}, "in/a.csv", "in/a.csv/out.csv", "could not be written"),
    ],
)
def test_what_cannot_be_planned_is_said(
    starter: Terminology, tmp_path: Path, files: dict[str, str], source: str, out: str, said: str
) -> None:
    fill(tmp_path / "in", **files)
    before = names(tmp_path / "in")
    with pytest.raises(SourceError) as raised:
        recode(starter, Request(str(tmp_path / source), str(tmp_path / out), ("dx",)))
    assert said in str(raised.value)
    assert names(tmp_path / "in") == before


def test_a_file_into_a_folder_keeps_its_name(tmp_path: Path) -> None:
    source = fill(tmp_path / "in", a_csv=ROWS) / "a.csv"
    assert plan_jobs(str(source), str(tmp_path / "out"))[0].out == tmp_path / "out" / "a.csv"
    (tmp_path / "x.csv").mkdir()
    assert plan_jobs(str(source), str(tmp_path / "x.csv"))[0].out.parent.name == "x.csv"


def test_a_fault_late_in_a_file_leaves_what_was_there(starter: Terminology, tmp_path: Path) -> None:
    source = fill(tmp_path / "in", a_csv=LONG + "2\n") / "a.csv"
    out = fill(tmp_path / "out", a_csv="before")
    with pytest.raises(SourceError, match="line 3000002 has 1 cell"):
        recode(starter, Request(str(source), str(out / "a.csv"), ("dx",)))
    assert (out / "a.csv").read_text() == "before"
    assert names(out) == ["a.csv"]


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_an_interrupted_run_leaves_no_half_file(
    starter: Terminology, tmp_path: Path, kind: signal.Signals, suffix: str
) -> None:
    source = fill(tmp_path / "in", a_csv=LONG) / "a.csv"
    out = tmp_path / "out" / f"a.{suffix}"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(source), str(out)],
        env=environment(tmp_path / "home"),
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not list(tmp_path.glob("out/.building-*")) and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(kind)
    assert process.wait(60) != 0
    assert not out.exists()
    recode(starter, Request(str(fill(tmp_path / "in", b_csv=ROWS) / "b.csv"), str(out), ("dx",)))
    assert names(tmp_path / "out") == [out.name]


@pytest.mark.skipif(os.name != "posix", reason="limits are those of POSIX")
@pytest.mark.parametrize("suffixes", [("csv", "csv"), ("csv", "parquet"), ("parquet", "parquet"),
                                      ("parquet", "csv")])  # fmt: skip
def test_a_disk_that_is_full_is_one_sentence(
    starter: Terminology, tmp_path: Path, suffixes: tuple[str, str]
) -> None:
    import resource

    table = pl.DataFrame({"id": [f"{n * 7919:x}" for n in range(40_000)], "dx": ["I10"] * 40_000})
    source, out = tmp_path / f"a.{suffixes[0]}", tmp_path / f"b.{suffixes[1]}"
    (table.write_csv if suffixes[0] == "csv" else table.write_parquet)(source)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(SourceError, match=r"b\.\w+: it could not be written"):
            recode(starter, Request(str(source), str(out), ("dx",)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == [source.name]


def test_the_file_of_a_run_at_work_is_let_alone(tmp_path: Path) -> None:
    with building(tmp_path / "a.csv") as mine:
        mine.write_text("at work")
        with building(tmp_path / "b.csv") as other:
            other.write_text("done")
    assert names(tmp_path) == ["a.csv", "b.csv"]
