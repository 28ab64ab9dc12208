"""A quick look at a cluster: what the rules say of it, put together from what they said before.

Most clusters in data are plain: no stem waits for a value, each value has one place on an axis
that no other value wants, further stems are taken by the first or there is one alone. What the
rules say of such a cluster is what they say of each stem, of each value after its stem and of
the second stem after the first; that is asked once and kept, and so is what they say of a code
alone. Whatever is not that plain is left to the rules; that both agree is tested.
"""

from __future__ import annotations

from collections.abc import Callable

from icd11kit.postcoordination.assign import place_of
from icd11kit.postcoordination.axes import STEM_AXES, AxisSource
from icd11kit.postcoordination.checks import LONGEST_REPAIRED
from icd11kit.postcoordination.entries import Entries, Entry
from icd11kit.postcoordination.issues import Issue, IssueCode
from icd11kit.postcoordination.order import is_ruled, shipped_order
from icd11kit.postcoordination.precoordinated import Equivalences

Findings = tuple[Issue, ...]
Rules = Callable[[str], Findings]
"""Gives the findings of a text in a mode."""
_OUTSIDE = (IssueCode.VALUE_OUTSIDE_AXIS, IssueCode.AXIS_NOT_DECLARED)
MOST_PAIRS = 50_000
"""So many pairs of a stem with a value or another stem are kept."""
_UNCLEAR = 0
"""The slot of a value that the rules have to look at."""


class _Stem:
    """A stem that waits for no value: its findings, slots of its values, stems it takes, as met.

    `said` holds the findings of values that no axis admits, `follows` those of second stems,
    None for stems that it takes.
    """

    __slots__ = ("entry", "findings", "follows", "said", "slots", "values")

    def __init__(self, entry: Entry, findings: Findings) -> None:
        self.entry, self.findings = entry, findings
        self.values: dict[str, int] = {}
        self.slots: dict[tuple[int | str, str], int] = {}
        self.said: dict[str, Issue] = {}
        self.follows: dict[str, Issue | None] = {}


class Screen:
    """The quick look in one mode, over what has been looked up before."""

    def __init__(
        self, entries: Entries, axes: AxisSource, same: Equivalences, rules: Rules
    ) -> None:
        self.entries, self.axes, self.same, self.rules = entries, axes, same, rules
        self._alone: dict[str, Findings] = {}
        self._stems: dict[str, _Stem] = {}
        self._pairs = 0

    def find_issues(self, text: str) -> Findings | None:
        """Return the findings of a plain cluster, None where the rules must look."""
        if _is_alone(text):
            return self._find_alone(text)
        groups = text.split("/")
        found: list[Issue] = []
        first = None
        place = 0
        for group in groups:
            codes = group.split("&")
            stem = self._stems.get(codes[0]) or self._stem(codes[0])
            if stem is None or (len(codes) > 1 and not self._fits(stem, codes)):
                return None
            if first is None:
                first = stem
            elif (after := self._after(first, stem)) is not None:
                if len(groups) > 2:
                    return None
                found.append(_moved(after, place, place + len(codes[0]), text[: place - 1]))
            if stem.findings or stem.said:
                found += _placed(stem, codes, place, text)
            place += len(group) + 1
        return None if found and len(text) > LONGEST_REPAIRED else tuple(found)

    def _find_alone(self, code: str) -> Findings | None:
        """Return the findings of a code that is written as the release writes it."""
        known = self._alone.get(code)
        if known is None and (entry := self.entries[code]) is not None and entry.code == code:
            known = self._alone[code] = self.rules(code)
        return known

    def entry(self, text: str) -> Entry | None:
        """Return the entry of a text that is one code, None for one of several."""
        return self.entries[text] if _is_alone(text) else None

    def display(self, text: str) -> str:
        """Return a cluster that passed in words: `Stem [Value] [Value] / Stem [Value]`."""
        if _is_alone(text):
            return self._title(text)
        said = []
        for group in text.split("/"):
            stem, *values = (self._title(code) for code in group.split("&"))
            said.append(" ".join((stem, *(f"[{value}]" for value in values))))
        return " / ".join(said)

    def _title(self, code: str) -> str:
        entry = self.entries[code]
        return entry.title if entry else ""

    def _fits(self, stem: _Stem, codes: list[str]) -> bool:
        """Return whether each value has a slot of its own; `codes` begins with the stem."""
        known = stem.values
        slots = [known.get(code) or self._slot(stem, code) for code in codes[1:]]
        return _UNCLEAR not in slots and len(set(slots)) == len(slots)

    def _after(self, first: _Stem, stem: _Stem) -> Issue | None:
        """Return what is wrong with a stem after the first, None where the first takes it."""
        follows, code = first.follows, stem.entry.code
        if code not in follows:
            axes = self.axes.axes_of(first.entry).axes
            takes = any(axis.name in STEM_AXES and axis.admits(stem.entry) for axis in axes)
            said = () if takes else self.rules(f"{first.entry.code}/{code}")
            follows[code] = next((each for each in said if each.code in _OUTSIDE), None)
            self._count_pair()
        return follows[code]

    def _stem(self, code: str) -> _Stem | None:
        """Return a stem that is written as its code, requires nothing and may stand anywhere."""
        entry = self.entries[code]
        if entry is None or entry.code != code or not entry.is_stem:
            return None
        if is_ruled(code, shipped_order()):
            return None
        if any(axis.required for axis in self.axes.axes_of(entry).axes):
            return None
        self._stems[code] = stem = _Stem(entry, self._find_alone(code) or ())
        return stem

    def _slot(self, stem: _Stem, code: str) -> int:
        value = self.entries[code]
        if value is None or value.code != code or not value.is_extension:
            return _UNCLEAR
        place = self._place(stem, value)
        if place is None:
            return _UNCLEAR
        stem.values[code] = stem.slots.setdefault(place, len(stem.slots) + 1)
        self._count_pair()
        return stem.values[code]

    def _count_pair(self) -> None:
        """Begin anew when much is kept, since pairs of codes are hundreds of millions."""
        self._pairs += 1
        if self._pairs > MOST_PAIRS:
            self._stems.clear()
            self._pairs = 0

    def _place(self, stem: _Stem, value: Entry) -> tuple[int | str, str] | None:
        """Return the one place a value can take, None where there are several.

        A value that no axis admits has a place beside the axes, with its finding.
        """
        if value.is_universal:
            return "", value.block or value.id
        axes = self.axes.axes_of(stem.entry)
        admitting = axes.admitting(value)
        if len(admitting) > 1 or self.same.find_code(stem.entry, value):
            return None
        if admitting:
            return place_of(admitting[0], axes.axes[admitting[0]], value)
        *_, stem.said[value.code] = self.rules(f"{stem.entry.code}&{value.code}")
        return "outside", value.id


def _is_alone(text: str) -> bool:
    return "&" not in text and "/" not in text


def _moved(issue: Issue, start: int, end: int, repair: str) -> Issue:
    """Return a finding as one of another text; quicker than `_replace`."""
    code, message, _, _, codes, axis, tier, _, severity, overlay = issue
    return Issue(code, message, start, end, codes, axis, tier, repair, severity, overlay)


def _placed(stem: _Stem, codes: list[str], place: int, text: str) -> list[Issue]:
    """Return the findings of a group that begins at a place of the text."""
    found = [_moved(issue, place, place + len(codes[0]), "") for issue in stem.findings]
    for code in codes:
        end = place + len(code)
        if code in stem.said:
            found.append(_moved(stem.said[code], place, end, text[: place - 1] + text[end:]))
        place = end + 1
    return found
