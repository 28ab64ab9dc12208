"""From an ICD-11 code or cluster back to ICD-10-CM.

Candidates are the codes that lead to the stem, and those below the ICD-10 code that WHO's
table gives. What the cluster's extensions say must agree with what a code says; what the
cluster does not say is taken as unsaid: no side, the initial encounter, a closed fracture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.mapping import (
    Alternative,
    CodeMapping,
    Evidence,
    Relation,
    codes_of,
)
from icd11kit.crosswalk.meaning import Meaning
from icd11kit.crosswalk.pieces import FacetRule
from icd11kit.crosswalk.wording import DENIED, Words

_MOST_ALTERNATIVES = 5
_DEFAULTS = {
    "encounter": ("initial", "the initial encounter"),
    "laterality": ("unspecified", "no side"),
    "fracture": ("closed", "a closed fracture"),
    "trimester": ("unspecified", "no trimester"),
    "displacement": ("", ""),
    "intent": ("accidental", "no intent: accidental"),
    "stage": ("indeterminate", "no stage"),
    "tophus": ("without", "no tophus"),
}
_TRUSTED = {Relation.EXACT: 0.9, Relation.BROAD: 0.6, Relation.NARROW: 0.6, Relation.RELATED: 0.4}
_INVERSE = {Relation.BROAD: Relation.NARROW, Relation.NARROW: Relation.BROAD}


class Asked(NamedTuple):
    """What is mapped back: the expression, its words, its display, its facets, its release."""

    expression: str
    words: Words
    display: str
    facets: frozenset[tuple[str, str]]
    release: str


class Candidate(NamedTuple):
    """A code that may be meant: what it says, its own mapping, and whether WHO's table names it."""

    meaning: Meaning
    forward: CodeMapping
    is_who: bool


def said_facets(expression: str, rules: Iterable[FacetRule]) -> frozenset[tuple[str, str]]:
    """Return the facets that an expression's extensions say."""
    codes = codes_of(expression)
    return frozenset((rule.kind, rule.value) for rule in rules if rule.code in codes)


def map_back(asked: Asked, candidates: Sequence[Candidate]) -> CodeMapping:
    """Return the ICD-10-CM code for an expression, with what is taken where nothing is said."""
    fitting = [c for c in candidates if _is_kindred(c, asked) and not _contradicts(c, asked)]
    single = {c.meaning.source.code: c for c in fitting}.values()
    ranked = sorted(single, key=lambda c: _rank(c, asked), reverse=True)
    if not ranked:
        return _nothing(asked)
    best = ranked[0]
    ties = [c for c in ranked[1:] if _rank(c, asked)[:-1] == _rank(best, asked)[:-1]]
    is_same = codes_of(best.forward.target) == codes_of(asked.expression)
    relation = _seen_back(best.forward.relation, is_same=is_same, has_rivals=bool(ties))
    source = best.meaning.source
    stem = re.split("[&/]", asked.expression)[0]
    trust = round(_TRUSTED.get(relation, 0.3) * best.forward.confidence / (1 + len(ties) / 4), 3)
    return CodeMapping(
        asked.expression, asked.display, source.code, source.code, source.title, stem, relation,
        trust, tuple(_lost(best, asked)), tuple(_evidence(best, asked)),
        tuple(_alternative(c, asked, trust) for c in ranked[1 : _MOST_ALTERNATIVES + 1]),
        bool(ties), asked.release,
    )  # fmt: skip


def _seen_back(forward: Relation, *, is_same: bool, has_rivals: bool) -> Relation:
    """Return how an expression stands to a code whose own mapping has a relation.

    A code that leads elsewhere is related at most. Where several codes lead to one expression
    none says the same: each is a part of what it means.
    """
    if not is_same:
        return Relation.RELATED
    if forward is Relation.EXACT and has_rivals:
        return Relation.NARROW
    return _INVERSE.get(forward, forward)


def joined(first: CodeMapping, second: CodeMapping) -> CodeMapping:
    """Return a mapping that says what two mappings of a cluster's groups say together."""
    if not second.target:
        return first
    return first._replace(
        target=f"{first.target} {second.target}",
        target_display=f"{first.target_display} / {second.target_display}",
        relation=Relation.RELATED,
        confidence=round(first.confidence * second.confidence, 3),
        remainder=tuple(c for c in first.remainder if c not in codes_of(second.source)),
        evidence=(*first.evidence, *second.evidence),
        ambiguous=first.ambiguous or second.ambiguous,
    )


