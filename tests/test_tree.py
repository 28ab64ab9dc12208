"""A linearization as numbers: parents and subtrees from depths alone."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.tree import ROOT, Place, is_within, places

JUMPING = st.lists(st.integers(0, 6), max_size=40)


@st.composite
def trees(draw: st.DrawFn) -> list[int]:
    """Draw the parents of a random forest whose entries stand in pre-order."""
    parents: list[int] = []
    way: list[int] = []
    for number in range(draw(st.integers(0, 40))):
        way = way[: draw(st.integers(0, len(way)))]
        parents.append(way[-1] if way else ROOT)
        way = [*way, number]
    return parents


def depths_of(parents: list[int]) -> list[int]:
    depths: list[int] = []
    for parent in parents:
        depths.append(0 if parent == ROOT else depths[parent] + 1)
    return depths


def walk_up(tree: list[Place], pre: int) -> set[int]:
    """Return an entry and all above it, found parent by parent."""
    found = set()
    while pre != ROOT:
        found.add(pre)
        pre = tree[pre].parent
    return found


def as_graph(parents: list[int]) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(parents)))
    graph.add_edges_from((parent, n) for n, parent in enumerate(parents) if parent != ROOT)
    return graph


@pytest.mark.parametrize(
    ("depths", "expected"),
    [
        ([], []),
        ([0], [(0, 0, ROOT)]),
        ([0, 0], [(0, 0, ROOT), (1, 1, ROOT)]),
        ([0, 1, 2, 1, 0], [(0, 3, ROOT), (1, 2, 0), (2, 2, 1), (3, 3, 0), (4, 4, ROOT)]),
        ([0, 2, 1], [(0, 2, ROOT), (1, 1, 0), (2, 2, 0)]),
        ([2, 1, 3, 3], [(0, 0, ROOT), (1, 3, ROOT), (2, 2, 1), (3, 3, 1)]),
    ],
)
def test_places_come_from_depths(depths: list[int], expected: list[tuple[int, int, int]]) -> None:
    assert places(depths) == expected


@given(trees())
def test_parents_are_found_again_from_depths(parents: list[int]) -> None:
    assert [place.parent for place in places(depths_of(parents))] == parents


@given(trees())
def test_a_subtree_is_a_run_in_pre_order(parents: list[int]) -> None:
    graph = as_graph(parents)
    for pre, last, _ in places(depths_of(parents)):
        assert set(range(pre, last + 1)) == {pre} | nx.descendants(graph, pre)


@given(trees())
def test_places_are_numbered_as_networkx_walks_the_tree(parents: list[int]) -> None:
    graph = as_graph(parents)
    roots = [number for number, parent in enumerate(parents) if parent == ROOT]
    walked = [node for root in roots for node in nx.dfs_preorder_nodes(graph, root)]
    assert [place.pre for place in places(depths_of(parents))] == walked


@given(trees())
def test_the_last_below_tells_the_place_in_post_order(parents: list[int]) -> None:
    graph = as_graph(parents)
    depths = depths_of(parents)
    roots = [number for number, parent in enumerate(parents) if parent == ROOT]
    walked = [node for root in roots for node in nx.dfs_postorder_nodes(graph, root)]
    assert sorted(places(depths), key=lambda place: (place.last, -depths[place.pre])) == [
        places(depths)[node] for node in walked
    ]


@given(JUMPING)
def test_is_within_agrees_with_walking_up_the_parents(depths: list[int]) -> None:
    tree = places(depths)
    for inner in tree:
        above = walk_up(tree, inner.pre)
        assert {outer.pre for outer in tree if is_within(inner, outer)} == above


@given(JUMPING)
def test_a_parent_is_the_nearest_shallower_entry_before(depths: list[int]) -> None:
    for pre, _, parent in places(depths):
        shallower = [n for n in range(pre) if depths[n] < depths[pre]]
        assert parent == max(shallower, default=ROOT)


def test_a_way_of_a_hundred_thousand_steps_down_is_no_burden() -> None:
    tree = places(range(100_000))
    assert tree[99_999] == (99_999, 99_999, 99_998)
    assert is_within(tree[-1], tree[0])
    assert not is_within(tree[0], tree[-1])
