"""Open a store file read-only and ask it single questions, each one SQL statement."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Self

from icd11kit.edition import Edition, EditionKey, SourceFile
from icd11kit.errors import StoreError
from icd11kit.model import Axis, Entity, LinearizationEntity, MapRow, Note
from icd11kit.store.schema import APPLICATION_ID, SCHEMA_VERSION
from icd11kit.vocabulary import ClassKind, Multiple, NoteKind, Residual, Tier

_MAGIC = b"SQLite format 3\0"
_REPAIR = "install it again with `icd11kit install`"
_ENTITY = "id, code, title, kind, depth, chapter, block_id, residual, billable"


class Connection(sqlite3.Connection):
    """A connection that closes itself when nothing holds it any more."""

    def __del__(self) -> None:
        self.close()


class Store(NamedTuple):
    """An open store: its connection, and what its manifest says; closed by `with`."""

    connection: sqlite3.Connection
    manifest: dict[str, str]
    path: str = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.connection.close()


def open_store(path: str) -> Store:
    """Return the store in a file, checked by its header, size and manifest.

    Raises StoreError, with the repair, where the file is no store, cut off, damaged, or made
    by a newer or older version of the package. Damage further inside shows when it is read,
    again as StoreError, and always to `verify`.
    """
    _check_header(path)
    try:
        connection = sqlite3.connect(
            f"{_as_uri(path)}?mode=ro&immutable=1", uri=True, check_same_thread=False,
            factory=Connection,
        )  # fmt: skip
        connection.execute("PRAGMA mmap_size = 536870912")
    except sqlite3.Error as error:
        raise StoreError(path, f"the store cannot be opened ({error})") from None
    return Store(connection, _read_manifest(connection, path), path)


def open_memory(fill: Callable[[sqlite3.Connection], None]) -> Store:
    """Return a store in memory that a function fills."""
    connection = sqlite3.connect(":memory:", check_same_thread=False, factory=Connection)
    fill(connection)
    return Store(connection, _read_manifest(connection, ":memory:"))


def _as_uri(path: str) -> str:
    """Return a file URI as SQLite reads it."""
    name = os.path.abspath(path).replace(os.sep, "/")
    for char in "%?#":
        name = name.replace(char, f"%{ord(char):02x}")
    return "file:" + (name if name.startswith("/") else f"/{name}")


def _check_header(path: str) -> None:
    try:
        with open(path, "rb") as stream:
            header = stream.read(100)
        size = os.stat(path).st_size
    except OSError as error:
        raise StoreError(path, f"the store cannot be read ({error.strerror})") from None
    number = {
        "application": int.from_bytes(header[68:72]),
        "version": int.from_bytes(header[60:64]),
        "pages": int.from_bytes(header[28:32]),
        "page": int.from_bytes(header[16:18]),
    }
    if (
        len(header) < 100
        or not header.startswith(_MAGIC)
        or number["application"] != APPLICATION_ID
    ):
        raise StoreError(path, f"the file is damaged or no store of icd11kit; {_REPAIR}")
    if number["version"] > SCHEMA_VERSION:
        raise StoreError(path, "the store was made by a newer icd11kit; upgrade the package")
    if number["version"] < SCHEMA_VERSION:
        raise StoreError(path, f"the store was made by an older icd11kit; {_REPAIR}")
    if size != number["pages"] * (65536 if number["page"] == 1 else number["page"]):
        raise StoreError(path, f"the store is cut off or has grown; {_REPAIR}")


def _read_manifest(connection: sqlite3.Connection, path: str) -> dict[str, str]:
    try:
        return dict(connection.execute("SELECT key, value FROM manifest").fetchall())
    except sqlite3.Error:
        raise StoreError(path, f"the store is damaged; {_REPAIR}") from None


def ask(store: Store, statement: str, *values: object) -> list[Any]:
    """Return the rows of a statement; damage found in reading becomes StoreError."""
    try:
        return store.connection.execute(statement, values).fetchall()
    except sqlite3.DatabaseError as error:
        raise StoreError(store.path, f"the store is damaged ({error}); {_REPAIR}") from None


def find_pre(store: Store, label: str) -> int | None:
    """Return the place in pre-order of an id, code or block id, None where there is none."""
    rows = ask(store, "SELECT pre FROM label WHERE label = ?", label)
    return int(rows[0][0]) if rows else None


def find_span(store: Store, label: str) -> tuple[int, int] | None:
    """Return (pre, last) of an entry: the run in pre-order that is its subtree."""
    rows = ask(
        store,
        "SELECT pre, last FROM entity WHERE pre = (SELECT pre FROM label WHERE label = ?)",
        label,
    )
    return (rows[0][0], rows[0][1]) if rows else None


def read_span(store: Store, pre: int) -> tuple[int, int]:
    """Return (pre, last) of the entry at a place in pre-order that is known to exist."""
    return pre, int(ask(store, "SELECT last FROM entity WHERE pre = ?", pre)[0][0])


def find_title(store: Store, label: str) -> str | None:
    """Return the title of an id, code or block id, None where there is none."""
    rows = ask(
        store, "SELECT title FROM entity WHERE pre = (SELECT pre FROM label WHERE label = ?)", label
    )
    return str(rows[0][0]) if rows else None


def read_entity(store: Store, pre: int) -> LinearizationEntity:
    """Return the entry at a place in pre-order that is known to exist."""
    return _entity(ask(store, f"SELECT {_ENTITY} FROM entity WHERE pre = ?", pre)[0])


def read_children(store: Store, pre: int) -> tuple[LinearizationEntity, ...]:
    """Return the children of an entry in order; those of -1 are the chapters."""
    rows = ask(store, f"SELECT {_ENTITY} FROM entity WHERE parent = ? ORDER BY pre", pre)
    return tuple(map(_entity, rows))


def read_path(store: Store, pre: int) -> tuple[LinearizationEntity, ...]:
    """Return the entries from the chapter down to the entry itself."""
    rows = ask(
        store,
        "WITH RECURSIVE up AS (SELECT * FROM entity WHERE pre = ? UNION ALL "
        "SELECT above.* FROM up JOIN entity AS above ON above.pre = up.parent) "
        f"SELECT {_ENTITY} FROM up ORDER BY pre",
        pre,
    )
    return tuple(map(_entity, rows))


def read_subtree(store: Store, span: tuple[int, int], depth: int) -> list[LinearizationEntity]:
    """Return an entry and what stands below it down to a depth below it, in pre-order."""
    rows = ask(
        store,
        f"SELECT {_ENTITY} FROM entity WHERE pre BETWEEN ? AND ? AND depth <= ? + "
        "(SELECT depth FROM entity WHERE pre = ?) ORDER BY pre",
        *span,
        depth,
        span[0],
    )
    return list(map(_entity, rows))


def is_leaf(store: Store, pre: int) -> bool:
    """Return whether nothing stands below an entry."""
    return bool(ask(store, "SELECT pre = last FROM entity WHERE pre = ?", pre)[0][0])


def read_notes(store: Store, pre: int) -> tuple[tuple[NoteKind, str], ...]:
    """Return the notes of an entry, (kind, text), in the order of their source."""
    rows = ask(store, "SELECT kind, text FROM note WHERE pre = ? ORDER BY ordinal", pre)
    return tuple((NoteKind(kind), text) for kind, text in rows)


def read_axes(store: Store, pre: int) -> tuple[Axis, ...]:
    """Return the axes of an entry, required ones first."""
    rows = ask(
        store,
        "SELECT id, name, required, multiple, scale, source FROM axis JOIN entity USING (pre) "
        "WHERE pre = ? ORDER BY required DESC, name",
        pre,
    )
    return tuple(map(_axis, rows))


def read_map_rows(store: Store, entity: str) -> tuple[MapRow, ...]:
    """Return the rows of WHO's tables that name an entity, table by table."""
    rows = ask(store, "SELECT * FROM map_row WHERE entity = ? ORDER BY mapping, line", entity)
    return tuple(MapRow(*row) for row in rows)


