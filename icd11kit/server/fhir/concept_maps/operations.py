"""ConceptMap: $translate in R4's and R5's words, read and search of the ways there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from icd11kit.codes import shorten
from icd11kit.crosswalk.mapping import CodeMapping, codes_of
from icd11kit.errors import UnknownCodeError
from icd11kit.lookup.answer import Lookup
from icd11kit.routes import ICD10, ICD10CM, ICD11
from icd11kit.server.fhir.bundles import search_answer
from icd11kit.server.fhir.concept_maps.asked import (
    Asked,
    all_asked,
    check_versions,
    release_of,
    source_asked,
    target_asked,
    way_asked,
)
from icd11kit.server.fhir.concept_maps.matches import JOINED, Answer, make_translation
from icd11kit.server.fhir.concept_maps.ways import (
    NAMES,
    URLS,
    Way,
    all_ways,
    end_version,
    find_way,
    url_of,
    version_of,
    ways_of,
)
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.routing import Call, Operation
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.server.threads import MAPS
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import System


def translate(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the Parameters of $translate.

    Of several codings the first that has a map counts. An unknown code gives no result and a
    message; where no coding is of a system that is translated, the call is refused.
    """
    asked = all_asked(call, settings.limits.cluster)
    if not asked:
        reason = "name a code and its system, a coding or a codeableConcept"
        raise FhirError(400, reason, "required")
    way = way_asked(call, shelf)
    answers: list[Answer] = []
    refused: list[str] = []
    untold: list[FhirError] = []
    for item in asked:
        try:
            answers, reasons = _answers(call, shelf, item, way)
        except FhirError as error:
            if error.tx != "not-found":
                raise
            untold.append(error)
            continue
        refused += reasons
        if any(answer.mapping.target for answer in answers):
            break
    if len(untold) == len(asked):
        raise untold[0]
    refused += [error.text for error in untold]
    return make_translation(answers, refused, is_r5=call.is_r5)


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
        if _is_misspelt(item.code, mapping.source):
            refused.append(f"no code {shorten(item.code)}; write {mapping.source}")
            continue
        answers.append(_answer(shelf, icd, each, mapping))
    return answers, refused


def _is_misspelt(code: str, source: str) -> bool:
    """Whether a code is written in other letters than its own, or without its point."""
    return code != source and _folded(code) == _folded(source)


def _folded(code: str) -> str:
    return code.replace(".", "").casefold()


def _ways_from(
    call: Call, shelf: Shelf, item: Asked, way: Way | None
) -> tuple[Terminology, list[Way]]:
    """Return the ways asked for from a code's system, and the terminology they lead over."""
    source = source_asked(item, way)
    target = target_asked(call, source)
    release = way.release if way else release_of(source, target)
    language = shelf.pick_language(call.language, System.MMS, release) if call.language else ""
    icd = shelf.get(release, language)
    check_versions(icd, source, target)
    end = target.system if target else way.target if way else ""
    ways = [each for each in ways_of(icd) if _leads(each, source.system, end)]
    if way:
        ways = [each for each in ways if each == way]
    if not ways:
        raise FhirError(404, _no_way(icd, source.system, end), "not-found", "not-found")
    return icd, ways


def _leads(way: Way, start: str, end: str) -> bool:
    """Whether a way leads from one system to another, "" for any."""
    return way.source == start and end in ("", way.target)


def _no_way(icd: Terminology, start: str, end: str) -> str:
    known = ", ".join(f"{NAMES[way.source]} to {NAMES[way.target]}" for way in ways_of(icd))
    leads = f"{NAMES[start]} to {NAMES.get(end, 'anything')}"
    return (
        f"nothing maps {leads} in release {icd.release}; there is {known}. ICD-10 needs WHO's "
        "mapping tables, the way back to ICD-10-CM `icd11kit crosswalk build`"
    )


def _answer(shelf: Shelf, icd: Terminology, way: Way, mapping: CodeMapping) -> Answer:
    targets = [mapping.target, *(other.target for other in mapping.alternatives)]
    titles = {mapping.target: mapping.target_display}
    for target in targets:
        for code in target.split(JOINED):
            titles[code] = titles.get(code) or _title(icd, way.target, code)
    return Answer(mapping, way.target, end_version(icd, way.target), url_of(shelf, way), titles)


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
    Operation("/ConceptMap/$translate", translate, lane=MAPS),
    Operation("/ConceptMap/{id}/$translate", translate, lane=MAPS),
    Operation("/ConceptMap", search_maps, ("GET",)),
    Operation("/ConceptMap/_search", search_maps, ("POST",)),
    Operation("/ConceptMap/{id}", read_map, ("GET",)),
)
