"""How fast the server answers, against a bare route of the same framework in the same run."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.asked import Asked, make_asked
from benchmarks.load import Load, name_of_load, put_load
from benchmarks.served import Served, bare_server, our_server, processor_seconds, status_of
from icd11kit.terminology import open_terminology

ROUNDS = 3
SECONDS = 3
_HEADS = (
    "operation", "asked for", "at first", "a second", "p99", "processor",
    "bare route", "p99", "processor", "ratio of rates", "of processor", "refused",
)  # fmt: skip


def main() -> None:
    """Print requests a second and the 99th percentile of operations and of the bare route.

    Each line has a server of its own, which has answered hardly anything before.
    """
    with open_terminology() as icd:
        listed = list(make_asked(icd, ROUNDS))
        print(f"ICD-11 MMS {icd.release}, load by {name_of_load()}, 16 connections, one process")
    print(_row(_HEADS), _row(["---"] * len(_HEADS)), sep="\n")
    with bare_server() as bare:
        for asked in listed:
            with our_server() as ours:
                _check(ours.port, asked.rounds[0])
                pairs = [_measure_both(ours, bare, paths) for paths in asked.rounds]
            print(_row(_cells(asked, pairs)))


def _check(port: int, paths: Sequence[str]) -> None:
    """Stop where the server does not answer what will be measured."""
    for path in paths[:20]:
        status = status_of(port, path)
        if status != 200:
            sys.exit(f"{path} is answered with {status}; nothing is measured")


class Measured(NamedTuple):
    """What a load found, and the processor time a request took in the server."""

    load: Load
    processor: float


def _measure(served: Served, paths: Sequence[str]) -> Measured:
    before = processor_seconds(served.pid)
    load = put_load(served.port, paths, SECONDS)
    spent = processor_seconds(served.pid) - before
    return Measured(load, spent / (load.rate * SECONDS))


def _measure_both(ours: Served, bare: Served, paths: Sequence[str]) -> tuple[Measured, Measured]:
    plain = [f"/codes/{number}" for number in range(len(paths))]
    return _measure(ours, paths), _measure(bare, plain)


def _cells(asked: Asked, pairs: list[tuple[Measured, Measured]]) -> list[str]:
    """Return a line of the table: medians of the rounds, and our rate in the first of them."""
    ours, bare = [list(side) for side in zip(*pairs, strict=True)]
    ratio = statistics.median(a.load.rate / b.load.rate for a, b in pairs)
    share = statistics.median(b.processor / a.processor for a, b in pairs)
    refused = sum(each.load.refused for each in ours)
    return [
        asked.operation, asked.what, f"{ours[0].load.rate:,.0f}", *_said(ours), *_said(bare),
        f"{ratio:.2f}", f"{share:.2f}", f"{refused:,}",
    ]  # fmt: skip


def _said(found: list[Measured]) -> list[str]:
    rate = statistics.median(each.load.rate for each in found)
    late = statistics.median(each.load.p99 for each in found)
    spent = statistics.median(each.processor for each in found)
    return [f"{rate:,.0f}", f"{1000 * late:.1f} ms", f"{1e6 * spent:.0f} us"]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
