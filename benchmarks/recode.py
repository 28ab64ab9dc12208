"""Recoding of made-up claims beside a plain copy of the same file, both in turn in one run.

`python -m benchmarks.recode --rows 1000000 --rows 10000000` takes other sizes. Every side is a
process of its own, its start included. The codes are those of the home in use.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import polars as pl

import icd11kit
from benchmarks.timing import run_command
from icd11kit.errors import Icd11KitError

ROWS = 1_000_000
RUNS = 3
_CODES = 5_000
_BLOCK = 1_000_000
_COPY = {
    "csv": "pl.scan_csv(a, infer_schema=False).sink_csv(b)",
    "parquet": "pl.scan_parquet(a).sink_parquet(b)",
}
_WIDE = ", ".join(
    f"pl.lit({text!r}).alias('{place}')"
    for place, text in enumerate(["NC32.50&XJ44E", "skos:broadMatch", "0.96", "false", "one code"])
)
_SPARK = "recode on Spark local[2]"
_ONCE = ("pandas.map", _SPARK)
"""Sides that take so long that one run must do; the others have one more to warm up."""

_MAIN = "from icd11kit.cli.main import main; main()"
_PANDAS = """
import sys, pandas as pd, icd11kit
from icd11kit.transition.answers import answer_cell
icd = icd11kit.open()
frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
known = {text: answer_cell(icd, text, 'icd10cm', 'icd11').answer for text in frame.dx1.unique()}
for field in ('target', 'relation', 'confidence', 'needs_review', 'outcome'):
    frame['dx1_' + field] = frame.dx1.map({t: getattr(a, field) for t, a in known.items()})
frame.to_csv(sys.argv[2], index=False)
"""


def main(sizes: Sequence[int] = (ROWS,), runs: int = RUNS) -> None:
    """Print seconds, peak memory and ratios at each size."""
    codes = _codes()
    print(f"recode, {len(codes):,} different codes, home {os.environ.get('ICD11KIT_HOME', '')}")
    for rows in sizes:
        with tempfile.TemporaryDirectory(prefix="icd11kit-bench-") as name:
            folder = Path(name)
            _make(folder, rows, codes)
            for kind in ("csv", "parquet"):
                _compare(folder, kind, rows, runs)


def _compare(folder: Path, kind: str, rows: int, runs: int) -> None:
    sides = _sides(kind)
    taken: dict[str, list[float]] = {name: [] for name in sides}
    peaks: dict[str, float] = {}
    order = [*sides] + [name for name in sides if name not in _ONCE] * runs
    for name in order:
        out = folder / f"out.{kind}"
        command = [*sides[name], *_places(name, folder / f"in.{kind}", out)]
        seconds, peak = run_command(command)
        shutil.rmtree(out) if out.is_dir() else out.unlink()
        taken[name].append(seconds)
        peaks[name] = max(peak, peaks.get(name, 0))
    print(f"{rows:,} rows, {kind}; seconds, times the plain copy, peak MiB (medians of {runs})")
    copies = taken["plain copy"][-runs:]
    for name, times in taken.items():
        ratio = statistics.median(a / b for a, b in zip(times[-runs:], copies, strict=False))
        memory = "the JVM's" if name == _SPARK else f"{peaks[name]:.0f}"
        print(f"  {name:<28}{statistics.median(times[-runs:]):8.2f} {ratio:8.2f} {memory:>10}")


def _sides(kind: str) -> Mapping[str, Sequence[str]]:
    """Return the commands to compare, those that are installed."""
    start = f"import sys, polars as pl; a, b = sys.argv[1:3]; {_COPY[kind]}"
    ours = [sys.executable, "-c", _MAIN, "recode"]
    sides = {
        "plain copy": [sys.executable, "-c", start],
        "copy with 5 fixed columns": [
            sys.executable, "-c", start.replace(".sink", f".with_columns({_WIDE}).sink"),
        ],
        "icd11kit recode": ours,
    }  # fmt: skip
    if kind == "csv" and importlib.util.find_spec("pandas"):
        sides["pandas.map"] = [sys.executable, "-c", _PANDAS]
    if importlib.util.find_spec("pyspark") and shutil.which("java"):
        sides[_SPARK] = [*ours, "--engine", "spark"]
    return sides


def _places(name: str, source: Path, out: Path) -> Sequence[str]:
    ours = "recode" in name
    return [str(source), *(["--column", "dx1", "--out"] if ours else []), str(out)]


def _codes() -> Sequence[str]:
    """Return codes of ICD-10-CM in an order by chance that is always the same."""
    icd = icd11kit.open()
    found = {code for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for code in _below(icd, letter)}
    codes = sorted(found)
    random.Random(1).shuffle(codes)
    return codes[:_CODES]


def _below(icd: icd11kit.Terminology, letter: str) -> Iterator[str]:
    for number in range(100):
        try:
            yield from icd.codes_below(f"{letter}{number:02}")
        except Icd11KitError:
            continue


def _make(folder: Path, rows: int, codes: Sequence[str]) -> None:
    """Write claims as CSV and Parquet; how often codes come falls as in Zipf's law."""
    weights = list(accumulate(1 / rank for rank in range(1, len(codes) + 1)))
    chance = random.Random(2)
    with (folder / "in.csv").open("wb") as stream:
        for start in range(0, rows, _BLOCK):
            size = min(_BLOCK, rows - start)
            drawn = chance.choices(codes, cum_weights=weights, k=size)
            _block(start, drawn).write_csv(stream, include_header=not start)
    pl.scan_csv(folder / "in.csv", infer_schema=False).sink_parquet(folder / "in.parquet")


def _block(start: int, codes: Sequence[str]) -> pl.DataFrame:
    number = pl.int_range(start, start + len(codes))
    return pl.DataFrame({"dx1": codes}).select(
        number.alias("claim_id"),
        (number.hash(1) % 10_000_000).alias("person_id"),
        (pl.date(2024, 1, 1) + pl.duration(days=number.hash(2) % 366)).alias("service_date"),
        "dx1",
        pl.when(number.hash(3) % 2 == 0).then(pl.lit("F")).otherwise(pl.lit("M")).alias("sex"),
        (number.hash(4) % 100).alias("age"),
        (number.hash(5) % 1_000_000 / 100).alias("amount"),
        pl.format("P{}", number.hash(6) % 10_000).alias("provider"),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    main(given.rows or (ROWS,), given.runs)
