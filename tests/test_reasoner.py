"""Comparison checked against a description-logic reasoner: HermiT through owlready2.

The meaning of each cluster becomes a class: its concept, and an existential restriction for
each thing said. Concepts are classes below their parents, siblings are disjoint, and an axis
that takes one value has at most one there. Below is subsumption, disjoint an empty common
class.
"""

from __future__ import annotations

import random
import shutil
import types
from pathlib import Path
from typing import Any

import pytest

from benchmarks.profile_shares import random_pairs
from icd11kit.postcoordination.compare import Meaning, Relation, compare, meanings
from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.postcoordination.validate import Validator
from icd11kit.terminology import open_terminology

PAIRS = 600
FAMILIES = ("NC32", "NC72", "GC08", "GB5", "9B10", "2E9", "1F2", "DD5", "PA6", "8B")


@pytest.fixture(scope="module")
def clusters(released: Path) -> Validator:
    return open_terminology(released, release="2025-01").clusters


def family(clusters: Validator, start: str, chosen: random.Random) -> list[str]:
    """Return clusters of one family of stems, related in many ways."""
    pairs = [p for p in random_pairs(clusters, 400_000) if p[0].code.startswith(start)]
    near = [(s, v) for s, v in pairs if clusters.axes.axes_of(s).admitting(v)]
    made = {stem.code for stem, _ in pairs[:25]}
    for stem, value in near[:20]:
        made |= {f"{stem.code}&{value.code}", f"{stem.code}&{value.code}/5A11"}
    sides = [code for code in sorted(made) if "/" not in code]
    made |= {f"{code}&{side}" for code in sides for side in ("XK8G", "XK9K")}
    made |= {f"{code}/PA60" for code in sides[:5]} | {f"{code}/PA60&XE266" for code in sides[:5]}
    known = [text for text in sorted(made) if _meaning(clusters, text) is not None]
    return chosen.sample(known, min(len(known), 24))


def _meaning(clusters: Validator, text: str) -> Meaning | None:
    found = meanings(clusters.read(parse_cluster(text)), clusters.same)
    return found[0] if found else None


class Owl:
    """An ontology that grows with the meanings that are put into it."""

    def __init__(self, owl: Any, clusters: Validator) -> None:
        self.owl, self.clusters = owl, clusters
        self.ontology = owl.get_ontology("http://example.org/check.owl")
        self.classes: dict[str, Any] = {}
        self.axes: dict[str, Any] = {}
        self.below: dict[str, list[Any]] = {}

    def concept(self, entity: str) -> Any:
        if entity not in self.classes:
            entry = self.clusters.entries[f"http://id.who.int/icd/entity/{entity}"]
            assert entry is not None
            parent = self.concept(entry.parent) if entry.parent else self.owl.Thing
            made = self.new("c" + entity.replace("/", "_"), parent)
            self.below.setdefault(entry.parent, []).append(made)
            self.classes[entity] = made
        return self.classes[entity]

    def new(self, name: str, parent: Any) -> Any:
        with self.ontology:
            return types.new_class(name, (parent,))

    def axis(self, name: str) -> Any:
        if name not in self.axes:
            with self.ontology:
                safe = "p_" + name.replace(" ", "_")
                self.axes[name] = types.new_class(safe, (self.owl.ObjectProperty,))
        return self.axes[name]

    def expression(self, meaning: Meaning) -> Any:
        parts = [self.concept(meaning.concept)]
        parts += [self.axis(axis).some(self.expression(value)) for axis, value in meaning.said]
        parts += [self.axis(axis).max(1, self.owl.Thing) for axis in sorted(meaning.single)]
        return parts[0] if len(parts) == 1 else self.owl.And(parts)

    def defined(self, name: str, expressions: list[Any]) -> Any:
        made = self.new(name, self.owl.Thing)
        whole = expressions[0] if len(expressions) == 1 else self.owl.And(expressions)
        made.equivalent_to.append(whole)
        return made

    def close(self) -> None:
        """Say that siblings are disjoint, and let the reasoner work."""
        with self.ontology:
            for siblings in self.below.values():
                if len(siblings) > 1:
                    self.owl.AllDisjoint(siblings)
        self.owl.sync_reasoner_hermit([self.ontology], debug=0)


def test_a_reasoner_agrees(clusters: Validator) -> None:
    owlready2 = pytest.importorskip("owlready2")
    if shutil.which("java") is None:
        pytest.skip("HermiT needs Java, and there is none")
    chosen = random.Random(17)
    families = [family(clusters, start, chosen) for start in FAMILIES]
    pairs = [(a, b) for texts in families for a in texts for b in texts if a < b]
    pairs = chosen.sample(pairs, min(len(pairs), PAIRS))
    assert len(pairs) >= 500
    owl = Owl(owlready2, clusters)
    named: dict[str, Any] = {}
    expressions: dict[str, Any] = {}
    for text in sorted({text for pair in pairs for text in pair}):
        meaning = _meaning(clusters, text)
        assert meaning is not None
        expressions[text] = owl.expression(meaning)
        named[text] = owl.defined(f"d{len(named)}", [expressions[text]])
    both = {
        (a, b): owl.defined(f"b{n}", [expressions[a], expressions[b]])
        for n, (a, b) in enumerate(pairs)
    }
    owl.close()
    empty = set(owl.owl.default_world.inconsistent_classes())
    disagreed, seen = [], set()
    for a, b in pairs:
        ours = compare(
            clusters.read(parse_cluster(a)), clusters.read(parse_cluster(b)), clusters.same
        ).relation
        theirs = _relation(named[a], named[b], both[a, b] in empty)
        seen.add(theirs)
        if ours is not theirs:
            disagreed.append((a, b, ours.value, theirs.value))
    assert disagreed == []
    assert len(seen) >= 4, seen


def _relation(a: Any, b: Any, is_empty: bool) -> Relation:
    below, above = b in _above(a), a in _above(b)
    if below and above:
        return Relation.EQUAL
    if below or above:
        return Relation.BELOW if below else Relation.ABOVE
    return Relation.DISJOINT if is_empty else Relation.OVERLAPPING


def _above(made: Any) -> set[Any]:
    return set(made.ancestors()) | set(made.INDIRECT_equivalent_to)
