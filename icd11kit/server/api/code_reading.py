"""Codes and clusters as the ICD-API takes them: read once, refused with the reason."""

from __future__ import annotations

from icd11kit.errors import ClusterSyntaxError, UnknownCodeError
from icd11kit.postcoordination.grammar import join_codes, parse_cluster
from icd11kit.postcoordination.issues import IssueCode, Mode, Severity
from icd11kit.postcoordination.normal import find_terminal, normalize
from icd11kit.postcoordination.reading import Reading, ReadPart
from icd11kit.postcoordination.validate import Validator
from icd11kit.postcoordination.validation import Validation

_FLEXIBLE = "; with flexiblemode=true it is answered"


def read_code(validator: Validator, text: str, *, flexible: bool) -> Validation:
    """Return the verdict on a cluster, or on any one entry alone, in a mode that takes it.

    What is an error in standard mode is refused, and so is a value that no axis of its stem
    takes; when flexible, only what is an error in lenient mode. Raises UnknownCodeError.
    """
    validation = validator.validate(text, Mode.LENIENT if flexible else Mode.STANDARD)
    for issue in validation.issues:
        if issue.severity is Severity.ERROR and not _is_taken_alone(validation, issue.code):
            raise UnknownCodeError(text, issue.message)
    if not flexible and validation.plain_entry is None:
        _check_axes(text, reading_of(validation))
    return validation


def reading_of(judged: Validation) -> Reading:
    """Return the cluster of a verdict of `read_code`, looked up and with values bound to axes."""
    if judged.reading is None:
        raise UnknownCodeError(judged.input, judged.issues[0].message)
    return judged.reading


def _is_taken_alone(validation: Validation, issue: IssueCode) -> bool:
    """Return whether a finding is only that an extension, chapter or block stands alone."""
    if issue is not IssueCode.GROUPING_AS_CODE:
        return issue is IssueCode.EXTENSION_ALONE
    return len(reading_of(validation).cluster.parts) == 1


def _check_axes(text: str, reading: Reading) -> None:
    """Refuse values that no axis takes; one that is repeated has its axis already."""
    taken = {(bound.group, bound.value.id) for bound in reading.bound if bound.axis}
    for bound in reading.bound:
        if bound.axis is None and (bound.group, bound.value.id) not in taken:
            stem = reading.groups[bound.group].stem.part.text
            reason = f"no axis of {stem} takes {bound.part.text}{_FLEXIBLE}"
            raise UnknownCodeError(text, reason)


def with_terminal_codes(validator: Validator, reading: Reading) -> Reading:
    """Return a cluster with the "unspecified" of every code that has codes below it."""
    entries = validator.entries
    parts = [(group.stem, *group.extensions) for group in reading.groups]
    found = [[find_terminal(p.entry, entries) for p in group if p.entry] for group in parts]
    codes = [[entry.code or entry.id for entry in group] for group in found]
    return _read(validator, join_codes(codes))


def written_in_codes(reading: Reading) -> str:
    """Return a cluster of codes as it was written, but for letters and spaces."""
    groups = [(group.stem, *group.extensions) for group in reading.groups]
    return join_codes([[_spelt(read) for read in group] for group in groups])


def _spelt(read: ReadPart) -> str:
    """Return a part's code as the release writes it, with the qualifiers that follow it."""
    code = read.entry.code if read.entry else ""
    return code + read.part.text[len(code) :]


def find_simpler(validator: Validator, judged: Validation) -> Reading | None:
    """Return the cluster of fewer codes that says the same, None where none is known."""
    if all(issue.code is not IssueCode.REPLICATES_PRECOORDINATED for issue in judged.issues):
        return None
    made = normalize(reading_of(judged), validator.same)
    return _read(validator, made.text) if made.text and made.steps else None


def _read(validator: Validator, text: str) -> Reading:
    try:
        return validator.read(parse_cluster(text))
    except ClusterSyntaxError as error:
        raise UnknownCodeError(text, error.reason) from None
