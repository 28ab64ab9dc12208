"""Trend breaks: groups whose counts jump in the move though nothing changed in the world.

The comparability ratio of a group is its count after the move through the count of its
counterpart before. Counterparts are named by somebody else than the mapping: by WHO's table of
foundation entities, which sets chapters of ICD-10 beside chapters of ICD-11 and calls blocks
equivalent to groupings, or by the user's own file of groups.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.tables import FOUNDATION
from icd11kit.errors import SourceError
from icd11kit.postcoordination.entries import Entries
from icd11kit.store.read import Store, ask, find_pre, read_entity
from icd11kit.transition.impact.places import Icd10Group, read_groups
from icd11kit.transition.impact.values import CodeRow, Group, Mover
from icd11kit.vocabulary import ClassKind

_MOST_MOVERS = 3
_EQUIVALENT = "equivalent"
_AFTER = "~"
"""Stands after every code that begins with what it is put behind."""
_COLUMNS = ("group", "source", "target")
_SOURCE = re.compile(r"[A-Z][0-9][0-9A-Z]{0,5}")
"""A code of ICD-10 or ICD-10-CM without its point, or what begins some."""


class Pair(NamedTuple):
    """A group of ICD-11, by the ids of its roots, and its counterpart, ranges of the source."""

    level: str
    label: str
    title: str
    counterpart: str
    roots: frozenset[str]
    ranges: tuple[tuple[str, str], ...]

    def holds_source(self, code: str) -> bool:
        """Return whether a source code is in the counterpart."""
        plain = _plain(code)
        return any(first <= plain < last + _AFTER for first, last in self.ranges)


def pairs_of_tables(store: Store) -> tuple[Pair, ...]:
    """Return the groups that WHO's tables set beside each other, chapters first."""
    rows = ask(
        store,
        "SELECT icd10_code, entity, relation FROM map_row WHERE mapping = ? "
        "AND icd10_kind IN ('chapter', 'block') ORDER BY line",
        FOUNDATION,
    )
    sent = {label: (entity, relation.lower()) for label, entity, relation in rows}
    joined: dict[tuple[str, str], list[Icd10Group]] = defaultdict(list)
    for group in read_groups(store):
        entity, relation = sent.get(group.label, ("", ""))
        if entity and (group.kind == "chapter" or relation == _EQUIVALENT):
            joined[group.kind, entity].append(group)
    found = (_pair(store, kind, entity, groups) for (kind, entity), groups in joined.items())
    return tuple(pair for pair in found if pair is not None)


def _pair(store: Store, kind: str, entity: str, groups: Sequence[Icd10Group]) -> Pair | None:
    """Return a pair, None where the release has no such grouping, or one of another level."""
    pre = find_pre(store, entity)
    found = None if pre is None else read_entity(store, pre)
    if found is None or (found.kind is ClassKind.CHAPTER) != (kind == "chapter"):
        return None
    return Pair(
        kind, found.code or found.block_id, found.title,
        ", ".join(map(_named, groups)), frozenset({entity}),
        tuple((group.first, group.last) for group in groups),
    )  # fmt: skip


def _named(group: Icd10Group) -> str:
    """Return a group's label, with the range of a chapter, whose number does not tell it."""
    is_chapter = group.kind == "chapter"
    return f"{group.label} ({group.first}-{group.last})" if is_chapter else group.label


