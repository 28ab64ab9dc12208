"""The Foundation as a DAG and the linearization cut from it."""

from __future__ import annotations

from itertools import product

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.edition import Edition, SearchIndex
from icd11kit.errors import GraphError, Icd11KitError
from icd11kit.foundation import known_foundation
from icd11kit.graph import (
    Foundation,
    Linearization,
    aggregates_to,
    build_foundation,
    build_linearization,
    children_elsewhere,
    is_ancestor,
    is_window,
)
from icd11kit.model import EditionKey, Entity, LinearizationEntity
from icd11kit.store.build import write_edition
from icd11kit.store.read import open_memory
from icd11kit.tree import ROOT
from icd11kit.vocabulary import ClassKind, Residual, Tier

KINDS = {"c": ClassKind.CHAPTER, "b": ClassKind.BLOCK, "k": ClassKind.CATEGORY}


def foundation(**parents: str) -> Foundation:
    """Return the Foundation of entities given as `id="its parents"`."""
    return build_foundation(Entity(i, i, tuple(above.split())) for i, above in parents.items())


def entries(*rows: str) -> list[LinearizationEntity]:
    """Return the entries of rows `depth kind id`, kind being c(hapter), b(lock) or (k)ategory."""
    cells = [row.split() for row in rows]
    return [
        LinearizationEntity(
            i, i if kind == "k" else "", i, KINDS[kind], int(depth), "01",
            residual=Residual(i.partition("/")[2]),
        )
        for depth, kind, i in cells
    ]  # fmt: skip


def linearization(*rows: str) -> Linearization:
    return build_linearization(entries(*rows))


@st.composite
def dags(draw: st.DrawFn) -> list[Entity]:
    """Draw entities with any number of parents among those before them, in any order."""
    made: list[Entity] = []
    for number in range(draw(st.integers(1, 12))):
        chosen = draw(st.lists(st.booleans(), min_size=number, max_size=number))
        parents = tuple(e.id for e, is_parent in zip(made, chosen, strict=True) if is_parent)
        made.append(Entity(str(number), f"title {number}", parents))
    return list(draw(st.permutations(made)))


def as_networkx(entities: list[Entity]) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(entity.id for entity in entities)
    graph.add_edges_from((parent, e.id) for e in entities for parent in e.parents)
    return graph


def test_an_entity_may_have_several_parents() -> None:
    lungs = foundation(root="", lung="root", infection="root", pneumonia="lung infection")
    assert set(lungs.graph.predecessors("pneumonia")) == {"lung", "infection"}
    assert all(is_ancestor(lungs, above, "pneumonia") for above in ("lung", "infection", "root"))
    assert not is_ancestor(lungs, "lung", "infection")
    assert lungs.entities["pneumonia"].parents == ("lung", "infection")


def test_a_parent_that_is_not_at_hand_is_a_bare_node() -> None:
    part = foundation(pneumonia="lung")
    assert "lung" in part.graph
    assert "lung" not in part.entities
    assert is_ancestor(part, "lung", "pneumonia")


@pytest.mark.parametrize(
    ("parents", "cycle"),
    [
        ({"a": "a"}, {"a"}),
        ({"a": "b", "b": "a"}, {"a", "b"}),
        ({"root": "", "a": "root c", "b": "a", "c": "b", "leaf": "c"}, {"a", "b", "c"}),
    ],
)
def test_a_circle_is_refused_and_named(parents: dict[str, str], cycle: set[str]) -> None:
    with pytest.raises(GraphError) as caught:
        foundation(**parents)
    said = str(caught.value)
    assert isinstance(caught.value, Icd11KitError)
    assert set(said.rpartition(": ")[2].split(" -> ")) == cycle
    assert "\n" not in said


@given(dags(), st.data())
def test_one_edge_upwards_makes_a_circle(entities: list[Entity], data: st.DataObject) -> None:
    graph = as_networkx(entities)
    lowest = data.draw(st.sampled_from(sorted(graph)))
    highest = data.draw(st.sampled_from(sorted({lowest} | nx.ancestors(graph, lowest))))
    closed = [e._replace(parents=(*e.parents, lowest)) if e.id == highest else e for e in entities]
    with pytest.raises(GraphError):
        build_foundation(closed)


@given(dags())
def test_is_ancestor_agrees_with_networkx(entities: list[Entity]) -> None:
    made, graph = build_foundation(entities), as_networkx(entities)
    for above, below in product(graph, repeat=2):
        expected = above in nx.ancestors(graph, below)
        assert is_ancestor(made, above, below) is expected
        assert is_ancestor(made, above, below) is expected  # from memory
        assert (below in nx.descendants(graph, above)) is expected


@given(dags())
def test_the_graph_holds_every_edge_and_no_other(entities: list[Entity]) -> None:
    made = build_foundation(entities)
    assert nx.utils.graphs_equal(made.graph, as_networkx(entities))
    assert dict(made.entities) == {entity.id: entity for entity in entities}


@pytest.mark.parametrize(("above", "below"), [("a", "?"), ("?", "a"), ("?", "?"), ("a", "a")])
def test_an_unknown_entity_and_the_entity_itself_are_no_ancestor(above: str, below: str) -> None:
    assert is_ancestor(foundation(a="", b="a"), above, below) is False


def test_a_linearization_is_a_tree_with_its_entries() -> None:
    tree = linearization("0 c 1", "1 b 2", "2 k 3", "2 k 2/other", "0 c 4")
    assert set(tree.graph.edges) == {("1", "2"), ("2", "3"), ("2", "2/other")}
    assert list(tree.graph) == ["1", "2", "3", "2/other", "4"]
    assert tree.places["1"] == (0, 3, ROOT)
    assert tree.entities["2/other"].residual is Residual.OTHER


@given(st.lists(st.integers(0, 5), max_size=25))
def test_a_linearization_agrees_with_networkx(depths: list[int]) -> None:
    tree = linearization(*(f"{depth} k {n}" for n, depth in enumerate(depths)))
    assert not depths or nx.is_branching(tree.graph)
    for node, place in tree.places.items():
        below = {str(n) for n in range(place.pre + 1, place.last + 1)}
        assert below == nx.descendants(tree.graph, node)


LUNGS = foundation(
    chest="", infections="", lung="chest", window="chest", mixed="chest", own="mixed",
    pneumonia="lung infections mixed", viral="pneumonia window", rare="viral", rarest="rare",
    double="viral infections", deep="double",
)  # fmt: skip
TREE = linearization(
    "0 c chest", "1 b lung", "2 k pneumonia", "3 k viral", "2 k lung/other", "1 b window",
    "1 b mixed", "2 k own", "0 c infections",
)  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "elsewhere"),
    [
        ("infections", {"pneumonia"}),
        ("window", {"viral"}),
        ("mixed", {"pneumonia"}),
        ("lung", set()),
        ("pneumonia", set()),
        ("viral", set()),
        ("nowhere", set()),
    ],
)
def test_a_child_elsewhere_stands_under_another_parent(entity: str, elsewhere: set[str]) -> None:
    assert set(children_elsewhere(LUNGS, TREE, entity)) == elsewhere


def test_what_has_no_place_in_the_linearization_is_no_child_elsewhere() -> None:
    assert "double" in LUNGS.graph.successors("infections")
    assert "double" not in set(children_elsewhere(LUNGS, TREE, "infections"))


@pytest.mark.parametrize(
    ("entity", "window"),
    [
        ("window", True),
        ("lung", False),  # all children its own
        ("mixed", False),  # a child of its own and one elsewhere
        ("infections", False),  # a chapter
        ("viral", False),  # a category
        ("rare", False),  # below the shoreline
        ("nowhere", False),
    ],
)
def test_a_window_is_a_block_whose_only_children_are_elsewhere(entity: str, window: bool) -> None:
    assert is_window(LUNGS, TREE, entity) is window


def test_an_empty_block_is_no_window() -> None:
    assert not is_window(foundation(a="", b="a"), linearization("0 c a", "1 b b"), "b")


@pytest.mark.parametrize(
    ("entity", "counted_in"),
    [
        ("viral", ("viral",)),
        ("lung/other", ("lung/other",)),
        ("rare", ("viral",)),
        ("rarest", ("viral",)),
        ("double", ("infections", "viral")),
        ("deep", ("infections", "viral")),
        ("nowhere", ()),
    ],
)
def test_below_the_shoreline_the_nearest_categories_count(
    entity: str, counted_in: tuple[str, ...]
) -> None:
    assert aggregates_to(LUNGS, TREE, entity) == counted_in


@given(dags(), st.sets(st.integers(0, 11)))
def test_the_entries_fewest_steps_above_an_entity_count_it(
    entities: list[Entity], held: set[int]
) -> None:
    made = build_foundation(entities)
    tree = linearization(*(f"0 c {n}" for n in sorted(held)))
    for entity in made.entities:
        above = {entity, *nx.ancestors(made.graph, entity)} & set(tree.entities)
        counted_in = set(aggregates_to(made, tree, entity))
        steps = nx.single_source_shortest_path_length(made.graph.reverse(), entity)
        nearest = min((steps[node] for node in above), default=0)
        assert counted_in == {node for node in above if steps[node] == nearest}


def stored(edition: Edition) -> Foundation:
    with open_memory(lambda empty: write_edition(empty, edition, SearchIndex(()))) as store:
        return known_foundation(store)


def test_the_known_foundation_joins_the_tree_with_the_parents_that_were_read() -> None:
    rows = entries("0 c 1", "1 b 2", "2 k 3", "2 k 4", "2 k 2/other")
    beyond = (Entity("4", "4", ("2", "9")), Entity("9", "9"), Entity("5", "5", ("3", "9")))
    edition = Edition(EditionKey("mms", "2025-01", "en"), Tier.API, tuple(rows), foundation=beyond)
    known = stored(edition)
    assert set(known.graph.edges) == {
        ("1", "2"), ("2", "3"), ("2", "4"), ("9", "4"), ("3", "5"), ("9", "5"),
    }  # fmt: skip
    assert set(known.entities) == {"1", "2", "3", "4", "5", "9"}


def test_parents_that_were_read_make_a_circle_only_to_be_refused() -> None:
    rows = entries("0 c 1", "1 b 2", "2 k 3", "3 k 4")
    beyond = (Entity("3", "3", ("4",)),)
    edition = Edition(EditionKey("mms", "2025-01", "en"), Tier.API, tuple(rows), foundation=beyond)
    with pytest.raises(GraphError, match="circle"):
        stored(edition)
