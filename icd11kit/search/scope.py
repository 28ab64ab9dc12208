"""Where a search looks: codes first, then words, in the chapters that were asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from icd11kit.codes import shorten, spellings
from icd11kit.errors import MalformedCodeError
from icd11kit.search.find import Hit, find_hits
from icd11kit.store.read import Store, ask, find_pre, find_span, read_entity
from icd11kit.uris import find_uri
from icd11kit.vocabulary import EXTENSION_CHAPTER, OUTSIDE_SEARCH, System

_SHORTEST_CODE = 3


class Scope(NamedTuple):
    """Where to look: chapters by name, several parted by `;` or `,`, and below which entries.

    Without either all chapters are searched but those outside of search, with `extensions`
    the extension codes alone.
    """

    chapter: str = ""
    extensions: bool = False
    within: Sequence[str] = ()


def search(
    store: Store, query: str, scope: Scope, *, limit: int, whole: bool = False
) -> tuple[Hit, ...]:
    """Return what fits a query in a store: the code it spells, codes it begins, then words.

    Raises MalformedCodeError where a chapter does not exist.
    """
    if limit < 1:
        return ()
    typed = query.replace("%", " ")
    by_code = _code_hits(store, typed, limit)
    if scope.within or scope.chapter:
        by_code = _those_within(store, by_code, scope)
    if len(typed.split()) == 1 and (by_code or _spells_code(store, typed)):
        return by_code
    if by_code and by_code[0].score == 1.0:
        return by_code
    return find_hits(store, query, limit=limit, spans=_spans(store, scope), whole=whole)


def _spells_code(store: Store, query: str) -> bool:
    """Return whether one word has the form of this system's codes: then no word is meant."""
    return "." in query and store.manifest["system"] in {system for system, _ in spellings(query)}


def _code_hits(store: Store, query: str, limit: int) -> tuple[Hit, ...]:
    """Return the entry whose code the query is, or those whose codes begin with it."""
    system = store.manifest["system"]
    codes = [code for candidate, code in spellings(query) if candidate == system]
    exact = [pre for code in codes if (pre := find_pre(store, code)) is not None]
    if exact:
        entity = read_entity(store, exact[0])
        return (Hit(entity, entity.code or entity.block_id, 1.0),)
    start = "".join(query.split()).upper()
    if len(start) < _SHORTEST_CODE or not any(char.isdigit() for char in start):
        return ()
    rows = ask(
        store,
        "SELECT pre, label FROM label JOIN entity USING (pre) WHERE label >= ? AND label < ? "
        "AND label = code ORDER BY pre LIMIT ?",
        start,
        start + "\x7f",
        limit,
    )
    return tuple(Hit(read_entity(store, pre), label, 0.9) for pre, label in rows)


def _those_within(store: Store, hits: tuple[Hit, ...], scope: Scope) -> tuple[Hit, ...]:
    spans = _spans(store, scope)
    places = [(hit, find_pre(store, hit.entity.id)) for hit in hits]
    return tuple(
        hit
        for hit, pre in places
        if pre is not None and any(first <= pre <= last for first, last in spans)
    )


def _spans(store: Store, scope: Scope) -> list[tuple[int, int]]:
    """Return the runs of the pre-order to look in."""
    chapters = _chapter_spans(store, scope)
    if not scope.within:
        return chapters
    below = [span for name in scope.within if (span := _span_of(store, name))]
    overlaps = {(max(a, c), min(b, d)) for a, b in chapters for c, d in below}
    return _joined([(first, last) for first, last in overlaps if first <= last])


def _span_of(store: Store, name: str) -> tuple[int, int] | None:
    """Return the run of an entry given by code, id or URI, None for one not in the store."""
    uri = find_uri(name)
    return find_span(store, uri.id if uri else name.strip())


def _chapter_spans(store: Store, scope: Scope) -> list[tuple[int, int]]:
    rows = ask(store, "SELECT chapter, pre, last FROM entity WHERE parent = -1")
    known = dict.fromkeys(number for number, _, _ in rows if number)
    if scope.chapter:
        wanted = {_chapter(name, known) for name in re.split("[;,]", scope.chapter) if name.strip()}
    elif scope.extensions:
        wanted = {EXTENSION_CHAPTER}
    else:
        default = store.manifest["system"] == System.MMS and not scope.within
        wanted = {number for number, _, _ in rows} - (OUTSIDE_SEARCH if default else frozenset())
    return _joined([(pre, last) for number, pre, last in rows if number in wanted])


def _chapter(name: str, known: Iterable[str]) -> str:
    """Return a chapter's number as the store has it."""
    number = name.strip().upper()
    for form in (number, number.zfill(2) if number.isdigit() else number):
        if form in known:
            return form
    reason = f"no chapter {shorten(name.strip())!r}; there are {' '.join(known)}"
    raise MalformedCodeError(name, reason)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return runs with those that touch or overlap made one.

    >>> _joined([(0, 4), (5, 9), (6, 7), (12, 13)])
    [(0, 9), (12, 13)]
    """
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
