"""How much of a classification another one can say: the measures, as questions to each case.

The classes are those of the published studies; which case belongs to which is told by
`outcomes`, so that reports that speak of outcomes give the same numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.mapping import Relation
from icd11kit.transition.coverage.values import (
    Case,
    Extent,
    Group,
    Interval,
    Measure,
    Place,
    Return,
    Weight,
)
from icd11kit.transition.intervals import wilson

EXTENT, PART, UNSAID, SPECIFICITY, RETURN, TARGETS, TRUST = (
    "represented", "in part because", "not said", "specificity", "round trip", "targets", "trust",
)  # fmt: skip
EPISODE = frozenset({"encounter", "healing", "sequela"})
"""Facets of ICD-10-CM's 7th character that tell of the episode of care."""
IN_TITLE = "words of the title"
FULLY = "fully, both together"
_MOST_KINDS = 8
_OTHER, _UNSPECIFIED = "Y", "Z"
"""The last characters of ICD-11's residual codes, kept for them."""
_RELATIONS = {
    "the target is broader": Relation.BROAD,
    "the target is narrower": Relation.NARROW,
    "both overlap": Relation.RELATED,
}

Test = Callable[[Case], bool]


class Question(NamedTuple):
    """A measure to be: which cases count, and of which they are a share."""

    section: str
    name: str
    counts: Test
    of: Test


def has_target(case: Case) -> bool:
    """Return whether anything says a code."""
    return bool(case.mapping.target)


def is_full(case: Case) -> bool:
    """Return whether a code is said whole, as the map claims."""
    return case.extent in (Extent.ONE_CODE, Extent.CLUSTER)


def unsaid_kinds(case: Case) -> frozenset[str]:
    """Return the kinds of what a target leaves unsaid; single words count as one kind."""
    return frozenset(
        kind if value else IN_TITLE
        for kind, _, value in (left.partition(": ") for left in case.mapping.remainder)
    )


def lacks_episode_only(case: Case) -> bool:
    """Return whether a code would be said whole if its encounter, healing or sequela could be.

    Not so where the target is "other specified", which is never the same as the code.
    """
    kinds = unsaid_kinds(case)
    if case.extent is not Extent.PART or case.mapping.ambiguous:
        return False
    return bool(kinds) and kinds <= EPISODE and not target_stem(case).endswith(_OTHER)


def target_stem(case: Case) -> str:
    """Return the first code of a target."""
    return re.split("[&/ ]", case.mapping.target)[0]


def questions(cases: Sequence[Case], *, into_icd11: bool = True) -> list[Question]:
    """Return what is asked of cases; what was not looked into is not asked.

    Residual categories are those of ICD-11, so only targets in it are asked for them.
    """
    asked = [*_extents(), *_parts(), *_unsaid(cases), _shared(cases)]
    if into_icd11:
        asked.append(_of_targets(SPECIFICITY, 'target "other specified"', _ends(_OTHER)))
        asked.append(_of_targets(SPECIFICITY, 'target "unspecified"', _ends(_UNSPECIFIED)))
    if any(case.back for case in cases):
        asked += [_of_targets(RETURN, way.value, _is_back(way)) for way in Return]
    return asked


def _everything(_: Case) -> bool:
    return True


def _of_targets(section: str, name: str, counts: Test) -> Question:
    return Question(section, name, counts, has_target)


def _is_back(way: Return) -> Test:
    return lambda case: case.back is way


def _is_extent(extent: Extent) -> Test:
    return lambda case: case.extent is extent


def _extents() -> Iterator[Question]:
    for extent in Extent:
        yield Question(EXTENT, extent.value, _is_extent(extent), _everything)
    yield Question(EXTENT, FULLY, is_full, _everything)


def _parts() -> Iterator[Question]:
    """Yield why codes are said in part only; each such code counts once."""
    for name, relation in _RELATIONS.items():
        yield Question(PART, name, _stands(relation), _everything)
    yield Question(PART, "several are as good", _is_ambiguous, _everything)


def _stands(relation: Relation) -> Test:
    return lambda case: (
        case.extent is Extent.PART
        and not case.mapping.ambiguous
        and case.mapping.relation is relation
    )


def _is_ambiguous(case: Case) -> bool:
    return case.mapping.ambiguous and has_target(case)


def _unsaid(cases: Sequence[Case]) -> Iterator[Question]:
    """Yield what targets leave unsaid most often, then what only the episode stands against."""
    found = Counter(kind for case in cases for kind in unsaid_kinds(case) if has_target(case))
    ranked = sorted(found, key=lambda kind: (-found[kind], kind))[:_MOST_KINDS]
    for kind in ranked:
        yield _of_targets(UNSAID, kind, _leaves(kind))
    if EPISODE & set(found):
        yield _of_targets(UNSAID, "episode of care only", lacks_episode_only)


def _leaves(kind: str) -> Test:
    return lambda case: has_target(case) and kind in unsaid_kinds(case)


def _shared(cases: Sequence[Case]) -> Question:
    several = Counter(case.mapping.target for case in cases if has_target(case))
    return _of_targets(
        SPECIFICITY, "shared with other codes", lambda c: several[c.mapping.target] > 1
    )


def _ends(mark: str) -> Test:
    return lambda case: has_target(case) and target_stem(case).endswith(mark)


def measure(
    cases: Sequence[Case], asked: Iterable[Question], *, sampled: bool, weighted: bool
) -> list[Measure]:
    """Return the answers to questions; by code an interval belongs to a sample only."""
    return [_measure(cases, question, sampled, weighted) for question in asked]


def _measure(cases: Sequence[Case], asked: Question, sampled: bool, weighted: bool) -> Measure:
    within = [case for case in cases if asked.of(case)]
    hits = [case for case in within if asked.counts(case)]
    made = Measure(asked.section, asked.name, len(hits), len(within))
    volumes = Weight(sum(c.volume for c in hits), sum(c.volume for c in within))
    return made._replace(
        interval=Interval(*wilson(len(hits), len(within))) if sampled and within else None,
        weight=volumes if weighted else None,
    )


def by_group(cases: Sequence[Case], level: str, *, sampled: bool, weighted: bool) -> list[Group]:
    """Return the extents by chapter or block of the source, in the order of the cases."""
    name = _chapter if level == "chapter" else _block
    grouped: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        grouped.setdefault(name(case.place), []).append(case)
    asked = list(_extents())[: len(Extent)]
    return [
        Group(code, title, tuple(measure(part, asked, sampled=sampled, weighted=weighted)))
        for (code, title), part in grouped.items()
    ]


def _chapter(place: Place) -> tuple[str, str]:
    return place.chapter, place.chapter_title


def _block(place: Place) -> tuple[str, str]:
    return (place.block, place.block_title) if place.block else _chapter(place)
