"""Time two things in turn, so that a machine that changes its speed changes both."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

_STARTER = """
import os, subprocess, sys, time
start, quiet = time.perf_counter(), subprocess.DEVNULL
process = subprocess.Popen(sys.argv[1:], stdout=quiet, stderr=quiet)
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(time.perf_counter() - start, usage.ru_maxrss, process.returncode)
"""


class Pair(NamedTuple):
    """Medians of two sides in seconds, and the median of their ratio run by run."""

    ours: float
    other: float
    ratio: float


def in_turn(ours: Callable[[], object], other: Callable[[], object], runs: int) -> Pair:
    """Return the medians of two functions called in turn, one warm-up each before."""
    ours(), other()
    a, b = zip(*((_seconds(ours), _seconds(other)) for _ in range(runs)), strict=True)
    ratios = [x / y for x, y in zip(a, b, strict=True)]
    return Pair(statistics.median(a), statistics.median(b), statistics.median(ratios))


def each(function: Callable[[str], object], inputs: Sequence[str]) -> Callable[[], None]:
    """Return a function that calls another with every input."""

    def run() -> None:
        for item in inputs:
            function(item)

    return run


def over(
    function: Callable[[str, str], object], pairs: Sequence[tuple[str, str]]
) -> Callable[[], None]:
    """Return a function that calls another with every pair."""

    def run() -> None:
        for first, second in pairs:
            function(first, second)

    return run


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


_bytecode = tempfile.TemporaryDirectory(prefix="icd11kit-bench-")


def run_command(
    command: Sequence[str], more: Mapping[str, str] | None = None
) -> tuple[float, float]:
    """Return wall seconds and peak memory in MiB of a command run to its end.

    `more` are variables of its environment. It runs from bytecode, as what is installed does: a
    checkout run with PYTHONDONTWRITEBYTECODE compiles every module anew each time. A small
    process starts it: what a large one starts is charged with the memory of the fork.
    """
    variables = {**os.environ, "PYTHONPYCACHEPREFIX": _bytecode.name, **(more or {})}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    told = subprocess.run(
        [sys.executable, "-S", "-c", _STARTER, *command],
        capture_output=True, text=True, check=True, env=variables,
    )  # fmt: skip
    seconds, peak, code = told.stdout.split()
    if code != "0":
        sys.exit(f"{' '.join(command)} ended with {code}")
    return float(seconds), int(peak) / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
    3.0
    """
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]
