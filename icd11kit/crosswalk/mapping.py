"""Mappings as values: what a code means elsewhere, how near, why, and what is lost."""

import re
from enum import StrEnum
from typing import NamedTuple


class Relation(StrEnum):
    """SKOS predicates: `broadMatch` says that the object, the target, is broader."""

    EXACT = "skos:exactMatch"
    BROAD = "skos:broadMatch"
    NARROW = "skos:narrowMatch"
    RELATED = "skos:relatedMatch"
    NONE = ""


class Evidence(NamedTuple):
    """One reason for an answer: its kind, and in words what was found where."""

    kind: str
    detail: str


class Alternative(NamedTuple):
    """A target that was not chosen, and why."""

    target: str
    relation: Relation
    confidence: float
    reason: str


class Facet(NamedTuple):
    """One thing a code says beside its condition: which, what, and the words that say it.

    The words are "" where no words but the code itself says it.
    """

    kind: str
    value: str
    words: str


class CodeMapping(NamedTuple):
    """What a code is in the other classification.

    `target` is what a coder reports, terminal codes, "" where there is none; `concept` the
    code of the entity meant. `remainder` lists what the target does not say. `confidence` is
    the share of answers found the same way that experts would give. `ambiguous` marks answers
    that a coder has to decide.
    """

    source: str
    source_title: str
    target: str
    concept: str
    target_display: str
    stem: str
    relation: Relation
    confidence: float
    remainder: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    alternatives: tuple[Alternative, ...]
    ambiguous: bool
    release: str


def codes_of(expression: str) -> frozenset[str]:
    """Return the codes of a cluster, whatever their order.

    >>> sorted(codes_of("NC32.2&XK8G/PA60"))
    ['NC32.2', 'PA60', 'XK8G']
    """
    return frozenset(code for code in re.split("[&/]", expression) if code)
