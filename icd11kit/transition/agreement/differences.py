"""In what two coders' codes for one record differ: nearest stems side by side, then extensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from icd11kit.transition.agreement.kinds import Difference, Kind
from icd11kit.transition.agreement.values import Concept, Record, Said, Value
from icd11kit.vocabulary import Residual

IsAlike = Callable[[str, str], bool]

_EXACT, _STEM, _LINE, _PARENT, _CATEGORY, _BLOCK, _CHAPTER, _APART = range(8)
"""How near two groups are, the nearest first."""


def key_of(record: Record, *, ordered: bool) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return what two records must share to be the same, order heeded or not."""
    clusters = [[group.codes for group in given.groups] for given in record]
    if ordered:
        return tuple(dict.fromkeys(map(tuple, clusters)))
    return tuple(sorted({tuple(sorted(groups)) for groups in clusters}))


def codes_in(record: Record) -> Counter[str]:
    """Return how often each code stands in a record; a cluster given twice counts once."""
    counted: Counter[str] = Counter()
    for groups in key_of(record, ordered=True):
        counted.update(code for group in groups for code in group)
    return counted


def differences(
    first: Record, second: Record, *, ordered: bool, is_alike: IsAlike
) -> tuple[Difference, ...]:
    """Return in what a record differs, () where both coders gave the same."""
    if key_of(first, ordered=ordered) == key_of(second, ordered=ordered):
        return ()
    if not first or not second:
        return (Difference(Kind.UNCODED, _text(first), _text(second)),)
    if key_of(first, ordered=False) == key_of(second, ordered=False):
        return (Difference(Kind.ORDER, _text(first), _text(second)),)
    joined = (Difference(Kind.JOINED, _text(first), _text(second)),)
    if codes_in(first) == codes_in(second):
        return joined
    return tuple(_between(_groups(first), _groups(second), is_alike)) or joined


def _text(record: Record) -> str:
    return "; ".join(given.text for given in record)


def _groups(record: Record) -> list[Said]:
    return list(dict.fromkeys(group for given in record for group in given.groups))


def _between(first: list[Said], second: list[Said], is_alike: IsAlike) -> Iterator[Difference]:
    pairs = _pairs(first, second)
    for place, said in enumerate(first):
        if place in pairs:
            yield from _of_pair(said, second[pairs[place]], is_alike)
        else:
            yield Difference(_alone(said.stem, Kind.MISSING_CODE), "&".join(said.codes))
    for place, said in enumerate(second):
        if place not in pairs.values():
            yield Difference(_alone(said.stem, Kind.ADDED_CODE), "", "&".join(said.codes))


def _pairs(first: list[Said], second: list[Said]) -> dict[int, int]:
    """Return which group of the second stands for which of the first, the nearest first.

    Groups of different chapters stand for each other only where both are the main ones.
    """
    ranked = sorted(
        (_rank(one, other), abs(i - j), i, j)
        for i, one in enumerate(first)
        for j, other in enumerate(second)
    )
    pairs: dict[int, int] = {}
    for rank, _, i, j in ranked:
        is_far = rank == _APART and (i, j) != (0, 0)
        if i not in pairs and j not in pairs.values() and not is_far:
            pairs[i] = j
    return pairs


def _rank(one: Said, other: Said) -> int:
    a, b = one.stem, other.stem
    tests = (
        one.codes == other.codes,
        a.id == b.id,
        a.id in b.above or b.id in a.above,
        a.parent == b.parent != "",
        a.category == b.category != "",
        a.block == b.block != "",
        a.chapter == b.chapter != "",
    )
    return tests.index(True) if True in tests else _APART


def _of_pair(one: Said, other: Said, is_alike: IsAlike) -> Iterator[Difference]:
    if one.codes == other.codes:
        return
    a, b = one.stem, other.stem
    texts = "&".join(one.codes), "&".join(other.codes)
    if not a.fault and not b.fault and is_alike(*texts):
        yield Difference(Kind.ALIKE, *texts)
        return
    if is_same_kernel(a, b):
        yield from _facets(a, b)
        return
    rank = _rank(one, other)
    if rank > _STEM:
        yield Difference(_stem_kind(a, b, rank), a.code, b.code)
    if rank <= _CATEGORY:
        yield from _values(one.values, other.values)


def is_same_kernel(a: Concept, b: Concept) -> bool:
    """Return whether two titles differ in facets only: side, encounter and the like."""
    return a.category == b.category and a.kernel == b.kernel != "" and a.facets != b.facets


def _stem_kind(a: Concept, b: Concept, rank: int) -> Kind:
    if a.fault or b.fault:
        return Kind.MALFORMED if a.is_malformed or b.is_malformed else Kind.UNKNOWN
    if rank == _LINE:
        return Kind.BROADER if b.id in a.above else Kind.NARROWER
    if rank == _PARENT and (a.residual or b.residual):
        return _residual_kind(a.residual, b.residual)
    if rank == _PARENT:
        rank = _CATEGORY if a.category == b.category else _BLOCK
    return {
        _CATEGORY: Kind.CATEGORY, _BLOCK: Kind.BLOCK, _CHAPTER: Kind.CHAPTER,
    }.get(rank, Kind.OTHER_CHAPTER)  # fmt: skip


def _residual_kind(a: Residual, b: Residual) -> Kind:
    if a and b:
        return Kind.RESIDUAL if a is not b else Kind.CATEGORY
    return Kind.TO_RESIDUAL if b else Kind.FROM_RESIDUAL


def _alone(stem: Concept, kind: Kind) -> Kind:
    if not stem.fault:
        return kind
    return Kind.MALFORMED if stem.is_malformed else Kind.UNKNOWN


def _values(first: Sequence[Value], second: Sequence[Value]) -> Iterator[Difference]:
    """Yield what differs in extensions: by axis, a missing one against an added one."""
    shared = {value.concept.id for value in first} & {value.concept.id for value in second}
    gone = [value for value in first if value.concept.id not in shared]
    new = [value for value in second if value.concept.id not in shared]
    for value in gone:
        rival = next((other for other in new if _is_rival(value, other)), None)
        if rival is not None:
            new.remove(rival)
            yield Difference(Kind.OTHER_VALUE, value.concept.code, rival.concept.code, value.axis)
        else:
            yield _lone_value(value, Kind.MISSING_VALUE)
    yield from (_lone_value(value, Kind.ADDED_VALUE) for value in new)


def _is_rival(value: Value, other: Value) -> bool:
    return value.axis == other.axis and not value.concept.fault and not other.concept.fault


def _lone_value(value: Value, kind: Kind) -> Difference:
    codes = (value.concept.code, "") if kind is Kind.MISSING_VALUE else ("", value.concept.code)
    if value.concept.fault:
        return Difference(Kind.UNKNOWN, *codes)
    return Difference(kind, *codes, value.axis)


def _facets(a: Concept, b: Concept) -> Iterator[Difference]:
    """Yield what differs in the facets of two ICD-10-CM titles."""
    ours, theirs = dict(a.facets), dict(b.facets)
    for axis in dict.fromkeys((*ours, *theirs)):
        if axis in ours and axis in theirs:
            if ours[axis] != theirs[axis]:
                yield Difference(Kind.OTHER_VALUE, a.code, b.code, axis)
        else:
            kind = Kind.MISSING_VALUE if axis in ours else Kind.ADDED_VALUE
            yield Difference(kind, a.code, b.code, axis)
