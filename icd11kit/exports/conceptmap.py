"""A crosswalk as FHIR ConceptMap, R4 and R5, written element by element."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from icd11kit.crosswalk.mapping import CodeMapping, Relation
from icd11kit.exports.header import SYSTEMS, Header

R4 = {
    Relation.EXACT: "equivalent",
    Relation.BROAD: "wider",
    Relation.NARROW: "narrower",
    Relation.RELATED: "relatedto",
    Relation.NONE: "unmatched",
}
"""R4: `wider` says that the target is wider (ConceptMapEquivalence)."""
R5 = {
    Relation.EXACT: "equivalent",
    Relation.BROAD: "source-is-narrower-than-target",
    Relation.NARROW: "source-is-broader-than-target",
    Relation.RELATED: "related-to",
}
"""R5: ConceptMapRelationship; what has no target is said by `noMap`."""


def format_conceptmap(
    mappings: Iterable[CodeMapping], header: Header, *, is_r5: bool
) -> Iterator[str]:
    """Yield the text of a ConceptMap in pieces, one element a line."""
    top = json.dumps(_top(header, is_r5=is_r5), ensure_ascii=False)
    group = json.dumps(_group(header), ensure_ascii=False)
    yield f'{top[:-1]},"group":[{group[:-1]},"element":[\n'
    make = _r5 if is_r5 else _r4
    start = ""
    for mapping in mappings:
        yield start + json.dumps(make(mapping), ensure_ascii=False)
        start = ",\n"
    yield "\n]}]}\n"


def _top(header: Header, *, is_r5: bool) -> dict[str, Any]:
    scopes = ("sourceScopeUri", "targetScopeUri") if is_r5 else ("sourceUri", "targetUri")
    ends = (SYSTEMS[header.source], SYSTEMS[header.target])
    return {
        "resourceType": "ConceptMap",
        "url": header.id,
        "version": header.version,
        "name": "Icd11kitCrosswalk",
        "title": header.title,
        "status": "draft",
        "experimental": True,
        **{scope: f"{end}?fhir_vs" for scope, end in zip(scopes, ends, strict=True)},
    }


def _group(header: Header) -> dict[str, str]:
    source = f"{SYSTEMS[header.source]}|{header.source_version}"
    return {"source": source, "target": f"{SYSTEMS[header.target]}|{header.target_version}"}


def _element(mapping: CodeMapping) -> dict[str, Any]:
    return {"code": mapping.source, "display": mapping.source_title}


def _r4(mapping: CodeMapping) -> dict[str, Any]:
    return {**_element(mapping), "target": [_target(mapping, "equivalence", R4[mapping.relation])]}


def _r5(mapping: CodeMapping) -> dict[str, Any]:
    if not mapping.target:
        return {**_element(mapping), "noMap": True}
    return {**_element(mapping), "target": [_target(mapping, "relationship", R5[mapping.relation])]}


def _target(mapping: CodeMapping, key: str, relation: str) -> dict[str, Any]:
    said = [f"{each.kind}: {each.detail}" for each in mapping.evidence]
    lost = [f"not said: {'; '.join(mapping.remainder)}"] if mapping.remainder else []
    named = {"code": mapping.target, "display": mapping.target_display} if mapping.target else {}
    return {**named, key: relation, "comment": " | ".join([*said, *lost])}
