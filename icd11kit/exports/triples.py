"""A release and its clusters as RDF: SKOS concepts, OWL classes, clusters as class expressions.

Pure functions that yield triples one by one; what writes them to disk is another module's.
Entries are named by WHO's linearization URIs, axes by WHO's schema URIs, all else by the
vocabulary of `ontology/icd11kit.ttl`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple
from urllib.parse import quote

from icd11kit.model import LinearizationEntity, Note
from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.reading import ReadGroup, Reading
from icd11kit.uris import foundation_uri, linearization_uri
from icd11kit.vocabulary import AXIS_ROOT, EXTENSION_CHAPTER, ClassKind, NoteKind

NS = "https://icd11kit.github.io/ns#"
PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "schema": f"{AXIS_ROOT}/",
    "ns": NS,
}
_NOTES = {
    NoteKind.SYNONYM: "skos:altLabel",
    NoteKind.INCLUSION: "skos:altLabel",
    NoteKind.FULLY_SPECIFIED_NAME: "skos:altLabel",
    NoteKind.DEFINITION: "skos:definition",
    NoteKind.LONG_DEFINITION: "skos:definition",
    NoteKind.EXCLUSION: "ns:exclusion",
    NoteKind.CODING_NOTE: "ns:codingNote",
}
_KINDS = {
    ClassKind.CHAPTER: "ns:Chapter",
    ClassKind.BLOCK: "ns:Block",
    ClassKind.CATEGORY: "ns:Category",
}
Uri = Callable[[str], str]
"""Gives the linearization URI of an entry's id."""


class Iri(NamedTuple):
    """A name; texts with a prefix of PREFIXES are spelled out by `iri`."""

    value: str


class Blank(NamedTuple):
    """A node without a name."""

    label: str


class Literal(NamedTuple):
    """A text in a language, or a value of an XML Schema datatype."""

    text: str
    language: str = ""
    datatype: str = ""


Node = Iri | Blank | Literal
Triple = tuple[Iri | Blank, Iri, Node]


def iri(name: str) -> Iri:
    """Return the name that a prefixed text spells.

    >>> iri("skos:broader").value
    'http://www.w3.org/2004/02/skos/core#broader'
    """
    prefix, _, local = name.partition(":")
    return Iri(PREFIXES[prefix] + local)


A = iri("rdf:type")


def axis_iri(name: str) -> Iri:
    """Return WHO's name of an axis."""
    return Iri(f"{AXIS_ROOT}/{name}")


def release_uri(system: str, release: str) -> Uri:
    """Return what gives entries their URIs in a release.

    Unpublished releases have none in WHO's URIs; an entry without WHO's id gets a name of ours.
    """
    published = "" if release.startswith("dev-") else release
    return lambda entity_id: (
        linearization_uri(entity_id, system, published) or f"{NS}entry-{quote(entity_id, safe='')}"
    )


def scheme_triples(scheme: Iri, title: str, release: str) -> Iterator[Triple]:
    """Yield what a release is as a concept scheme and ontology."""
    yield scheme, A, iri("skos:ConceptScheme")
    yield scheme, A, iri("owl:Ontology")
    yield scheme, iri("rdfs:label"), Literal(title, "en")
    yield scheme, iri("owl:versionInfo"), Literal(release)


def entity_triples(
    entity: LinearizationEntity, parent: str, scheme: Iri, uri: Uri, language: str
) -> Iterator[Triple]:
    """Yield an entry as SKOS concept and OWL class below its parent, given by id or ""."""
    me = Iri(uri(entity.id))
    yield from ((me, A, iri(kind)) for kind in ("skos:Concept", "owl:Class", *_kinds(entity)))
    for label in ("skos:prefLabel", "rdfs:label"):
        yield me, iri(label), Literal(entity.title, language)
    if entity.code:
        yield me, iri("skos:notation"), Literal(entity.code)
    yield me, iri("skos:inScheme"), scheme
    if parent:
        above = Iri(uri(parent))
        yield me, iri("skos:broader"), above
        yield me, iri("rdfs:subClassOf"), above
    else:
        yield me, iri("skos:topConceptOf"), scheme
    if entity.id.isdigit():
        yield me, iri("ns:foundationEntity"), Iri(foundation_uri(entity.id))


