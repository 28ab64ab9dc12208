"""The kinds of difference between two coders' codes for one record, and their words.

The second coder is seen from the first: "missing" is what the first has and the second has not.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """A kind of difference."""

    MALFORMED = "malformed code"
    UNKNOWN = "unknown code"
    UNCODED = "no code given"
    ORDER = "other order"
    JOINED = "joined otherwise"
    ALIKE = "same in other codes"
    MISSING_VALUE = "missing"
    ADDED_VALUE = "added"
    OTHER_VALUE = "other"
    RESIDUAL = "other residual"
    TO_RESIDUAL = "residual for specific"
    FROM_RESIDUAL = "specific for residual"
    BROADER = "broader code"
    NARROWER = "narrower code"
    CATEGORY = "other code in category"
    BLOCK = "other code in block"
    CHAPTER = "other code in chapter"
    OTHER_CHAPTER = "other chapter"
    MISSING_CODE = "missing code"
    ADDED_CODE = "added code"


MEANS = {
    Kind.MALFORMED: "a text that has not the form of a code",
    Kind.UNKNOWN: "a code that the release in use does not have",
    Kind.UNCODED: "one of both gave no code for the record",
    Kind.ORDER: "the same codes in another order",
    Kind.JOINED: "the same codes, joined to other clusters",
    Kind.ALIKE: "other codes that say the same",
    Kind.MISSING_VALUE: "B leaves out a detail that A gives",
    Kind.ADDED_VALUE: "B gives a detail that A leaves out",
    Kind.OTHER_VALUE: "both give the detail, each another value",
    Kind.RESIDUAL: "one says other specified, one unspecified, of the same parent",
    Kind.TO_RESIDUAL: "B has a residual where A has a specific code of the same parent",
    Kind.FROM_RESIDUAL: "B has a specific code where A has a residual of the same parent",
    Kind.BROADER: "B's code stands above A's",
    Kind.NARROWER: "B's code stands below A's",
    Kind.CATEGORY: "another code of the same category",
    Kind.BLOCK: "a code of another category in the same block",
    Kind.CHAPTER: "a code of another block in the same chapter",
    Kind.OTHER_CHAPTER: "a code of another chapter",
    Kind.MISSING_CODE: "A has a further code that B leaves out",
    Kind.ADDED_CODE: "B has a further code that A leaves out",
}
"""What each kind says, for people."""


class Difference(NamedTuple):
    """One difference: the codes on both sides, "" for none, and the axis of an extension."""

    kind: Kind
    first: str = ""
    second: str = ""
    axis: str = ""

    @property
    def name(self) -> str:
        """The kind in words, with its axis.

        >>> Difference(Kind.MISSING_VALUE, "XK8G", "", "laterality").name
        'missing laterality'
        """
        return f"{self.kind} {self.axis}".rstrip()
