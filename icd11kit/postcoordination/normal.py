"""Normal forms: terminal codes, and one code in place of a stem with a value."""

from __future__ import annotations

from typing import NamedTuple

from icd11kit.postcoordination.entries import Entries, Entry
from icd11kit.postcoordination.grammar import join_codes
from icd11kit.postcoordination.map_rows import MapEquivalence
from icd11kit.postcoordination.precoordinated import Equivalences
from icd11kit.postcoordination.reading import ReadGroup, Reading


class Step(NamedTuple):
    """One change made: what stood there, what stands there now, and why it says the same."""

    before: str
    after: str
    evidence: str


class Normalized(NamedTuple):
    """A cluster's normal form and the steps that led to it; "" where a part names nothing.

    `entity` is the foundation entity below the shoreline that WHO's map sets beside it.
    """

    text: str
    steps: tuple[Step, ...]
    entity: MapEquivalence | None = None


def normalize(reading: Reading, same: Equivalences, *, terminal: bool = False) -> Normalized:
    """Return the normal form of a cluster.

    Extensions are sorted and each stands once, a group that stands twice stands once, and a
    precoordinated code takes the place of a stem and value that say the same. With `terminal`
    a code that has others below it gives way to its "unspecified".
    """
    steps: list[Step] = []
    listed: list[tuple[str, ...]] = []
    for group in reading.groups:
        made = _normal_group(group, same, steps)
        if made is None:
            return Normalized("", ())
        stem, values = made
        if terminal:
            stem = _terminal(stem, same.entries, steps)
        codes = (stem.code or stem.id, *sorted(value.code for value in values))
        if codes not in listed:
            listed.append(codes)
    return Normalized(join_codes(listed), tuple(steps))


def _normal_group(
    group: ReadGroup, same: Equivalences, steps: list[Step]
) -> tuple[Entry, list[Entry]] | None:
    entries = [read.entry for read in group.extensions]
    values = {value.id: value for value in entries if value is not None}
    stem = group.stem.entry
    if stem is None or None in entries:
        return None
    left = sorted(values.values(), key=lambda value: value.code)
    while found := _first_same(stem, left, same):
        value, better, evidence = found
        steps.append(Step(f"{stem.code}&{value.code}", better.code, evidence))
        stem = better
        left = [other for other in left if other.id != value.id]
    return stem, left


def _first_same(
    stem: Entry, values: list[Entry], same: Equivalences
) -> tuple[Entry, Entry, str] | None:
    """Return the first value that a code says together with the stem, that code and why."""
    for value in values:
        found = None if value.is_universal else same.find_code(stem, value)
        if found is not None:
            return value, found.entry, found.evidence
    return None


def _terminal(stem: Entry, entries: Entries, steps: list[Step]) -> Entry:
    """Return a stem's terminal code, with the step there if it is another."""
    found = find_terminal(stem, entries)
    if found.id != stem.id:
        steps.append(Step(stem.code, found.code, "codes stand below it; this one is terminal"))
    return found


def find_terminal(entry: Entry, entries: Entries) -> Entry:
    """Return the "unspecified" of an entry that has codes below it and such a one, else itself."""
    if entry.is_leaf:
        return entry
    residual = entries[f"{entry.id}/unspecified"]
    return residual if residual is not None and residual.code else entry
