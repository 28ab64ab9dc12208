"""What would have to be documented in addition: open axes of targets, by volume.

The axes that join further stems (cause, manifestation, associated condition) are open on
nearly every stem; they are counted only where a stem requires one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.errors import ClusterSyntaxError
from icd11kit.postcoordination.axes import STEM_AXES
from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.transition.impact.values import AxisNeed, CodeRow

if TYPE_CHECKING:
    from icd11kit.postcoordination.validate import Validator

_EXAMPLES = 3
_SAYS = {"fracture": "fractureOpenOrClosed"}
"""The axis that a kind of remainder speaks of, where the two have different names."""


class Open(NamedTuple):
    """An axis of a target without a value."""

    axis: str
    required: bool
    tier: str


def open_axes(clusters: Validator, target: str) -> frozenset[Open]:
    """Return the axes of a target's stems that have no value in it.

    >>> import icd11kit
    >>> icd = icd11kit.open()
    >>> sorted(each.axis for each in open_axes(icd.clusters, "NC32.5Z&XK9K"))[:2]
    ['fractureOpenOrClosed', 'fractureSubtype']
    """
    try:
        reading = clusters.read(parse_cluster(target))
    except ClusterSyntaxError:
        return frozenset()
    given = {(bound.group, bound.axis.name) for bound in reading.bound if bound.axis}
    return frozenset(
        Open(axis.name, axis.required, axis.tier.value)
        for number, group in enumerate(reading.groups)
        if group.axes
        for axis in group.axes.axes
        if (number, axis.name) not in given and (axis.required or axis.name not in STEM_AXES)
    )


def count_axes(clusters: Validator, rows: Iterable[CodeRow]) -> tuple[AxisNeed, ...]:
    """Return axes that targets leave open and sources do not say: required first, by volume."""
    known: dict[str, frozenset[Open]] = {}
    held: dict[Open, list[CodeRow]] = defaultdict(list)
    for row in rows:
        if row.target and row.target not in known:
            known[row.target] = open_axes(clusters, row.target)
        kinds = (each.partition(": ")[0] for each in row.remainder)
        said = {_SAYS.get(kind, kind) for kind in kinds}
        for axis in known.get(row.target, ()):
            if axis.axis not in said:
                held[axis].append(row)
    counted = [_need(axis, those) for axis, those in held.items()]
    return tuple(sorted(counted, key=lambda n: (not n.required, -n.volume, n.axis, n.tier)))


def _need(axis: Open, rows: list[CodeRow]) -> AxisNeed:
    first = sorted(rows, key=lambda row: (-row.volume, row.code))[:_EXAMPLES]
    volume = sum(row.volume for row in rows)
    return AxisNeed(*axis, len(rows), volume, tuple(row.code for row in first))
