"""How much trouble a code is, as a weight; volume times trouble orders the work list.

The weights are a convention, not a measurement: they order outcomes by what has to be done.
Nothing for one code; software for a cluster; a decision whether a loss matters, which is light
where the target is broader by its form only; a coder at every record; a local rule where there
is no target; a repair of data where there is no code.
"""

from __future__ import annotations

from icd11kit.transition.outcomes import Outcome

WEIGHTS = {
    Outcome.ONE_CODE: 0,
    Outcome.CLUSTER: 1,
    Outcome.DETAIL: 2,
    Outcome.AMBIGUOUS: 3,
    Outcome.NONE: 4,
    Outcome.UNKNOWN: 4,
    Outcome.MALFORMED: 4,
}
DOUBT = 1
"""Added where the answer has a target but a coder should look at it."""
BY_FORM = -1
"""Added where a code loses detail only because its target is an unspecified category."""
_DOUBTED = (Outcome.ONE_CODE, Outcome.CLUSTER, Outcome.DETAIL)


def trouble_of(outcome: Outcome, *, is_doubtful: bool, by_form: bool = False) -> int:
    """Return the weight of an outcome.

    >>> trouble_of(Outcome.DETAIL, is_doubtful=True)
    3
    >>> trouble_of(Outcome.DETAIL, is_doubtful=False, by_form=True)
    1
    """
    doubt = DOUBT if is_doubtful and outcome in _DOUBTED else 0
    return WEIGHTS[outcome] + doubt + (BY_FORM if by_form else 0)
