"""Write one edition into an empty SQLite database.

The same edition gives the same bytes: no clock and no machine goes into the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count

from icd11kit.edition import Edition, SearchIndex
from icd11kit.model import Note
from icd11kit.store.schema import (
    APPLICATION_ID,
    FULL_TEXT,
    INDEXES,
    PLAIN_TOKENIZER,
    SCHEMA_VERSION,
    TABLES,
    TOKENIZERS,
)
from icd11kit.tree import places
from icd11kit.vocabulary import ClassKind
from icd11kit.words import STOP_WORDS, deletions, fold_words, lay_key, telling

_SPELLED = 4
"""Shorter words are not corrected: too many lie one letter apart."""


def write_edition(connection: sqlite3.Connection, edition: Edition, index: SearchIndex) -> None:
    """Create all tables in an empty database and fill them."""
    connection.executescript(
        f"PRAGMA page_size = 4096; PRAGMA application_id = {APPLICATION_ID}; "
        f"PRAGMA user_version = {SCHEMA_VERSION};{TABLES}"
    )
    tokenizer = TOKENIZERS.get(edition.key.language, PLAIN_TOKENIZER)
    connection.executescript(FULL_TEXT.format(tokenizer=tokenizer))
    with connection:
        _insert(connection, "manifest", manifest(edition).items())
        pre = _write_entities(connection, edition)
        _write_facts(connection, edition, pre)
        _write_terms(connection, index, pre)
    connection.executescript(INDEXES)


def manifest(edition: Edition) -> dict[str, str]:
    """Return what a store file says of itself, as texts."""
    categories = [e for e in edition.entities if e.kind is ClassKind.CATEGORY]
    return {
        "schema": str(SCHEMA_VERSION),
        "system": edition.key.system,
        "release": edition.key.release,
        "language": edition.key.language,
        "tier": edition.tier,
        "map_release": edition.map_release,
        "entries": str(len(edition.entities)),
        "codes": str(sum(bool(entity.code) for entity in categories)),
        "residuals": str(sum(bool(entity.residual) for entity in categories)),
        "billable": str(sum(entity.billable for entity in categories)),
        "axes": str(len(edition.axes)),
        "map_rows": str(len(edition.map_rows)),
        "untranslated": str(edition.untranslated),
        "release_day": edition.release_day,
        "sources": json.dumps([source._asdict() for source in edition.sources]),
    }


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Iterable[object]]) -> None:
    stream = iter(rows)
    first = next(stream, None)
    if first is None:
        return
    first = tuple(first)
    statement = f"INSERT OR IGNORE INTO {table} VALUES ({','.join('?' * len(first))})"
    connection.execute(statement, first)
    connection.executemany(statement, map(tuple, stream))


def _write_entities(connection: sqlite3.Connection, edition: Edition) -> dict[str, int]:
    """Fill the tables of entries and labels; return the place in pre-order of every id."""
    entities = edition.entities
    where = places([entity.depth for entity in entities])
    _insert(
        connection,
        "entity",
        (
            (
                p.pre,
                p.last,
                p.parent,
                e.depth,
                e.id,
                e.code,
                e.block_id,
                e.title,
                e.kind,
                e.residual,
                e.chapter,
                int(e.billable),
            )
            for p, e in zip(where, entities, strict=True)
        ),
    )
    pre = {entity.id: place for place, entity in enumerate(entities)}
    labels = ((label, pre[e.id]) for e in entities for label in (e.id, e.code, e.block_id) if label)
    _insert(connection, "label", labels)
    return pre


def _write_facts(connection: sqlite3.Connection, edition: Edition, pre: dict[str, int]) -> None:
    notes = (note for note in edition.notes if note.entity in pre or note.of_concept)
    _insert(connection, "note", sorted(map(_note_row, notes, count())))
    _insert(
        connection,
        "axis",
        (
            (pre[a.entity], a.name, int(a.required), a.multiple, " ".join(a.scale), a.source)
            for a in edition.axes
            if a.entity in pre
        ),
    )
    foundation = ((e.id, e.title, " ".join(e.parents)) for e in edition.foundation)
    _insert(connection, "foundation", foundation)
    _insert(connection, "map_row", edition.map_rows)


def _note_row(note: Note, ordinal: int) -> tuple[str | int, ...]:
    return (
        note.entity,
        ordinal,
        note.kind,
        note.text,
        note.concept,
        note.entry,
        int(note.is_deprecated),
        int(note.of_concept),
    )


def _write_terms(connection: sqlite3.Connection, index: SearchIndex, pre: dict[str, int]) -> None:
    counts = Counter(word for lay in index.lay_terms for word in fold_words(lay.term))
    rows, texts = [], []
    for number, term in enumerate(index.terms, start=1):
        folded = fold_words(term.text)
        counts.update(folded)
        length = len(telling(folded))
        rows.append((number, pre[term.entity], term.text, length, int(term.source)))
        texts.append((number, " ".join(folded)))
    _insert(connection, "term", rows)
    connection.executemany("INSERT INTO term_text (rowid, text) VALUES (?, ?)", texts)
    connection.execute("INSERT INTO term_text (term_text) VALUES ('optimize')")
    lay = ((lay_key(item.term), n, item.means) for n, item in enumerate(index.lay_terms))
    _insert(connection, "lay_term", lay)
    _insert(connection, "word", sorted(counts.items()))
    _insert(connection, "deletion", sorted(_spelling_rows(counts)))


def _spelling_rows(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        if len(word) >= _SPELLED and word not in STOP_WORDS and not word.isdigit():
            for deletion in deletions(word):
                yield deletion, word