def _is_kindred(candidate: Candidate, asked: Asked) -> bool:
    """Return whether a code shares more with the expression than what stands above both."""
    if candidate.is_who or codes_of(candidate.forward.target) == codes_of(asked.expression):
        return True
    return bool(candidate.meaning.words & asked.words)


def _contradicts(candidate: Candidate, asked: Asked) -> bool:
    """Return whether a code says another side, fracture or consciousness than the cluster."""
    said = dict(asked.facets)
    return any(
        facet.kind in said and (facet.kind, facet.value) not in asked.facets
        for facet in candidate.meaning.facets
        if facet.value != "unspecified"
    )


def _rank(candidate: Candidate, asked: Asked) -> tuple[float, ...]:
    """Return how well a code fits, the most telling first; the code itself decides at last."""
    codes, wanted = codes_of(candidate.forward.target), codes_of(asked.expression)
    words = {word for word in candidate.meaning.words if not word.startswith(DENIED)}
    union = len(words | asked.words) or 1
    is_late = candidate.meaning.value("sequela") or candidate.meaning.value("healing")
    agreed = sum((f.kind, f.value) in asked.facets for f in candidate.meaning.facets)
    return (
        -float(bool(is_late)),
        float(codes == wanted),
        float(codes == wanted and candidate.forward.relation is Relation.EXACT),
        float(agreed),
        float(codes == wanted and candidate.meaning.is_unspecified),
        round(len(words & asked.words) / union, 3),
        float(candidate.is_who),
        _default(candidate, asked),
        -len(codes ^ wanted),
        float(candidate.forward.relation is Relation.EXACT),
        -float(int.from_bytes(candidate.meaning.source.code.encode()[:6])),
    )


def _default(candidate: Candidate, asked: Asked) -> float:
    """Return how many of a code's unasked facets have the value taken where nothing is said."""
    said = dict(asked.facets)
    score = 0.0
    for facet in candidate.meaning.facets:
        default = _DEFAULTS.get(facet.kind)
        if default and facet.kind not in said:
            score += 1 if facet.value == default[0] else -1
    return score


def _evidence(candidate: Candidate, asked: Asked) -> Iterable[Evidence]:
    source, forward = candidate.meaning.source, candidate.forward
    yield Evidence(
        "inverse", f"{source.code} leads to {forward.target} by {forward.evidence[-1].kind}"
    )
    if candidate.is_who:
        yield Evidence("WHO's table", "11To10MapToOneCategory names this ICD-10 code or one above")
    said = dict(asked.facets)
    for facet in candidate.meaning.facets:
        default = _DEFAULTS.get(facet.kind)
        if default and default[1] and facet.kind not in said and facet.value == default[0]:
            yield Evidence("default", default[1])


def _lost(candidate: Candidate, asked: Asked) -> Iterable[str]:
    """Yield the codes of the cluster that the code's own mapping does not have."""
    gone = codes_of(asked.expression) - codes_of(candidate.forward.target)
    agreed = {(f.kind, f.value) for f in candidate.meaning.facets} & asked.facets
    yield from sorted(gone if not agreed else gone - {"XK9K", "XK8G", "XK9J"})


def _alternative(candidate: Candidate, asked: Asked, most: float) -> Alternative:
    """Return a code as an alternative, trusted no more than the answer it stands beside."""
    source, forward = candidate.meaning.source, candidate.forward
    is_same = codes_of(forward.target) == codes_of(asked.expression)
    relation = _seen_back(forward.relation, is_same=is_same, has_rivals=True)
    trust = min(most, round(_TRUSTED.get(relation, 0.3) * forward.confidence / 2, 3))
    return Alternative(source.code, relation, trust, f"{source.title}: fits less well")


def _nothing(asked: Asked) -> CodeMapping:
    return CodeMapping(
        asked.expression, asked.display, "", "", "", re.split("[&/]", asked.expression)[0],
        Relation.NONE, 0.0, (), (Evidence("none", "no ICD-10-CM code leads here"),), (), False,
        asked.release,
    )  # fmt: skip
