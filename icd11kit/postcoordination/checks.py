"""The rules, each a small function from a reading to its findings.

Source of the rules: ICD-11 Reference Guide on code combinations, Mabon et al. 2022, Droesler et
al. 2021 and the ICD-API, as docs/postcoordination.md lists them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from icd11kit.postcoordination.axes import CAUSE, STEM_AXES, AxisTier, StemAxes, StemAxis
from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.grammar import Part, join_codes
from icd11kit.postcoordination.issues import Issue, IssueCode
from icd11kit.postcoordination.order import check_order, shipped_order
from icd11kit.postcoordination.precoordinated import Equivalences
from icd11kit.postcoordination.reading import Bound, ReadGroup, Reading, ReadPart
from icd11kit.vocabulary import Multiple

Check = Callable[[Reading], Iterator[Issue]]


def check_codes(reading: Reading) -> Iterator[Issue]:
    """Every part is a code of the release, and no grouping."""
    for read in _parts(reading):
        if read.entry is None:
            yield _at(
                IssueCode.UNKNOWN_CODE, f"{read.part.text} is no code of this release", read.part
            )
        elif not read.entry.is_code:
            yield _at(
                IssueCode.GROUPING_AS_CODE,
                f"{read.part.text} is a {read.entry.kind} ({read.entry.title}) and groups codes; "
                "take one below it",
                read.part,
            )


def check_positions(reading: Reading) -> Iterator[Issue]:
    """A group begins with a stem and goes on with extensions."""
    is_alone = len(reading.cluster.parts) == 1
    for number, group in enumerate(reading.groups):
        yield from _check_first(group.stem, number, is_alone)
        for read in group.extensions:
            if read.entry and read.entry.is_stem:
                yield _at(
                    IssueCode.STEM_AFTER_AMPERSAND,
                    f"{read.part.text} is a stem code; stems are joined by /",
                    read.part,
                )._replace(repair=_with_operator(reading, read.part, "/"))


def _check_first(read: ReadPart, number: int, is_alone: bool) -> Iterator[Issue]:
    if read.entry is None or not read.entry.is_extension:
        return
    text = read.part.text
    if is_alone:
        yield _at(
            IssueCode.EXTENSION_ALONE,
            f"{text} is an extension code and says nothing without a stem before it",
            read.part,
        )
    elif number == 0:
        yield _at(
            IssueCode.EXTENSION_FIRST,
            f"{text} is an extension code; a cluster begins with a stem",
            read.part,
        )
    else:
        yield _at(
            IssueCode.EXTENSION_AFTER_SLASH,
            f"{text} is an extension code; extensions are joined by &",
            read.part,
        )


def check_values(reading: Reading) -> Iterator[Issue]:
    """Every value has an axis of its stem that takes it."""
    for bound in reading.bound:
        group = reading.groups[bound.group]
        if bound.axis is not None or group.axes is None or group.stem.entry is None:
            continue
        taken = [group.axes.axes[n] for n in group.axes.admitting(bound.value)]
        if taken:
            yield _crowded(reading, bound, group, taken)
        else:
            yield _outside(reading, bound, group, group.axes)


def _outside(reading: Reading, bound: Bound, group: ReadGroup, axes: StemAxes) -> Issue:
    """Return what is wrong with a value that no axis of the stem admits."""
    tiers = {axis.tier for axis in axes.axes}
    tier = AxisTier.SANCTIONED if AxisTier.SANCTIONED in tiers else AxisTier.PROFILE
    kindred = [axis for axis in axes.axes if _is_kindred(axis, bound.value)]
    stem = f"{group.stem.part.text} ({group.stem.entry.title})" if group.stem.entry else ""
    value = f"{bound.part.text} ({bound.value.title})"
    whose = "WHO's axes" if tier is AxisTier.SANCTIONED else "the axes of the profile"
    if kindred:
        message = f"{value} is none of the values that {whose} give {stem} for {kindred[0].name}"
        code = IssueCode.VALUE_OUTSIDE_AXIS
    else:
        message = f"{whose} give {stem} none for {value}"
        code = IssueCode.AXIS_NOT_DECLARED
    return _at(code, message, bound.part, (group.stem.part.code,))._replace(
        axis=kindred[0].name if kindred else "", tier=tier, repair=_without(reading, bound.part)
    )


def _is_kindred(axis: StemAxis, value: Entry) -> bool:
    """Return whether an axis takes values of the kind of this one: of the same first letters."""
    if not value.is_extension:
        return axis.name in STEM_AXES
    return axis.name not in STEM_AXES and _family(axis) == value.code[:2]


def _family(axis: StemAxis) -> str:
    return _FAMILIES.get(axis.name, "")


_FAMILIES = {
    "infectiousAgent": "XN",
    "specificAnatomy": "XA",
    "laterality": "XK",
    "distribution": "XK",
    "regional": "XK",
    "relational": "XK",
    "hasSeverity": "XS",
    "hasAlternativeSeverity1": "XS",
    "hasAlternativeSeverity2": "XS",
    "course": "XT",
    "temporalPatternAndOnset": "XT",
    "timeInLife": "XT",
    "causality": "XB",
    "histopathology": "XH",
    "medication": "XM",
    "chemicalAgent": "XM",
    "fractureSubtype": "XJ",
    "fractureOpenOrClosed": "XJ",
    "jointInvolvementInFracture": "XJ",
    "typeOfInjury": "XJ",
}
"""The first letters of the codes that an axis takes, to tell a wrong value from a wrong kind."""


def _crowded(reading: Reading, bound: Bound, group: ReadGroup, taken: list[StemAxis]) -> Issue:
    """Return what is wrong with a value whose axes are all taken by others."""
    axis = taken[0]
    rivals = (
        other
        for other in reading.bound
        if other.group == bound.group and other.axis is axis and other.part != bound.part
    )
    rival = next(rivals, None)
    codes = (group.stem.part.code, rival.part.code) if rival else (group.stem.part.code,)
    repair = _without(reading, bound.part)
    if rival and rival.value.id == bound.value.id:
        message = f"{bound.part.text} stands twice on the axis {axis.name}; once says as much"
        code = IssueCode.REPEATED_VALUE
    elif axis.multiple is Multiple.EXCEPT_SAME_BLOCK:
        message = f"{axis.name} takes one value of a block, and {bound.part.text} shares one"
        code = IssueCode.SAME_BLOCK
    else:
        message = (
            f"{axis.name} of {group.stem.part.text} takes one value; {bound.part.text} is more"
        )
        code = IssueCode.TOO_MANY_VALUES
    return _at(code, message, bound.part, codes)._replace(
        axis=axis.name, tier=axis.tier, repair=repair
    )


def check_required(reading: Reading) -> Iterator[Issue]:
    """Every required axis of a stem has a value."""
    for number, group in enumerate(reading.groups):
        if group.axes is None or group.stem.entry is None:
            continue
        given = {bound.axis.name for bound in reading.bound if bound.group == number and bound.axis}
        for axis in group.axes.axes:
            if axis.required and axis.name not in given:
                what = "the causing condition" if axis.name == CAUSE else f"a value for {axis.name}"
                yield _at(
                    IssueCode.REQUIRED_AXIS_MISSING,
                    f"{group.stem.part.text} ({group.stem.entry.title}) asks for {what} also",
                    group.stem.part,
                )._replace(axis=axis.name, tier=axis.tier)


def check_descriptors(reading: Reading) -> Iterator[Issue]:
    """Of each group of descriptors at most one is given: two contradict each other, or repeat."""
    for group in reading.groups:
        seen: dict[str, ReadPart] = {}
        for read in group.extensions:
            if read.entry is None or not read.entry.is_universal or not read.entry.block:
                continue
            first = seen.setdefault(read.entry.block, read)
            if first is read:
                continue
            yield _rivals(reading, first, read)


def _rivals(reading: Reading, first: ReadPart, second: ReadPart) -> Issue:
    is_same = first.part.code == second.part.code
    what = "says the same twice" if is_same else f"contradicts {first.part.text}"
    return _at(
        IssueCode.REPEATED_VALUE if is_same else IssueCode.CONTRADICTING_DESCRIPTORS,
        f"{second.part.text} {what}; one of a kind can be said",
        second.part,
        (first.part.code,),
    )._replace(repair=_without(reading, second.part) if is_same else "")


def check_terminal(reading: Reading) -> Iterator[Issue]:
    """Stems that are reported have nothing below them."""
    for group in reading.groups:
        entry = group.stem.entry
        if entry and entry.is_stem and not entry.is_leaf:
            yield _at(
                IssueCode.NON_TERMINAL_CODE,
                f"{group.stem.part.text} ({entry.title}) has codes below it; report one of those",
                group.stem.part,
            )


def check_replicates(reading: Reading, same: Equivalences) -> Iterator[Issue]:
    """No stem is given with a value that another code says together with it."""
    for number, group in enumerate(reading.groups):
        for part, value in group.values if group.axes is not None and group.stem.entry else ():
            stem = group.stem.entry
            found = same.find_code(stem, value) if stem else None
            if found is None or stem is None:
                continue
            code = found.entry.code
            yield _at(
                IssueCode.REPLICATES_PRECOORDINATED,
                f"{code} ({found.entry.title}) says {stem.code} with {part.text} in one code",
                part,
                (group.stem.part.code, code),
            )._replace(repair=_replaced(reading, number, part, code))


LONGEST_REPAIRED = 1_000
"""A repair is the whole text; for longer ones it would cost more than the check."""

CHECKS: tuple[Check, ...] = (
    check_codes,
    check_positions,
    check_values,
    check_required,
    check_descriptors,
    check_terminal,
)
"""All rules in the order their findings are given."""


def find_issues(reading: Reading, same: Equivalences) -> tuple[Issue, ...]:
    """Return the findings of all rules in the order of the text."""
    found = [issue for check in CHECKS for issue in check(reading)]
    found.extend(check_replicates(reading, same))
    found.extend(check_order(reading, shipped_order()))
    return tuple(sorted(found, key=lambda issue: issue.start))


def _parts(reading: Reading) -> Iterator[ReadPart]:
    for group in reading.groups:
        yield from (group.stem, *group.extensions)


def _at(code: IssueCode, message: str, part: Part, codes: tuple[str, ...] = ()) -> Issue:
    return Issue(code, message, part.start, part.end, (part.code, *codes))


def _without(reading: Reading, part: Part) -> str:
    """Return the cluster's text without a part, in its short form; "" for very long ones.

    With a stem its whole group goes, whose extensions speak of the stem.
    """
    if len(reading.cluster.text) > LONGEST_REPAIRED:
        return ""
    groups = (group for group in reading.cluster.groups if group.stem != part)
    return join_codes([p.text for p in group.parts if p != part] for group in groups)


def _replaced(reading: Reading, number: int, part: Part, code: str) -> str:
    """Return the cluster's text with a code in place of a group's stem and one of its values."""
    kept = [[p.text for p in group.parts if p != part] for group in reading.cluster.groups]
    kept[number][0] = code
    return join_codes(kept)


def _with_operator(reading: Reading, part: Part, operator: str) -> str:
    """Return the cluster's text with another operator before a part."""
    text = reading.cluster.text
    before = text[: part.start].rstrip().removesuffix("&amp;").removesuffix("&")
    return before.removesuffix("%26").rstrip() + operator + text[part.start :]
