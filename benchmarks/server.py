"""How fast the server answers, against a bare route of the same framework in the same run."""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from benchmarks.load import Load, name_of_load, put_load
from benchmarks.served import Served, bare_server, our_server, processor_seconds, status_of
from icd11kit.store.bulk import all_entities
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.vocabulary import System

ROUNDS = 3
SECONDS = 3
PATHS = 300
MMS = "http://id.who.int/icd/release/11/mms"
CM = "http://hl7.org/fhir/sid/icd-10-cm"


def main() -> None:
    """Print requests a second and the 99th percentile of operations and of the bare route."""
    with open_terminology() as icd:
        asked = make_paths(icd)
        print(f"ICD-11 MMS {icd.release}, load by {name_of_load()}, 16 connections, one process")
    with our_server() as ours, bare_server() as bare:
        plain = [f"/codes/{number}" for number in range(PATHS)]
        for name, paths in asked.items():
            _check(ours.port, paths)
            pairs = [(_measure(ours, paths), _measure(bare, plain)) for _ in range(ROUNDS)]
            _print(name, [pair[0] for pair in pairs], [pair[1] for pair in pairs])


def make_paths(icd: Terminology) -> dict[str, list[str]]:
    """Return what is asked of each operation: different codes and words of the home in use."""
    chosen = random.Random(5)
    coded = [item for item in all_entities(icd.store(System.MMS)) if item.code and item.title]
    some = chosen.choices(coded, k=PATHS)
    cm = [item.code for item in all_entities(icd.store(System.ICD10CM)) if "." in item.code]
    words = [chosen.choice(item.title.split()) for item in some]
    return {
        "codeinfo": [
            f"/icd/release/11/{icd.release}/mms/codeinfo/{quote(item.code, safe='')}"
            for item in some
        ],
        "$validate-code": [
            f"/fhir/CodeSystem/$validate-code?url={MMS}&code={quote(item.code, safe='')}"
            for item in some
        ],
        "search": [
            f"/icd/release/11/{icd.release}/mms/search?q={quote(word, safe='')}" for word in words
        ],
        "$translate": [
            f"/fhir/ConceptMap/$translate?code={code}&system={CM}&target={MMS}"
            for code in chosen.choices(cm, k=PATHS)
        ],
    }


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


def _print(name: str, ours: list[Measured], bare: list[Measured]) -> None:
    pairs = list(zip(ours, bare, strict=True))
    ratio = statistics.median(a.load.rate / b.load.rate for a, b in pairs)
    share = statistics.median(b.processor / a.processor for a, b in pairs)
    print(
        f"{name}: {_said(ours)}; bare route {_said(bare)}; ratio of rates {ratio:.2f}, of "
        f"processor time {share:.2f}; refused {sum(each.load.refused for each in ours):,}"
    )


def _said(found: list[Measured]) -> str:
    rate = statistics.median(each.load.rate for each in found)
    late = statistics.median(each.load.p99 for each in found)
    spent = statistics.median(each.processor for each in found)
    return f"{rate:,.0f} a second, p99 {1000 * late:.1f} ms, {1e6 * spent:.0f} us of processor each"
