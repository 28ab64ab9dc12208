"""The fewest subtrees of ICD-11, each without few exceptions, that hold what is to be held.

Every terminal code is inside, outside, or neither. A subtree takes the place of the parts
below it where it makes the definition shorter (each subtree and each exception counts one), no
more than a share of its codes that are inside or outside is outside, and at least half of all
its codes are inside. A subtree whose "unspecified" is outside, is never taken: it would be all
of it. So exceptions are whole subtrees in which nothing is inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from icd11kit.transition.codelist.world import Node, Tree


class Side(Enum):
    """Where a code belongs."""

    IN = "inside"
    OUT = "outside"
    NEITHER = "neither"


class Subtree(NamedTuple):
    """A place with all below it, without the places that are excepted and what is below them.

    `is_own` marks a code with others below it that stands for itself alone.
    """

    root: int
    exceptions: tuple[int, ...] = ()
    is_own: bool = False


class _Seen(NamedTuple):
    """What is known of a place when all below it was looked at."""

    exceptions: tuple[int, ...]
    inside: int
    outside: int
    is_broken: bool


Judge = Callable[[Node], Side]


def smallest_subtrees(
    tree: Tree, inside: Iterable[int], side: Judge, most_outside: float
) -> tuple[Subtree, ...]:
    """Return the subtrees that hold all places inside, in the order of the tree.

    `most_outside` is the share of a subtree's codes that may be exceptions.

    >>> from icd11kit.transition.codelist.world import Node, build_tree
    >>> from icd11kit.vocabulary import Residual
    >>> rows = [(0, 3, -1, "A"), (1, 1, 0, "A1"), (2, 2, 0, "A2"), (3, 3, 0, "A3")]
    >>> tree = build_tree(Node(*row, "", True, Residual.NONE) for row in rows)
    >>> smallest_subtrees(tree, [1, 2, 3], lambda node: Side.IN, 0.2)
    (Subtree(root=0, exceptions=(), is_own=False),)
    """
    finder = _Finder(tree, frozenset(inside), side, most_outside)
    tops = [pre for pre in sorted(finder.ways) if tree.nodes[pre].parent not in finder.ways]
    return tuple(sorted(subtree for top in tops for subtree in finder.cover(top)))


class _Finder:
    """Looks for the subtrees of one set of places; what was looked at is kept."""

    def __init__(self, tree: Tree, held: frozenset[int], side: Judge, share: float) -> None:
        self.tree, self.held, self.side, self.share = tree, held, side, share
        self.ways = held | {above for place in held for above in tree.above(place)}
        self._seen: dict[int, _Seen] = {}

    def cover(self, pre: int) -> tuple[Subtree, ...]:
        """Return the subtrees that hold what is inside at or below a place on the way."""
        node = self.tree.nodes[pre]
        if node.is_leaf:
            return (Subtree(pre),)
        own = (Subtree(pre, is_own=True),) if pre in self.held else ()
        below = [c for c in self.tree.children[pre] if c in self.ways]
        best = (*own, *(subtree for child in below for subtree in self.cover(child)))
        whole = self._whole(pre, best) if len(best) > 1 else None
        return best if whole is None else (whole,)

    def _whole(self, pre: int, best: Sequence[Subtree]) -> Subtree | None:
        """Return a place as a whole where that says in fewer lines what its parts say."""
        leaves = sum(1 for _ in self.tree.leaves(pre))
        inside = sum(1 for place in self.held if pre <= place <= self.tree.nodes[pre].last)
        if 2 * inside < leaves:
            return None
        seen = self._look(pre)
        if seen.is_broken or seen.outside > self.share * (seen.inside + seen.outside):
            return None
        cost = sum(1 + len(subtree.exceptions) for subtree in best)
        return Subtree(pre, seen.exceptions) if 1 + len(seen.exceptions) < cost else None

    def _look(self, pre: int) -> _Seen:
        if pre not in self._seen:
            self._seen[pre] = self._inside(pre) if pre in self.ways else self._untouched(pre)
        return self._seen[pre]

    def _inside(self, pre: int) -> _Seen:
        if self.tree.nodes[pre].is_leaf:
            return _Seen((), 1, 0, False)
        below = [self._look(child) for child in self.tree.children[pre]]
        return _Seen(
            tuple(place for each in below for place in each.exceptions),
            sum(each.inside for each in below) + (pre in self.held),
            sum(each.outside for each in below),
            any(each.is_broken for each in below) or self._is_outside(self.tree.nodes[pre]),
        )

    def _untouched(self, pre: int) -> _Seen:
        """Return what is known of a place with nothing inside."""
        outside = sum(self.side(leaf) is Side.OUT for leaf in self.tree.leaves(pre))
        return _Seen((pre,) if outside else (), 0, outside, False)

    def _is_outside(self, node: Node) -> bool:
        """Return whether a code as such belongs outside: it or its "unspecified" does."""
        if not node.is_code:
            return False
        unspecified = self.tree.unspecified(node.pre)
        own = [node] if unspecified is None else [node, self.tree.nodes[unspecified]]
        return any(each.pre not in self.held and self.side(each) is Side.OUT for each in own)
