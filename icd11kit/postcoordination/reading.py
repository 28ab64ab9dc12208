"""A cluster with its parts looked up: what the checks look at."""

from collections.abc import Iterator
from typing import NamedTuple

from icd11kit.postcoordination.assign import assign
from icd11kit.postcoordination.axes import STEM_AXES, AxisSource, StemAxes, StemAxis
from icd11kit.postcoordination.entries import Entries, Entry
from icd11kit.postcoordination.grammar import Cluster, Group, Part


class ReadPart(NamedTuple):
    """A part and the entry it names, None where it names none."""

    part: Part
    entry: Entry | None


class Bound(NamedTuple):
    """A value and the axis of its group's stem it is bound to, None where none takes it."""

    group: int
    part: Part
    value: Entry
    axis: StemAxis | None


class ReadGroup(NamedTuple):
    """A group with its stem's axes; the axes are None where the stem is no stem."""

    group: Group
    stem: ReadPart
    extensions: tuple[ReadPart, ...]
    axes: StemAxes | None

    @property
    def values(self) -> tuple[tuple[Part, Entry], ...]:
        """The type-1 extensions among the extensions: those that need an axis."""
        return tuple(
            (read.part, read.entry)
            for read in self.extensions
            if read.entry and read.entry.is_extension and not read.entry.is_universal
        )


class Reading(NamedTuple):
    """A cluster read in a release: its groups, and the values bound to axes."""

    cluster: Cluster
    groups: tuple[ReadGroup, ...]
    bound: tuple[Bound, ...]


def read_cluster(cluster: Cluster, entries: Entries, source: AxisSource) -> Reading:
    """Return the cluster with every part looked up and every value bound."""
    groups = tuple(_read_group(group, entries, source) for group in cluster.groups)
    bound = (*_bind_extensions(groups), *_bind_stems(groups))
    return Reading(cluster, groups, bound)


def _read_group(group: Group, entries: Entries, source: AxisSource) -> ReadGroup:
    stem, *extensions = (ReadPart(part, entries[part.code]) for part in group.parts)
    axes = source.axes_of(stem.entry) if stem.entry and stem.entry.is_stem else None
    return ReadGroup(group, stem, tuple(extensions), axes)


def _bind_extensions(groups: tuple[ReadGroup, ...]) -> Iterator[Bound]:
    for number, group in enumerate(groups):
        values = group.values
        if group.axes is None or not values:
            continue
        places = assign([value for _, value in values], group.axes)
        for (part, value), place in zip(values, places, strict=True):
            yield Bound(number, part, value, None if place is None else group.axes.axes[place])


def _bind_stems(groups: tuple[ReadGroup, ...]) -> Iterator[Bound]:
    """Yield the second and further stems, each bound to the nearest stem before it that takes it.

    The first stem is asked first where it requires a value, since that is what it waits for.
    """
    for number, group in enumerate(groups[1:], start=1):
        stem = group.stem
        if stem.entry is None or not stem.entry.is_stem:
            continue
        before = [(n, held) for n, held in enumerate(groups[:number]) if held.axes is not None]
        found = [
            (not axis.required, -n, STEM_AXES.index(axis.name), n, axis)
            for n, held in before
            for axis in _stem_axes(held)
            if axis.admits(stem.entry)
        ]
        best = min(found, key=lambda item: item[:3], default=None)
        at, axis = (best[3], best[4]) if best else (number - 1, None)
        yield Bound(at, stem.part, stem.entry, axis)


def _stem_axes(group: ReadGroup) -> tuple[StemAxis, ...]:
    axes = group.axes.axes if group.axes else ()
    return tuple(axis for axis in axes if axis.name in STEM_AXES)
