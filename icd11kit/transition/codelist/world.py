"""All that both classifications say of each other: targets, ways back, and the tree of ICD-11."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.crosswalk.book import Direction
from icd11kit.crosswalk.mapping import CodeMapping, Relation
from icd11kit.crosswalk.score import stem_of
from icd11kit.crosswalks import all_of
from icd11kit.store.read import Store, ask
from icd11kit.tree import ROOT
from icd11kit.vocabulary import EXTENSION_CHAPTER, ClassKind, Residual, System

if TYPE_CHECKING:
    from icd11kit.crosswalks import Crosswalk
    from icd11kit.terminology import Terminology


class Node(NamedTuple):
    """An entry of ICD-11 in its place; `last` is the end of what stands below it."""

    pre: int
    last: int
    parent: int
    label: str
    title: str
    is_code: bool
    residual: Residual

    @property
    def is_leaf(self) -> bool:
        """Whether nothing stands below it."""
        return self.pre == self.last


class Tree(NamedTuple):
    """The entries of ICD-11 without extension codes, their children, and codes by their place."""

    nodes: dict[int, Node]
    children: dict[int, tuple[int, ...]]
    places: dict[str, int]

    def above(self, pre: int) -> Iterator[int]:
        """Yield the places above one, the nearest first."""
        while (pre := self.nodes[pre].parent) != ROOT:
            yield pre

    def leaves(self, pre: int) -> Iterator[Node]:
        """Yield the terminal codes at or below a place."""
        for each in range(pre, self.nodes[pre].last + 1):
            node = self.nodes[each]
            if node.is_leaf and node.is_code:
                yield node

    def unspecified(self, pre: int) -> int | None:
        """Return the place of a group's "unspecified", None where it has none."""
        found = (
            child
            for child in self.children.get(pre, ())
            if self.nodes[child].residual is Residual.UNSPECIFIED
        )
        return next(found, None)

    def falls_to(self, pre: int) -> int | None:
        """Return the "unspecified" of the nearest group above a place, chapters left out."""
        for above in self.above(pre):
            found = self.unspecified(above) if self.nodes[above].parent != ROOT else None
            if found is not None:
                return found
        return None

    def top_codes(self, pre: int) -> Iterator[int]:
        """Yield the place itself if it is a code, else the highest codes below it."""
        if self.nodes[pre].is_code:
            yield pre
        else:
            for child in self.children.get(pre, ()):
                yield from self.top_codes(child)


class Way(NamedTuple):
    """Where an ICD-11 code leads back to, "" for nowhere, and how it stands to it."""

    target: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class World:
    """The crosswalk as a definition looks at it, over codes that stand on records.

    `targets` are by ICD-10-CM code, "" where there is none; `by_stem` gives the codes that
    lead to each target of a stem; `back` the way back of ICD-11's stem codes.
    """

    targets: Mapping[str, str]
    by_stem: Mapping[str, Mapping[str, tuple[str, ...]]]
    back: Mapping[str, Way]
    tree: Tree


def read_world(icd: Terminology, reported: frozenset[str]) -> World:
    """Return the crosswalk of the editions in use; `reported` are ICD-10-CM's billable codes."""
    crosswalk = icd.crosswalk
    targets = {
        source: target
        for source, target, _ in _rows(crosswalk, Direction.FORWARD)
        if source in reported
    }
    back = {
        source: Way(target, Relation(relation))
        for source, target, relation in _rows(crosswalk, Direction.BACKWARD)
    }
    return World(targets, by_stem(targets), back, read_tree(icd.store(System.MMS)))


def by_stem(targets: Mapping[str, str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the codes that lead to each target, by the target's first stem.

    >>> by_stem({"E11.9": "5A11", "E11.22": "5A11/GB61.Z"})
    {'5A11': {'5A11': ('E11.9',), '5A11/GB61.Z': ('E11.22',)}}
    """
    listed: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for source, target in targets.items():
        if target:
            listed[stem_of(target)][target].append(source)
    return {
        stem: {target: tuple(sources) for target, sources in by_target.items()}
        for stem, by_target in listed.items()
    }


def _rows(crosswalk: Crosswalk, direction: Direction) -> Iterator[tuple[str, str, str]]:
    """Yield source, target and relation of every mapping, a user's own in place of others."""
    if crosswalk.book is None:
        yield from map(_row, all_of(crosswalk, direction))
        return
    wanted = [CodeMapping._fields.index(name) for name in ("target", "relation")]
    picked = ", ".join(f"json_extract(said, '$[{place}]')" for place in wanted)
    statement = f"SELECT source, {picked} FROM {direction} ORDER BY source"
    own = tuple(row.source for row in crosswalk.users)
    for source, target, relation in ask(crosswalk.book, statement):
        if own and direction is Direction.FORWARD and source.startswith(own):
            found = crosswalk.forward(source)
            yield _row(found) if found else (source, target, relation)
        else:
            yield source, target, relation


def _row(mapping: CodeMapping) -> tuple[str, str, str]:
    return mapping.source, mapping.target, mapping.relation.value


def read_tree(mms: Store) -> Tree:
    """Return the tree of a release without its extension codes."""
    rows = ask(
        mms,
        "SELECT pre, last, parent, code, block_id, id, title, kind, residual FROM entity "
        "WHERE chapter <> ? ORDER BY pre",
        EXTENSION_CHAPTER,
    )
    return build_tree(
        Node(
            pre, last, parent, code if kind != ClassKind.BLOCK and code else block_id or entity,
            title, kind == ClassKind.CATEGORY and bool(code), Residual(residual),
        )
        for pre, last, parent, code, block_id, entity, title, kind, residual in rows
    )  # fmt: skip


def build_tree(nodes: Iterable[Node]) -> Tree:
    """Return the tree of entries in pre-order."""
    by_place = {node.pre: node for node in nodes}
    children: dict[int, list[int]] = defaultdict(list)
    for node in by_place.values():
        children[node.parent].append(node.pre)
    return Tree(
        by_place,
        {parent: tuple(listed) for parent, listed in children.items()},
        {node.label: node.pre for node in by_place.values()},
    )
