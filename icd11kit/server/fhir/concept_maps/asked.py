"""What a $translate asks: which codes, by which way, from which system to which."""

from __future__ import annotations

from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.errors import UnknownReleaseError
from icd11kit.routes import ICD11
from icd11kit.server.fhir.code_systems.systems import one_release, releases_in
from icd11kit.server.fhir.concept_maps.ways import (
    NAMES,
    End,
    Way,
    end_version,
    find_way,
    find_way_by_url,
    get_system,
)
from icd11kit.server.fhir.outcome import FhirError
from icd11kit.server.fhir.routing import Call
from icd11kit.server.fhir.value_sets.implicit import read_url
from icd11kit.server.shelf import Shelf
from icd11kit.terminology import Terminology

_SOURCES = ("sourceCode", "sourceCoding", "sourceCodeableConcept")
_TARGETS = ("targetCode", "targetCoding", "targetCodeableConcept")
_MOST_CODINGS = 50


class Asked(NamedTuple):
    """A code to translate, its system's address ("" for none said), its version."""

    code: str
    system: str
    version: str


def all_asked(call: Call, longest: int) -> list[Asked]:
    """Return the codes to translate in their order; raises FhirError for one that is too long."""
    concepts = ("codeableConcept", _SOURCES[2], _TARGETS[2])
    codings = [held for name in ("coding", _SOURCES[1], _TARGETS[1]) if (held := call.held(name))]
    for name in concepts:
        listed = (call.held(name) or {}).get("coding", [])
        if not isinstance(listed, list):
            raise FhirError(400, f"{name}.coding is no list")
        codings += listed
    found = [_asked_coding(coding) for coding in codings]
    if code := call.text("code", _SOURCES[0], _TARGETS[0]):
        found.insert(0, Asked(code, call.text("system"), call.text("version")))
    if len(found) > _MOST_CODINGS or any(len(item.code) > longest for item in found):
        raise FhirError(400, f"at most {_MOST_CODINGS} codes of {longest:,} characters are read")
    return [item for item in found if item.code]


def _asked_coding(coding: object) -> Asked:
    said = coding if isinstance(coding, dict) else {}
    texts = [said.get(name, "") for name in ("code", "system", "version")]
    if not said or not all(isinstance(text, str) for text in texts):
        raise FhirError(400, "a coding is a structure with the texts system, version and code")
    return Asked(*texts)


def _is_back(call: Call) -> bool:
    """Return whether sources of a code are asked for."""
    return call.flag("reverse") or any(name in call.values for name in _TARGETS)


def way_asked(call: Call, shelf: Shelf) -> Way | None:
    """Return the way of the ConceptMap a call names, turned where it asks in reverse."""
    if call.held("conceptMap"):
        raise FhirError(
            422, "ConceptMaps that are sent are not read; name one by url", "not-supported"
        )
    if url := call.text("url"):
        found = find_way_by_url(shelf, url)
    elif call.id:
        found = find_way(shelf, call.id)
    else:
        return None
    if found is None:
        raise FhirError(404, f"no ConceptMap {shorten(url or call.id, 200)!r}", tx="not-found")
    return found._replace(source=found.target, target=found.source) if _is_back(call) else found


def source_asked(item: Asked, way: Way | None) -> End:
    """Return the system of a code, in the release that its URI names where it does."""
    if item.system:
        found = get_system(item.system, item.version)
    elif way:
        found = End(way.source, item.version)
    else:
        raise FhirError(400, "name the system of the code", "required")
    return found._replace(version=one_release((found.version, *releases_in(item.code))))


def target_asked(call: Call, source: End) -> End | None:
    """Return the system to translate to, None where none is said.

    Raises FhirError for a system or value set that nothing leads to. In reverse R4's source
    and target change places, so the one that is not the code's counts.
    """
    names = ["targetSystem", "targetsystem", "target", "targetScope"]
    is_back = _is_back(call)
    if is_back:
        names = [*names, "source", "sourceScope"]
    ends = [_end_of(text) for name in names if (text := call.text(name))]
    return next((end for end in ends if not is_back or end.system != source.system), None)


def _end_of(text: str) -> End:
    """Return the system that a target names, by itself or by the value set of all its codes."""
    named = read_url(text)
    if named and named.code:
        reason = f"targets are whole systems, not {shorten(text, 200)!r}; write its system?fhir_vs"
        raise FhirError(422, reason, "not-supported")
    return get_system(text)


def release_of(*ends: End | None) -> str:
    """Return the MMS release that one of the ends names, "" for none."""
    return next((end.version for end in ends if end and end.system == ICD11 and end.version), "")


def check_versions(icd: Terminology, *ends: End | None) -> None:
    """Raise UnknownReleaseError where an end is asked for in a version that is not at hand."""
    for end in ends:
        held = end_version(icd, end.system) if end else ""
        if end and held and end.version not in ("", held):
            raise UnknownReleaseError(end.version, (f"{NAMES[end.system]} {held}",))
