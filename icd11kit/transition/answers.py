"""What a cell of somebody's data is in another classification: one row a distinct text.

Cells come as people have them: with or without point, in any case, with the filler X of
English hospital data, mangled by a spreadsheet, empty. None is dropped: what is no code gets a
flag that says why.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.codes import each_spelling, shorten
from icd11kit.crosswalk.mapping import CodeMapping, Relation
from icd11kit.errors import ClusterSyntaxError, MalformedCodeError, UnknownCodeError
from icd11kit.transition.outcomes import Outcome, needs_review, outcome_of

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_LONGEST_CODE = 100


class Answer(NamedTuple):
    """What becomes of a cell, as it is written beside it.

    `target` is "" where there is none; `reason` says why a coder should look, "" where none
    needs to. An empty cell has the empty outcome.
    """

    target: str = ""
    relation: str = ""
    confidence: float = 0.0
    needs_review: bool = False
    outcome: str = ""
    reason: str = ""


class Answered(NamedTuple):
    """An answer, and the mapping behind it, None where the cell is no code."""

    answer: Answer
    mapping: CodeMapping | None = None


EMPTY = Answered(Answer())


def answer_cell(icd: Terminology, text: str, source: str, target: str) -> Answered:
    """Return what becomes of a cell of one system's codes in another system.

    Raises StoreError where what the route rests on is not installed.

    >>> import icd11kit
    >>> icd = icd11kit.open()
    >>> answer_cell(icd, "i10", "icd10cm", "icd11").answer.target
    'BA00.Z'
    >>> answer_cell(icd, "1.00E+10", "icd10cm", "icd11").answer.reason
    'a spreadsheet has made a number of this cell: 1.00E+10'
    """
    plain = " ".join(text.split())
    if not plain:
        return EMPTY
    try:
        mapping = icd.map(plain, source=source, target=target)
    except UnknownCodeError as error:
        return _flagged(*_fault(plain, error.reason))
    except (MalformedCodeError, ClusterSyntaxError) as error:
        return _flagged(Outcome.MALFORMED, shorten(str(error), _LONGEST_CODE))
    return Answered(answer_of(mapping), mapping)


def answer_of(mapping: CodeMapping) -> Answer:
    """Return what is written beside a code that has this mapping."""
    is_doubtful = needs_review(mapping)
    return Answer(
        mapping.target,
        mapping.relation.value,
        mapping.confidence,
        is_doubtful,
        outcome_of(mapping).value,
        _why(mapping) if is_doubtful else "",
    )


def _fault(plain: str, reason: str) -> tuple[Outcome, str]:
    """Return what is wrong with a cell that names nothing."""
    if number := name_number(plain):
        return Outcome.MALFORMED, number
    is_code = len(plain) <= _LONGEST_CODE and any(each_spelling(plain))
    return Outcome.UNKNOWN if is_code else Outcome.MALFORMED, reason


def name_number(plain: str) -> str:
    """Return what is to be said of a text that is a number and no code, "" for another.

    >>> name_number("1.00E+10"), name_number("5A11")
    ('a spreadsheet has made a number of this cell: 1.00E+10', '')
    """
    is_number = _NUMBER.fullmatch(plain) is not None
    return f"a spreadsheet has made a number of this cell: {plain}" if is_number else ""


def _flagged(outcome: Outcome, reason: str) -> Answered:
    return Answered(Answer(needs_review=True, outcome=outcome.value, reason=reason))


def _why(mapping: CodeMapping) -> str:
    """Return why a coder should look at an answer, in a few words."""
    if not mapping.target:
        kept_out = (each.detail for each in mapping.evidence if each.kind == "release")
        return next(kept_out, "no target was found")
    if mapping.ambiguous:
        others = [each.target for each in mapping.alternatives[:3]]
        return f"as good: {', '.join(others)}" if others else "several targets are as good"
    if mapping.relation is Relation.RELATED:
        return "the target only overlaps"
    return f"confidence {mapping.confidence:.2f}"
