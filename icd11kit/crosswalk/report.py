"""From the entry chosen to the code reported: terminal codes, and which residual."""

from __future__ import annotations

import re

from icd11kit.crosswalk.meaning import Meaning
from icd11kit.crosswalk.stems import FREE, Choice, Way
from icd11kit.crosswalk.targets import Targets
from icd11kit.crosswalk.wording import DENIED, Words
from icd11kit.vocabulary import Residual

_OTHER = re.compile(r"other\b|.*elsewhere classified", re.IGNORECASE)
_BY_ROW = (Way.ROW, Way.PREFIX, Way.SAME_ROW)


def to_report(choice: Choice, meaning: Meaning, targets: Targets, sites: Words) -> int:
    """Return the entry a coder reports for a choice.

    A residual is "other specified" where the code says more than the entry, words of sites
    aside, which extension codes say; "unspecified" else. WHO's table sends "Other X" to
    "unspecified", which is put right.
    """
    pre = choice.pre
    concept = targets.concept(pre)
    if targets.is_leaf(pre) and not targets.is_residual(pre):
        is_wide = choice.way in (Way.ROW, Way.PREFIX) and _is_vague(choice, meaning, targets)
        beside = targets.residual(targets.parent(pre), Residual.OTHER) if is_wide else None
        return pre if beside is None else beside
    other = _is_other(choice, meaning, targets, sites)
    is_row = choice.anchor is not None and choice.way in _BY_ROW
    if choice.way is Way.SAME_ROW and _is_kind_of_other(choice, meaning, targets):
        return pre
    if is_row and not other and not meaning.is_unspecified and targets.is_residual(pre):
        return pre
    return targets.terminal(concept, other=other)


def _is_vague(choice: Choice, meaning: Meaning, targets: Targets) -> bool:
    """Return whether a row sends "Other X" to one kind of X that the code does not name."""
    row = choice.anchor.row if choice.anchor else None
    if meaning.is_other:
        return True
    named = targets.wording.words(targets.title(choice.pre)) - FREE
    said = meaning.words | meaning.context
    return row is not None and bool(_OTHER.match(row.icd10_title)) and not named <= said


def _is_kind_of_other(choice: Choice, meaning: Meaning, targets: Targets) -> bool:
    """Return whether a row sends what the entry above its residual does not say to "other"."""
    is_other = targets.entities[choice.pre].residual is Residual.OTHER
    return is_other and not meaning.words <= targets.above[targets.concept(choice.pre)] | FREE


def _is_other(choice: Choice, meaning: Meaning, targets: Targets, sites: Words) -> bool:
    """Return whether a code means a kind of the concept that has no entry."""
    row = choice.anchor.row if choice.anchor else None
    if row and choice.way in _BY_ROW and _OTHER.match(row.icd10_title):
        return True
    if meaning.is_other:
        return True
    if choice.way in (Way.SAME_ROW, Way.SAME_TITLE) or meaning.is_unspecified:
        return False
    known = targets.above[targets.concept(choice.pre)] | FREE | sites
    if row and choice.way is not Way.DESCENT:
        known |= targets.wording.words(row.icd10_title)
    return any(not word.startswith(DENIED) for word in meaning.words - known)
