"""A cluster as a stem with values on its axes, where a value may be a stem with values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from icd11kit.errors import MalformedCodeError
from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.grammar import Part
from icd11kit.postcoordination.reading import Bound, Reading

OTHER_AXIS = "otherPostcoordination"
"""WHO's name for where values stand that no axis is known to take."""

_DEEPEST = 50


class Nested(NamedTuple):
    """An entry, and the values that follow it, each with its axis, those joined by & first."""

    entry: Entry
    values: tuple[tuple[str, Nested], ...] = ()

    @property
    def code(self) -> str:
        """The code, or the cluster that the entry and its values make."""
        if not self.values:
            return self.entry.code
        return "".join((self.entry.code, *self._joined("&", "/", [v.code for _, v in self.values])))

    def uri(self, uris: Sequence[str]) -> str:
        """Return the entry's URI and its values' URIs joined to one cluster."""
        first, *rest = uris
        return "".join((first, *self._joined(" & ", " / ", rest)))

    def _joined(self, ampersand: str, slash: str, texts: Sequence[str]) -> Iterator[str]:
        for (_, value), text in zip(self.values, texts, strict=True):
            yield (ampersand if value.entry.is_extension else slash) + text


def nest(reading: Reading) -> Nested:
    """Return a cluster, all of whose parts name something, as its first stem with values.

    What no axis takes stands with the first stem, an extension with the stem of its group. A
    value said twice stands twice on its axis.
    Raises MalformedCodeError where more than 50 stems stand each below the one before.
    """
    bound = {each.part: each for each in reading.bound}
    below: list[list[tuple[str, int]]] = [[] for _ in reading.groups]
    depths = [0] * len(reading.groups)
    for number, group in enumerate(reading.groups[1:], start=1):
        found = bound.get(group.stem.part)
        above = found.group if found and found.axis else 0
        depths[number] = depths[above] + 1
        below[above].append((_axis(found), number))
    if max(depths) > _DEEPEST:
        text = reading.cluster.text
        raise MalformedCodeError(text, f"more than {_DEEPEST} stems stand one below the other")
    return _nested(0, reading, bound, below)


def _nested(
    number: int, reading: Reading, bound: dict[Part, Bound], below: list[list[tuple[str, int]]]
) -> Nested:
    group = reading.groups[number]
    taken = {b.value.id: b.axis.name for b in reading.bound if b.axis and b.group == number}
    extensions = tuple(
        (_axis(bound.get(read.part), taken.get(value.id, OTHER_AXIS)), Nested(value))
        for read in group.extensions
        for value in (_entry(read.entry),)
    )
    stems = tuple((axis, _nested(inner, reading, bound, below)) for axis, inner in below[number])
    return Nested(_entry(group.stem.entry), extensions + stems)


def _axis(bound: Bound | None, otherwise: str = OTHER_AXIS) -> str:
    return bound.axis.name if bound and bound.axis else otherwise


def _entry(entry: Entry | None) -> Entry:
    if entry is None:
        raise LookupError("a part of the cluster names nothing")
    return entry
