"""OperationOutcome: every error and every finding in FHIR's form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from icd11kit.errors import Icd11KitError, StoreError, UnknownCodeError, UnknownReleaseError
from icd11kit.server.answers import status_of

Json = dict[str, Any]
TX_ISSUE_TYPE = "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type"
_BY_STATUS = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    408: "timeout",
    413: "too-long",
    414: "too-long",
    415: "not-supported",
    422: "processing",
    429: "throttled",
    500: "exception",
    501: "not-supported",
    503: "transient",
    504: "timeout",
}
"""HTTP statuses and the kinds of issue that say the same."""


class FhirError(Icd11KitError, ValueError):
    """A request that is refused: HTTP status, kind of issue, HL7's terminology issue type, text.

    `kind` "" is the usual one of the status, `tx` "" none.
    """

    def __init__(self, status: int, text: str, kind: str = "", tx: str = "") -> None:
        self.status, self.text = status, text
        self.kind, self.tx = kind or _BY_STATUS.get(status, "processing"), tx
        super().__init__(text)


class Finding(NamedTuple):
    """One issue: severity, FHIR's kind, HL7's terminology issue type ("" for none), a sentence.

    `at` names the parameter it is about, `code` for one, "" where none is; `repair` is what
    could be written instead.
    """

    severity: str
    kind: str
    tx: str
    text: str
    at: str = ""
    repair: str = ""


def make_outcome(findings: Iterable[Finding]) -> Json:
    """Return findings as an OperationOutcome.

    >>> made = make_outcome([Finding("error", "code-invalid", "invalid-code", "no code 5A1X")])
    >>> made["issue"][0]["details"]["coding"][0]["code"]
    'invalid-code'
    """
    return {"resourceType": "OperationOutcome", "issue": [_issue(item) for item in findings]}


def _issue(finding: Finding) -> Json:
    details: Json = {"text": finding.text}
    if finding.tx:
        details["coding"] = [{"system": TX_ISSUE_TYPE, "code": finding.tx}]
    made: Json = {"severity": finding.severity, "code": finding.kind, "details": details}
    if finding.at:
        made["location"] = made["expression"] = [finding.at]
    if finding.repair:
        made["diagnostics"] = f"put right: {finding.repair}"
    return made


def outcome_of_error(error: Icd11KitError) -> tuple[int, Json]:
    """Return the HTTP status and OperationOutcome that say what an error says."""
    status, kind, tx = _terms(error)
    text = "the release's file cannot be read" if isinstance(error, StoreError) else str(error)
    return status, make_outcome([Finding("error", kind, tx, text)])


def outcome_of_status(status: int, text: str) -> Json:
    """Return what an HTTP status says as an OperationOutcome.

    >>> outcome_of_status(413, "the body is too long")["issue"][0]["code"]
    'too-long'
    """
    return make_outcome([Finding("error", _BY_STATUS.get(status, "processing"), "", text)])


def _terms(error: Icd11KitError) -> tuple[int, str, str]:
    """Return status, kind and terminology issue type of an error."""
    if isinstance(error, FhirError):
        return error.status, error.kind, error.tx
    status = status_of(error)
    if isinstance(error, UnknownCodeError):
        return status, "not-found", "invalid-code"
    if isinstance(error, UnknownReleaseError):
        return status, "not-found", "not-found"
    return status, _BY_STATUS.get(status, "processing"), ""
