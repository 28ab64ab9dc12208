"""Spark gives what Polars gives, byte by byte once rows are sorted."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from icd11kit.errors import SourceError, UnknownCodeError
from icd11kit.terminology import Terminology
from icd11kit.transition.recode.run import recode
from icd11kit.transition.recode.values import Request
from tests.prepared_home import environment

pytest.importorskip("pyspark", reason="PySpark is not installed (extra `spark`)")
if shutil.which("java") is None:
    pytest.skip("there is no Java on the path", allow_module_level=True)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# PySpark leaves sockets it has read to the end to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
CELLS = ["I10", "i10", "E11.9", "", "nonsense", "1.00E+10", " I10 ", "S52.531A"]
COMMAND = (sys.executable, "-c", "from icd11kit.cli.main import main; main()")


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        yield session
        session.stop()
        gc.collect()


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same claims as CSV, TSV, gzip and Parquet, each in two files."""
    folder = tmp_path_factory.mktemp("claims")
    frame = pl.DataFrame(
        {
            "id": [f"{number:04}" for number in range(800)],
            "dx1": CELLS * 100,
            "note": ["plain", "a, b", 'say "x"', "two  spaces "] * 200,
            "dx2": ["E11.9", "I10"] * 400,
        }
    ).with_columns(pl.col("dx1").replace("", None))
    for number, half in enumerate((frame[:500], frame[500:])):
        half.write_csv(folder / f"{number}.csv")
        half.select("id", "dx1", "dx2").write_csv(folder / f"{number}.tsv", separator="\t")
        half.write_parquet(folder / f"{number}.parquet")
    return folder


def lines(path: Path) -> list[bytes]:
    """Return the sorted lines of a file or of the parts in a folder, headers once."""
    parts = sorted(path.glob("part-*")) if path.is_dir() else [path]
    every = [part.read_bytes().splitlines() for part in parts]
    return [every[0][0], *sorted(line for part in every for line in part[1:])]


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_text_is_that_of_polars(
    spark: SparkSession, starter: Terminology, claims: Path, tmp_path: Path, kind: str
) -> None:
    from icd11kit.transition.recode.spark import recode_on_spark

    asked = Request(f"{claims}/*.{kind}", str(tmp_path / f"a.{kind}"), ("dx1", "dx2"))
    ours = recode_on_spark(
        starter, asked._replace(out_path=str(tmp_path / f"b.{kind}"), engine="spark")
    )
    theirs = recode(starter, asked)
    assert ours._replace(out="", engine="") == theirs._replace(out="", engine="")
    assert lines(tmp_path / f"b.{kind}") == lines(tmp_path / f"a.{kind}")
    assert len(lines(tmp_path / f"a.{kind}")) == 801


def test_parquet_is_that_of_polars(
    spark: SparkSession, starter: Terminology, claims: Path, tmp_path: Path
) -> None:
    from icd11kit.transition.recode.spark import recode_on_spark

    asked = Request(f"{claims}/*.parquet", str(tmp_path / "a.parquet"), ("dx1",))
    recode_on_spark(starter, asked._replace(out_path=str(tmp_path / "b.parquet")))
    recode(starter, asked)
    ours = pl.read_parquet(tmp_path / "b.parquet" / "*.parquet").sort("id")
    theirs = pl.read_parquet(tmp_path / "a.parquet").sort("id")
    assert ours.write_csv() == theirs.write_csv()
    assert ours.schema == theirs.schema


def test_a_folder_goes_to_a_folder(
    spark: SparkSession, starter: Terminology, claims: Path, tmp_path: Path
) -> None:
    from icd11kit.transition.recode.spark import recode_on_spark

    shutil.copytree(claims, tmp_path / "in", ignore=shutil.ignore_patterns("*.tsv", "*.parquet"))
    asked = Request(str(tmp_path / "in"), str(tmp_path / "out"), ("dx1",))
    assert recode_on_spark(starter, asked).files == 2
    assert len(lines(tmp_path / "out" / "1.csv")) == 301
    with pytest.raises(SourceError, match="it is there already"):
        recode_on_spark(starter, asked)


def test_broken_rows_are_said_and_nothing_is_left(
    spark: SparkSession, starter: Terminology, tmp_path: Path
) -> None:
    from icd11kit.transition.recode.spark import recode_on_spark

    (tmp_path / "in.csv").write_text("id,dx1\n1,I10\n2\n")
    asked = Request(str(tmp_path / "in.csv"), str(tmp_path / "out.csv"), ("dx1",))
    with pytest.raises(SourceError, match="Malformed CSV record: 2") as raised:
        recode_on_spark(starter, asked)
    assert "\n" not in str(raised.value)
    with pytest.raises(SourceError, match="no column 'dx9'"):
        recode_on_spark(starter, asked._replace(columns=("dx9",)))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_bytes_that_are_no_text_are_said_as_polars_says_them(
    spark: SparkSession, starter: Terminology, tmp_path: Path
) -> None:
    from icd11kit.transition.recode.spark import recode_on_spark

    source = tmp_path / "latin.csv"
    source.write_bytes("dx,note,a.b\nI10,café,1\nE11.9,x,2\n".encode("latin-1"))
    asked = Request(str(source), str(tmp_path / "out.csv"), ("dx",), engine="spark")
    with pytest.raises(SourceError, match=r"latin\.csv: .* give --encoding latin-1"):
        recode_on_spark(starter, asked)
    assert [path.name for path in tmp_path.iterdir()] == ["latin.csv"]
    recode_on_spark(starter, asked._replace(encoding="latin-1"))
    assert "I10,café,1,BA00.Z".encode() in b"".join(lines(tmp_path / "out.csv"))


def test_functions_on_frames_say_what_single_codes_say(
    spark: SparkSession, starter: Terminology
) -> None:
    from icd11kit.spark import are_below, display_codes, map_codes, validate_codes

    frame = spark.createDataFrame(
        [(1, "I10", "5A11"), (2, None, "BA00.Z"), (3, "?", "?"), (4, "", None)],
        "n int, dx string, to string",
    )
    mapped = map_codes(frame, "dx", icd=starter).orderBy("n").collect()
    assert [row["dx_icd11"] for row in mapped] == ["BA00.Z", None, None, None]
    assert [row["dx_needs_review"] for row in mapped] == [False, False, True, False]
    checked = validate_codes(
        display_codes(are_below(frame, "to", "05", icd=starter), "to", icd=starter), "to",
        icd=starter,
    )  # fmt: skip
    rows = checked.orderBy("n").collect()
    assert [row["is_below"] for row in rows] == [True, False, None, None]
    assert [row["valid"] for row in rows] == [True, True, False, None]
    assert rows[0]["display"] == starter.title("5A11")
    with pytest.raises(UnknownCodeError):
        are_below(frame, "to", "9ZZZ", icd=starter)


def test_the_command_starts_a_session_of_its_own(claims: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    done = subprocess.run(
        [*COMMAND, "recode", str(claims / "0.parquet"), "--column", "dx1", "--out", str(out),
         "--engine", "spark", "--json"],
        env=environment(tmp_path / "home"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["engine"], told["rows"]) == ("spark", 500)
    assert pl.read_parquet(out / "*.parquet").height == 500
