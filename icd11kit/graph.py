"""The two graphs of ICD-11 for analysis: the Foundation (a DAG) and a linearization (a tree).

Graphs hold ids, with edges from parent to child; a dict holds the entities. The hot path of
look-up does not come here: this module imports networkx.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import networkx as nx

from icd11kit.errors import GraphError
from icd11kit.model import Entity, LinearizationEntity
from icd11kit.tree import ROOT, Place, places
from icd11kit.vocabulary import ClassKind

if TYPE_CHECKING:
    Digraph = nx.DiGraph[str]
else:
    Digraph = nx.DiGraph


@dataclass(frozen=True, slots=True)
class Foundation:
    """All concepts at hand with their several parents; made by `build_foundation`."""

    graph: Digraph
    entities: Mapping[str, Entity]
    _rank: dict[str, int] = field(repr=False)
    _above: dict[str, array[int]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Linearization:
    """A single-parent tree cut from the Foundation; made by `build_linearization`."""

    graph: Digraph
    entities: Mapping[str, LinearizationEntity]
    places: Mapping[str, Place]


def build_foundation(entities: Iterable[Entity]) -> Foundation:
    """Return the Foundation over the entities; parents not among them become bare nodes.

    Raises GraphError, naming one cycle, where the edges are not acyclic.

    >>> f = build_foundation([Entity("1", "a"), Entity("2", "b"), Entity("3", "c", ("1", "2"))])
    >>> sorted(f.graph.predecessors("3"))
    ['1', '2']
    """
    by_id = {entity.id: entity for entity in entities}
    graph: Digraph = nx.DiGraph()
    graph.add_nodes_from(by_id)
    graph.add_edges_from((parent, e.id) for e in by_id.values() for parent in e.parents)
    try:
        rank = {node: number for number, node in enumerate(nx.topological_sort(graph))}
    except nx.NetworkXUnfeasible:
        cycle = " -> ".join(edge[0] for edge in nx.find_cycle(graph))
        raise GraphError(f"the Foundation edges run in a circle: {cycle}") from None
    return Foundation(graph, by_id, rank)


def build_linearization(entries: Iterable[LinearizationEntity]) -> Linearization:
    """Return the tree over entries given in pre-order.

    >>> from icd11kit.vocabulary import ClassKind
    >>> rows = [("1", ClassKind.CHAPTER, 0), ("2", ClassKind.CATEGORY, 1)]
    >>> l = build_linearization(LinearizationEntity(i, i, "t", k, d, "01") for i, k, d in rows)
    >>> list(l.graph.edges)
    [('1', '2')]
    """
    ordered = list(entries)
    where = places([entry.depth for entry in ordered])
    graph: Digraph = nx.DiGraph()
    graph.add_nodes_from(entry.id for entry in ordered)
    graph.add_edges_from(
        (ordered[place.parent].id, entry.id)
        for entry, place in zip(ordered, where, strict=True)
        if place.parent != ROOT
    )
    ids = [entry.id for entry in ordered]
    return Linearization(
        graph, dict(zip(ids, ordered, strict=True)), dict(zip(ids, where, strict=True))
    )


def is_ancestor(foundation: Foundation, above: str, below: str) -> bool:
    """Return whether one entity is a proper ancestor of another, along any parents.

    The ancestors of an entity are found once and kept as a sorted array of 4-byte numbers.

    >>> f = build_foundation([Entity("1", "a"), Entity("2", "b", ("1",))])
    >>> is_ancestor(f, "1", "2"), is_ancestor(f, "2", "1")
    (True, False)
    """
    rank = foundation._rank.get(above)
    ranks = foundation._above.get(below)
    if ranks is None:
        ranks = _keep_ancestors(foundation, below)
    if rank is None:
        return False
    found = bisect_left(ranks, rank)
    return found < len(ranks) and ranks[found] == rank


def _keep_ancestors(foundation: Foundation, below: str) -> array[int]:
    if below not in foundation._rank:
        return array("I")
    ranks = sorted(foundation._rank[node] for node in nx.ancestors(foundation.graph, below))
    foundation._above[below] = array("I", ranks)
    return foundation._above[below]


def children_elsewhere(
    foundation: Foundation, linearization: Linearization, entity: str
) -> Iterator[str]:
    """Yield the foundation children that the linearization keeps under another parent."""
    if entity not in foundation.graph:
        return
    for child in foundation.graph.successors(entity):
        if child in linearization.places and entity not in linearization.graph.pred[child]:
            yield child


def is_window(foundation: Foundation, linearization: Linearization, entity: str) -> bool:
    """Return whether an entry is a block that only shows children kept elsewhere."""
    entry = linearization.entities.get(entity)
    if entry is None or entry.kind is not ClassKind.BLOCK:
        return False
    bare = not any(True for _ in linearization.graph.successors(entity))
    return bare and any(True for _ in children_elsewhere(foundation, linearization, entity))


def aggregates_to(
    foundation: Foundation, linearization: Linearization, entity: str
) -> tuple[str, ...]:
    """Return the nearest entries at or above an entity that the linearization holds.

    For an entity below the shoreline these are the categories that count it; there are
    several where parents lead to different ones. Unknown entities give ().
    """
    if entity in linearization.places:
        return (entity,)
    level, seen = [entity], {entity}
    while level:
        above = {
            parent
            for node in level
            if node in foundation.graph
            for parent in foundation.graph.predecessors(node)
        } - seen
        held = sorted(node for node in above if node in linearization.places)
        if held:
            return tuple(held)
        seen |= above
        level = sorted(above)
    return ()
