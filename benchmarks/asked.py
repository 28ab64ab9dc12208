"""What the server is asked: a few things again and again, or every time something else."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote

from benchmarks.profile_shares import random_pairs
from icd11kit.model import LinearizationEntity
from icd11kit.store.bulk import all_entities
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import System

FEW = 300
CLUSTERS = 100_000
"""More than are asked in one round."""
_DRAWN = 50_000_000
MMS = "http://id.who.int/icd/release/11/mms"
CM = "http://hl7.org/fhir/sid/icd-10-cm"


class Asked(NamedTuple):
    """An operation, what it is asked in words, and the paths of each round."""

    operation: str
    what: str
    rounds: tuple[Sequence[str], ...]


def make_asked(icd: Terminology, rounds: int) -> Iterator[Asked]:
    """Yield what is measured over the home in use."""
    few = make_paths(icd)
    codes = [item.code for item in _coded(icd)]
    new = _new_clusters(icd)
    clusters = [list(islice(new, CLUSTERS)) for _ in range(rounds)]
    for operation in ("codeinfo", "$validate-code"):
        yield Asked(operation, f"{FEW} codes", (few[operation],) * rounds)
        every = [path_of(operation, icd.release, code) for code in codes]
        yield Asked(operation, f"all {len(every):,} codes", (every,) * rounds)
        made = ([path_of(operation, icd.release, text) for text in each] for each in clusters)
        yield Asked(operation, "new clusters", tuple(made))
    yield Asked("search", f"{FEW} words", (few["search"],) * rounds)
    yield Asked("$translate", f"{FEW} codes", (few["$translate"],) * rounds)


def make_paths(icd: Terminology) -> dict[str, list[str]]:
    """Return what is asked of each operation: different codes and words of the home in use."""
    chosen = random.Random(5)
    some = chosen.choices(_coded(icd), k=FEW)
    cm = [item.code for item in all_entities(icd.store(System.ICD10CM)) if "." in item.code]
    words = [chosen.choice(item.title.split()) for item in some]
    return {
        "codeinfo": [path_of("codeinfo", icd.release, item.code) for item in some],
        "$validate-code": [path_of("$validate-code", icd.release, item.code) for item in some],
        "search": [
            f"/icd/release/11/{icd.release}/mms/search?q={quote(word, safe='')}" for word in words
        ],
        "$translate": [
            f"/fhir/ConceptMap/$translate?code={code}&system={CM}&target={MMS}"
            for code in chosen.choices(cm, k=FEW)
        ],
    }


def path_of(operation: str, release: str, code: str) -> str:
    """Return the path that asks for a code or cluster.

    >>> path_of("codeinfo", "2025-01", "DD51&XK8G")
    '/icd/release/11/2025-01/mms/codeinfo/DD51%26XK8G'
    """
    written = quote(code, safe="")
    if operation == "codeinfo":
        return f"/icd/release/11/{release}/mms/codeinfo/{written}"
    return f"/fhir/CodeSystem/$validate-code?url={MMS}&code={written}"


def _coded(icd: Terminology) -> list[LinearizationEntity]:
    return [item for item in all_entities(icd.store(System.MMS)) if item.code and item.title]


def _new_clusters(icd: Terminology) -> Iterator[str]:
    """Yield stems with a value that one of their axes takes, none of them twice."""
    seen: set[tuple[str, str]] = set()
    for stem, value in random_pairs(icd.clusters, _DRAWN):
        pair = (stem.code, value.code)
        if pair not in seen and icd.clusters.axes.axes_of(stem).admitting(value):
            seen.add(pair)
            yield f"{stem.code}&{value.code}"
