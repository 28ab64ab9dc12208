"""How two clusters stand to each other, from the structure of what they say.

A cluster is its main stem with what is said of it: values by axis, and further stems by the
axis that joins them. One cluster is below another where its stem is at or below the other's
and everything the other says it says at least as closely. "Unspecified" says what its parent
says; a precoordinated code says what its title adds, too. Classes of one linearization
exclude each other unless one is below the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.precoordinated import Equivalences
from icd11kit.postcoordination.reading import Reading
from icd11kit.vocabulary import Multiple


class Relation(StrEnum):
    """How the first of two clusters stands to the second."""

    EQUAL = "equal"
    BELOW = "below"
    ABOVE = "above"
    OVERLAPPING = "overlapping"
    DISJOINT = "disjoint"
    UNKNOWN = "unknown"


class Comparison(NamedTuple):
    """A relation, and in a sentence what it rests on."""

    relation: Relation
    reason: str


class Meaning(NamedTuple):
    """What a group says: a concept with all above it, and (axis, meaning) for each thing said.

    `single` names the axes among them that take one value, so that two exclude each other.
    """

    concept: str
    title: str
    above: frozenset[str]
    said: tuple[tuple[str, Meaning], ...]
    single: frozenset[str]


def meanings(reading: Reading, same: Equivalences) -> tuple[Meaning, ...] | None:
    """Return the meaning of each group, the main one first; None where a part has none.

    Parts without meaning are unknown codes, groupings, and values that no axis takes.
    """
    entries = [r.entry for g in reading.groups for r in (g.stem, *g.extensions)]
    if any(entry is None or not entry.is_code for entry in entries):
        return None
    if any(group.axes is None for group in reading.groups):
        return None
    if any(bound.axis is None for bound in reading.bound):
        return None
    made: dict[int, Meaning] = {}
    for number in reversed(range(len(reading.groups))):
        made[number] = _meaning(reading, number, made, same)
    return tuple(made[number] for number in range(len(reading.groups)))


def _meaning(
    reading: Reading, number: int, later: dict[int, Meaning], same: Equivalences
) -> Meaning:
    """Return the meaning of a group; further stems stand after what they are said of."""
    group = reading.groups[number]
    stem = group.stem.entry
    if stem is None:
        raise LookupError(group.stem.part.text)
    said = dict.fromkeys(_said(reading, number, later))
    single = {
        bound.axis.name
        for bound in reading.bound
        if bound.group == number and bound.axis and bound.axis.multiple is Multiple.NOT_ALLOWED
    }
    values = [b.value for b in reading.bound if b.group == number and b.value.is_extension]
    concept = _concept(stem, values, same)
    for axis, value in _implied(concept, same):
        said.setdefault((axis, _plain(value)))
    return Meaning(concept.id, concept.title, concept.kin, tuple(said), frozenset(single))


def _said(
    reading: Reading, number: int, later: dict[int, Meaning]
) -> Iterator[tuple[str, Meaning]]:
    stems = {group.stem.part: n for n, group in enumerate(reading.groups)}
    for bound in reading.bound:
        if bound.group == number and bound.axis is not None:
            at = stems.get(bound.part)
            yield bound.axis.name, _plain(bound.value) if at is None else later[at]
    for read in reading.groups[number].extensions:
        if read.entry is not None and read.entry.is_universal:
            yield f"descriptor {read.entry.parent}", _plain(read.entry)


def _plain(value: Entry) -> Meaning:
    return Meaning(value.id, value.title, value.kin, (), frozenset())


def _concept(stem: Entry, values: list[Entry], same: Equivalences) -> Entry:
    """Return what a stem means with its values, one code for several where there is one."""
    stem = same.meant(stem)
    for value in values:
        found = same.find_code(stem, value)
        stem = found.entry if found is not None else stem
    return stem


def _implied(concept: Entry, same: Equivalences) -> Iterator[tuple[str, Entry]]:
    """Yield what the titles of a concept and of those above it add, as values."""
    entry: Entry | None = concept
    while entry is not None and entry.is_code:
        found = same.expand(entry)
        if found is not None:
            yield found.axis, found.value
        entry = same.entries[entry.parent]


def is_below(inner: Meaning, outer: Meaning) -> bool:
    """Return whether a meaning is another one or a closer one."""
    if outer.concept not in inner.above:
        return False
    return all(
        any(axis == wanted and is_below(value, asked) for axis, value in inner.said)
        for wanted, asked in outer.said
    )


def compare(first: Reading, second: Reading, same: Equivalences) -> Comparison:
    """Return how the first cluster stands to the second, and why."""
    a, b = meanings(first, same), meanings(second, same)
    if a is None or b is None:
        return Comparison(Relation.UNKNOWN, _untold(first if a is None else second))
    return _related(a[0], b[0])


def _untold(reading: Reading) -> str:
    """Return why a cluster has no meaning."""
    parts = [r for g in reading.groups for r in (g.stem, *g.extensions)]
    unknown = next((r.part.text for r in parts if r.entry is None), "")
    if unknown:
        return f"{unknown} is no code of this release"
    return f"{reading.cluster.text} has a part that says nothing where it stands"


def _related(a: Meaning, b: Meaning) -> Comparison:
    below, above = is_below(a, b), is_below(b, a)
    if below and above:
        return Comparison(Relation.EQUAL, "each says all that the other says")
    if below:
        return Comparison(Relation.BELOW, _closer(a, b))
    if above:
        return Comparison(Relation.ABOVE, _closer(b, a))
    if why := _excluding(a, b):
        return Comparison(Relation.DISJOINT, why)
    return Comparison(
        Relation.OVERLAPPING, "neither says all that the other says; both can be true"
    )


def _closer(inner: Meaning, outer: Meaning) -> str:
    if inner.concept != outer.concept:
        return f"{inner.title} is below {outer.title}, and all that is said of it is said"
    more = [
        f"{axis} {value.title}" for axis, value in inner.said if (axis, value) not in outer.said
    ]
    return f"the same stem with {', '.join(more)}" if more else "the same stem, said more closely"


def _excluding(a: Meaning, b: Meaning) -> str:
    """Return why two meanings exclude each other, "" where they do not."""
    if a.concept not in b.above and b.concept not in a.above:
        return f"{a.title} and {b.title} are different classes of one linearization"
    for axis, value in a.said:
        if axis not in a.single or axis not in b.single:
            continue
        for other, against in b.said:
            if other == axis and _excluding(value, against):
                return f"{axis} takes one value: {value.title} or {against.title}"
    return ""