def _kinds(entity: LinearizationEntity) -> Iterator[str]:
    yield _KINDS[entity.kind]
    if entity.residual:
        yield "ns:Residual"
    if entity.code and entity.kind is ClassKind.CATEGORY:
        is_extension = entity.chapter == EXTENSION_CHAPTER
        yield "ns:ExtensionCode" if is_extension else "ns:StemCode"


def note_triples(notes: Iterable[Note], uri: Uri, language: str) -> Iterator[Triple]:
    """Yield WHO's words about entries, as far as the store has them."""
    for note in notes:
        name = iri(_NOTES.get(note.kind, "skos:note"))
        yield Iri(uri(note.entity)), name, Literal(note.text, language)


def cluster_iri(text: str) -> Iri:
    """Return the name of a cluster in its canonical form.

    >>> cluster_iri("NC32.2&XK8G/PA60").value
    'https://icd11kit.github.io/cluster/NC32.2%26XK8G%2FPA60'
    """
    return Iri("https://icd11kit.github.io/cluster/" + quote(text, safe=""))


def cluster_triples(reading: Reading, canonical: str, display: str, uri: Uri) -> Iterator[Triple]:
    """Yield a cluster as a class equal to the intersection of its stem and its values.

    A value is a restriction on its axis, a further stem one on the stem axis that binds it,
    descriptors on `ns:descriptor`; what no axis admits is said on `ns:unboundValue`.
    """
    me, labels = cluster_iri(canonical), count()
    yield me, A, iri("owl:Class")
    yield me, A, iri("ns:Cluster")
    yield me, iri("skos:notation"), Literal(canonical)
    yield me, iri("rdfs:label"), Literal(display, "en")
    node, made = _group_class(
        reading, 0, uri, lambda: Blank(f"{quote(canonical, '')}-{next(labels)}")
    )
    yield me, iri("owl:equivalentClass"), node
    yield from made


def _group_class(
    reading: Reading, number: int, uri: Uri, blank: Callable[[], Blank]
) -> tuple[Iri | Blank, list[Triple]]:
    """Return the class that a group says, and the triples that make it."""
    group = reading.groups[number]
    parts: list[Node] = [_name(group.stem.entry, uri)]
    made: list[Triple] = []
    for prop, value in _values(reading, number, uri):
        made += _restriction(parts, prop, value, blank())
    for later, axis in _following(reading, number):
        inner, more = _group_class(reading, later, uri, blank)
        made += [*more, *_restriction(parts, axis, inner, blank())]
    if len(parts) == 1:
        return _name(group.stem.entry, uri), made
    head, listed = _rdf_list(parts, blank)
    me = blank()
    made += [(me, A, iri("owl:Class")), (me, iri("owl:intersectionOf"), head), *listed]
    return me, made


def _values(reading: Reading, number: int, uri: Uri) -> Iterator[tuple[Iri, Iri]]:
    """Yield the extensions of a group with the properties that say them."""
    bound = {each.part: each.axis for each in reading.bound}
    for read in reading.groups[number].extensions:
        if read.entry is None:
            continue
        axis = bound.get(read.part)
        prop = axis_iri(axis.name) if axis else iri("ns:unboundValue")
        yield iri("ns:descriptor") if read.entry.is_universal else prop, _name(read.entry, uri)


def _following(reading: Reading, number: int) -> Iterator[tuple[int, Iri]]:
    """Yield the later groups that hang on a group, with the axis."""
    places = {group.stem.part: n for n, group in enumerate(reading.groups)}
    for each in reading.bound:
        later = places.get(each.part, 0)
        if later and each.group == number:
            yield later, axis_iri(each.axis.name) if each.axis else iri("ns:combinedWith")


def _restriction(parts: list[Node], prop: Iri, value: Iri | Blank, me: Blank) -> Iterator[Triple]:
    parts.append(me)
    yield me, A, iri("owl:Restriction")
    yield me, iri("owl:onProperty"), prop
    yield me, iri("owl:someValuesFrom"), value


