"""From what a coder wrote to codes as a comparison sees them; each different text is read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from icd11kit.codes import parse_icd10cm
from icd11kit.crosswalk.meaning import CmCode, Meaning, WordRule, parse_word_rules, read_meaning
from icd11kit.crosswalk.wording import Wording
from icd11kit.errors import ClusterSyntaxError, MalformedCodeError, UnknownCodeError
from icd11kit.postcoordination.compare import Relation
from icd11kit.postcoordination.grammar import join_codes
from icd11kit.postcoordination.issues import IssueCode
from icd11kit.resources import read_resource
from icd11kit.transition.agreement.values import Concept, Given, Said, Value, malformed, spoken
from icd11kit.vocabulary import ClassKind, Residual, System

if TYPE_CHECKING:
    from icd11kit.postcoordination.entries import Entry
    from icd11kit.postcoordination.grammar import Part
    from icd11kit.postcoordination.reading import ReadGroup, Reading, ReadPart
    from icd11kit.terminology import Terminology

_SAID_ELSEWHERE = frozenset({"placeholder", "seventh character", "condition"})
"""What is compared already: characters by the encounter in words, the condition by residuals."""


class Icd11Codes:
    """Reads ICD-11 clusters, each extension with the axis that takes it."""

    def __init__(self, icd: Terminology) -> None:
        self._icd = icd
        self._given: dict[str, Given] = {}
        self._known: dict[str, Concept] = {}
        self._alike: dict[tuple[str, str], bool] = {}
        self._roots: dict[str, frozenset[str]] = {}

    def read(self, text: str) -> Given:
        """Return a cluster looked up; no text raises."""
        if text not in self._given:
            self._given[text] = self._read(text)
        return self._given[text]

    def is_alike(self, first: str, second: str) -> bool:
        """Return whether two clusters say the same in other codes."""
        if (first, second) not in self._alike:
            try:
                relation = self._icd.clusters.compare(first, second).relation
            except ClusterSyntaxError:
                return False
            self._alike[first, second] = relation is Relation.EQUAL
        return self._alike[first, second]

    def _read(self, text: str) -> Given:
        verdict = self._icd.validate(text)
        reading = verdict.reading
        if reading is None:
            return malformed(text, verdict.issues[0].message)
        faults = {
            issue.codes[0]: issue.message
            for issue in verdict.issues
            if issue.code in (IssueCode.UNKNOWN_CODE, IssueCode.MOVED_CODE) and issue.codes
        }
        groups = tuple(self._groups(reading, faults))
        return Given(join_codes(group.codes for group in groups), groups)

    def _groups(self, reading: Reading, faults: dict[str, str]) -> Iterator[Said]:
        axes = {bound.part: bound.axis.name for bound in reading.bound if bound.axis}
        seen: set[tuple[str, ...]] = set()
        for group in reading.groups:
            said = Said(self._concept(group.stem, faults), self._values(group, axes, faults))
            if said.codes not in seen:
                seen.add(said.codes)
                yield said

    def _values(
        self, group: ReadGroup, axes: dict[Part, str], faults: dict[str, str]
    ) -> tuple[Value, ...]:
        found: dict[str, Value] = {}
        for read in group.extensions:
            concept = self._concept(read, faults)
            axis = axes.get(read.part) or self._subject(read.entry)
            found.setdefault(concept.id, Value(spoken(axis), concept))
        return tuple(sorted(found.values(), key=lambda value: value.concept.code))

    def _subject(self, entry: Entry | None) -> str:
        """Return what an extension speaks of where its stem has no axis for it.

        That is an axis other stems have for it, else the title of its nearest block.
        """
        if entry is None:
            return "extension"
        axes = () if entry.is_universal else self._axes().items()
        named = (axis for axis, roots in axes if not roots.isdisjoint(entry.kin))
        above = self._icd.ancestors(entry.code or entry.id)
        blocks = [entity.title for entity in above if entity.kind is ClassKind.BLOCK]
        return next(named, blocks[-1] if blocks else "extension")

    def _axes(self) -> dict[str, frozenset[str]]:
        """Return the axes of the profile, each with what its values are looked for by."""
        if not self._roots:
            source = self._icd.clusters.axes
            scales: dict[str, set[str]] = {}
            for rule in chain.from_iterable(source.profile.rules.values()):
                scales.setdefault(rule.axis, set()).update(rule.scales)
            self._roots = {axis: source.resolve(names) for axis, names in scales.items()}
        return self._roots

    def _concept(self, read: ReadPart, faults: dict[str, str]) -> Concept:
        if read.entry is None:
            code = read.part.code
            return Concept(code, code, fault=faults.get(code, f"{code} names nothing"))
        if read.entry.id not in self._known:
            self._known[read.entry.id] = self._place(read.entry)
        return self._known[read.entry.id]

    def _place(self, entry: Entry) -> Concept:
        label = entry.code or entry.id
        above = self._icd.ancestors(label)
        blocks = [entity.id for entity in above if entity.kind is ClassKind.BLOCK]
        codes = [entity.code for entity in above if entity.kind is ClassKind.CATEGORY]
        return Concept(
            entry.id, label, entry.title, entry.chapter,
            above[0].title if above else entry.title,
            blocks[-1] if blocks else entry.chapter,
            next((code for code in codes if code), label),
            entry.parent, entry.residual, frozenset(entity.id for entity in above) | {entry.id},
        )  # fmt: skip


class Icd10CmCodes:
    """Reads ICD-10-CM codes: each is a cluster of one code.

    What its title says of side, encounter and the like takes the part of the extensions.
    """

    def __init__(self, icd: Terminology) -> None:
        self._icd = icd
        self._given: dict[str, Given] = {}
        self._rules = parse_word_rules(read_resource("mappings", "icd10cm-words.tsv"))

    def read(self, text: str) -> Given:
        """Return a code looked up; no text raises."""
        if text not in self._given:
            self._given[text] = self._read(text)
        return self._given[text]

    def is_alike(self, first: str, second: str) -> bool:
        """Return False: in ICD-10-CM other codes say other things."""
        return False

    def _read(self, text: str) -> Given:
        try:
            code = str(parse_icd10cm(text))
        except MalformedCodeError as error:
            return malformed(text, error.reason)
        try:
            found = self._icd.lookup(code, system=System.ICD10CM)
        except UnknownCodeError as error:
            return Given(code, (Said(Concept(code, code, fault=str(error))),))
        above = [(step.label, step.title) for step in found.path if step.label != found.code]
        blocks = [step.label for step in found.path if step.kind == ClassKind.BLOCK]
        codes = [step.label for step in found.path if step.kind == ClassKind.CATEGORY]
        meaning = _meaning(found.code, found.title, above, self._rules)
        concept = Concept(
            found.code, found.code, found.title, found.chapter,
            above[0][1] if above else found.title,
            blocks[-1] if blocks else found.chapter, codes[0] if codes else found.code,
            found.parent, _residual(meaning),
            frozenset(label for label, _ in above) | {found.code}, meaning.kernel,
            tuple((f.kind, f.value) for f in meaning.facets if f.kind not in _SAID_ELSEWHERE),
        )  # fmt: skip
        return Given(code, (Said(concept),))


Codes = Icd11Codes | Icd10CmCodes


def read_codes(icd: Terminology, system: str) -> Codes:
    """Return what reads the codes of a system, icd11 or icd10cm."""
    return Icd10CmCodes(icd) if system == System.ICD10CM else Icd11Codes(icd)


def _meaning(
    code: str, title: str, above: Sequence[tuple[str, str]], rules: Sequence[WordRule]
) -> Meaning:
    return read_meaning(CmCode(code, title, tuple(above)), rules, Wording({}))


def _residual(meaning: Meaning) -> Residual:
    """Return what kind of rest a title says it is."""
    if meaning.is_unspecified:
        return Residual.UNSPECIFIED
    return Residual.OTHER if meaning.is_other else Residual.NONE
