"""A crosswalk as RDF: SKOS mapping triples, each with its confidence and evidence beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.exports.header import Header
from icd11kit.exports.sssom import PREFIXES
from icd11kit.exports.triples import PREFIXES as NAMES
from icd11kit.exports.triples import A, Blank, Iri, Literal, Triple, cluster_iri, iri


def mapping_triples(mappings: Iterable[CodeMapping], header: Header) -> Iterator[Triple]:
    """Yield the mappings that have a target, as SKOS and as annotated OWL axioms."""
    for number, mapping in enumerate(mappings):
        if not mapping.target:
            continue
        subject, target = _ends(mapping, header)
        predicate = iri(mapping.relation.value)
        yield subject, predicate, target
        yield subject, iri("skos:prefLabel"), Literal(mapping.source_title, "en")
        note = Blank(f"mapping-{number}")
        yield note, A, iri("owl:Axiom")
        yield note, iri("owl:annotatedSource"), subject
        yield note, iri("owl:annotatedProperty"), predicate
        yield note, iri("owl:annotatedTarget"), target
        trust = Literal(f"{mapping.confidence:.3f}", datatype=NAMES["xsd"] + "decimal")
        yield note, iri("ns:confidence"), trust
        for each in mapping.evidence:
            yield note, iri("skos:note"), Literal(f"{each.kind}: {each.detail}", "en")


def _ends(mapping: CodeMapping, header: Header) -> tuple[Iri, Iri]:
    """Return the names of both ends; expressions of ICD-11 are named as clusters."""
    return _name(header.source, mapping.source), _name(header.target, mapping.target)


def _name(system: str, code: str) -> Iri:
    is_cm = system == "icd10cm"
    return Iri(PREFIXES["icd10cm"] + quote(code, safe=".")) if is_cm else cluster_iri(code)