def _rdf_list(items: Sequence[Node], blank: Callable[[], Blank]) -> tuple[Blank, list[Triple]]:
    cells = [blank() for _ in items]
    made: list[Triple] = []
    for place, (cell, item) in enumerate(zip(cells, items, strict=True)):
        rest = cells[place + 1] if place + 1 < len(cells) else iri("rdf:nil")
        made += [(cell, iri("rdf:first"), item), (cell, iri("rdf:rest"), rest)]
    return cells[0], made


def _name(entry: Entry | None, uri: Uri) -> Iri:
    return Iri(uri(entry.id)) if entry else iri("owl:Nothing")


def reading_triples(reading: Reading, name: str, uri: Uri) -> Iterator[Triple]:
    """Yield a cluster as it is written, for the shapes of `ontology/cluster-shapes.ttl`.

    Groups, stems and values become nodes; beside them stand the axes of each stem and what
    each entry is and stands below.
    """
    me = iri(f"ns:cluster-{name}")
    yield me, A, iri("ns:Cluster")
    yield me, iri("skos:notation"), Literal(reading.cluster.text)
    for place, group in enumerate(reading.groups):
        node = iri(f"ns:cluster-{name}-{place}")
        yield me, iri("ns:hasGroup"), node
        yield node, A, iri("ns:Group")
        yield node, iri("ns:stem"), _written(group.stem.entry, group.stem.part.code, uri)
        yield from _entry_triples(group.stem.entry, group.stem.part.code, uri)
        yield from _axis_triples(group, node)
        yield from _value_triples(reading, place, node, uri)


def _typed(text: str, kind: str) -> Literal:
    return Literal(text, datatype=PREFIXES["xsd"] + kind)


def _written(entry: Entry | None, code: str, uri: Uri) -> Iri:
    return Iri(uri(entry.id)) if entry else Iri(NS + "unknown-" + quote(code, safe=""))


def _entry_triples(entry: Entry | None, code: str, uri: Uri) -> Iterator[Triple]:
    me = _written(entry, code, uri)
    if entry is None:
        yield me, A, iri("ns:UnknownCode")
        return
    kind = "ExtensionCode" if entry.is_extension else "StemCode" if entry.is_stem else "Grouping"
    yield me, A, iri(f"ns:{kind}")
    yield me, iri("ns:isTerminal"), _typed("true" if entry.is_leaf else "false", "boolean")
    yield from ((me, iri("ns:kin"), Literal(root)) for root in sorted(entry.kin))
    if entry.is_universal and entry.block:
        yield me, iri("ns:descriptorBlock"), Literal(entry.block)


def _axis_triples(group: ReadGroup, node: Iri) -> Iterator[Triple]:
    for number, axis in enumerate(group.axes.axes if group.axes else ()):
        me = Iri(f"{node.value}-axis-{number}")
        yield node, iri("ns:declares"), me
        yield me, iri("ns:axis"), axis_iri(axis.name)
        yield me, iri("ns:required"), _typed("true" if axis.required else "false", "boolean")
        yield from ((me, iri("ns:scaleRoot"), Literal(root)) for root in sorted(axis.roots))


def _value_triples(reading: Reading, place: int, node: Iri, uri: Uri) -> Iterator[Triple]:
    """Yield the values of a group, extensions and further stems alike, as occurrences."""
    axes = {each.part: each.axis for each in reading.bound}
    group = reading.groups[place]
    later = [reading.groups[n].stem for n, _ in _following(reading, place)]
    for number, read in enumerate((*group.extensions, *later)):
        me = Iri(f"{node.value}-value-{number}")
        is_extension = number < len(group.extensions)
        yield node, iri("ns:extension" if is_extension else "ns:furtherStem"), me
        yield me, iri("ns:code"), _written(read.entry, read.part.code, uri)
        yield (
            me,
            iri("ns:position"),
            Literal(str(read.part.start), datatype=PREFIXES["xsd"] + "integer"),
        )
        if is_extension:
            yield from _entry_triples(read.entry, read.part.code, uri)
        axis = axes.get(read.part)
        if axis is not None:
            yield me, iri("ns:boundTo"), axis_iri(axis.name)
