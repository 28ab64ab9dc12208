"""The whole crosswalk between two editions in one file: computed once, looked up at once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from icd11kit.crosswalk.mapping import Alternative, CodeMapping, Evidence, Facet, Relation
from icd11kit.store.read import Store, ask
from icd11kit.store.schema import APPLICATION_ID, SCHEMA_VERSION

SYSTEM = "crosswalk"
FORMAT = "2"
"""Counts up when the tables below change, so that older files are computed anew."""
_TABLES = """
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE forward (source TEXT PRIMARY KEY, stem TEXT NOT NULL, said TEXT NOT NULL)
  WITHOUT ROWID;
CREATE TABLE backward (source TEXT PRIMARY KEY, stem TEXT NOT NULL, said TEXT NOT NULL)
  WITHOUT ROWID;
CREATE TABLE facet (source TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
"""
_RELATIONS = {relation.value: relation for relation in Relation}
_INDEXES = "CREATE INDEX forward_stem ON forward (stem); ANALYZE;"


class Direction(StrEnum):
    """Which way a crosswalk is read: from ICD-10-CM to ICD-11, or back."""

    FORWARD = "forward"
    BACKWARD = "backward"


def write_book(
    connection: sqlite3.Connection,
    manifest: Mapping[str, str],
    forward: Iterable[CodeMapping],
    backward: Iterable[CodeMapping],
    facets: Iterable[tuple[str, tuple[Facet, ...]]] = (),
) -> None:
    """Create the tables of a crosswalk in an empty database and fill them."""
    connection.executescript(
        f"PRAGMA page_size = 4096; PRAGMA application_id = {APPLICATION_ID}; "
        f"PRAGMA user_version = {SCHEMA_VERSION};{_TABLES}"
    )
    with connection:
        connection.executemany("INSERT INTO manifest VALUES (?, ?)", manifest.items())
        for table, mappings in ((Direction.FORWARD, forward), (Direction.BACKWARD, backward)):
            rows = ((m.source, m.stem, _json(m)) for m in mappings)
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)
        said = ((code, _json(named)) for code, named in facets if named)
        connection.executemany("INSERT INTO facet VALUES (?, ?)", said)
    connection.executescript(_INDEXES)


def find_mapping(book: Store, direction: Direction, code: str) -> CodeMapping | None:
    """Return the mapping of a code, None where the crosswalk has none."""
    rows = ask(book, f"SELECT said FROM {direction} WHERE source = ?", code)
    return _mapping(rows[0][0]) if rows else None


def find_facets(book: Store, code: str) -> tuple[Facet, ...]:
    """Return what an ICD-10-CM code names: site, organism and the like; () for nothing."""
    rows = ask(book, "SELECT said FROM facet WHERE source = ?", code)
    return tuple(Facet(*facet) for facet in json.loads(rows[0][0])) if rows else ()


def mappings_to(book: Store, stem: str) -> list[CodeMapping]:
    """Return the forward mappings whose target begins with a stem, by source code."""
    rows = ask(book, "SELECT said FROM forward WHERE stem = ? ORDER BY source", stem)
    return [_mapping(said) for (said,) in rows]


def mappings_below(book: Store, code: str) -> list[CodeMapping]:
    """Return the mappings of a code and of all that begin with it."""
    statement = "SELECT said FROM forward WHERE source >= ? AND source < ? ORDER BY source"
    return [_mapping(said) for (said,) in ask(book, statement, code, code + "\x7f")]


def all_mappings(book: Store, direction: Direction) -> Iterator[CodeMapping]:
    """Yield every mapping of a direction by source code."""
    for (said,) in book.connection.execute(f"SELECT said FROM {direction} ORDER BY source"):
        yield _mapping(said)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _mapping(said: str) -> CodeMapping:
    made = json.loads(said)
    made[6] = _RELATIONS[made[6]]
    made[8] = tuple(made[8])
    made[9] = tuple(map(Evidence._make, made[9]))
    made[10] = tuple(map(_alternative, made[10]))
    return CodeMapping._make(made)


def _alternative(row: list[Any]) -> Alternative:
    return Alternative(row[0], _RELATIONS[row[1]], row[2], row[3])
