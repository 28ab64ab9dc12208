"""All of a store at once: what exports, derivations and builds go through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from icd11kit.edition import Edition, EditionKey, SourceFile
from icd11kit.model import Axis, Entity, LinearizationEntity, MapRow, Note
from icd11kit.store.read import (
    ENTITY_COLUMNS,
    Store,
    ask,
    made,
    make_axis,
    make_entity,
    read_span,
)
from icd11kit.vocabulary import NoteKind, TermSource, Tier


def all_map_rows(store: Store) -> Iterator[MapRow]:
    """Yield every row of WHO's tables in the order of the files."""
    for row in ask(store, "SELECT * FROM map_row ORDER BY rowid"):
        yield MapRow(*row)


def all_terms(store: Store) -> Iterator[tuple[int, str, TermSource]]:
    """Yield every term as place in pre-order, text and source, titles first."""
    for pre, text, source in ask(store, "SELECT pre, text, source FROM term ORDER BY rowid"):
        yield pre, text, TermSource(source)


def all_entities(store: Store) -> Iterator[LinearizationEntity]:
    """Yield every entry in pre-order."""
    return iter(
        made(store, make_entity, ask(store, f"SELECT {ENTITY_COLUMNS} FROM entity ORDER BY pre"))
    )


def all_foundation(store: Store) -> Iterator[Entity]:
    """Yield every foundation entity beyond the linearization's."""
    for entity, title, parents in ask(store, "SELECT id, title, parents FROM foundation"):
        yield Entity(entity, title, tuple(parents.split()))


def all_notes(store: Store) -> Iterator[Note]:
    """Yield every note in the order of its source."""
    statement = "SELECT id, note.kind, text FROM note JOIN entity USING (pre) ORDER BY ordinal"
    rows = ask(store, statement)
    yield from made(store, lambda row: Note(row[0], NoteKind(row[1]), row[2]), rows)


def all_axes(store: Store) -> Iterator[Axis]:
    """Yield every axis in the order of its entries."""
    rows = ask(
        store,
        "SELECT id, name, required, multiple, scale, source FROM axis "
        "JOIN entity USING (pre) ORDER BY pre, name",
    )
    return iter(made(store, make_axis, rows))


def read_edition(store: Store) -> Edition:
    """Return all that a store was made from, to build it again with something more."""
    manifest = store.manifest
    return Edition(
        EditionKey(manifest["system"], manifest["release"], manifest["language"]),
        Tier(manifest["tier"]),
        tuple(all_entities(store)),
        tuple(all_notes(store)),
        tuple(all_axes(store)),
        tuple(all_foundation(store)),
        tuple(all_map_rows(store)),
        manifest["map_release"],
        tuple(made(store, lambda source: SourceFile(**source), _sources(store))),
        int(manifest["untranslated"]),
    )


def _sources(store: Store) -> list[Any]:
    import json

    listed = made(store, json.loads, (store.manifest["sources"],))[0]
    return listed if isinstance(listed, list) else []


def read_codes_below(store: Store, pre: int) -> tuple[str, ...]:
    """Return the codes below an entry in pre-order; only billable ones where some are."""
    rows = ask(
        store,
        "SELECT code, billable FROM entity WHERE pre > ? AND pre <= ? AND code <> '' ORDER BY pre",
        *read_span(store, pre),
    )
    billable = tuple(str(code) for code, is_billable in rows if is_billable)
    return billable or tuple(str(code) for code, _ in rows)


def read_ids(store: Store, span: tuple[int, int]) -> list[str]:
    """Return the ids of a run of entries."""
    rows = ask(store, "SELECT id FROM entity WHERE pre BETWEEN ? AND ? ORDER BY pre", *span)
    return [str(entity) for (entity,) in rows]
