"""Triples to disk and to a store that answers SPARQL. Needs the extra `rdf` (Oxigraph)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyoxigraph as ox

from icd11kit.errors import QueryError, SourceError
from icd11kit.exports.triples import PREFIXES, Blank, Iri, Literal, Node, Triple

FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "owl": ox.RdfFormat.RDF_XML,
    "json-ld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
}


_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^>\s]*>|#[^\n]*')
_FETCHES = re.compile(r"\bSERVICE\b", re.IGNORECASE)


class Answer(NamedTuple):
    """What a query gave: rows of texts under names; a yes or no is one row, triples three cells."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write_rdf(path: str, form: str, triples: Iterable[Triple]) -> int:
    """Write triples to a file as they come and return how many; the file is whole or not there.

    Raises SourceError where it cannot be written.
    """
    final = Path(path)
    beside = final.with_name(f".building-{os.getpid()}-{final.name}")
    counted = _Counted(triples)
    try:
        ox.serialize(counted, str(beside), FORMATS[form], prefixes=PREFIXES)
        beside.replace(final)
    except OSError as error:
        raise SourceError(path, error.strerror or str(error)) from None
    finally:
        beside.unlink(missing_ok=True)
    return counted.done


class _Counted:
    """An iterator of Oxigraph's triples that counts them."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples, self.done = iter(triples), 0

    def __iter__(self) -> Iterator[ox.Triple]:
        for triple in self.triples:
            self.done += 1
            yield _triple(triple)


def _triple(triple: Triple) -> ox.Triple:
    subject, predicate, value = triple
    return ox.Triple(_resource(subject), ox.NamedNode(predicate.value), _node(value))


def _resource(node: Iri | Blank) -> ox.NamedNode | ox.BlankNode:
    if isinstance(node, Blank):
        return ox.BlankNode("b" + "".join(c if c.isalnum() else "x" for c in node.label))
    return ox.NamedNode(node.value)


def _node(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if not isinstance(node, Literal):
        return _resource(node)
    if node.language:
        return ox.Literal(node.text, language=node.language)
    return ox.Literal(node.text, datatype=ox.NamedNode(node.datatype) if node.datatype else None)


def open_graph(folder: str, triples: Iterable[Triple]) -> ox.Store:
    """Return the graph kept in a folder, filled with triples first where it is not there yet.

    It is filled beside its final name and renamed, so a broken filling leaves nothing.
    """
    final = Path(folder)
    if not final.is_dir():
        final.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".building-", dir=final.parent) as beside:
            _fill(str(Path(beside, "graph")), triples)
            with suppress(FileExistsError):  # another process was quicker
                Path(beside, "graph").rename(final)
    return ox.Store.read_only(str(final))


def _fill(folder: str, triples: Iterable[Triple]) -> None:
    store = ox.Store(folder)
    store.bulk_extend(_quad(triple) for triple in triples)
    store.optimize()
    store.flush()


def _quad(triple: Triple) -> ox.Quad:
    made = _triple(triple)
    return ox.Quad(made.subject, made.predicate, made.object)


def ask_graph(store: ox.Store, query: str, limit: int) -> Answer:
    """Return what a SPARQL query gives, at most `limit` rows; raises QueryError with the reason.

    Nothing is fetched: SERVICE is refused.
    """
    if _FETCHES.search(_QUOTED.sub(" ", query)):
        raise QueryError("SERVICE asks another server, and queries here stay on this machine")
    try:
        found = store.query(query, prefixes=PREFIXES)
    except (SyntaxError, ValueError, OSError) as error:
        raise QueryError(" ".join(str(error).split())) from None
    if isinstance(found, ox.QueryBoolean):
        return Answer(("answer",), (("yes" if found else "no",),))
    try:
        if isinstance(found, ox.QueryTriples):
            rows = (tuple(map(_text, (t.subject, t.predicate, t.object))) for t in found)
            return Answer(("subject", "predicate", "object"), tuple(_first(rows, limit)))
        names = tuple(variable.value for variable in found.variables)
        rows = (tuple(_text(row[name]) for name in names) for row in found)
        return Answer(names, tuple(_first(rows, limit)))
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(" ".join(str(error).split())) from None


def _first(rows: Iterator[tuple[str, ...]], limit: int) -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(rows):
        if limit and number >= limit:
            return
        yield row


def _text(value: object) -> str:
    found = getattr(value, "value", None)
    return "" if value is None else str(found if found is not None else value)
