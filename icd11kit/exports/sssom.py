"""A crosswalk as SSSOM: one mapping a row, metadata above, clusters as one object.

A cluster is one object identifier with its operators percent-encoded, so that every reader of
CURIEs takes it. Source of the form: SSSOM specification.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.exports.header import Header

NO_TERM = "sssom:NoTermFound"
COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label",
    "mapping_justification", "confidence", "comment", "other",
)  # fmt: skip
PREFIXES = {
    "icd10cm": "http://purl.bioontology.org/ontology/ICD10CM/",
    "icd11mms": "http://id.who.int/icd/release/11/mms/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
}
_JUSTIFICATIONS = (
    ("curated mapping", "semapv:ManualMappingCuration"),
    ("user's mapping", "semapv:ManualMappingCuration"),
    ("same title", "semapv:LexicalMatching"),
)
_CHAINED = "semapv:MappingChaining"
_COMPOSITE = "semapv:CompositeMatching"


def format_sssom(mappings: Iterable[CodeMapping], header: Header) -> Iterator[str]:
    """Yield the lines of an SSSOM table, each with its line end."""
    yield from (f"#{line}\n" for line in _metadata(header))
    yield "\t".join(COLUMNS) + "\n"
    for mapping in mappings:
        yield "\t".join(map(_cell, _row(mapping, header))) + "\n"


def _metadata(header: Header) -> Iterator[str]:
    yield "curie_map:"
    for prefix, uri in PREFIXES.items():
        yield f"  {prefix}: {uri}"
    yield f"mapping_set_id: {header.id}"
    yield f'mapping_set_title: "{header.title}"'
    yield f'mapping_set_version: "{header.version}"'
    yield "license: https://www.apache.org/licenses/LICENSE-2.0"
    yield f'subject_source_version: "{header.source_version}"'
    yield f'object_source_version: "{header.target_version}"'
    yield "mapping_tool: icd11kit"
    yield f'mapping_tool_version: "{header.version}"'


def _row(mapping: CodeMapping, header: Header) -> tuple[str, ...]:
    target = f"{header.target}:{quote(mapping.target, safe=' .')}" if mapping.target else NO_TERM
    return (
        f"{header.source}:{quote(mapping.source, safe='.')}",
        mapping.source_title,
        mapping.relation.value or "skos:relatedMatch",
        target.replace(" ", "+"),
        mapping.target_display,
        justification(mapping),
        f"{mapping.confidence:.3f}",
        "; ".join(f"{each.kind}: {each.detail}" for each in mapping.evidence),
        "not said: " + "; ".join(mapping.remainder) if mapping.remainder else "",
    )


def justification(mapping: CodeMapping) -> str:
    """Return the SEMAPV term for how a mapping was found.

    Curated rows are manual, equal titles lexical, a row of WHO's table alone is chaining (by
    ICD-10), and all that several steps made is composite.
    """
    kinds = [each.kind for each in mapping.evidence]
    for kind, term in _JUSTIFICATIONS:
        if kind in kinds:
            return term
    return _COMPOSITE if "piece" in kinds or len(kinds) > 2 else _CHAINED


def _cell(text: str) -> str:
    return " ".join(text.split())
