"""All of a store at once: what exports, derivations and builds go through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from icd11kit.edition import Edition, SourceFile
from icd11kit.model import Axis, EditionKey, Entity, LinearizationEntity, MapRow, Note
from icd11kit.store.read import (
    ENTITY_COLUMNS,
    NOTE_COLUMNS,
    Store,
    ask,
    made,
    make_axis,
    make_entity,
    make_note,
    read_span,
)
from icd11kit.vocabulary import LINKS, TermSource, Tier


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
    """Yield the words about every entry, each once, in the order of their source."""
    ids = {entity.id for entity in all_entities(store)}
    told = (note for note in every_note(store) if note.entity in ids and note.kind not in LINKS)
    yield from dict.fromkeys(Note(note.entity, note.kind, note.text) for note in told)


def every_note(store: Store) -> list[Note]:
    """Return all notes with what they refer to, the Foundation's too, in their order."""
    return made(store, make_note, ask(store, f"SELECT {NOTE_COLUMNS} FROM note ORDER BY ordinal"))


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
        tuple(every_note(store)),
        tuple(all_axes(store)),
        tuple(all_foundation(store)),
        tuple(all_map_rows(store)),
        manifest["map_release"],
        tuple(made(store, lambda source: SourceFile(**source), _sources(store))),
        int(manifest["untranslated"]),
        manifest.get("release_day", ""),
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
