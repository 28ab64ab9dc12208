"""Where two coders part, counted: by chapter, by kind of difference, by pair of codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from icd11kit.transition.agreement.differences import IsAlike, differences
from icd11kit.transition.agreement.kinds import MEANS, Difference, Kind
from icd11kit.transition.agreement.values import Coded, Concept, Record

NO_CHAPTER = "unknown or malformed code"
"""What stands for the chapter of a code that has none."""


class Parted(NamedTuple):
    """A record on which the coders part; `chapter` is that of the first coder's main code."""

    id: str
    chapter: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    differences: tuple[Difference, ...]


class ChapterCount(NamedTuple):
    """Records of a chapter, those with the same codes, those with the same main stem."""

    chapter: str
    title: str
    records: int
    exact: int
    stem: int


class KindCount(NamedTuple):
    """A kind of difference: how often it is, in how many records, and what it says."""

    name: str
    times: int
    records: int
    means: str


class PairCount(NamedTuple):
    """Two codes that stood for each other, as which kind of difference, and how often."""

    first: str
    second: str
    name: str
    times: int
    first_title: str
    second_title: str


class Fault(NamedTuple):
    """A code of coder A or B that names nothing, and why."""

    id: str
    coder: str
    text: str
    reason: str


def main_stem(record: Coded) -> Concept:
    """Return the first coder's main stem, the second's where the first gave none."""
    return (record.first or record.second)[0].groups[0].stem


def find_parted(records: Sequence[Coded], ordered: bool, is_alike: IsAlike) -> Iterator[Parted]:
    """Yield the records on which two coders part, in their order."""
    for record in records:
        found = differences(record.first, record.second, ordered=ordered, is_alike=is_alike)
        if found:
            yield Parted(
                record.id,
                main_stem(record).chapter,
                tuple(given.text for given in record.first),
                tuple(given.text for given in record.second),
                found,
            )


def count_chapters(
    records: Sequence[Coded], parted: Sequence[Parted], ordered: bool
) -> tuple[ChapterCount, ...]:
    """Return the chapters with most records first."""
    titles = {main_stem(r).chapter: main_stem(r).chapter_title or NO_CHAPTER for r in records}
    total = Counter(main_stem(record).chapter for record in records)
    apart = Counter(record.chapter for record in parted)
    alike = [
        record
        for record in records
        if _stems(record.first, ordered) == _stems(record.second, ordered)
    ]
    stem = Counter(main_stem(record).chapter for record in alike)
    return tuple(
        ChapterCount(chapter, titles[chapter], number, number - apart[chapter], stem[chapter])
        for chapter, number in sorted(total.items(), key=lambda item: (-item[1], item[0]))
    )


def _stems(record: Record, ordered: bool) -> list[str]:
    """Return the main stem, or without order all stems."""
    stems = [group.stem.id for given in record for group in given.groups]
    return stems[:1] if ordered else sorted(set(stems))


def count_kinds(parted: Sequence[Parted]) -> tuple[KindCount, ...]:
    """Return the kinds of difference, the commonest first."""
    found: Counter[str] = Counter()
    records: Counter[str] = Counter()
    means: dict[str, str] = {}
    for record in parted:
        found.update(each.name for each in record.differences)
        records.update({each.name for each in record.differences})
        means.update({each.name: MEANS[each.kind] for each in record.differences})
    return tuple(
        KindCount(name, count, records[name], means[name])
        for name, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    )


def titles_of(records: Sequence[Coded]) -> dict[str, str]:
    """Return the titles of all codes given, by code."""
    groups = {
        group
        for record in records
        for given in (*record.first, *record.second)
        for group in given.groups
    }
    concepts = {concept for group in groups for concept in group.concepts}
    return {concept.code: concept.title for concept in concepts}


def count_pairs(parted: Sequence[Parted], titles: Mapping[str, str]) -> tuple[PairCount, ...]:
    """Return the codes that stood for each other, the commonest first."""
    whole = (Kind.ORDER, Kind.JOINED, Kind.UNCODED)
    found = Counter(
        (each.first, each.second, each.name)
        for record in parted
        for each in record.differences
        if each.first and each.second and each.kind not in whole
    )
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        PairCount(*pair, times, _in_words(pair[0], titles), _in_words(pair[1], titles))
        for pair, times in ordered
    )


def _in_words(text: str, titles: Mapping[str, str]) -> str:
    """Return a stem and its extensions in words, "" for what names nothing."""
    stem, *values = (titles.get(code, "") for code in text.split("&"))
    return " ".join([stem, *(f"[{value}]" for value in values if value)])


def find_faults(record: Coded) -> Iterator[Fault]:
    """Yield the codes of a record that name nothing."""
    for coder, clusters in (("A", record.first), ("B", record.second)):
        for given in clusters:
            for reason in given.faults:
                yield Fault(record.id, coder, given.text, reason)
