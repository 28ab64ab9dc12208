"""The cases of a coverage study: all codes of a classification, those of a file, or a sample."""

from __future__ import annotations

import csv
import hashlib
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.errors import SourceError
from icd11kit.resources import LONGEST_TABLE, read_text
from icd11kit.transition.answers import answer_cell
from icd11kit.transition.coverage.measure import target_stem
from icd11kit.transition.coverage.places import place_of
from icd11kit.transition.coverage.routes import all_reported, compare_back, read_places, way_back
from icd11kit.transition.coverage.values import Case, Unread

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology
    from icd11kit.transition.coverage.values import Place

Step = Callable[[int, int], None]
_EVERY = 50


class Listed(NamedTuple):
    """Texts given as codes, each with its volume, and the file they are from."""

    volumes: Mapping[str, int]
    name: str = ""
    sha256: str = ""


def read_codes(path: str) -> Listed:
    """Return the codes of a file, the first cell of each line; raises SourceError for no file."""
    text = read_text(path, LONGEST_TABLE)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Listed(dict.fromkeys(parse_codes(text, path), 0), path.rpartition("/")[2], digest)


def parse_codes(text: str, path: str) -> list[str]:
    """Return the codes of a text; a first line without a digit is a header, `#` a comment.

    >>> parse_codes("code\\nE11.9\\tdiabetes\\n# a remark\\n\\nI10\\n", "codes.txt")
    ['E11.9', 'I10']
    """
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line[:1] != "#"]
    rows = csv.reader(lines, delimiter="\t" if "\t" in text else ",")
    cells = [row[0].strip() for row in rows if row and row[0].strip()]
    if cells and not any(char.isdigit() for char in cells[0]):
        cells = cells[1:]
    if not cells:
        raise SourceError(path, "there is no code; one a line is needed")
    return cells


def whole_cases(icd: Terminology, source: str, target: str) -> list[Case]:
    """Return a case for every code of the source that is reported, in its order."""
    places, depths = read_places(icd, source), _depths(icd, target)
    order = {code: place for place, code in enumerate(places)}
    cases = [_case(m, 0, places, depths) for m in all_reported(icd, source, target)]
    return sorted(cases, key=lambda case: order.get(case.mapping.source, len(order)))


def listed_cases(
    icd: Terminology, source: str, target: str, listed: Mapping[str, int]
) -> tuple[list[Case], list[Unread]]:
    """Return a case for every code that texts name, their volumes added up, and what is none."""
    places, depths = read_places(icd, source), _depths(icd, target)
    found: dict[str, Case] = {}
    unread: list[Unread] = []
    for text, volume in listed.items():
        answer, mapping = answer_cell(icd, text, source, target)
        if mapping is None:
            unread.append(Unread(text, volume, answer.reason))
            continue
        held = found.get(mapping.source)
        more = volume + (held.volume if held else 0)
        found[mapping.source] = _case(mapping, more, places, depths)
    order = {code: place for place, code in enumerate(places)}
    ranked = sorted(found.values(), key=lambda c: (order.get(c.mapping.source, len(order)), c))
    return ranked, unread


def _depths(icd: Terminology, target: str) -> dict[str, int]:
    return {code: place.depth for code, place in read_places(icd, target).items()}


def _case(
    mapping: CodeMapping, volume: int, places: dict[str, Place], depths: Mapping[str, int]
) -> Case:
    case = Case(mapping, volume, place_of(places, mapping.source))
    depth = depths.get(mapping.concept, depths.get(target_stem(case)))
    return case._replace(target_depth=depth)


def draw(cases: Sequence[Case], size: int, seed: int) -> list[Case]:
    """Return a simple random sample of cases in their order, all of them for size 0."""
    if not size or size >= len(cases):
        return list(cases)
    picked = random.Random(seed).sample(range(len(cases)), size)
    return [cases[place] for place in sorted(picked)]


def send_back(
    icd: Terminology, source: str, target: str, cases: Iterable[Case], step: Step
) -> list[Case]:
    """Return cases that know where their targets lead back to; each target is asked once."""
    every = list(cases)
    lead, known = way_back(icd, source, target), {"": ""}
    targets = sorted({case.mapping.target for case in every} - {""})
    for done, expression in enumerate(targets):
        if done % _EVERY == 0:
            step(done, len(targets))
        known[expression] = lead(expression)
    step(len(targets), len(targets))
    return [
        case._replace(back=compare_back(source, case.mapping.source, known[case.mapping.target]))
        for case in every
    ]
