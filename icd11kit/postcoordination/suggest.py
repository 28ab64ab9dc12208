"""What can still be said of a cluster: the open axes of its stems, required ones first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from icd11kit.postcoordination.axes import STEM_AXES, AxisTier, StemAxis
from icd11kit.postcoordination.entries import Entries, Entry
from icd11kit.postcoordination.reading import Reading
from icd11kit.store.read import ask, find_pre, read_path, read_span
from icd11kit.vocabulary import EXTENSION_CHAPTER, Multiple
from icd11kit.words import content_words

_MOST = 40


class Choice(NamedTuple):
    """A value that an axis takes, and how many codes stand below it."""

    code: str
    title: str
    below: int
    path: tuple[str, ...] = ()


class OpenAxis(NamedTuple):
    """An axis that can take a value, or another one; `choices` are the first of its values."""

    group: int
    stem: str
    axis: str
    required: bool
    multiple: Multiple
    tier: AxisTier
    given: tuple[str, ...]
    choices: tuple[Choice, ...]


def suggest(reading: Reading, entries: Entries, find: str = "") -> tuple[OpenAxis, ...]:
    """Return the open axes of a cluster's stems, required ones without a value first.

    With `find` each axis gives the values whose titles hold all its words, and axes without
    such a value are left out; without it the uppermost values.
    """
    found = [
        _open(reading, number, group.stem.part.code, axis, entries, find)
        for number, group in enumerate(reading.groups)
        if group.axes is not None
        for axis in group.axes.axes
    ]
    listed = [axis for axis in found if axis is not None and (axis.choices or not find)]
    return tuple(sorted(listed, key=lambda axis: not axis.required or bool(axis.given)))


def _open(
    reading: Reading, number: int, stem: str, axis: StemAxis, entries: Entries, find: str
) -> OpenAxis | None:
    given = tuple(
        bound.value.code
        for bound in reading.bound
        if bound.group == number and bound.axis is not None and bound.axis.name == axis.name
    )
    if given and axis.multiple is Multiple.NOT_ALLOWED:
        return None
    choices = tuple(_choices(axis, entries, find)) if axis.name not in STEM_AXES else ()
    return OpenAxis(
        number, stem, axis.name, axis.required, axis.multiple, axis.tier, given, choices
    )


def _choices(axis: StemAxis, entries: Entries, find: str) -> Iterator[Choice]:
    """Yield values of an axis in the order of the linearization, at most forty."""
    words = set(content_words(find)) if find.strip() else set()
    given = 0
    for entry, below in _values(axis, entries, deep=bool(words)):
        if words <= set(content_words(entry.title)):
            path = _path(entry, axis, entries) if words else ()
            yield Choice(entry.code, entry.title, below, path)
            given += 1
            if given == _MOST:
                return


def _path(entry: Entry, axis: StemAxis, entries: Entries) -> tuple[str, ...]:
    """Return the titles between the root of an axis and a value below it."""
    pre = find_pre(entries.store, entry.id)
    above = read_path(entries.store, pre)[:-1] if pre is not None else ()
    places = [n for n, each in enumerate(above) if each.id in axis.roots]
    return tuple(each.title for each in above[places[-1] + 1 :]) if places else ()


def _values(axis: StemAxis, entries: Entries, *, deep: bool) -> Iterator[tuple[Entry, int]]:
    """Yield the codes at or below the roots of an axis: all of them, or the uppermost.

    Where a release has no tree an axis knows its values by their first letters alone.
    """
    for mark in sorted(root for root in axis.roots if root.endswith("*")):
        start = mark.removesuffix("*")
        yield from ((entry, 0) for entry in _beginning(entries, start))
    places = sorted(
        pre for root in axis.roots if (pre := find_pre(entries.store, root)) is not None
    )
    for root in places:
        place = root
        _, last = read_span(entries.store, root)
        while place <= last:
            entry = entries.at(place)
            _, end = read_span(entries.store, place)
            if entry.is_code:
                yield entry, end - place
            place = place + 1 if deep or not entry.is_code else end + 1


def _beginning(entries: Entries, start: str) -> Iterator[Entry]:
    rows = ask(
        entries.store,
        "SELECT pre FROM entity WHERE chapter = ? AND code >= ? AND code < ? ORDER BY pre",
        EXTENSION_CHAPTER,
        start,
        start + "\x7f",
    )
    return (entries.at(pre) for (pre,) in rows)
