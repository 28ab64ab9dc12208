"""The members of a selection: listed in order, or asked one by one.

An entry is a member by its place in the pre-order of its edition, a cluster by its canonical
text. Clusters are endless: those a selection names are listed, the others only asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from icd11kit.errors import QueryError
from icd11kit.model import EditionKey, LinearizationEntity
from icd11kit.store.read import ENTITY_COLUMNS, Store, ask, find_pre, made, make_entity
from icd11kit.terminology import Terminology
from icd11kit.uris import find_uri
from icd11kit.valuesets.conditions import IN_PLACES, Clause
from icd11kit.valuesets.meaning import WANTED, canonical_of, is_wanted, main_stem
from icd11kit.vocabulary import System

Member = int | str
Members = dict[EditionKey, dict[Member, None]]
"""Edition by edition, each with its members in order."""
_MOST_CHOICES = 200
"""So many parts are put together; each costs up to some 40 ms in the largest edition."""


class Part(NamedTuple):
    """Codes of one system's edition: those `listed`, else all that hold every clause."""

    icd: Terminology
    system: str
    clauses: tuple[Clause, ...] = ()
    listed: tuple[str, ...] | None = None

    @property
    def store(self) -> Store:
        """The edition's store."""
        return self.icd.store(self.system)

    @property
    def has_clusters(self) -> bool:
        """Whether clusters are members that cannot be listed, since there is no end of them."""
        is_endless = self.system == System.MMS and self.listed is None
        return is_endless and all(clause.takes_clusters for clause in self.clauses)

    @property
    def key(self) -> EditionKey:
        """What names the edition."""
        manifest = self.store.manifest
        return EditionKey(manifest["system"], manifest["release"], manifest["language"])


class Choice(NamedTuple):
    """The codes of a part that are also in every selection of `within`."""

    part: Part | None
    within: tuple[Selection, ...] = ()


class Selection(NamedTuple):
    """The codes of any choice that is `included`, without those of any that is `excluded`."""

    included: tuple[Choice, ...]
    excluded: tuple[Choice, ...] = ()


def parts_of(selection: Selection) -> Iterator[Part]:
    """Yield every part of a selection, those of selections within it too."""
    for choice in (*selection.included, *selection.excluded):
        if choice.part is not None:
            yield choice.part
        for inner in choice.within:
            yield from parts_of(inner)


def members_of(selection: Selection) -> Members:
    """Return the members of a selection.

    Raises QueryError where it is put together of too many parts.
    """
    if sum(1 for _ in parts_of(selection)) > _MOST_CHOICES:
        raise QueryError(f"at most {_MOST_CHOICES} parts make one selection")
    return _members_of(selection)


def _members_of(selection: Selection) -> Members:
    made_of: Members = {}
    for choice in selection.included:
        for key, found in _members_of_choice(choice).items():
            made_of.setdefault(key, {}).update(found)
    for choice in selection.excluded:
        for key, found in _members_of_choice(choice).items():
            held = made_of.get(key, {})
            made_of[key] = {member: None for member in held if member not in found}
    return made_of


def _members_of_choice(choice: Choice) -> Members:
    inner = [_members_of(selection) for selection in choice.within]
    if choice.part is None:
        first, *rest = inner or [{}]
    else:
        first, rest = {choice.part.key: dict.fromkeys(_list_part(choice.part))}, inner
    for other in rest:
        first = {
            key: {member: None for member in found if member in other.get(key, {})}
            for key, found in first.items()
        }
    return first


def _list_part(part: Part) -> Iterable[Member]:
    if part.listed is None:
        sql, values = _where(part.clauses)
        rows = ask(part.store, f"SELECT pre FROM entity WHERE {sql} ORDER BY pre", *values)
        return (pre for (pre,) in rows)
    named = (find_member(part, text) for text in part.listed)
    return (member for member in named if member is not None)


def _where(clauses: Iterable[Clause]) -> tuple[str, list[object]]:
    held = tuple(clauses)
    tests = " AND ".join(["code <> ''", *(f"({clause.sql})" for clause in held)])
    return tests, [value for clause in held for value in clause.values]


def find_member(part: Part, text: str) -> Member | None:
    """Return the member that a code, URI or cluster is, None for what has no code."""
    uri = find_uri(text) if "://" in text else None
    pre = find_pre(part.store, uri.id if uri else text)
    if pre is not None:
        return pre
    if part.system != System.MMS or uri is not None:
        return None
    canonical = canonical_of(part.icd, text)
    return find_pre(part.store, canonical) or canonical or None


def has_member(selection: Selection, key: EditionKey, text: str) -> bool:
    """Return whether a code or cluster of an edition is a member of a selection."""
    return any(_is_in(choice, key, text) for choice in selection.included) and not any(
        _is_in(choice, key, text) for choice in selection.excluded
    )


def _is_in(choice: Choice, key: EditionKey, text: str) -> bool:
    part = choice.part
    if part is not None and not (part.key == key and _is_in_part(part, text)):
        return False
    return bool(part or choice.within) and all(has_member(s, key, text) for s in choice.within)


def _is_in_part(part: Part, text: str) -> bool:
    member = find_member(part, text)
    if member is None:
        return False
    if part.listed is not None:
        return any(find_member(part, each) == member for each in part.listed)
    if isinstance(member, int):
        return _holds(part.store, part.clauses, member)
    return all(_holds_of_cluster(part, clause, member) for clause in part.clauses)


def _holds(store: Store, clauses: Iterable[Clause], place: int) -> bool:
    sql, values = _where(clauses)
    return bool(ask(store, f"SELECT 1 FROM entity WHERE pre = ? AND {sql}", place, *values))


def _holds_of_cluster(part: Part, clause: Clause, cluster: str) -> bool:
    """Return whether a clause holds of a cluster: of its meaning, else of its main stem."""
    if clause.operator in WANTED:
        return is_wanted(part.icd, clause.operator, cluster, clause.concept)
    if clause.concept:
        return clause.operator == "not-in"
    stem = main_stem(part.icd, cluster)
    pre = find_pre(part.store, stem.id) if stem and clause.takes_clusters else None
    return pre is not None and _holds(part.store, (clause,), pre)


def count_members(members: Members) -> int:
    """Return how many members there are."""
    return sum(map(len, members.values()))


def read_members(
    store: Store, members: Iterable[Member]
) -> Iterator[tuple[Member, LinearizationEntity | None]]:
    """Yield members in order with their entries, None for a cluster."""
    listed = list(members)
    places = json.dumps([member for member in listed if isinstance(member, int)])
    rows = ask(store, f"SELECT pre, {ENTITY_COLUMNS} FROM entity WHERE {IN_PLACES}", places)
    entries = dict(made(store, lambda row: (row[0], make_entity(row[1:])), rows))
    for member in listed:
        yield member, entries[member] if isinstance(member, int) else None
