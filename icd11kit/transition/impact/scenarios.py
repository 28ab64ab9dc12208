"""Ways to make the move side by side: stems only, whole clusters, the user's own mappings."""

from __future__ import annotations

from collections.abc import Sequence

from icd11kit.transition.impact.bands import expect_right
from icd11kit.transition.impact.codes import UNSAID
from icd11kit.transition.impact.counts import volume_to_review, volumes_by_outcome
from icd11kit.transition.impact.trouble import trouble_of
from icd11kit.transition.impact.values import CodeRow, Scenario
from icd11kit.transition.outcomes import Outcome

STEMS = "stems only"
CLUSTERS = "with clusters"
OWN = "with your own mappings"


def scenario(name: str, rows: Sequence[CodeRow]) -> Scenario:
    """Return what a way to move comes to."""
    return Scenario(
        name, volumes_by_outcome(rows), volume_to_review(rows), sum(row.cost for row in rows),
        max((len(row.target) for row in rows), default=0), expect_right(rows),
    )  # fmt: skip


def keep_stems(rows: Sequence[CodeRow]) -> tuple[CodeRow, ...]:
    """Return rows as they are where only the first stem is reported.

    What a cluster said beside it is lost, so a cluster becomes a loss of detail.
    """
    return tuple(_stem_alone(row) for row in rows)


def _stem_alone(row: CodeRow) -> CodeRow:
    if not row.stem or row.target == row.stem:
        return row
    outcome = Outcome.DETAIL if row.outcome is Outcome.CLUSTER else row.outcome
    trouble = trouble_of(outcome, is_doubtful=row.needs_review)
    detail = UNSAID if outcome is Outcome.DETAIL else ""
    return row._replace(
        target=row.stem, outcome=outcome, detail=detail, trouble=trouble,
        cost=trouble * row.volume,
    )  # fmt: skip
