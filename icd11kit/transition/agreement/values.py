"""Codes as a comparison of coders sees them: looked up, with what stands above and what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from icd11kit.vocabulary import Residual

_SPREADSHEET = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


class Concept(NamedTuple):
    """What a code names. One that names nothing says why in `fault` and is alike to itself only.

    A malformed text is its own code. `above` holds the ids of all above it and its own;
    `category` is the first code on the way down to it. `facets` and `kernel` are what an
    ICD-10-CM title says, and its rest.
    """

    id: str
    code: str
    title: str = ""
    chapter: str = ""
    chapter_title: str = ""
    block: str = ""
    category: str = ""
    parent: str = ""
    residual: Residual = Residual.NONE
    above: frozenset[str] = frozenset()
    kernel: str = ""
    facets: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    is_malformed: bool = False


class Value(NamedTuple):
    """An extension code and what it speaks of: its axis, for others its nearest block."""

    axis: str
    concept: Concept


class Said(NamedTuple):
    """A stem and the extensions joined to it."""

    stem: Concept
    values: tuple[Value, ...] = ()

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """The stem and the extensions."""
        return (self.stem, *(value.concept for value in self.values))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the stem and the extensions."""
        return tuple(concept.code for concept in self.concepts)


class Given(NamedTuple):
    """A cluster as a coder gave it, in canonical form; as written where it is malformed."""

    text: str
    groups: tuple[Said, ...]

    @property
    def faults(self) -> Iterator[str]:
        """Why parts of it name nothing."""
        for group in self.groups:
            yield from (concept.fault for concept in group.concepts if concept.fault)


Record = Sequence[Given]
"""The clusters of a record as one coder gave them, the main one first."""


class Coded(NamedTuple):
    """A record: its id and what each of two coders gave."""

    id: str
    first: Record
    second: Record


def malformed(text: str, reason: str) -> Given:
    """Return a text that is no cluster, alike to the same text only."""
    text = " ".join(text.split()).upper()
    if _SPREADSHEET.fullmatch(text):
        reason = f"{text} is a number: a spreadsheet has spoiled a code such as 1E30"
    return Given(text, (Said(Concept(text, text, fault=reason, is_malformed=True)),))


def spoken(axis: str) -> str:
    """Return the name of an axis as people say it.

    >>> spoken("fractureOpenOrClosed"), spoken("hasSeverity")
    ('fracture open or closed', 'severity')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", axis).lower().removeprefix("has ")
