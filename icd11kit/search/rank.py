"""How well a term that was found says a query, and how likely its entry is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from icd11kit.vocabulary import ClassKind, Residual
from icd11kit.words import content_words

_SOURCE_WEIGHT = (1.0, 0.97, 0.94, 0.93, 0.88)
"""By TermSource: titles say what an entry is, other lists only what is counted there."""
_KIND_WEIGHT = {ClassKind.CATEGORY: 1.0, ClassKind.BLOCK: 0.75, ClassKind.CHAPTER: 0.7}
_OPTION_WEIGHT = 0.97
_LEAST_SAID = 0.25
"""A term that says less of the query shares none of its telling words."""
_DEPTH_WEIGHT = 0.004
_RESIDUAL_WEIGHT = {Residual.NONE: 1.0, Residual.UNSPECIFIED: 0.98, Residual.OTHER: 0.9}


class Group(NamedTuple):
    """One word or lay term of a query: alternatives, each a run of words; the typed first.

    A word that ends in * stands for all that begin with it. The weight is the larger, the
    fewer terms hold what was typed.
    """

    options: tuple[tuple[str, ...], ...]
    weight: float = 1.0


class Candidate(NamedTuple):
    """A term that was found, with what ranking needs of its entry, as the store gives it."""

    pre: int
    text: str
    words: int
    source: int
    kind: str
    residual: str
    depth: int


def score(candidate: Candidate, groups: Sequence[Group], *, held: int, wants_other: bool) -> float:
    """Return a figure up to 1 by which a candidate is ranked, 0 where it is none.

    It grows with the share of the query's groups that the term holds (`held` of them, known
    from the search) and with the share of the term that the query says.
    """
    if held == len(groups) and all(len(group.options) == 1 for group in groups):
        coverage = 1.0
        said = sum(len(group.options[0]) for group in groups)
    else:
        coverage, said = _said(content_words(candidate.text), groups)
        if coverage < _LEAST_SAID:
            return 0.0
    fit = coverage**2 * (0.4 + 0.6 * min(said / (candidate.words or 1), 1.0))
    return _SOURCE_WEIGHT[candidate.source] * fit * _likelihood(candidate, wants_other)


def _said(words: Sequence[str], groups: Sequence[Group]) -> tuple[float, int]:
    """Return the share of the groups that words hold, by weight, and how many words say them."""
    said: set[str] = set()
    held = 0.0
    for group in groups:
        for rank, option in enumerate(group.options):
            found = [word for want in option if (word := find_like(want, words))]
            if len(found) == len(option):
                said.update(found)
                held += group.weight * (_OPTION_WEIGHT if rank else 1.0)
                break
    return held / sum(group.weight for group in groups), len(said)


def find_like(want: str, words: Sequence[str]) -> str | None:
    """Return the word that stemming would hold for the same; a rough stand-in for Porter's."""
    if want.endswith("*"):
        return next((word for word in words if word.startswith(want[:-1])), None)
    if want in words:
        return want
    root = want[: max(4, len(want) - 3)]
    near = len(want) + 3
    return next((word for word in words if word.startswith(root) and len(word) <= near), None)


def _likelihood(candidate: Candidate, wants_other: bool) -> float:
    """Return how likely an entry of this kind is meant: codes before groupings and residuals."""
    says_other = "other specified" in candidate.text
    residual = Residual.OTHER if says_other else Residual(candidate.residual)
    rest = 1.0 if wants_other and residual is Residual.OTHER else _RESIDUAL_WEIGHT[residual]
    return _KIND_WEIGHT[ClassKind(candidate.kind)] * rest * (1 - _DEPTH_WEIGHT * candidate.depth)
