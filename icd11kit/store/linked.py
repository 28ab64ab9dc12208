"""Questions to a store that look-up does not ask: ranges, names, beginnings of codes, ICD-10."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from icd11kit.model import Entity
from icd11kit.store.read import Store, ask, made, read_span
from icd11kit.vocabulary import ClassKind, NoteKind, TermSource
from icd11kit.words import fold_words

ICD10_TABLES = (
    "10To11MapToOneCategory",
    "foundation_10To11MapToOneCategory",
    "10To11MapToMultipleCategories",
)
"""WHO's tables that list ICD-10 in its own order, with what each entry is."""


class Icd10Row(NamedTuple):
    """An entry of ICD-10 as a mapping table lists it."""

    code: str
    kind: str
    title: str


def read_code_range(store: Store, pre: int) -> str:
    """Return the first and the last code below an entry, "" where codes do not run in order.

    The codes of chapter X do not, so its blocks have no range.
    """
    rows = ask(
        store,
        "SELECT code FROM entity WHERE pre BETWEEN ? AND ? AND code <> '' ORDER BY pre",
        *read_span(store, pre),
    )
    codes = [str(code) for (code,) in rows]
    if not codes or (codes[0], codes[-1]) != (min(codes), max(codes)):
        return ""
    return f"{codes[0]}-{codes[-1]}"


def find_named(store: Store, text: str) -> int | None:
    """Return the place of the one entry that WHO calls by a text, in any case; None for none.

    Titles, inclusions and index terms count, not what we placed ourselves; a name of several
    entries is none's.
    """
    words = fold_words(text)
    if not words:
        return None
    rows = ask(
        store,
        "SELECT DISTINCT term.pre FROM term WHERE rowid IN "
        "(SELECT rowid FROM term_text WHERE term_text MATCH ?) "
        "AND source <= ? AND lower(text) = ? LIMIT 2",
        " AND ".join(f'"{word}"' for word in words),
        int(TermSource.INCLUSION),
        text.lower(),
    )
    return int(rows[0][0]) if len(rows) == 1 else None


def read_beginnings(store: Store, starts: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the topmost entries below which all codes begin with one of some texts.

    A chapter stands for all its codes where they all do: its first and its last one tell.
    """
    begins = tuple(starts)
    chapters = ask(
        store,
        "SELECT chapter, min(code), max(code) FROM entity WHERE kind = ? AND code <> '' "
        "GROUP BY chapter",
        ClassKind.CATEGORY,
    )
    whole = [
        c for c, low, high in chapters if any(low[: len(b)] == high[: len(b)] == b for b in begins)
    ]
    marks = ", ".join("?" * len(whole))
    fits = " OR ".join("substr(code, 1, ?) = ?" for _ in begins) or "0"
    rows = ask(
        store,
        f"SELECT id, pre, last FROM entity WHERE (kind = ? AND chapter IN ({marks})) "
        f"OR (kind = ? AND chapter NOT IN ({marks}) AND ({fits})) ORDER BY pre",
        ClassKind.CHAPTER, *whole, ClassKind.CATEGORY, *whole,
        *(value for begin in begins for value in (len(begin), begin)),
    )  # fmt: skip
    found, done = list[str](), -1
    for entity, pre, last in rows:
        if pre > done:
            found.append(str(entity))
            done = last
    return tuple(found)


def has_number(entity_id: str) -> bool:
    """Return whether an id is WHO's, which begin with a number; some of the starter set are not.

    >>> has_number("344162786/other"), has_number("BlockL1-1A0")
    (True, False)
    """
    return entity_id[:1].isdigit()


def has_told(store: Store, kind: NoteKind) -> bool:
    """Return whether a store holds notes of a kind."""
    return bool(ask(store, "SELECT 1 FROM note WHERE kind = ? LIMIT 1", kind))


def has_stated_parents(store: Store) -> bool:
    """Return whether the Foundation's own parents are known of any entity."""
    return bool(ask(store, "SELECT 1 FROM foundation WHERE parents <> '' LIMIT 1"))


def known_entities(store: Store) -> Iterator[Entity]:
    """Yield the Foundation's known entities: those of the linearization in its order, then others.

    An entry whose own parents were not read has its parent in the linearization.
    """
    beyond = {
        str(entity): Entity(entity, title, tuple(parents.split()))
        for entity, title, parents in ask(store, "SELECT id, title, parents FROM foundation")
    }
    nearest: dict[str | None, str] = {None: ""}
    rows = ask(
        store,
        "SELECT entity.id, entity.title, above.id FROM entity LEFT JOIN entity AS above "
        "ON above.pre = entity.parent WHERE entity.residual = '' ORDER BY entity.pre",
    )
    for entity, title, above in rows:
        nearest[entity] = entity if has_number(entity) else nearest[above]
        if has_number(entity):
            stated = beyond.pop(entity, None)
            held = (nearest[above],) if nearest[above] else ()
            yield Entity(entity, title, stated.parents if stated and stated.parents else held)
    yield from beyond.values()


def read_icd10(store: Store) -> tuple[Icd10Row, ...]:
    """Return ICD-10 as the first of WHO's tables at hand lists it, each code once, in its order."""
    for table in ICD10_TABLES:
        rows = ask(
            store,
            "SELECT icd10_code, icd10_kind, icd10_title FROM map_row WHERE mapping = ? "
            "AND icd10_kind <> '' ORDER BY line",
            table,
        )
        if rows:
            return tuple({row[0]: Icd10Row(*row) for row in reversed(rows)}.values())[::-1]
    return ()


def read_release_day(store: Store) -> str:
    """Return the day that an API or the tabulation's header tells, "" where none is known."""
    if told := store.manifest.get("release_day"):
        return told
    release = store.manifest["release"].removeprefix("dev-")
    listed = made(store, json.loads, (store.manifest["sources"],))[0]
    days = (str(source.get("dated", "")) for source in listed if isinstance(source, dict))
    return next((day for day in days if len(day) == 10 and day.startswith(release)), "")
