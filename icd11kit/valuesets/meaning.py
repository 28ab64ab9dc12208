"""How a cluster stands to the concept of a condition: by its meaning, not by its text."""

from __future__ import annotations

from collections.abc import Mapping

from icd11kit.codes import cluster_parts, shorten
from icd11kit.errors import ClusterSyntaxError, UnknownCodeError
from icd11kit.postcoordination.compare import Relation
from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.store.read import ask, find_span
from icd11kit.terminology import Terminology

LONGEST = 1_000
"""Texts with more characters are taken for no cluster."""
WANTED: Mapping[str, tuple[frozenset[Relation], bool]] = {
    "=": (frozenset({Relation.EQUAL}), True),
    "is-a": (frozenset({Relation.EQUAL, Relation.BELOW}), True),
    "descendent-of": (frozenset({Relation.BELOW}), True),
    "is-not-a": (frozenset({Relation.EQUAL, Relation.BELOW}), False),
    "generalizes": (frozenset({Relation.EQUAL, Relation.ABOVE}), True),
}
"""How a cluster has to stand to the concept by operator, or must not."""


def is_wanted(icd: Terminology, operator: str, code: str, concept: str) -> bool:
    """Return whether a code or cluster stands to a concept as an operator wants it.

    >>> import icd11kit
    >>> is_wanted(icd11kit.open(), "is-a", "NC32.2&XK8G", "NC32.2")
    True
    """
    relations, wanted = WANTED[operator]
    return (_relation(icd, code, concept) in relations) is wanted


def main_stem(icd: Terminology, cluster: str) -> Entry | None:
    """Return what the first code of a cluster names, None where that is nothing."""
    try:
        stem = parse_cluster(cluster).groups[0].stem
    except ClusterSyntaxError:
        return None
    return icd.clusters.entries[stem.code]


def _relation(icd: Terminology, code: str, concept: str) -> Relation:
    """Return the relation to a concept; groupings are above what stands in them."""
    entry = icd.clusters.entries[concept]
    if entry is None or entry.is_code:
        return icd.clusters.compare(code, entry.code if entry else concept).relation
    stem = main_stem(icd, code)
    return Relation.BELOW if stem and entry.id in stem.kin else Relation.DISJOINT


def is_cluster(text: str) -> bool:
    """Return whether a concept is written in several codes."""
    return len(text) <= LONGEST and bool(cluster_parts(text))


def is_known(icd: Terminology, cluster: str) -> bool:
    """Return whether every part of a cluster names something."""
    return bool(canonical_of(icd, cluster))


def canonical_of(icd: Terminology, cluster: str) -> str:
    """Return a cluster in its one form, "" for what is none, is too long, or names nothing."""
    if len(cluster) > LONGEST:
        return ""
    try:
        reading = icd.clusters.read(parse_cluster(cluster))
    except ClusterSyntaxError:
        return ""
    return icd.clusters.canonical(reading)


def places_by_meaning(icd: Terminology, operator: str, cluster: str) -> list[int]:
    """Return the places of the codes of one stem's subtree that stand to a cluster as wanted.

    What stands elsewhere can mean no more than that stem. Raises UnknownCodeError where a part
    of the cluster names nothing, or its first no stem.
    """
    store = icd.clusters.store
    stem = main_stem(icd, cluster) if is_known(icd, cluster) else None
    span = find_span(store, stem.id) if stem and stem.is_stem else None
    if span is None:
        raise UnknownCodeError(cluster, f"{shorten(cluster)} has a part that names nothing there")
    above = "? BETWEEN pre AND last" if operator == "generalizes" else "pre BETWEEN ? AND ?"
    rows = ask(
        store,
        f"SELECT pre, code FROM entity WHERE kind = 'category' AND {above}",
        *(span[:1] if operator == "generalizes" else span),
    )
    return [pre for pre, code in rows if is_wanted(icd, operator, code, cluster)]
