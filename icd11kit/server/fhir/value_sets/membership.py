"""What ValueSet/$validate-code says: a code's own verdict, and whether the set has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.errors import Icd11KitError
from icd11kit.model import EditionKey
from icd11kit.server.fhir.code_systems.designations import is_display_elsewhere
from icd11kit.server.fhir.code_systems.systems import Source, parse_url, text_of, url_of
from icd11kit.server.fhir.code_systems.verdicts import (
    Verdict,
    answer_verdict,
    check_display,
    judge_code,
    mode_of,
)
from icd11kit.server.fhir.outcome import FhirError, Finding, Json
from icd11kit.server.fhir.parameters import Item
from icd11kit.server.fhir.routing import Call
from icd11kit.server.fhir.value_sets.compose import Reader
from icd11kit.server.settings import Settings
from icd11kit.valuesets import Selection, has_member
from icd11kit.valuesets.members import Part, parts_of
from icd11kit.vocabulary import System

_MOST_CODINGS = 100


class Asked(NamedTuple):
    """A code, its system's address and version, the display that came with it, and where.

    `within` is what stands before the names of these in a finding's location, "Coding." for one.
    """

    code: str
    system: str
    version: str
    display: str
    within: str = ""


class _Within(NamedTuple):
    """The value set asked about, its address, who read it, and what the server was told."""

    selection: Selection
    url: str
    reader: Reader
    settings: Settings


def answer_membership(
    call: Call, selection: Selection, url: str, reader: Reader, settings: Settings
) -> Json:
    """Return whether any of the codes asked about is in a selection, as Parameters."""
    within = _Within(selection, url, reader, settings)
    asked = _all_asked(call, selection, settings.limits.cluster)
    verdicts = [_verdict(call, each, within) for each in asked]
    best = next((n for n, (verdict, _) in enumerate(verdicts) if verdict.is_valid), 0)
    verdict, source = verdicts[best]
    if len(verdicts) > 1:
        findings = _all_findings([each for each, _ in verdicts], is_valid=verdict.is_valid)
        verdict = verdict._replace(findings=tuple(findings))
    more: tuple[Item, ...] = tuple(_unknown_systems(asked, verdicts))
    if concept := call.held("codeableConcept"):
        more = (*more, ("codeableConcept", "valueCodeableConcept", concept))
    return answer_verdict(verdict, source, more)


def _unknown_systems(asked: list[Asked], verdicts: list[tuple[Verdict, Source]]) -> Iterator[Item]:
    """Yield the systems that are not at hand, which HL7's validator tells from wrong codes."""
    for each, (verdict, _) in zip(asked, verdicts, strict=True):
        if any(finding.tx == "not-found" for finding in verdict.findings):
            canonical = "|".join(filter(None, (each.system, each.version)))
            yield "x-caused-by-unknown-system", "valueCanonical", canonical


def _all_findings(verdicts: list[Verdict], *, is_valid: bool) -> Iterator[Finding]:
    """Yield what was found of all codings; where one is in the set the others' count less."""
    for verdict in verdicts:
        for finding in verdict.findings:
            is_other = is_valid and finding.severity == "error"
            yield finding._replace(severity="information") if is_other else finding


def _all_asked(call: Call, selection: Selection, longest: int) -> list[Asked]:
    """Return the codes of a call; raises FhirError where there is none or it is too long."""
    concept = call.held("codeableConcept")
    codings = (concept or {}).get("coding", [])
    if not isinstance(codings, list) or len(codings) > _MOST_CODINGS:
        raise FhirError(400, f"codeableConcept has a list of at most {_MOST_CODINGS} codings")
    found = [_coded(each, f"CodeableConcept.coding[{n}].") for n, each in enumerate(codings)]
    if coding := call.held("coding"):
        found.append(_coded(coding, "Coding."))
    if code := call.text("code"):
        system = call.text("system") or _system_meant(call, selection, code)
        version = call.text("systemVersion")
        found.append(Asked(code, system, version, call.text("display")))
    if not found:
        reason = "which code is asked about? name code and system, a coding or a codeableConcept"
        raise FhirError(400, reason, "required")
    if any(len(each.code) > longest for each in found):
        raise FhirError(400, f"a code of at most {longest:,} characters is read", "too-long")
    return found


