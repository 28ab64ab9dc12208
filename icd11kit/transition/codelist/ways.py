"""ICD-11 codes that no ICD-10-CM code leads to: which code they lead back to, and whether that
says enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from icd11kit.crosswalk.mapping import Relation
from icd11kit.crosswalk.score import stem_of
from icd11kit.transition.codelist.world import Node, World
from icd11kit.tree import ROOT
from icd11kit.vocabulary import Residual

WEAK = Relation.RELATED
"""A way back that only overlaps counts where the code it leads to has its own target near by."""


class Ways(NamedTuple):
    """The ways back that count, of terminal codes no code leads to.

    `codes` gives by place the ICD-10-CM code led back to; `near` by place of a stem the places
    whose way back ends at a code that leads to that stem.
    """

    codes: Mapping[int, str]
    near: Mapping[int, tuple[int, ...]]


def find_ways(world: World) -> Ways:
    """Return the ways back that count."""
    codes: dict[int, str] = {}
    near: dict[int, list[int]] = defaultdict(list)
    for code, way in world.back.items():
        node = untold(world, code) if way.target else None
        place = place_of(world, way.target)
        if node is None or node.residual is Residual.UNSPECIFIED:
            continue  # it says less than the code it leads back to
        if way.relation is WEAK and not is_kin(world, node, way.target):
            continue
        codes[node.pre] = way.target
        if place is not None:
            near[place].append(node.pre)
    return Ways(codes, {place: tuple(listed) for place, listed in near.items()})


def untold(world: World, code: str) -> Node | None:
    """Return the entry of a terminal code that no ICD-10-CM code leads to, None for others."""
    place = world.tree.places.get(code)
    if place is None or code in world.by_stem or not world.tree.nodes[place].is_leaf:
        return None
    return world.tree.nodes[place]


def place_of(world: World, code: str) -> int | None:
    """Return the place of the stem that an ICD-10-CM code leads to, None where there is none."""
    return world.tree.places.get(stem_of(world.targets.get(code, "")))


def is_kin(world: World, node: Node, code: str) -> bool:
    """Return whether an ICD-10-CM code's own target is in the group of an entry, or above it."""
    place = place_of(world, code)
    if place is None:
        return False
    target = world.tree.nodes[place]
    group = target.pre if not target.is_leaf else target.parent
    return group in world.tree.above(node.pre) and world.tree.nodes[group].parent != ROOT
