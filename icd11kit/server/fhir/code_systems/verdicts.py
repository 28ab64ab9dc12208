"""What $validate-code says: one verdict on a code of a system, and the answer made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.errors import UnknownCodeError
from icd11kit.postcoordination.issues import Issue, IssueCode, Mode, Severity
from icd11kit.postcoordination.qualifiers import is_icf
from icd11kit.postcoordination.validate import Validator
from icd11kit.postcoordination.validation import Validation
from icd11kit.server.fhir.code_systems.properties import is_grouping, shown_code, written_in_codes
from icd11kit.server.fhir.code_systems.systems import Source, get_entry
from icd11kit.server.fhir.outcome import FhirError, Finding, Json, make_outcome
from icd11kit.server.fhir.parameters import Item, make_parameters
from icd11kit.uris import find_uri
from icd11kit.vocabulary import System

_UNKNOWN = (
    IssueCode.UNKNOWN_CODE,
    IssueCode.MALFORMED,
    IssueCode.MOVED_CODE,
    IssueCode.QUALIFIER_NOT_CODED,
)
_SAYS_ENOUGH = (IssueCode.REQUIRED_AXIS_MISSING, IssueCode.REPLICATES_PRECOORDINATED)
_JOINTS = ("&", "/", "%", ".q")
"""What joins codes, plain or encoded, and ICF's qualifiers."""
_MODES = {mode.value: mode for mode in Mode}


class Verdict(NamedTuple):
    """What is to be said of a code: its short form, display ("" for none), and findings."""

    code: str
    display: str
    findings: tuple[Finding, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.severity == "error" for finding in self.findings)


def mode_of(text: str, default: Mode) -> Mode:
    """Return the mode of a parameter; raises FhirError 400 for a word that is none."""
    if not text:
        return default
    if text not in _MODES:
        raise FhirError(400, f"mode is {', '.join(_MODES)}, not {shorten(text, 20)!r}")
    return _MODES[text]


def judge_of(source: Source, code: str) -> Validator | None:
    """Return what judges codes of a system by rules, None where a code stands for itself."""
    if source.system == System.MMS:
        return source.terminology.clusters
    if source.system == System.ICF and is_icf(code):
        return source.terminology.judges.of(code)
    return None


def judge_code(source: Source, code: str, mode: Mode, at: str = "code") -> Verdict:
    """Return the verdict on a code, cluster, entity id or URI of a system; no text raises."""
    judge = judge_of(source, code)
    if judge is not None and find_uri(code) is None:
        return _judged(judge.validate(code, mode), at)
    try:
        found = get_entry(source, code)
    except UnknownCodeError as error:
        return Verdict(code, "", (unknown(str(error), at),))
    short = shown_code(found, source)
    if is_grouping(found, source):
        text = f"{shorten(code)} ({found.title}) is a {found.kind}, which is no code to record"
        wrong = Finding("error", "business-rule", "code-rule", text, at)
        return Verdict(short, found.title, (wrong,))
    if source.system == System.MMS:
        return _judged(source.terminology.clusters.validate(short, mode), at)
    return Verdict(short, found.title)


def get_cluster(source: Source, code: str, mode: Mode) -> Validation | None:
    """Return a cluster or qualified code that says something, None for a code alone.

    Raises FhirError for one with errors; what it leaves open or says otherwise than by one code
    is no hindrance to saying what it is.
    """
    judge = judge_of(source, code)
    if judge is None or not is_joined(code):
        return None
    verdict = judge.validate(code, mode)
    found = [*_miswritten(verdict, "code"), *(finding_of(i, "code") for i in _hindrances(verdict))]
    errors = [finding for finding in found if finding.severity == Severity.ERROR]
    if errors:
        kind, tx = errors[0].kind, errors[0].tx
        raise FhirError(404 if tx == "invalid-code" else 422, message_of(errors), kind, tx)
    return verdict


def _hindrances(verdict: Validation) -> Iterator[Issue]:
    return (issue for issue in verdict.issues if issue.code not in _SAYS_ENOUGH)


def is_joined(code: str) -> bool:
    """Whether a code has several parts; ids of residuals and URIs of one entity have not.

    >>> is_joined("5A11"), is_joined("DD51&XK8G"), is_joined("344162786/other")
    (False, True, False)
    """
    return any(mark in code for mark in _JOINTS) and find_uri(code) is None


def unknown(text: str, at: str) -> Finding:
    """Return the finding of a code that does not exist."""
    return Finding("error", "code-invalid", "invalid-code", text, at)


def _judged(verdict: Validation, at: str) -> Verdict:
    """Return a verdict on a cluster; its codes count as they are written."""
    if verdict.is_plain:
        findings = tuple(finding_of(issue, at) for issue in verdict.issues)
        return Verdict(verdict.input, verdict.display, findings)
    wrong = tuple(_miswritten(verdict, at))
    findings = (*wrong, *(finding_of(issue, at) for issue in verdict.issues))
    is_unknown = any(issue.code in _UNKNOWN for issue in verdict.issues)
    display = "" if is_unknown else verdict.display
    return Verdict(written_in_codes(verdict), display, findings)


def _miswritten(verdict: Validation, at: str) -> Iterator[Finding]:
    """Yield parts whose code is written in other letters than its own."""
    for group in verdict.reading.groups if verdict.reading else ():
        for part, entry in (group.stem, *group.extensions):
            if entry is None or "/" in part.text:
                continue
            if part.text.partition(".q")[0] in (entry.code, entry.id):
                continue
            text = f"no code {shorten(part.text)}; codes are case-sensitive, write {entry.code}"
            yield unknown(text, at)


def finding_of(issue: Issue, at: str) -> Finding:
    """Return what the rules found in FHIR's terms."""
    is_unknown = issue.code in _UNKNOWN
    return Finding(
        issue.severity.value,
        "code-invalid" if is_unknown else "business-rule",
        "invalid-code" if is_unknown else "code-rule",
        issue.message,
        at,
        issue.repair,
    )


def check_display(verdict: Verdict, display: str, *, is_lenient: bool, at: str) -> Verdict:
    """Return the verdict with what is to be said of a display that came with the code."""
    if not display or not verdict.display or is_same_display(display, verdict.display):
        return verdict
    severity = Severity.WARNING.value if is_lenient else Severity.ERROR.value
    text = f"{shorten(display)!r} is no display of {verdict.code}; it is {verdict.display!r}"
    wrong = Finding(severity, "invalid", "invalid-display", text, at)
    return verdict._replace(findings=(*verdict.findings, wrong))


def is_same_display(first: str, second: str) -> bool:
    """Whether two displays differ in case and spaces at most."""
    return first == second or first.casefold().split() == second.casefold().split()


def answer_verdict(verdict: Verdict, source: Source, more: Iterable[Item] = ()) -> Json:
    """Return a verdict as Parameters, with an OperationOutcome of what was found."""
    found = verdict.findings
    items: list[Item] = [
        ("result", "valueBoolean", verdict.is_valid),
        ("code", "valueCode", verdict.code),
        ("system", "valueUri", source.url),
        ("version", "valueString", source.release),
        ("display", "valueString", verdict.display),
        *more,
    ]
    if found:
        items.append(("message", "valueString", message_of(found)))
        items.append(("issues", "resource", make_outcome(found)))
    return make_parameters(items)


def message_of(findings: Iterable[Finding]) -> str:
    """Return the errors in one text, other findings where there is no error."""
    listed = list(findings)
    errors = [each.text for each in listed if each.severity == "error"]
    return "; ".join(dict.fromkeys(errors or (each.text for each in listed)))
