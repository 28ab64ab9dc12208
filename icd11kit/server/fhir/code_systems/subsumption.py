"""What $subsumes says of two codes of a system.

Codes alone stand as they do in the tree, as `parent` and is-a have it, so that a residual is
below its parent. Clusters stand as what they mean.
"""

from __future__ import annotations

from functools import lru_cache

from icd11kit.errors import UnknownCodeError
from icd11kit.graph import Foundation, is_ancestor
from icd11kit.lookup.answer import Lookup
from icd11kit.postcoordination.compare import Relation
from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.postcoordination.issues import Mode
from icd11kit.server.fhir.code_systems.systems import Source, get_entry
from icd11kit.server.fhir.code_systems.verdicts import is_joined, judge_code
from icd11kit.server.fhir.outcome import FhirError
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import ClassKind, System, Tier

_SAID = {
    Relation.EQUAL: "equivalent",
    Relation.ABOVE: "subsumes",
    Relation.BELOW: "subsumed-by",
    Relation.OVERLAPPING: "not-subsumed",
    Relation.DISJOINT: "not-subsumed",
}


def relate(source: Source, first: str, second: str) -> str:
    """Return how the first code stands to the second, in FHIR's words.

    Raises UnknownCodeError for a code that does not exist, FhirError where what is held does
    not tell.
    """
    a, b = _entry(source, first), _entry(source, second)
    if source.system != System.MMS or not (is_joined(first) or is_joined(second)):
        return _by_place(source, a, b)
    compared = source.terminology.clusters.compare(_text(a, first), _text(b, second))
    if compared.relation in _SAID:
        return _SAID[compared.relation]
    return _beside_grouping(a, b, compared.reason)


def _entry(source: Source, code: str) -> Lookup:
    """Return the entry of a code, of a cluster that of its main stem; all codes must exist."""
    if source.system != System.MMS or not is_joined(code):
        return get_entry(source, code)
    for finding in judge_code(source, code, Mode.LENIENT).findings:
        if finding.tx == "invalid-code":
            raise UnknownCodeError(code, finding.text)
    return source.terminology.lookup(parse_cluster(code).groups[0].stem.text, system=source.system)


def _text(found: Lookup, code: str) -> str:
    return code if is_joined(code) else found.code or found.id


def _beside_grouping(a: Lookup, b: Lookup, reason: str) -> str:
    """Return how a chapter or block and a cluster stand, which is told by the main stem."""
    if a.kind == b.kind == ClassKind.CATEGORY:
        raise FhirError(422, reason)
    return _below(_ids_above(a), _ids_above(b)) or "not-subsumed"


def _by_place(source: Source, a: Lookup, b: Lookup) -> str:
    """Return how two entries stand by their places in the tree."""
    if source.is_foundation:
        return _in_foundation(source, a, b)
    return _below(_ids_above(a), _ids_above(b)) or "not-subsumed"


def _ids_above(found: Lookup) -> tuple[str, ...]:
    return tuple(step.id for step in found.path)


def _below(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    """Return how two ways down from a chapter stand to each other, "" for apart."""
    if a == b:
        return "equivalent"
    if b[-1] in a:
        return "subsumed-by"
    return "subsumes" if a[-1] in b else ""


def _in_foundation(source: Source, a: Lookup, b: Lookup) -> str:
    """Return how two entities stand; that they stand apart is told by full parents only."""
    foundation = known_parents(source.terminology)
    if a.id == b.id:
        return "equivalent"
    if is_ancestor(foundation, a.id, b.id):
        return "subsumes"
    if is_ancestor(foundation, b.id, a.id):
        return "subsumed-by"
    if source.terminology.tier != Tier.API:
        raise FhirError(
            422, f"whether {a.id} and {b.id} stand apart is not known: their parents are known "
            "from the MMS alone; install --api reads all", "incomplete",
        )  # fmt: skip
    return "not-subsumed"


@lru_cache(maxsize=4)
def known_parents(terminology: Terminology) -> Foundation:
    """Return the Foundation as far as it is held, kept for the few releases asked last."""
    return terminology.foundation()
