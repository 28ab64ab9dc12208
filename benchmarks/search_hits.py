"""First-hit and first-ten shares of the coder queries in tests/cases/search_queries.csv."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import NamedTuple

from benchmarks.data import ROOT
from icd11kit.terminology import Terminology, open_terminology

CASES = ROOT / "tests" / "cases" / "search_queries.csv"


class Outcome(NamedTuple):
    """Where the first right code stood for one query, 0 for nowhere among ten."""

    query: str
    expected: str
    kind: str
    part: str
    rank: int
    first: str


def outcomes(icd: Terminology) -> list[Outcome]:
    """Return what the search gave for every query of the table."""
    with CASES.open(encoding="utf-8", newline="") as stream:
        return [_outcome(icd, row) for row in csv.DictReader(stream)]


def _outcome(icd: Terminology, row: dict[str, str]) -> Outcome:
    wanted = set(row["expected"].split("|"))
    hits = icd.search(row["query"], limit=10, extensions=row["kind"] == "extension")
    codes = [hit.entity.code for hit in hits]
    rank = next((place for place, code in enumerate(codes, start=1) if code in wanted), 0)
    return Outcome(
        row["query"], row["expected"], row["kind"], row["set"], rank, codes[0] if codes else ""
    )


def share(found: list[Outcome], deepest: int) -> float:
    """Return the share of queries whose right code stood at a rank or above it."""
    return sum(0 < item.rank <= deepest for item in found) / (len(found) or 1)


def main() -> None:
    """Print the shares over all, by part and by kind, then every query that was missed."""
    icd = open_terminology()
    found = outcomes(icd)
    print(f"MMS {icd.release}, tier {icd.tier}: {len(found)} queries")
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for item in found:
        for name in ("all", f"part {item.part}", f"kind {item.kind}"):
            groups[name].append(item)
    for name, items in groups.items():
        print(
            f"  {name:<20} {len(items):>4}  first {share(items, 1):.0%}  ten {share(items, 10):.0%}"
        )
    for item in found:
        if item.rank == 0:
            print(f"  missed: {item.query!r} wants {item.expected}, first was {item.first}")