def parse_groups(text: str, path: str, entries: Entries) -> tuple[Pair, ...]:
    """Return the groups of a table with columns group, source and target.

    A source is a code, a category or a range such as E10-E14; a target is a code, block id or
    chapter of ICD-11. Several stand between spaces or in several rows of one group. Raises
    SourceError for missing columns, empty groups, unknown targets and what is no source.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    rows = csv.DictReader(lines, delimiter="\t" if "\t" in "".join(lines[:1]) else ",")
    if not set(_COLUMNS) <= set(rows.fieldnames or ()):
        raise SourceError(path, "columns group, source and target are needed")
    sources: dict[str, list[str]] = defaultdict(list)
    targets: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        sources[row["group"]] += (row["source"] or "").split()
        targets[row["group"]] += (row["target"] or "").split()
    return tuple(
        _own_pair(name, sources[name], targets[name], entries, f"{path}, group {name!r}")
        for name in sources
    )


def _own_pair(
    name: str, sources: Sequence[str], targets: Sequence[str], entries: Entries, where: str
) -> Pair:
    if not sources or not targets:
        raise SourceError(where, "a group needs sources and targets")
    roots = []
    for label in targets:
        entry = entries[label]
        if entry is None:
            raise SourceError(where, f"{label} is no code, block or chapter of the release")
        roots.append(entry.id)
    return Pair(
        "group", " ".join(targets), name, " ".join(sources), frozenset(roots),
        tuple(_range(source, where) for source in sources),
    )  # fmt: skip


def _range(source: str, where: str) -> tuple[str, str]:
    """Return the ends of a code, a category or a range; raises SourceError for what is none."""
    first, _, last = source.replace(".", "").upper().partition("-")
    last = last or first
    if not (_SOURCE.fullmatch(first) and _SOURCE.fullmatch(last) and first <= last):
        raise SourceError(where, f"{source} is no code, category or range such as E10-E14")
    return first, last


def count_groups(
    pairs: Sequence[Pair], rows: Sequence[CodeRow], entries: Entries
) -> tuple[Group, ...]:
    """Return each pair that has any volume with its counts before and after."""
    before, after = Before(rows), After(pairs, rows, entries)
    counted = (_count(pair, rows, before.find(pair), after.find(pair)) for pair in pairs)
    return tuple(group for group in counted if group.before or group.after)


class Before:
    """Finds the rows of a counterpart: ranges of codes in their order."""

    def __init__(self, rows: Sequence[CodeRow]) -> None:
        listed = sorted((_plain(row.code), place) for place, row in enumerate(rows))
        self._codes = [code for code, _ in listed]
        self._places = [place for _, place in listed]

    def find(self, pair: Pair) -> set[int]:
        """Return the places of the rows whose codes stand in a pair's ranges."""
        found: set[int] = set()
        for first, last in pair.ranges:
            start = bisect_left(self._codes, first)
            end = bisect_left(self._codes, last + _AFTER)
            found.update(self._places[start:end])
        return found


class After:
    """Finds the rows of a group: those whose stem stands at or below its roots."""

    def __init__(self, pairs: Iterable[Pair], rows: Sequence[CodeRow], entries: Entries) -> None:
        roots = frozenset[str]().union(*(pair.roots for pair in pairs))
        self._places: dict[str, set[int]] = defaultdict(set)
        for place, row in enumerate(rows):
            for root in kin_of(row.stem, entries) & roots:
                self._places[root].add(place)

    def find(self, pair: Pair) -> set[int]:
        """Return the places of the rows whose targets stand in a group."""
        return set[int]().union(*(self._places[root] for root in pair.roots))


def kin_of(stem: str, entries: Entries) -> frozenset[str]:
    """Return the ids of a stem and of all above it."""
    entry = entries[stem] if stem else None
    return entry.kin if entry else frozenset()


def _plain(code: str) -> str:
    return code.replace(".", "").upper()


def _count(pair: Pair, rows: Sequence[CodeRow], before: set[int], after: set[int]) -> Group:
    was, now, kept = (_volume(rows, places) for places in (before, after, before & after))
    return Group(
        pair.level, pair.label, pair.title, pair.counterpart, was, now, kept,
        now / was if was else None, _movers(rows, after - before), _movers(rows, before - after),
    )  # fmt: skip


def _volume(rows: Sequence[CodeRow], places: set[int]) -> int:
    return sum(rows[place].volume for place in places)


def _movers(rows: Sequence[CodeRow], places: set[int]) -> tuple[Mover, ...]:
    moved = sorted((rows[p] for p in places), key=lambda row: (-row.volume, row.code))
    return tuple(Mover(row.code, row.target, row.volume) for row in moved[:_MOST_MOVERS])
