"""From volumes to rows: each source code once, with what becomes of it and where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from icd11kit.codes import shorten
from icd11kit.crosswalk.mapping import CodeMapping, Relation
from icd11kit.transition.answers import Answered, answer_cell
from icd11kit.transition.impact.bands import basis_of
from icd11kit.transition.impact.places import Places
from icd11kit.transition.impact.trouble import trouble_of
from icd11kit.transition.impact.values import CodeRow
from icd11kit.transition.outcomes import Outcome
from icd11kit.transition.volumes import CodeVolume
from icd11kit.vocabulary import Residual

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

_LONGEST = 100
"""A cell that is no code is cut to this many characters."""
UNSAID = "something named is left out"
OVERLAP = "the target only overlaps"
NARROWER = "the target says more"
UNSPECIFIED = "the target is an unspecified category"
OTHER = "the target is an other specified category"
BROADER = "the target is broader"
DETAILS: Mapping[str, str] = {
    UNSAID: "words or features of the code that the target does not say",
    OVERLAP: "source and target are related; neither is known to hold the other",
    NARROWER: "the target claims something that the code does not say",
    UNSPECIFIED: "broader by its form, since it stands for its parent; often nothing is lost",
    OTHER: "what the code says goes into a residual and is not told apart from others in it",
    BROADER: "the target's category holds more than the code",
}
"""Why a code loses detail, and what that means; a code has the first that applies."""


def read_rows(
    icd: Terminology, codes: Iterable[CodeVolume], source: str, places: Places
) -> tuple[CodeRow, ...]:
    """Return a row for each code; spellings of one code are joined, most volume first."""
    joined: dict[str, CodeRow] = {}
    for text, rows, volume in codes:
        row = _row(icd, text, answer_cell(icd, text, source, "icd11"), places)
        held = joined.get(row.code, row)
        many, total = held.rows + rows, held.volume + volume
        joined[row.code] = row._replace(rows=many, volume=total, cost=total * row.trouble)
    return tuple(sorted(joined.values(), key=lambda row: (-row.volume, row.code)))


def _row(icd: Terminology, text: str, answered: Answered, places: Places) -> CodeRow:
    answer, found = answered
    outcome = Outcome(answer.outcome)
    stem = icd.clusters.entries[found.stem] if found and found.target else None
    detail = _detail(found, stem.residual if stem else Residual.NONE, outcome)
    trouble = trouble_of(outcome, is_doubtful=answer.needs_review, by_form=detail == UNSPECIFIED)
    return CodeRow(
        code=found.source if found else shorten(text.strip(), _LONGEST),
        title=found.source_title if found else "",
        chapter=places.chapter_of(found.source) if found else "",
        rows=0, volume=0,
        outcome=outcome, needs_review=answer.needs_review, reason=answer.reason,
        target=answer.target, target_title=found.target_display if found else "",
        relation=answer.relation, confidence=answer.confidence,
        basis=basis_of(found) if found else "",
        stem=found.stem if stem and found else "", target_chapter=stem.chapter if stem else "",
        detail=detail,
        remainder=found.remainder if found else (),
        alternatives=tuple(each.target for each in found.alternatives) if found else (),
        evidence=_said(found), trouble=trouble, cost=0,
    )  # fmt: skip


def _said(found: CodeMapping | None) -> str:
    return "; ".join(f"{kind}: {detail}" for kind, detail in found.evidence) if found else ""


def _detail(found: CodeMapping | None, residual: Residual, outcome: Outcome) -> str:
    """Return why a code loses detail, "" where its outcome is another."""
    if found is None or outcome is not Outcome.DETAIL:
        return ""
    if found.remainder:
        return UNSAID
    if found.relation is Relation.RELATED:
        return OVERLAP
    if found.relation is Relation.NARROW:
        return NARROWER
    return {Residual.UNSPECIFIED: UNSPECIFIED, Residual.OTHER: OTHER}.get(residual, BROADER)
