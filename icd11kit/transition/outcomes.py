"""What becomes of a code in the move: one word, from its mapping, and whether a coder must look.

The order of the outcomes is that of trouble. The measures of published comparisons are sums of
them: fully represented by one code is `ONE_CODE`, by a cluster `CLUSTER`, in part is `DETAIL`
and those of `AMBIGUOUS` that have a target, not at all is `NONE`.
"""

from __future__ import annotations

from enum import StrEnum

from icd11kit.crosswalk.mapping import CodeMapping, Relation

SURE = 0.8
"""Below this confidence a coder should look at an answer."""


class Outcome(StrEnum):
    """What becomes of a code, from the least trouble to the most."""

    ONE_CODE = "one code"
    CLUSTER = "cluster"
    DETAIL = "loses detail"
    AMBIGUOUS = "ambiguous"
    NONE = "no target"
    UNKNOWN = "unknown code"
    MALFORMED = "malformed"


MEANS = {
    Outcome.ONE_CODE: "carries over one to one: one code says the same",
    Outcome.CLUSTER: "carries over whole, but needs several codes joined",
    Outcome.DETAIL: "carries over in part: something is left unsaid or said otherwise",
    Outcome.AMBIGUOUS: "several targets are as good: a coder has to decide",
    Outcome.NONE: "has no target",
    Outcome.UNKNOWN: "is no code of the classification it is said to be of",
    Outcome.MALFORMED: "has not the form of a code",
}
"""What each outcome says of a code, for people."""


def outcome_of(mapping: CodeMapping) -> Outcome:
    """Return what becomes of a code that has this mapping.

    >>> import icd11kit
    >>> icd = icd11kit.open()
    >>> outcome_of(icd.map("I10")).value, outcome_of(icd.map("S52.531A")).value
    ('one code', 'loses detail')
    """
    if not mapping.target:
        return Outcome.NONE
    if mapping.ambiguous:
        return Outcome.AMBIGUOUS
    if mapping.relation is not Relation.EXACT:
        return Outcome.DETAIL
    return Outcome.CLUSTER if is_cluster(mapping.target) else Outcome.ONE_CODE


def is_cluster(target: str) -> bool:
    """Return whether a target joins several codes.

    >>> is_cluster("NC32.2&XK8G"), is_cluster("5A11")
    (True, False)
    """
    return any(mark in target for mark in "&/ ")


def needs_review(mapping: CodeMapping) -> bool:
    """Return whether a coder should look at an answer before it is used.

    That is where there is none, several are as good, the target is only related, or the
    confidence is below `SURE`.
    """
    return (
        not mapping.target
        or mapping.ambiguous
        or mapping.relation is Relation.RELATED
        or mapping.confidence < SURE
    )
