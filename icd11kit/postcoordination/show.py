"""A cluster in one canonical form, in words, and as values on axes."""

from typing import NamedTuple

from icd11kit.postcoordination.axes import AxisTier
from icd11kit.postcoordination.grammar import join_codes
from icd11kit.postcoordination.reading import ReadGroup, Reading, ReadPart


class Said(NamedTuple):
    """A part in words: its code, its title, and the axis that binds it ("" for none or a stem)."""

    code: str
    title: str
    axis: str


class Description(NamedTuple):
    """A cluster in words: one line, and each group as its stem and what is said of it."""

    display: str
    groups: tuple[tuple[Said, ...], ...]


class Binding(NamedTuple):
    """A value of a cluster on an axis: in which group, from 0, and whose word the axis is."""

    group: int
    axis: str
    value: str
    tier: AxisTier


def canonical_text(reading: Reading) -> str:
    """Return the cluster in codes, extensions sorted and each once, groups in their order.

    The order of groups says which condition is the main one, so it stays. "" where a part
    names nothing.
    """
    if any(read.entry is None for group in reading.groups for read in _parts(group)):
        return ""
    listed: list[tuple[str, ...]] = []
    for group in reading.groups:
        codes = sorted({_code(read) for read in group.extensions})
        made = (_code(group.stem), *codes)
        if made not in listed:
            listed.append(made)
    return join_codes(listed)


def display_text(reading: Reading) -> str:
    """Return the cluster in words: `Stem [Value] [Value] / Stem [Value]`."""
    return " / ".join(
        " ".join((_title(group.stem), *(f"[{_title(read)}]" for read in group.extensions)))
        for group in reading.groups
    )


def describe(reading: Reading) -> Description:
    """Return the cluster in words, group by group, each value with the axis it is bound to."""
    axes = {bound.part: bound.axis.name for bound in reading.bound if bound.axis is not None}
    groups = tuple(
        tuple(Said(_code(read), _title(read), axes.get(read.part, "")) for read in _parts(group))
        for group in reading.groups
    )
    return Description(display_text(reading), groups)


def bindings(reading: Reading) -> tuple[Binding, ...]:
    """Return which value stands on which axis."""
    return tuple(
        Binding(bound.group, bound.axis.name, bound.value.code, bound.axis.tier)
        for bound in reading.bound
        if bound.axis is not None
    )


def _parts(group: ReadGroup) -> tuple[ReadPart, ...]:
    return (group.stem, *group.extensions)


def _code(read: ReadPart) -> str:
    return read.entry.code or read.entry.id if read.entry else read.part.code


def _title(read: ReadPart) -> str:
    return read.entry.title if read.entry else f"? {read.part.text}"
