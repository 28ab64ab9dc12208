"""The parts of an intensional definition: what each covers, and the patterns that find it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from icd11kit.crosswalk.score import stem_of
from icd11kit.transition.codelist.sides import Sides, side_of
from icd11kit.transition.codelist.stems import Choice, Pieces, join, pieces_of
from icd11kit.transition.codelist.subtrees import Subtree, smallest_subtrees
from icd11kit.transition.codelist.values import Item, Pattern
from icd11kit.transition.codelist.world import Tree
from icd11kit.vocabulary import Residual

IsReadable = Callable[[str], bool]
"""Tells whether a cluster can be compared with others."""


class _Part(NamedTuple):
    """A subtree with pieces, and clusters excepted of it."""

    subtree: Subtree
    pieces: Pieces
    but: tuple[str, ...] = ()


def make_items(
    sides: Sides, most_outside: float, is_readable: IsReadable, say: Callable[[str], str]
) -> tuple[Item, ...]:
    """Return the parts of the definition in the order of ICD-11; `say` gives displays."""
    tree = sides.world.tree
    parts = sorted([*_subtrees(sides, most_outside, is_readable), *_single(sides)])
    whole = {
        part.pieces: {p.subtree.root for p in parts if p.pieces == part.pieces and _is_all(p)}
        for part in parts
    }
    return tuple(
        _item(sides, part, _patterns(tree, part, whole[part.pieces] | whole.get((), set())), say)
        for part in parts
    )


def literal_items(
    sides: Sides, targets: Iterable[str], say: Callable[[str], str]
) -> Iterator[Item]:
    """Yield parts for clusters as they are written, where what they mean is excepted elsewhere."""
    for target in targets:
        stem, pieces = stem_of(target), pieces_of(target)
        members = filter(sides.is_member, sides.world.by_stem[stem][target])
        yield Item(
            stem, say(target), pieces, (), (target,), tuple(members), (Pattern(target),), False
        )


def _is_all(part: _Part) -> bool:
    return not part.but and not part.subtree.exceptions and not part.subtree.is_own


def _subtrees(sides: Sides, share: float, is_readable: IsReadable) -> Iterator[_Part]:
    """Yield the smallest subtrees for each set of pieces; a root that takes them not is split."""
    tree = sides.world.tree
    for pieces, held in sides.held.items():
        found = smallest_subtrees(tree, held, partial(side_of, sides, pieces), share)
        for subtree in found:
            tops = tree.top_codes(subtree.root)
            if not pieces or all(is_readable(join(tree.nodes[t].label, pieces)) for t in tops):
                yield _Part(subtree, pieces)
            else:
                yield from (_Part(one, pieces) for one in _leaves_of(tree, subtree, held))


def _leaves_of(tree: Tree, subtree: Subtree, held: Iterable[int]) -> Iterator[Subtree]:
    """Yield what is held of a subtree, each place for itself."""
    last = tree.nodes[subtree.root].last
    for place in sorted(held):
        if subtree.root <= place <= last:
            yield Subtree(place, is_own=not tree.nodes[place].is_leaf)


def _single(sides: Sides) -> Iterator[_Part]:
    """Yield the choices that have exceptions of their own."""
    tree = sides.world.tree
    for stem, choices in sides.choices.items():
        place = tree.places.get(stem)
        for choice in choices:
            if place is not None and choice.exceptions:
                own = Subtree(place, is_own=not tree.nodes[place].is_leaf)
                but = tuple(join(stem, exception) for exception in choice.exceptions)
                yield _Part(own, choice.pieces, but)


def _item(
    sides: Sides, part: _Part, patterns: tuple[Pattern, ...], say: Callable[[str], str]
) -> Item:
    tree, (subtree, pieces, but) = sides.world.tree, part
    node = tree.nodes[subtree.root]
    places = _covered(tree, subtree)
    leaves = (place for place in places if subtree.is_own or tree.nodes[place].is_leaf)
    members = {
        source
        for place in places
        for choice in sides.choices.get(tree.nodes[place].label, ())
        if choice.pieces == pieces and bool(choice.exceptions) == bool(but)
        for source in _sources(sides, tree.nodes[place].label, choice)
    }
    return Item(
        node.label,
        say(join(node.label, pieces)) if node.is_code else node.title,
        pieces,
        (*(tree.nodes[place].label for place in subtree.exceptions), *but),
        tuple(join(tree.nodes[place].label, pieces) for place in leaves),
        tuple(sorted(members)),
        patterns,
        not subtree.is_own and not node.is_leaf,
    )


def _covered(tree: Tree, subtree: Subtree) -> list[int]:
    """Return the places of the codes a subtree comes to."""
    if subtree.is_own:
        return [subtree.root]
    excepted = {
        place
        for exception in subtree.exceptions
        for place in range(exception, tree.nodes[exception].last + 1)
    }
    span = range(subtree.root, tree.nodes[subtree.root].last + 1)
    return [place for place in span if place not in excepted and tree.nodes[place].is_code]


def _sources(sides: Sides, stem: str, choice: Choice) -> Iterator[str]:
    by_target = sides.world.by_stem[stem]
    for target in choice.targets:
        yield from (source for source in by_target[target] if sides.is_member(source))


def _patterns(tree: Tree, part: _Part, whole: set[int]) -> tuple[Pattern, ...]:
    """Return what finds a part in data.

    "Unspecified" says what its parent says, so it is found as its parent without the parent's
    other children; so is a code that stands for itself alone.
    """
    (subtree, pieces, but) = part
    node = tree.nodes[subtree.root]
    alone = subtree.root if subtree.is_own else _as_parent(tree, subtree.root)
    if alone is not None:
        others = (
            tree.nodes[child].label
            for child in tree.children.get(alone, ())
            if child != node.pre
            and child not in whole
            and tree.nodes[child].residual is not Residual.UNSPECIFIED
        )
        return (Pattern(join(tree.nodes[alone].label, pieces), (*others, *but)),)
    excepted = set(subtree.exceptions)
    tops = [top for top in tree.top_codes(subtree.root) if not _is_in(tree, top, excepted)]
    return tuple(
        Pattern(
            join(tree.nodes[top].label, pieces),
            (*(tree.nodes[place].label for place in _below(tree, top, excepted)), *but),
        )
        for top in tops
    )


def _as_parent(tree: Tree, place: int) -> int | None:
    """Return the place of the code whose "unspecified" a code is, None where it is none."""
    node = tree.nodes[place]
    if node.residual is not Residual.UNSPECIFIED or not tree.nodes[node.parent].is_code:
        return None
    return node.parent


def _is_in(tree: Tree, place: int, excepted: set[int]) -> bool:
    return place in excepted or any(above in excepted for above in tree.above(place))


def _below(tree: Tree, top: int, excepted: set[int]) -> list[int]:
    return sorted(place for place in excepted if top < place <= tree.nodes[top].last)