def _coded(coding: object, within: str) -> Asked:
    if not isinstance(coding, dict):
        raise FhirError(400, f"{within.rstrip('.')} is no Coding")
    code, system, version, display = (
        text_of(coding, name) for name in ("code", "system", "version", "display")
    )
    return Asked(code, system, version, display, within)


def _system_meant(call: Call, selection: Selection, code: str) -> str:
    """Return the one system of a selection, which a code without one is of.

    Of several it is, with inferSystem, the one whose code is in the selection, "" for none.
    """
    parts = tuple(parts_of(selection))
    found = {url_of(part.system) for part in parts}
    if len(found) > 1 and call.flag("inferSystem"):
        keys = {part.key for part in parts}
        found = {url_of(key.system) for key in keys if has_member(selection, key, code)}
        if not found:
            return ""
    if len(found) != 1:
        among = f"; it is in {' and '.join(sorted(found))}" if found else ""
        raise FhirError(400, f"name the system of the code{among}", "required")
    return found.pop()


def _verdict(call: Call, asked: Asked, within: _Within) -> tuple[Verdict, Source]:
    selection, url, reader, _ = within
    if not asked.system:
        return _without_system(asked, within)
    part = _part_for(asked, selection)
    try:
        source = _source_for(asked, part, reader)
    except Icd11KitError as error:
        wrong = Finding("error", "not-found", "not-found", str(error), f"{asked.within}system")
        name = asked.system
        missing = Source(name, "", asked.version, "", reader.shelf.default)
        return Verdict(asked.code, "", (wrong,)), missing
    verdict = _own_verdict(call, asked, source, within)
    key = EditionKey(source.system, source.release, source.language)
    if source.is_foundation or not has_member(selection, key, verdict.code or asked.code):
        said = f"{source.url}|{source.release}#{shorten(asked.code)}"
        text = f"{said} is not in the value set {shorten(url, 200)}"
        missing_in = Finding("error", "code-invalid", "not-in-vs", text, f"{asked.within}code")
        verdict = verdict._replace(findings=(*verdict.findings, missing_in))
    return verdict, source


def _without_system(asked: Asked, within: _Within) -> tuple[Verdict, Source]:
    """Return the verdict on a coding that names no system, or a code that no system has here."""
    name = shorten(asked.code)
    wrong = Finding(
        "error", "invalid", "invalid-data", f"{name} has no system", f"{asked.within}system"
    )
    if not asked.within:
        text = f"{name} is in no system's part of the value set {shorten(within.url, 200)}"
        wrong = Finding("error", "code-invalid", "not-in-vs", text, "code")
    none = Source("", "", "", "", within.reader.shelf.default)
    return Verdict(asked.code, "", (wrong,)), none


def _part_for(asked: Asked, selection: Selection) -> Part | None:
    """Return the part of a selection of whose edition a code without version is taken to be."""
    system, release = parse_url(asked.system) or ("", "")
    if release or asked.version:
        return None
    return next((part for part in parts_of(selection) if part.system == system), None)


def _source_for(asked: Asked, part: Part | None, reader: Reader) -> Source:
    if part is None:
        return reader.open(asked.system, asked.version)
    return Source(url_of(part.system), part.system, part.key.release, part.key.language, part.icd)


def _own_verdict(call: Call, asked: Asked, source: Source, within: _Within) -> Verdict:
    """Return what is to be said of a code whatever the value set.

    Extension codes never stand alone in a record, but in sets that select them they do.
    """
    mode = mode_of(call.text("mode"), within.settings.mode)
    verdict = judge_code(source, asked.code, mode, f"{asked.within}code")
    if source.system == System.MMS and _is_narrowed(within.selection):
        entry = source.terminology.clusters.entries[verdict.code]
        if entry is not None and entry.is_extension and verdict.code == entry.code:
            verdict = Verdict(entry.code, entry.title)
    lenient = call.flag("lenient-display-validation")
    at = f"{asked.within}display"
    judged = check_display(verdict, asked.display, is_lenient=lenient, at=at)
    if judged is verdict or call.language:
        return judged
    is_known = is_display_elsewhere(source, verdict.code, asked.display, within.reader.shelf)
    return verdict if is_known else judged


def _is_narrowed(selection: Selection) -> bool:
    """Return whether a selection is more than whole systems."""
    return any(part.clauses or part.listed is not None for part in parts_of(selection))
