"""Where a search looks: codes first, then words, in the chapters that were asked for."""

from __future__ import annotations

from icd11kit.codes import spellings
from icd11kit.errors import MalformedCodeError
from icd11kit.search.find import Hit, find_hits
from icd11kit.store.read import Store, ask, find_pre, read_entity
from icd11kit.vocabulary import EXTENSION_CHAPTER, OUTSIDE_SEARCH, System

_SHORTEST_CODE = 3


def search(
    store: Store, query: str, *, limit: int, chapter: str = "", extensions: bool = False
) -> tuple[Hit, ...]:
    """Return what fits a query in a store: the code it spells, codes it begins, then words.

    Raises MalformedCodeError where the chapter does not exist.
    """
    if limit < 1:
        return ()
    by_code = _code_hits(store, query, limit)
    if len(query.split()) == 1 and (by_code or _spells_code(store, query)):
        return by_code
    if by_code and by_code[0].score == 1.0:
        return by_code
    return find_hits(store, query, limit=limit, spans=_spans(store, chapter, extensions))


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


def _spans(store: Store, chapter: str, extensions: bool) -> list[tuple[int, int]]:
    """Return the runs of the pre-order to look in."""
    rows = ask(store, "SELECT chapter, pre, last FROM entity WHERE parent = -1")
    if chapter:
        name = chapter.strip().upper()
        wanted = {name, name.zfill(2)} if name.isdigit() else {name}
    elif extensions:
        wanted = {EXTENSION_CHAPTER}
    else:
        outside = OUTSIDE_SEARCH if store.manifest["system"] == System.MMS else frozenset()
        wanted = {number for number, _, _ in rows} - outside
    found = _joined([(pre, last) for number, pre, last in rows if number in wanted])
    if not found:
        known = " ".join(dict.fromkeys(number for number, _, _ in rows if number))
        raise MalformedCodeError(chapter, f"no chapter {chapter!r}; there are {known}")
    return found


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return runs with those that touch made one.

    >>> _joined([(0, 4), (5, 9), (12, 13)])
    [(0, 9), (12, 13)]
    """
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined
