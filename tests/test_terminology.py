"""The facade: look-up of every form, ancestors, subsumption, graphs."""

from __future__ import annotations

from pathlib import Path

import pytest

import icd11kit
from icd11kit.errors import UnknownCodeError, UnknownReleaseError
from icd11kit.terminology import Terminology


@pytest.mark.parametrize(
    ("text", "code", "system"),
    [
        ("5A11", "5A11", "mms"),
        (" 5a11 ", "5A11", "mms"),
        ("5 A11", "5A11", "mms"),
        ("119724091", "5A11", "mms"),
        ("http://id.who.int/icd/entity/119724091", "5A11", "mms"),
        ("https://id.who.int/icd/entity/119724091", "5A11", "mms"),
        ("http://id.who.int/icd/release/11/mms/119724091", "5A11", "mms"),
        ("http://id.who.int/icd/release/11/2025-01/mms/119724091", "5A11", "mms"),
        ("http://id.who.int/icd/release/11/1999-01/mms/119724091", "5A11", "mms"),
        ("https://icd.who.int/browse/2025-01/mms/en#119724091", "5A11", "mms"),
        ("344162786/other", "1A03.Y", "mms"),
        ("http://id.who.int/icd/release/11/mms/344162786/unspecified", "1A03.Z", "mms"),
        ("5", "05", "mms"),
        ("x", "X", "mms"),
        ("S52.531A", "S52.531A", "icd10cm"),
        ("s52531a", "S52.531A", "icd10cm"),
        ("T424X5A", "T42.4X5A", "icd10cm"),
        ("I10", "I10", "icd10cm"),
    ],
)
def test_lookup_takes_every_form(starter: Terminology, text: str, code: str, system: str) -> None:
    found = starter.lookup(text)
    assert (found.code, found.system, found.found) == (code, system, True)


def test_lookup_tells_everything(starter: Terminology) -> None:
    found = starter.lookup("1A03.Y")
    assert found.title == "Intestinal infections due to other specified Escherichia coli"
    assert (found.kind, found.chapter, found.parent, found.residual) == (
        "category", "01", "1A03", "other",
    )  # fmt: skip
    assert found.foundation_uri == ""
    assert found.linearization_uri == "http://id.who.int/icd/release/11/mms/344162786/other"
    assert (found.is_leaf, found.tier, found.billable) == (True, "starter", None)
    assert found.path[0].code == "01"
    assert found.path[-1].code == "1A03.Y"


def test_parent_and_children_can_be_looked_up(starter: Terminology) -> None:
    for code in ("5A11", "1A03", "NC32", "S52.531"):
        found = starter.lookup(code)
        for label in (found.parent, *(child.label for child in found.children)):
            assert starter.lookup(label).found


def test_axes_are_shown_where_known(starter: Terminology) -> None:
    axes = {axis.name: axis for axis in starter.lookup("8B20").axes}
    assert set(axes) == {"laterality", "hasManifestation"}
    assert axes["laterality"].multiple == "NOT_ALLOWED"


def test_billable_speaks_of_icd10cm(starter: Terminology) -> None:
    assert starter.lookup("S52.531A").billable is True
    assert starter.lookup("S52.531").billable is False


@pytest.mark.parametrize(
    ("text", "reason", "nearest"),
    [
        ("5A1X", "no code 5A1X in ICD-11 MMS", "5A10"),
        ("foo bar", "is no code, foundation id or WHO URI", None),
        ("", "nothing was given", None),
        ("2C25.Z&XK8G", "is a cluster; look up its codes: 2C25.Z XK8G", None),
        ("999999999", "no installed release holds the entity", None),
        ("b110", "ICF is not installed", None),
        ("é" * 100_000, "is no code", None),
    ],
)
def test_what_is_not_there_is_an_answer(
    starter: Terminology, text: str, reason: str, nearest: str | None
) -> None:
    with pytest.raises(UnknownCodeError) as caught:
        starter.lookup(text)
    assert reason in caught.value.reason
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
    assert nearest is None or nearest in caught.value.nearest


def test_ancestors_run_from_the_chapter_down(starter: Terminology) -> None:
    assert [entry.label for entry in starter.ancestors("1A03.0")] == [
        "01", "BlockL1-1A0", "BlockL2-1A0", "1A03",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("inner", "outer", "below"),
    [
        ("1A03.0", "1A03", True),
        ("1A03.0", "01", True),
        ("1A03", "1A03", True),
        ("1A03", "1A03.0", False),
        ("1a03.0", "BlockL2-1A0", True),
        ("5A11", "01", False),
        ("S52.531A", "S52", True),
        ("S52.531A", "NC32", False),
    ],
)
def test_is_below(starter: Terminology, inner: str, outer: str, below: bool) -> None:
    assert starter.is_below(inner, outer) is below
    assert starter.is_below(inner, outer) is below  # from memory


def test_is_below_agrees_with_the_graph(starter: Terminology) -> None:
    import networkx as nx

    tree = starter.linearization()
    ids = sorted(tree.entities)[::7]
    for inner in ids[:40]:
        for outer in ids[:40]:
            path = nx.has_path(tree.graph, outer, inner)
            assert starter.is_below(inner, outer) == path


def test_graph_is_a_tree_of_all_entries(starter: Terminology) -> None:
    graph = starter.graph()
    assert len(graph) == int(starter.manifest()["entries"])
    assert max(degree for _, degree in graph.in_degree()) == 1


def test_foundation_has_no_residuals(starter: Terminology) -> None:
    foundation = starter.foundation()
    assert not any("/" in entity for entity in foundation.graph)
    assert list(foundation.graph.successors("344162786")) != []


def test_title_is_the_fast_way(starter: Terminology) -> None:
    assert starter.title("5A11") == starter.lookup("5A11").title
    assert starter.title("5a11") == starter.lookup("5A11").title


def test_tree_counts_what_it_hides(starter: Terminology) -> None:
    shallow = starter.tree("BlockL2-1A0", depth=1)
    hidden = {branch.entry.code: branch.hidden for branch in shallow.branches}
    assert hidden["1A00"] == 0
    assert hidden["1A03"] == len(starter.lookup("1A03").children)
    assert len(starter.tree().branches) == 28


def test_unknown_release_and_language(home: Path) -> None:
    with pytest.raises(UnknownReleaseError, match="none is installed"):
        icd11kit.open(home, release="2025-01")
    with pytest.raises(UnknownReleaseError):
        icd11kit.open(home, language="es")


def test_starter_works_where_nothing_can_be_written() -> None:
    assert icd11kit.open("/proc/nowhere").lookup("5A11").tier == "starter"


def test_damaged_starter_file_is_made_again(home: Path) -> None:
    assert icd11kit.open(home).title("5A11")
    for path in home.rglob("mms-*.sqlite"):
        path.write_bytes(path.read_bytes()[:5000])
    assert icd11kit.open(home).title("5A11") == "Type 2 diabetes mellitus"


def test_real_releases_answer_side_by_side(released: Path) -> None:
    icd = icd11kit.open(released)
    assert (icd.release, icd.tier) == ("2025-01", "release")
    counts = icd.manifest()
    assert (counts["entries"], counts["codes"], counts["residuals"]) == ("36782", "35339", "5355")
    old = icd.lookup("http://id.who.int/icd/release/11/2022-02/mms/119724091")
    assert (old.release, old.code) == ("2022-02", "5A11")
    assert {name.release for name in icd.lookup("5A11").equivalents if name.code} == {
        "2022-02", "2024-01",
    }  # fmt: skip
    assert icd11kit.open(released, language="es").lookup("1A00").title == "Cólera"
    assert icd11kit.open(released, release="2024-01").release == "2024-01"
    assert icd.lookup("b110").title == "Consciousness functions"
    assert icd.lookup("E11", system="icd10cm").system == "icd10cm"


def test_who_maps_give_their_row(released: Path) -> None:
    rows = icd11kit.open(released).lookup("1A00").who_maps
    assert {("A00", "Cholera")} <= {(row.icd10_code, row.icd10_title) for row in rows}
    assert all(row.release == "2024-01" and row.line > 1 for row in rows)
    assert {row.relation for row in rows} <= {"", "Equivalent", "Subclass"}


def test_entity_below_the_shoreline(released: Path) -> None:
    icd = icd11kit.open(released)
    found = icd.lookup("1205958647")
    assert (found.system, found.code, found.kind) == ("foundation", "", "entity")
    assert found.title
