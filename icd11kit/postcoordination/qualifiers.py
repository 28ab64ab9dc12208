"""ICF codes with their qualifiers, which stand after the code as coded values: d5409.qp3.

Source: ICF in the ICD-API since 2026; the extents from the ICF's generic scale. Only what is
known is read: performance and capacity, axes of activities and participation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from icd11kit.postcoordination.entries import Entries, Entry
from icd11kit.postcoordination.grammar import Cluster
from icd11kit.postcoordination.issues import Issue, IssueCode
from icd11kit.postcoordination.reading import ReadGroup, Reading, ReadPart

AXES = {"p": "performance", "c": "capacity"}
EXTENTS = {
    "0": "no problem", "1": "mild", "2": "moderate", "3": "severe", "4": "complete",
    "8": "not specified", "9": "not applicable",
}  # fmt: skip
_FORM = re.compile(r"([bdes]\d{1,5})((?:\.q[a-z]\d)*)", re.IGNORECASE)
_OLD_FORM = re.compile(r"([bdes]\d{1,5})\.\d{1,4}", re.IGNORECASE)
_ONE = re.compile(r"\.q([a-z])(\d)", re.IGNORECASE)


class Qualifier(NamedTuple):
    """One qualifier as written, and where; axis and extent are "" where they are not known."""

    text: str
    start: int
    end: int
    axis: str
    extent: str


class Qualified(NamedTuple):
    """An ICF code and its qualifiers."""

    code: str
    qualifiers: tuple[Qualifier, ...]


def find_qualified(text: str) -> Qualified | None:
    """Return the ICF code and qualifiers that a text spells, None where it has not their form.

    >>> found = find_qualified("d5409.qp3")
    >>> found.code, [(q.axis, q.extent) for q in found.qualifiers]
    ('d5409', [('performance', 'severe')])
    >>> find_qualified("b110.3")
    """
    plain = text.strip()
    found = _FORM.fullmatch(plain)
    if not found:
        return None
    before = text.index(plain)
    qualifiers = (
        Qualifier(
            one[0][1:], before + one.start() + 1, before + one.end(),
            AXES.get(one[1].lower(), ""), EXTENTS.get(one[2], ""),
        )
        for one in _ONE.finditer(plain)
    )  # fmt: skip
    return Qualified(found[1].lower(), tuple(qualifiers))


def is_icf(text: str) -> bool:
    """Return whether a text has the form of an ICF code in small letters, qualified or not.

    >>> is_icf("d5409.qp3"), is_icf("b110.3"), is_icf("D54.0"), is_icf("5A11")
    (True, True, False, False)
    """
    plain = text.strip()
    found = _FORM.fullmatch(plain) or _OLD_FORM.fullmatch(plain)
    return bool(found) and plain[0].islower()


def read_icf(cluster: Cluster, entries: Entries) -> Reading:
    """Return an ICF code read without its qualifiers; it has no axes."""
    groups = []
    for group in cluster.groups:
        qualified = find_qualified(group.stem.text)
        entry = entries[qualified.code] if qualified else None
        groups.append(ReadGroup(group, ReadPart(group.stem, entry), (), None))
    return Reading(cluster, tuple(groups), ())


def qualifier_issues(text: str, entry: Entry | None) -> Iterator[Issue]:
    """Yield what is wrong with a text as an ICF code; `entry` is what its code names."""
    qualified = find_qualified(text)
    if qualified is None:
        yield _unformed(text)
        return
    if entry is None:
        yield Issue(
            IssueCode.UNKNOWN_CODE, f"{qualified.code} is no code of this release", 0, len(text),
            (qualified.code,),
        )  # fmt: skip
    seen: set[str] = set()
    for each in qualified.qualifiers:
        axis = each.axis if qualified.code.startswith("d") else ""
        if not axis or not each.extent:
            message = f"{each.text} is no qualifier of {qualified.code} that icd11kit knows"
            yield Issue(IssueCode.UNKNOWN_QUALIFIER, message, each.start, each.end)
        elif axis in seen:
            message = f"{each.text} is a second value for {axis}, which takes one"
            yield Issue(
                IssueCode.TOO_MANY_VALUES, message, each.start, each.end, (qualified.code,), axis
            )
        seen.add(axis)


def _unformed(text: str) -> Issue:
    if _OLD_FORM.fullmatch(text.strip()):
        point = text.index(".")
        message = (
            "figures after the point are the ICF's old qualifiers and no code; "
            "write coded values such as .qp3 for performance, severe"
        )
        return Issue(IssueCode.QUALIFIER_NOT_CODED, message, point, len(text.rstrip()))
    return Issue(
        IssueCode.MALFORMED, "the text does not have the form of an ICF code", 0, len(text)
    )


def say_qualified(text: str, title: str) -> str:
    """Return a qualified code in words.

    >>> say_qualified("d5409.qp3", "Dressing, unspecified")
    'Dressing, unspecified [performance: severe]'
    """
    qualified = find_qualified(text)
    parts = qualified.qualifiers if qualified else ()
    said = [f"[{q.axis}: {q.extent}]" if q.axis and q.extent else f"[{q.text}]" for q in parts]
    return " ".join([title, *said])
