"""Which codes of ICD-11 belong to a list of ICD-10-CM codes, and by what.

A stem belongs by the codes that lead to it; where none does, by the code it leads back to;
where that is nothing, it falls to the "unspecified" of its group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from icd11kit.transition.codelist.stems import Choice, Pieces, Says, join, tell_apart
from icd11kit.transition.codelist.subtrees import Side
from icd11kit.transition.codelist.ways import Ways, find_ways, place_of, untold
from icd11kit.transition.codelist.world import Node, World
from icd11kit.vocabulary import Residual


class Split(NamedTuple):
    """The targets of one stem: those taken for the list, and those of codes outside it."""

    taken: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """What is decided of every stem the list leads to.

    `held` gives by pieces the places whose clusters with these pieces are the list's.
    """

    world: World
    is_member: Callable[[str], bool]
    splits: Mapping[str, Split]
    choices: Mapping[str, tuple[Choice, ...]]
    held: Mapping[Pieces, frozenset[int]]
    ways: Ways
    says: Says


def take_sides(
    world: World,
    is_member: Callable[[str], bool],
    is_taken: Callable[[str, tuple[str, ...]], bool],
    says: Says,
) -> Sides:
    """Return what belongs to a list; `is_taken` decides on targets by the codes leading there."""
    splits = {
        stem: split
        for stem, targets in world.by_stem.items()
        if (split := _split(world, stem, targets, is_member, is_taken)).taken
    }
    choices = {stem: tell_apart(stem, *split, says) for stem, split in splits.items()}
    held: dict[Pieces, set[int]] = defaultdict(set)
    for stem, listed in choices.items():
        for choice in listed:
            if not choice.exceptions and stem in world.tree.places:
                held[choice.pieces].add(world.tree.places[stem])
    frozen = {pieces: frozenset(places) for pieces, places in {(): set(), **held}.items()}
    sides = Sides(world, is_member, splits, choices, frozen, find_ways(world), says)
    return _more(_more(sides, _led_back), _fallen)


def _more(sides: Sides, find: Callable[[Sides, Pieces], set[int]]) -> Sides:
    """Return what is held with further places for each set of pieces."""
    held = {pieces: places | find(sides, pieces) for pieces, places in sides.held.items()}
    return replace(sides, held=held)


def _split(
    world: World,
    stem: str,
    targets: Mapping[str, tuple[str, ...]],
    is_member: Callable[[str], bool],
    is_taken: Callable[[str, tuple[str, ...]], bool],
) -> Split:
    taken = tuple(t for t, sources in targets.items() if is_taken(t, sources))
    others = tuple(t for t in targets if t not in taken)
    way = world.back.get(stem)
    if way and way.target and stem not in targets and not is_member(way.target):
        others = (*others, stem)
    return Split(taken, others)


def _led_back(sides: Sides, pieces: Pieces) -> set[int]:
    """Return the places of terminal codes no code leads to that lead back into the list."""
    if not pieces:
        return {
            place
            for place, code in sides.ways.codes.items()
            if sides.is_member(code) and _speaks_plainly(sides, code)
        }
    return {led for place in sides.held[pieces] for led in sides.ways.near.get(place, ())}


def _speaks_plainly(sides: Sides, code: str) -> bool:
    """Return whether a member is told from others without pieces, as what leads back to it is."""
    place = place_of(sides.world, code)
    is_split = place is not None and sides.world.tree.nodes[place].label in sides.splits
    return not is_split or place in sides.held[()]


def _fallen(sides: Sides, pieces: Pieces) -> set[int]:
    """Return the places of terminal codes of which nothing or little is known that fall to a
    group's "unspecified" which is held.
    """
    world, held = sides.world, sides.held.get(pieces, frozenset())
    tree = world.tree
    groups = {
        tree.nodes[place].parent
        for place in held
        if tree.nodes[place].residual is Residual.UNSPECIFIED
    }
    return {
        node.pre
        for group in groups
        for node in tree.leaves(group)
        if node.pre not in held and untold(world, node.label)
        if tree.falls_to(node.pre) in held and _is_free(sides, pieces, node.label)
    }


def _is_free(sides: Sides, pieces: Pieces, code: str) -> bool:
    """Return whether a code leads back nowhere, or into the list though weakly."""
    way = sides.world.back.get(code)
    return way is None or not way.target or leads_in(sides, way.target, pieces)


def leads_in(sides: Sides, code: str, pieces: Pieces) -> bool:
    """Return whether an ICD-10-CM code speaks for the part of a definition with some pieces.

    Without pieces members do. With pieces those do whose own target has the stem of such a
    part: of the side, say, nothing can be told from a code led back to.
    """
    if not pieces:
        return sides.is_member(code)
    return place_of(sides.world, code) in sides.held.get(pieces, frozenset())


def side_of(sides: Sides, pieces: Pieces, node: Node) -> Side:
    """Return where an ICD-11 code belongs, said with some pieces."""
    if node.pre in sides.held.get(pieces, frozenset()):
        return Side.IN
    if pieces and node.pre in sides.held[()]:
        return Side.NEITHER
    if node.label in sides.world.by_stem:
        return _led_to(sides, pieces, node.label)
    return _led_nowhere(sides, pieces, node) if node.is_leaf else Side.NEITHER


def _led_nowhere(sides: Sides, pieces: Pieces, node: Node) -> Side:
    """Return where a terminal code belongs that no code leads to: by the code it leads back to,
    else where its group's "unspecified" belongs.
    """
    way = sides.world.back.get(node.label)
    if way is not None and way.target:
        return Side.NEITHER if leads_in(sides, way.target, pieces) else Side.OUT
    place = sides.world.tree.falls_to(node.pre)
    if place is None or place == node.pre:
        return Side.NEITHER
    return side_of(sides, pieces, sides.world.tree.nodes[place])


def _led_to(sides: Sides, pieces: Pieces, stem: str) -> Side:
    """Return where a stem belongs that codes lead to, but not with these pieces."""
    if not pieces or stem not in sides.splits:
        return Side.OUT
    pattern = join(stem, pieces)
    found = any(sides.says(other, pattern) for other in sides.splits[stem].others)
    return Side.OUT if found else Side.NEITHER
