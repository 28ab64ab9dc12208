"""A release as an ontology: written to a file, or asked by SPARQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from icd11kit.errors import Icd11KitError, SourceError
from icd11kit.exports.triples import (
    A,
    Iri,
    Triple,
    Uri,
    axis_iri,
    cluster_triples,
    entity_triples,
    iri,
    note_triples,
    release_uri,
    scheme_triples,
)
from icd11kit.model import LinearizationEntity
from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.postcoordination.show import canonical_text, display_text
from icd11kit.resources import read_resource, read_text, resource_names
from icd11kit.store.bulk import all_axes, all_entities, all_notes, read_ids
from icd11kit.store.home import graphs_folder
from icd11kit.store.read import Store, file_name, find_span
from icd11kit.vocabulary import RELEASE_ROOT, System

if TYPE_CHECKING:
    from icd11kit.exports.rdf import Answer
    from icd11kit.terminology import Terminology

_QUERIES = "ontology/queries"
NEEDS = "RDF needs the extra `rdf`: pip install 'icd11kit[rdf]'"


def release_triples(
    icd: Terminology, scope: str = "", system: str = System.MMS
) -> Iterator[Triple]:
    """Yield the triples of a release, or of what stands at and below an entry of it.

    Raises UnknownCodeError where the scope names no entry.
    """
    store = icd.store(system)
    manifest = store.manifest
    uri = release_uri(system, manifest["release"])
    scheme = Iri(f"{RELEASE_ROOT}/{manifest['release']}/{system}")
    kept = _ids(icd, scope)
    yield from scheme_triples(scheme, f"ICD-11 {system} {manifest['release']}", manifest["release"])
    above: list[LinearizationEntity] = []
    for entity in all_entities(store):
        while above and above[-1].depth >= entity.depth:
            above.pop()
        if kept is None or entity.id in kept:
            parent = above[-1].id if above else ""
            yield from entity_triples(entity, parent, scheme, uri, manifest["language"])
        above.append(entity)
    notes = (note for note in all_notes(store) if kept is None or note.entity in kept)
    yield from note_triples(notes, uri, manifest["language"])
    yield from _axis_triples(store, kept, uri)


def _ids(icd: Terminology, scope: str) -> frozenset[str] | None:
    """Return the ids at and below a scope, None for no scope."""
    if not scope:
        return None
    found = icd.lookup(scope, system=System.MMS)
    outer = icd.store(System.MMS)
    span = find_span(outer, found.id)
    return frozenset(read_ids(outer, span)) if span else frozenset()


def _axis_triples(store: Store, kept: frozenset[str] | None, uri: Uri) -> Iterator[Triple]:
    for axis in all_axes(store):
        if kept is None or axis.entity in kept:
            name = "ns:requiresAxis" if axis.required else "ns:declaresAxis"
            yield Iri(uri(axis.entity)), iri(name), axis_iri(axis.name)


def expressed_clusters(icd: Terminology, texts: Iterable[str]) -> Iterator[Triple]:
    """Yield clusters as class expressions.

    Raises ClusterSyntaxError for a text that is no cluster, SourceError for one with an
    unknown code.
    """
    uri = release_uri(System.MMS, icd.release)
    named: set[Iri] = set()
    for number, text in enumerate(texts, 1):
        reading = icd.clusters.read(parse_cluster(text))
        canonical = canonical_text(reading)
        if not canonical:
            raise SourceError(
                f"cluster {number}", f"{text} has a part that is no code of {icd.release}"
            )
        for triple in cluster_triples(reading, canonical, display_text(reading), uri):
            prop = triple[2]
            if triple[1] == iri("owl:onProperty") and isinstance(prop, Iri) and prop not in named:
                named.add(prop)
                yield prop, A, iri("owl:ObjectProperty")
            yield triple


def export(icd: Terminology, path: str, form: str, triples: Iterable[Triple]) -> int:
    """Write triples in a form to a file as they come; return how many.

    Raises Icd11KitError where the extra is not installed, SourceError where the file cannot
    be written.
    """
    try:
        from icd11kit.exports.rdf import write_rdf
    except ImportError:
        raise Icd11KitError(NEEDS) from None
    return write_rdf(path, form, triples)


def query(icd: Terminology, text: str, limit: int = 0) -> Answer:
    """Return what a SPARQL query gives over the release in use.

    The first query of a release fills a graph in the home, which later ones open. Raises
    QueryError where the query is wrong.
    """
    try:
        from icd11kit.exports.rdf import ask_graph, open_graph
    except ImportError:
        raise Icd11KitError(NEEDS) from None
    store = icd.store(System.MMS)
    name = file_name(store).removesuffix(".sqlite")
    folder = f"{graphs_folder(icd.editions.home)}/{name}"
    return ask_graph(open_graph(folder, release_triples(icd)), text, limit)


def query_text(name: str) -> str:
    """Return the text of a query file, or of one that comes with the package by its name."""
    shipped = resource_names(_QUERIES, ".rq")
    if Path(name).is_file():
        return read_text(name)
    if f"{name}.rq" not in shipped:
        known = ", ".join(each.removesuffix(".rq") for each in shipped)
        raise SourceError(name, f"there is no such file, and no query of that name ({known})")
    return read_resource(_QUERIES, f"{name}.rq")
