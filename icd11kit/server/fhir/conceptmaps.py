"""ConceptMap: $translate in R4's and R5's words, read and search of the ways there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.crosswalk.mapping import CodeMapping, codes_of
from icd11kit.errors import UnknownCodeError
from icd11kit.lookup.answer import Lookup
from icd11kit.routes import ICD10, ICD10CM, ICD11
from icd11kit.server.fhir.bundles import search_answer
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.routing import Call, Operation
from icd11kit.server.fhir.translation import JOINED, Answer, make_translation
from icd11kit.server.fhir.ways import (
    NAMES,
    URLS,
    End,
    Way,
    all_ways,
    end_version,
    find_way,
    find_way_by_url,
    get_system,
    read_system,
    url_of,
    version_of,
    ways_of,
)
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import System

_SOURCES = ("sourceCode", "sourceCoding", "sourceCodeableConcept")
_TARGETS = ("targetCode", "targetCoding", "targetCodeableConcept")
_MOST_CODINGS = 50


class Asked(NamedTuple):
    """A code to translate, its system's address ("" for none said), its version."""

    code: str
    system: str
    version: str


def translate(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the Parameters of $translate.

    Of several codings the first that has a map counts. An unknown code gives no result and a
    message; an unknown system, and a pair that nothing leads between, is refused.
    """
    asked = _all_asked(call, settings.limits.cluster)
    way = _way_asked(call, shelf)
    refused: list[str] = []
    for item in asked:
        answers, reasons = _answers(call, shelf, item, way)
        refused += reasons
        if any(answer.mapping.target for answer in answers) or item is asked[-1]:
            return make_translation(answers, refused, is_r5=call.is_r5)
    raise FhirError(400, "name a code and its system, a coding or a codeableConcept", "required")


def _all_asked(call: Call, longest: int) -> list[Asked]:
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


def _way_asked(call: Call, shelf: Shelf) -> Way | None:
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


def _answers(
    call: Call, shelf: Shelf, item: Asked, way: Way | None
) -> tuple[list[Answer], list[str]]:
    """Return what a code is by each way there is from it, and why not."""
    icd, ways = _ways_from(call, shelf, item, way)
    answers, refused = [], []
    for each in ways:
        try:
            mapping = icd.map(item.code, source=each.source, target=each.target)
        except UnknownCodeError as error:
            refused.append(str(error))
            continue
        answers.append(_answer(shelf, icd, each, mapping))
    return answers, refused


def _ways_from(
    call: Call, shelf: Shelf, item: Asked, way: Way | None
) -> tuple[Terminology, list[Way]]:
    """Return the ways asked for from a code's system, and the terminology they lead over."""
    source = get_system(item.system, item.version) if item.system else None
    if source is None and way is None:
        raise FhirError(400, "name the system of the code", "required")
    target = _target_asked(call, source)
    release = way.release if way else _release(source, target)
    language = shelf.pick_language(call.language, System.MMS, release) if call.language else ""
    icd = shelf.get(release, language)
    start = source.system if source else way.source if way else ""
    end = way.target if way else target.system if target else ""
    ways = [each for each in ways_of(icd) if each.source == start and end in ("", each.target)]
    if not ways or (way and start != way.source):
        raise FhirError(404, _no_way(icd, start, end), "not-found", "not-found")
    return icd, ways


def _no_way(icd: Terminology, start: str, end: str) -> str:
    known = ", ".join(f"{NAMES[way.source]} to {NAMES[way.target]}" for way in ways_of(icd))
    leads = f"{NAMES[start]} to {NAMES.get(end, 'anything')}"
    return (
        f"nothing maps {leads} in release {icd.release}; there is {known}. ICD-10 needs WHO's "
        "mapping tables, the way back to ICD-10-CM `icd11kit crosswalk build`"
    )


def _target_asked(call: Call, source: End | None) -> End | None:
    """Return the system to translate to, None where none is said.

    In reverse R4's source and target change places, so the one that is not the code's counts.
    """
    names = ["targetSystem", "targetsystem", "target", "targetScope"]
    if _is_back(call):
        names = [*names, "source", "sourceScope"]
    said = [(name, text) for name in names if (text := call.text(name))]
    ends = [get_system(text) if "ystem" in name else read_system(text) for name, text in said]
    return next((end for end in ends if end and (not source or end.system != source.system)), None)


def _release(*ends: End | None) -> str:
    return next((end.version for end in ends if end and end.system == ICD11 and end.version), "")


def _answer(shelf: Shelf, icd: Terminology, way: Way, mapping: CodeMapping) -> Answer:
    targets = [mapping.target, *(other.target for other in mapping.alternatives)]
    titles = {mapping.target: mapping.target_display}
    for target in targets:
        for code in target.split(JOINED):
            titles[code] = titles.get(code) or _title(icd, way.target, code)
    return Answer(
        mapping,
        way.target,
        end_version(icd, way.target),
        url_of(shelf, way),
        titles,
        is_back=way.source == ICD11,
    )


def _title(icd: Terminology, system: str, code: str) -> str:
    """Return the title of a code, "" for one that the release at hand does not have."""
    if not code or system == ICD10:
        return ""
    if system == ICD11 and len(codes_of(code)) > 1:
        return icd.validate(code).display
    name = System.ICD10CM if system == ICD10CM else System.MMS
    try:
        found: Lookup = icd.lookup(code, system=name)
    except UnknownCodeError:
        return ""
    return found.title


def read_map(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return a ConceptMap without its elements, which $translate gives."""
    way = find_way(shelf, call.id)
    if way is None:
        raise FhirError(404, f"no ConceptMap {shorten(call.id)!r}", tx="not-found")
    return make_map(shelf, way, is_r5=call.is_r5)


def search_maps(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the ConceptMaps that fit a search, as a Bundle."""
    made = [make_map(shelf, way, is_r5=call.is_r5) for way in _fitting(call, shelf)]
    return search_answer(call, "ConceptMap", made)


def _fitting(call: Call, shelf: Shelf) -> Iterator[Way]:
    for way in all_ways(shelf):
        said = {
            "url": (url_of(shelf, way),),
            "_id": (way.id,),
            "version": (version_of(shelf, way),),
            "status": ("draft",),
            "source": scopes_of(way.source),
            "source-system": scopes_of(way.source),
            "source-group-system": scopes_of(way.source),
            "target": scopes_of(way.target),
            "target-system": scopes_of(way.target),
            "target-group-system": scopes_of(way.target),
        }
        if all(_fits(call.text(name), values) for name, values in said.items()):
            yield way


def _fits(wanted: str, values: Iterable[str]) -> bool:
    return not wanted or any(each in values for each in wanted.split(","))


def scopes_of(system: str) -> tuple[str, str]:
    """Return how a system is named as the scope of a map: itself, and all of its codes."""
    return URLS[system], f"{URLS[system]}?fhir_vs"


def make_map(shelf: Shelf, way: Way, *, is_r5: bool) -> Json:
    """Return a ConceptMap that says between what it leads, over what, and how it came to be."""
    icd = shelf.get(way.release)
    scopes = ("sourceScopeUri", "targetScopeUri") if is_r5 else ("sourceUri", "targetUri")
    ends = (way.source, way.target)
    by = "WHO's mapping tables" if ICD10 in ends else "derived by icd11kit"
    versions = [end_version(icd, end) for end in ends]
    over = " to ".join(f"{NAMES[e]} {v}".strip() for e, v in zip(ends, versions, strict=True))
    return {
        "resourceType": "ConceptMap",
        "id": way.id,
        "meta": {"tag": [_SUBSETTED]},
        "url": url_of(shelf, way),
        "version": version_of(shelf, way),
        "name": f"Icd11kit{way.source.title()}To{way.target.title()}",
        "title": f"{over}, {by}",
        "status": "draft",
        "experimental": True,
        "description": "Elements are given one by one by $translate.",
        **{name: scopes_of(end)[1] for name, end in zip(scopes, ends, strict=True)},
    }


_SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
ROUTES = (
    Operation("/ConceptMap/$translate", translate, is_slow=True),
    Operation("/ConceptMap/{id}/$translate", translate, is_slow=True),
    Operation("/ConceptMap", search_maps, ("GET",)),
    Operation("/ConceptMap/_search", search_maps, ("POST",)),
    Operation("/ConceptMap/{id}", read_map, ("GET",)),
)
