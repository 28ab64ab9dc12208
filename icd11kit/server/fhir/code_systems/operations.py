"""CodeSystem: read, search, $lookup, $validate-code and $subsumes, on type and instance."""

from __future__ import annotations

from collections.abc import Iterator

from icd11kit.codes import shorten
from icd11kit.errors import UnknownReleaseError
from icd11kit.server.fhir.bundles import search_answer
from icd11kit.server.fhir.code_systems.asked import AskedCode, asked_code, asked_codings
from icd11kit.server.fhir.code_systems.designations import (
    designation_items,
    is_display_elsewhere,
)
from icd11kit.server.fhir.code_systems.properties import cluster_items, entry_items, is_asked
from icd11kit.server.fhir.code_systems.resource import describe_system
from icd11kit.server.fhir.code_systems.subsumption import relate
from icd11kit.server.fhir.code_systems.systems import (
    Source,
    all_editions,
    find_id,
    get_entry,
    id_of,
    open_source,
    parse_url,
    source_of,
)
from icd11kit.server.fhir.code_systems.verdicts import (
    Verdict,
    answer_verdict,
    check_display,
    get_cluster,
    judge_code,
    mode_of,
)
from icd11kit.server.fhir.outcome import FhirError, Finding, Json
from icd11kit.server.fhir.parameters import Item, make_parameters
from icd11kit.server.fhir.routing import Call, Operation
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.server.threads import SHORT


def lookup(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return what is known of a code or a cluster."""
    asked = asked_code(call, shelf, settings.limits)
    _refuse_foreign(asked)
    properties = frozenset(call.texts("property"))
    verdict = get_cluster(asked.source, asked.code, mode_of(call.text("mode"), settings.mode))
    if verdict is not None:
        said = cluster_items(verdict, asked.source, properties, call.is_r5)
    else:
        found = get_entry(asked.source, asked.code)
        said = entry_items(found, asked.source, properties, call.is_r5)
    return make_parameters([*said, *_designations(asked, properties, shelf)])


def _designations(asked: AskedCode, properties: frozenset[str], shelf: Shelf) -> Iterator[Item]:
    if is_asked("designation", properties):
        yield from designation_items(asked.source, asked.code, shelf)


def validate_code(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return whether a code is one of its system, and what is to be said of it."""
    if "codeableConcept" in call.values:
        return _validate_concept(call, shelf, settings)
    asked = asked_code(call, shelf, settings.limits)
    return answer_verdict(_verdict(call, asked, shelf, settings), _said_source(asked))


def _validate_concept(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the verdict on a concept, which is valid where one of its codings is."""
    codes = asked_codings(call, shelf, settings.limits)
    verdicts = [_verdict(call, asked, shelf, settings) for asked in codes]
    best = next((n for n, verdict in enumerate(verdicts) if verdict.is_valid), 0)
    findings = tuple(_all_findings(verdicts, verdicts[best].is_valid))
    verdict = verdicts[best]._replace(findings=findings)
    echo: Item = ("codeableConcept", "valueCodeableConcept", call.held("codeableConcept"))
    return answer_verdict(verdict, _said_source(codes[best]), (echo,))


def _said_source(asked: AskedCode) -> Source:
    """Return the code system that a code was said to be of, which may be another than asked."""
    if not asked.foreign:
        return asked.source
    return asked.source._replace(url=asked.foreign, release="")


def _verdict(call: Call, asked: AskedCode, shelf: Shelf, settings: Settings) -> Verdict:
    if asked.foreign:
        text = f"{shorten(asked.code)} is of {shorten(asked.foreign)}, not of {asked.source.url}"
        wrong = Finding("error", "code-invalid", "invalid-code", text, asked.at)
        return Verdict(asked.code, "", (wrong,))
    mode = mode_of(call.text("mode"), settings.mode)
    verdict = judge_code(asked.source, asked.code, mode, asked.at)
    if not asked.display:
        return verdict
    lenient = call.flag("lenient-display-validation")
    where = f"{asked.at.removesuffix('code')}display"
    judged = check_display(verdict, asked.display, is_lenient=lenient, at=where)
    if judged is verdict or call.language:
        return judged
    is_known = is_display_elsewhere(asked.source, verdict.code, asked.display, shelf)
    return verdict if is_known else judged


def _all_findings(verdicts: list[Verdict], is_valid: bool) -> Iterator[Finding]:
    """Yield what was found of all codings; where one is valid the others' errors are warnings."""
    for verdict in verdicts:
        for finding in verdict.findings:
            is_other = is_valid and finding.severity == "error"
            yield finding._replace(severity="warning") if is_other else finding


def subsumes(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return how code A stands to code B."""
    a, b = (asked_code(call, shelf, settings.limits, suffix) for suffix in ("A", "B"))
    _refuse_foreign(a)
    _refuse_foreign(b)
    if a.source[:3] != b.source[:3]:
        raise FhirError(400, "both codes are to be of one system and release")
    outcome = relate(a.source, a.code, b.code)
    return make_parameters([("outcome", "valueCode", outcome)])


def _refuse_foreign(asked: AskedCode) -> None:
    if asked.foreign:
        raise FhirError(
            400, f"{asked.at} is of {shorten(asked.foreign)}, not of {asked.source.url}"
        )


def read(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return a code system as a resource, without its concepts."""
    return describe_system(source_of(call, shelf), call.id, is_r5=call.is_r5)


def search(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the code systems that fit a search, as a Bundle."""
    found = [
        describe_system(source, name, is_r5=call.is_r5)
        for name, source in _candidates(call, shelf)
        if _is_searched(call, source)
    ]
    return search_answer(call, "CodeSystem", found)


def _candidates(call: Call, shelf: Shelf) -> Iterator[tuple[str, Source]]:
    """Yield the systems of `_id` by these ids, else all; in the language wished for if held."""
    listed = [(id_of(*edition), edition) for edition in all_editions(shelf)]
    if names := call.text("_id"):
        found = ((name, find_id(name, shelf)) for name in dict.fromkeys(names.split(",")))
        listed = [(name, edition) for name, edition in found if edition]
    for name, edition in listed:
        try:
            source = open_source(*edition, call.language, shelf)
        except UnknownReleaseError:
            source = open_source(*edition, "", shelf)
        yield name, source


def _is_searched(call: Call, source: Source) -> bool:
    """Return whether a system is the one that `url` and `version` name."""
    url = call.text("url", "system")
    system, release = (parse_url(url) or ("", "")) if url else (source.system, "")
    versions = {call.text("version"), release} - {""}
    return system == source.system and versions <= {source.release}


ROUTES = (
    Operation("/CodeSystem/$validate-code", validate_code),
    Operation("/CodeSystem/$lookup", lookup, is_kept=True),
    Operation("/CodeSystem/$subsumes", subsumes, lane=SHORT),
    Operation("/CodeSystem/_search", search, methods=("POST",)),
    Operation("/CodeSystem", search, methods=("GET",)),
    Operation("/CodeSystem/{id}/$validate-code", validate_code),
    Operation("/CodeSystem/{id}/$lookup", lookup, is_kept=True),
    Operation("/CodeSystem/{id}/$subsumes", subsumes, lane=SHORT),
    Operation("/CodeSystem/{id}", read, methods=("GET",)),
)