def find_foundation(store: Store, entity: str) -> Entity | None:
    """Return what is known of a foundation entity that is no entry of the linearization."""
    rows = ask(store, "SELECT id, title, parents FROM foundation WHERE id = ?", entity)
    return Entity(rows[0][0], rows[0][1], tuple(rows[0][2].split())) if rows else None


def all_entities(store: Store) -> Iterator[LinearizationEntity]:
    """Yield every entry in pre-order."""
    return map(_entity, ask(store, f"SELECT {_ENTITY} FROM entity ORDER BY pre"))


def all_foundation(store: Store) -> Iterator[Entity]:
    """Yield every foundation entity beyond the linearization's."""
    for entity, title, parents in ask(store, "SELECT id, title, parents FROM foundation"):
        yield Entity(entity, title, tuple(parents.split()))


def all_notes(store: Store) -> Iterator[Note]:
    """Yield every note in the order of its source."""
    statement = "SELECT id, note.kind, text FROM note JOIN entity USING (pre) ORDER BY ordinal"
    for entity, kind, text in ask(store, statement):
        yield Note(entity, NoteKind(kind), text)


def read_edition(store: Store) -> Edition:
    """Return all that a store was made from, to build it again with something more."""
    import json

    manifest = store.manifest
    axes = ask(
        store,
        "SELECT id, name, required, multiple, scale, source FROM axis "
        "JOIN entity USING (pre) ORDER BY pre, name",
    )
    rows = ask(store, "SELECT * FROM map_row ORDER BY rowid")
    return Edition(
        EditionKey(manifest["system"], manifest["release"], manifest["language"]),
        Tier(manifest["tier"]),
        tuple(all_entities(store)),
        tuple(all_notes(store)),
        tuple(map(_axis, axes)),
        tuple(all_foundation(store)),
        tuple(MapRow(*row) for row in rows),
        manifest["map_release"],
        tuple(SourceFile(**source) for source in json.loads(manifest["sources"])),
        int(manifest["untranslated"]),
    )


def _axis(row: Any) -> Axis:
    entity, name, required, multiple, scale, source = row
    return Axis(entity, name, bool(required), Multiple(multiple), tuple(scale.split()), source)


def _entity(row: Any) -> LinearizationEntity:
    entity, code, title, kind, depth, chapter, block_id, residual, billable = row
    return LinearizationEntity(
        entity,
        code,
        title,
        ClassKind(kind),
        depth,
        chapter,
        block_id,
        Residual(residual),
        bool(billable),
    )
