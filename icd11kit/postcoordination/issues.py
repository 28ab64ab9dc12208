"""What can be wrong with a cluster: one code a rule, and how severe each is in each mode."""

from enum import StrEnum
from typing import NamedTuple

from icd11kit.postcoordination.axes import AxisTier


class Mode(StrEnum):
    """How strictly clusters are judged."""

    STRICT = "strict"
    STANDARD = "standard"
    LENIENT = "lenient"


class Severity(StrEnum):
    """What a finding means: with an error a cluster is not valid."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class IssueCode(StrEnum):
    """The rules, each with the name its findings carry."""

    MALFORMED = "malformed"
    EXTENSION_FIRST = "extension-first"
    EXTENSION_ALONE = "extension-alone"
    STEM_AFTER_AMPERSAND = "stem-after-ampersand"
    EXTENSION_AFTER_SLASH = "extension-after-slash"
    UNKNOWN_CODE = "unknown-code"
    GROUPING_AS_CODE = "grouping-as-code"
    CLUSTER_NOT_ALLOWED = "cluster-not-allowed"
    VALUE_OUTSIDE_AXIS = "value-outside-axis"
    AXIS_NOT_DECLARED = "axis-not-declared"
    TOO_MANY_VALUES = "too-many-values"
    SAME_BLOCK = "same-block"
    REPEATED_VALUE = "repeated-value"
    CONTRADICTING_DESCRIPTORS = "contradicting-descriptors"
    REQUIRED_AXIS_MISSING = "required-axis-missing"
    REPLICATES_PRECOORDINATED = "replicates-precoordinated"
    NON_TERMINAL_CODE = "non-terminal-code"
    MOVED_CODE = "moved-code"
    ORDER = "order"
    QUALIFIER_NOT_CODED = "qualifier-not-coded"
    UNKNOWN_QUALIFIER = "unknown-qualifier"
    OVERLAY_REQUIRES = "overlay-requires"
    OVERLAY_FORBIDS = "overlay-forbids"
    OVERLAY_CAPS = "overlay-caps"


class Issue(NamedTuple):
    """One finding: the rule, where in the text, the codes involved, a sentence, a repair.

    `start` and `end` count characters from 0. `repair` is the whole text put right, "" where
    none is known. `axis` and `tier` are "" where no axis is concerned. `overlay` names the
    overlay and its rule where one speaks.
    """

    code: IssueCode
    message: str
    start: int
    end: int
    codes: tuple[str, ...] = ()
    axis: str = ""
    tier: AxisTier | str = ""
    repair: str = ""
    severity: Severity = Severity.ERROR
    overlay: str = ""


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFORMATION
_ALWAYS = (_E, _E, _E)
_BY_MODE: dict[tuple[IssueCode, str], tuple[Severity, Severity, Severity]] = {
    (IssueCode.VALUE_OUTSIDE_AXIS, AxisTier.SANCTIONED): (_E, _E, _W),
    (IssueCode.VALUE_OUTSIDE_AXIS, AxisTier.PROFILE): (_E, _W, _I),
    (IssueCode.VALUE_OUTSIDE_AXIS, AxisTier.OVERLAY): _ALWAYS,
    (IssueCode.AXIS_NOT_DECLARED, AxisTier.SANCTIONED): (_E, _E, _W),
    (IssueCode.AXIS_NOT_DECLARED, AxisTier.PROFILE): (_E, _W, _I),
    (IssueCode.AXIS_NOT_DECLARED, AxisTier.OVERLAY): _ALWAYS,
    (IssueCode.TOO_MANY_VALUES, ""): (_E, _E, _W),
    (IssueCode.SAME_BLOCK, ""): (_E, _E, _W),
    (IssueCode.REPEATED_VALUE, ""): (_W, _W, _I),
    (IssueCode.CONTRADICTING_DESCRIPTORS, ""): (_E, _W, _I),
    (IssueCode.REQUIRED_AXIS_MISSING, ""): (_E, _W, _I),
    (IssueCode.REPLICATES_PRECOORDINATED, ""): (_E, _W, _W),
    (IssueCode.NON_TERMINAL_CODE, ""): (_W, _W, _I),
    (IssueCode.ORDER, ""): (_W, _W, _I),
    (IssueCode.UNKNOWN_QUALIFIER, ""): (_W, _W, _I),
}
"""Severity in strict, standard and lenient mode, by rule and tier; the rest is always an error."""


def severity_of(code: IssueCode, tier: AxisTier | str, mode: Mode) -> Severity:
    """Return how severe a finding is in a mode.

    >>> severity_of(IssueCode.VALUE_OUTSIDE_AXIS, AxisTier.PROFILE, Mode.STANDARD).value
    'warning'
    """
    row = _BY_MODE.get((code, tier)) or _BY_MODE.get((code, ""), _ALWAYS)
    return row[list(Mode).index(mode)]


def judge(issue: Issue, mode: Mode) -> Issue:
    """Return the finding with its severity in a mode."""
    return issue._replace(severity=severity_of(issue.code, issue.tier, mode))
