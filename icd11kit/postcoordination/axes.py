"""The axes of a stem: WHO's own where installed, else those of the profile.

Axes say where they come from: `sanctioned` ones are WHO's word, `profile` ones our
approximation, `overlay` ones a country's or payer's.
"""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.profile import Profile, Rule, find_rules
from icd11kit.store.read import Store, ask, find_pre, read_axes, read_notes
from icd11kit.vocabulary import Multiple, NoteKind, Tier

CAUSE = "hasCausingCondition"
STEM_AXES = ("associatedWith", CAUSE, "hasManifestation")
"""The axes whose values are stems, joined by a slash."""
_CODE_ALSO = r"(?i)\bcode (?:also|aslo) the causing condition"
"""WHO's words, with the slip that its print version of 2022-02 often has."""


class AxisTier(StrEnum):
    """Whose word an axis is."""

    SANCTIONED = "sanctioned"
    PROFILE = "profile"
    OVERLAY = "overlay"


class StemAxis(NamedTuple):
    """One axis of a stem: entries with one of the roots among their kin are its values."""

    name: str
    required: bool
    multiple: Multiple
    roots: frozenset[str]
    tier: AxisTier
    source: str

    def admits(self, value: Entry) -> bool:
        """Return whether an entry is at or below a root of the axis."""
        return not self.roots.isdisjoint(value.kin)


_MOST_VALUES = 4_000
"""So many values are kept for the same axes; there are some hundred different ones."""


class StemAxes:
    """The axes of one stem, and by a value's id, kept, the places of those that admit it."""

    __slots__ = ("_admitting", "axes")

    def __init__(self, axes: tuple[StemAxis, ...]) -> None:
        self.axes = axes
        self._admitting: dict[str, tuple[int, ...]] = {}

    def admitting(self, value: Entry) -> tuple[int, ...]:
        """Return the places of the axes that admit a value."""
        found = self._admitting.get(value.id)
        if found is None:
            found = tuple(n for n, axis in enumerate(self.axes) if axis.admits(value))
            if len(self._admitting) >= _MOST_VALUES:
                self._admitting.clear()
            self._admitting[value.id] = found
        return found


AddedAxes = Callable[[Entry], Iterable[StemAxis]]
"""Gives the axes that overlays add to a stem."""


class AxisSource:
    """Axes by stem, read from a store and a profile when they are first asked for."""

    def __init__(self, store: Store, profile: Profile, added: AddedAxes) -> None:
        self.store, self.profile, self.added = store, profile, added
        self._roots: dict[str, frozenset[str]] = {}
        self._shared: dict[tuple[StemAxis, ...], StemAxes] = {}
        self._held: dict[str, StemAxes] = {}
        self._made: dict[Rule, StemAxis] = {}
        self._is_api = store.manifest["tier"] == Tier.API
        self._has_no_tree = store.manifest["tier"] == Tier.INDEX

    def axes_of(self, stem: Entry) -> StemAxes:
        """Return the axes of a stem; stems with the same axes share one value."""
        if stem.id not in self._held:
            axes = (*self._read(stem), *self.added(stem))
            self._held[stem.id] = self._shared.setdefault(axes, StemAxes(axes))
        return self._held[stem.id]

    def _read(self, stem: Entry) -> tuple[StemAxis, ...]:
        sanctioned = self._sanctioned(stem) if self._has_sanctioned else ()
        if sanctioned or self._is_api:
            return sanctioned
        rules = find_rules(self.profile, stem.code)
        return tuple(self._with_note(self._profiled(rule), stem) for rule in rules)

    @cached_property
    def _has_sanctioned(self) -> bool:
        """Whether the store holds any of WHO's axes; most do not."""
        return bool(ask(self.store, "SELECT 1 FROM axis LIMIT 1"))

    def _sanctioned(self, stem: Entry) -> tuple[StemAxis, ...]:
        return tuple(
            StemAxis(
                axis.name, axis.required, axis.multiple, frozenset(axis.scale),
                AxisTier.SANCTIONED, axis.source,
            )
            for axis in read_axes(self.store, self._pre(stem))
        )  # fmt: skip

    def _profiled(self, rule: Rule) -> StemAxis:
        if rule not in self._made:
            roots = frozenset[str]().union(*map(self._roots_of, rule.scales))
            self._made[rule] = StemAxis(
                rule.axis, rule.required, rule.multiple, roots, AxisTier.PROFILE, rule.source
            )
        return self._made[rule]

    def resolve(self, names: Iterable[str]) -> frozenset[str]:
        """Return what the values of scales, named or given by id, are looked for by."""
        scales = self.profile.scales
        return frozenset[str]().union(
            *(self._roots_of(name) if name in scales else {name} for name in names)
        )

    def _roots_of(self, name: str) -> frozenset[str]:
        """Return what a scale is looked for by: its roots in this release, else its prefixes."""
        if name not in self._roots:
            scale = self.profile.scales[name]
            listed = () if self._has_no_tree else scale.roots
            held = [root for root in listed if find_pre(self.store, root) is not None]
            marks = (f"{prefix}*" for prefix in scale.prefixes)
            self._roots[name] = frozenset(held or marks)
        return self._roots[name]

    def _with_note(self, axis: StemAxis, stem: Entry) -> StemAxis:
        """Return the axis as required where a coding note asks for the causing condition."""
        if axis.name != CAUSE or not self._asks_for_cause(stem):
            return axis
        return axis._replace(required=True, tier=AxisTier.SANCTIONED, source="coding note")

    def _asks_for_cause(self, stem: Entry) -> bool:
        notes = read_notes(self.store, self._pre(stem))
        return any(
            kind is NoteKind.CODING_NOTE and re.search(_CODE_ALSO, text) for kind, text in notes
        )

    def _pre(self, stem: Entry) -> int:
        """Return the place of a stem, which was read from this store."""
        pre = find_pre(self.store, stem.id)
        if pre is None:
            raise LookupError(stem.id)
        return pre
