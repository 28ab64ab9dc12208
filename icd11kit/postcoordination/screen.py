"""A quick look at a cluster: whether the rules can find nothing in it.

Most clusters in data are right. For those the rules need not be walked: a stem without
findings of its own, each value on a place of an axis that no other value wants, further stems
taken by the first. Whatever is not that plain is left to the rules; that both agree is tested.
"""

from __future__ import annotations

from icd11kit.postcoordination.assign import place_of
from icd11kit.postcoordination.axes import STEM_AXES, AxisSource
from icd11kit.postcoordination.entries import Entries, Entry
from icd11kit.postcoordination.precoordinated import Equivalences

_UNCLEAR = 0
"""The slot of a value that the rules have to look at."""


class _Stem:
    """A stem that has no findings of its own: slots of its values, stems it takes, as met."""

    __slots__ = ("entry", "follows", "slots", "values")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.values: dict[str, int] = {}
        self.slots: dict[tuple[int | str, str], int] = {}
        self.follows: dict[str, bool] = {}


class Screen:
    """The quick look, over what has been looked up before."""

    def __init__(self, entries: Entries, axes: AxisSource, same: Equivalences) -> None:
        self.entries, self.axes, self.same = entries, axes, same
        self._stems: dict[str, _Stem] = {}

    def is_clean(self, text: str) -> bool:
        """Return whether no rule has a finding; False says only that the rules must look."""
        first = None
        for group in text.split("/"):
            codes = group.split("&")
            stem = self._stems.get(codes[0]) or self._stem(codes[0])
            if stem is None or (len(codes) > 1 and not self._fits(stem, codes)):
                return False
            if first is None:
                first = stem
            elif not self._takes(first, stem):
                return False
        return True

    def _fits(self, stem: _Stem, codes: list[str]) -> bool:
        """Return whether each value has a slot of its own; `codes` begins with the stem."""
        known = stem.values
        slots = [known.get(code) or self._slot(stem, code) for code in codes[1:]]
        return _UNCLEAR not in slots and len(set(slots)) == len(slots)

    def _takes(self, first: _Stem, stem: _Stem) -> bool:
        found = first.follows.get(stem.entry.id)
        if found is None:
            axes = self.axes.axes_of(first.entry).axes
            found = any(axis.name in STEM_AXES and axis.admits(stem.entry) for axis in axes)
            first.follows[stem.entry.id] = found
        return found

    def _stem(self, code: str) -> _Stem | None:
        """Return a stem that is a terminal code as it is written and requires nothing."""
        entry = self.entries[code]
        if entry is None or entry.code != code or not (entry.is_stem and entry.is_leaf):
            return None
        if any(axis.required for axis in self.axes.axes_of(entry).axes):
            return None
        self._stems[code] = stem = _Stem(entry)
        return stem

    def _slot(self, stem: _Stem, code: str) -> int:
        value = self.entries[code]
        if value is None or value.code != code or not value.is_extension:
            return _UNCLEAR
        place = self._place(stem, value)
        if place is None:
            return _UNCLEAR
        stem.values[code] = stem.slots.setdefault(place, len(stem.slots) + 1)
        return stem.values[code]

    def _place(self, stem: _Stem, value: Entry) -> tuple[int | str, str] | None:
        """Return the one place a value can take, None where there are several or none."""
        if value.is_universal:
            return "", value.block or value.id
        axes = self.axes.axes_of(stem.entry)
        admitting = axes.admitting(value)
        if len(admitting) != 1 or self.same.find_code(stem.entry, value):
            return None
        return place_of(admitting[0], axes.axes[admitting[0]], value)
