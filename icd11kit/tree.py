"""A linearization as numbers: pre-order, last descendant and parent from depths alone.

With `pre` counted in reading order, an entry's subtree is the run `pre..last`, so
"is below" is two comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

ROOT = -1


class Place(NamedTuple):
    """Where an entry stands: `parent` is the parent's `pre`, ROOT for a chapter."""

    pre: int
    last: int
    parent: int


def places(depths: Sequence[int]) -> list[Place]:
    """Return the place of every entry of a pre-order list of depths.

    A depth that jumps by more than one hangs below the nearest shallower entry before it.

    >>> places([0, 1, 2, 1])
    [Place(pre=0, last=3, parent=-1), Place(pre=1, last=2, parent=0), \
Place(pre=2, last=2, parent=1), Place(pre=3, last=3, parent=0)]
    """
    parents, last, open_entries = [ROOT] * len(depths), list(range(len(depths))), list[int]()
    for pre, depth in enumerate(depths):
        while open_entries and depths[open_entries[-1]] >= depth:
            last[open_entries.pop()] = pre - 1
        parents[pre] = open_entries[-1] if open_entries else ROOT
        open_entries.append(pre)
    for pre in open_entries:
        last[pre] = len(depths) - 1
    return [Place(pre, last[pre], parents[pre]) for pre in range(len(depths))]


def is_within(inner: Place, outer: Place) -> bool:
    """Return whether an entry is another or stands below it.

    >>> tree = places([0, 1, 0])
    >>> is_within(tree[1], tree[0]), is_within(tree[2], tree[0])
    (True, False)
    """
    return outer.pre <= inner.pre <= outer.last
