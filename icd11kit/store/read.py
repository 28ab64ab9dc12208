"""Open a store file read-only and ask it single questions, each one SQL statement."""

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple, Self, TypeVar

from icd11kit.errors import StoreError
from icd11kit.model import Axis, Entity, LinearizationEntity, MapRow, Note
from icd11kit.store.header import REPAIR, check_header
from icd11kit.vocabulary import LINKS, ClassKind, Multiple, NoteKind, Residual

_DAMAGE = (ValueError, TypeError, LookupError)
"""What Python raises for values that no whole store holds."""
_SAID = ("system", "release", "language", "tier", "sources")
_COUNTED = ("entries", "codes", "map_rows", "untranslated")
T = TypeVar("T")
_NEAREST = 4
ENTITY_COLUMNS = "id, code, title, kind, depth, chapter, block_id, residual, billable"
NOTE_COLUMNS = "entity, kind, text, concept, entry, deprecated, of_concept"


class Connection(sqlite3.Connection):
    """A connection that closes itself when nothing holds it any more."""

    def __del__(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it was never opened
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
    check_header(path)
    try:
        connection = sqlite3.connect(
            f"{_as_uri(path)}?mode=ro&immutable=1", uri=True, check_same_thread=False,
            factory=Connection,
        )  # fmt: skip
        connection.execute("PRAGMA mmap_size = 536870912")
    except sqlite3.Error as error:
        raise StoreError(path, f"the store cannot be opened ({error})") from None
    return Store(connection, _read_manifest(connection, path), path)


def file_name(store: Store) -> str:
    """Return the name of a store's file, which holds its digest; "" for one in memory."""
    return os.path.basename(store.path)


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


def _read_manifest(connection: sqlite3.Connection, path: str) -> dict[str, str]:
    try:
        manifest = dict(connection.execute("SELECT key, value FROM manifest").fetchall())
        whole = all(manifest[key] for key in _SAID) and all(
            int(manifest[key]) >= 0 for key in _COUNTED
        )
    except (sqlite3.Error, *_DAMAGE):
        whole = False
    if not whole:
        connection.close()
        raise StoreError(path, f"the store is damaged; {REPAIR}") from None
    return manifest


def ask(store: Store, statement: str, *values: object) -> list[Any]:
    """Return the rows of a statement; damage found in reading becomes StoreError."""
    try:
        return store.connection.execute(statement, values).fetchall()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise _damaged(store, error) from None


def _damaged(store: Store, error: Exception) -> StoreError:
    why = " ".join(str(error).split())
    return StoreError(store.path, f"the store is damaged ({why}); {REPAIR}")


def made(store: Store, make: Callable[[Any], T], rows: Iterable[Any]) -> list[T]:
    """Return the values made of rows; what makes none becomes StoreError."""
    try:
        return [make(row) for row in rows]
    except _DAMAGE as error:
        raise _damaged(store, error) from None


def _first(store: Store, rows: list[Any]) -> Any:
    """Return the one row of a statement that always has one in a whole store."""
    if not rows:
        raise _damaged(store, LookupError("an entry is missing"))
    return rows[0]


def find_pre(store: Store, label: str) -> int | None:
    """Return the place in pre-order of an id, code or block id, None where there is none."""
    rows = ask(store, "SELECT pre FROM label WHERE label = ?", label)
    return int(rows[0][0]) if rows else None


def find_near(store: Store, code: str) -> tuple[str, ...]:
    """Return up to four codes that share the longest beginning with a text, in their order."""
    for length in range(len(code), 1, -1):
        start = code[:length].rstrip(".")
        rows = ask(
            store,
            "SELECT code FROM label JOIN entity USING (pre) WHERE label >= ? AND label < ? "
            "AND label = code ORDER BY label LIMIT ?",
            start,
            start + "\x7f",
            _NEAREST,
        )
        if rows:
            return tuple(near for (near,) in rows)
    return ()


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
    return pre, int(_first(store, ask(store, "SELECT last FROM entity WHERE pre = ?", pre))[0])


def read_parent(store: Store, pre: int) -> int:
    """Return the place of the entry above one, -1 above a chapter."""
    return int(_first(store, ask(store, "SELECT parent FROM entity WHERE pre = ?", pre))[0])


def find_title(store: Store, label: str) -> str | None:
    """Return the title of an id, code or block id, None where there is none."""
    rows = ask(
        store, "SELECT title FROM entity WHERE pre = (SELECT pre FROM label WHERE label = ?)", label
    )
    return str(rows[0][0]) if rows else None


def read_entity(store: Store, pre: int) -> LinearizationEntity:
    """Return the entry at a place in pre-order that is known to exist."""
    row = _first(store, ask(store, f"SELECT {ENTITY_COLUMNS} FROM entity WHERE pre = ?", pre))
    return made(store, make_entity, (row,))[0]


class Placed(NamedTuple):
    """An entry, the place in pre-order of the one above it, and whether nothing stands below."""

    entity: LinearizationEntity
    parent: int
    is_leaf: bool


def read_placed(store: Store, pre: int) -> Placed:
    """Return the entry at a place in pre-order that is known to exist, with where it stands."""
    statement = f"SELECT parent, pre = last, {ENTITY_COLUMNS} FROM entity WHERE pre = ?"
    row = _first(store, ask(store, statement, pre))
    return made(store, _make_placed, (row,))[0]


def _make_placed(row: Any) -> Placed:
    parent, is_leaf, *entity = row
    return Placed(make_entity(entity), int(parent), bool(is_leaf))


def read_children(store: Store, pre: int) -> tuple[LinearizationEntity, ...]:
    """Return the children of an entry in order; those of -1 are the chapters."""
    rows = ask(store, f"SELECT {ENTITY_COLUMNS} FROM entity WHERE parent = ? ORDER BY pre", pre)
    return tuple(made(store, make_entity, rows))


def read_path(store: Store, pre: int) -> tuple[LinearizationEntity, ...]:
    """Return the entries from the chapter down to the entry itself."""
    rows = ask(
        store,
        "WITH RECURSIVE up AS (SELECT * FROM entity WHERE pre = ? UNION "
        "SELECT above.* FROM up JOIN entity AS above ON above.pre = up.parent) "
        f"SELECT {ENTITY_COLUMNS} FROM up ORDER BY pre",
        pre,
    )
    return tuple(made(store, make_entity, rows))


def read_subtree(store: Store, span: tuple[int, int], depth: int) -> list[LinearizationEntity]:
    """Return an entry and what stands below it down to a depth below it, in pre-order."""
    rows = ask(
        store,
        f"SELECT {ENTITY_COLUMNS} FROM entity WHERE pre BETWEEN ? AND ? AND depth <= ? + "
        "(SELECT depth FROM entity WHERE pre = ?) ORDER BY pre",
        *span,
        depth,
        span[0],
    )
    return made(store, make_entity, rows)


def is_leaf(store: Store, pre: int) -> bool:
    """Return whether nothing stands below an entry."""
    return bool(_first(store, ask(store, "SELECT pre = last FROM entity WHERE pre = ?", pre))[0])


def read_notes(store: Store, pre: int) -> tuple[tuple[NoteKind, str], ...]:
    """Return the words about an entry, (kind, text), each once: its own, then the Foundation's."""
    statement = (
        "SELECT kind, text FROM note WHERE entity = (SELECT id FROM entity WHERE pre = ?) "
        "ORDER BY of_concept, ordinal"
    )
    notes = made(store, lambda row: (NoteKind(row[0]), str(row[1])), ask(store, statement, pre))
    return tuple(dict.fromkeys(note for note in notes if note[0] not in LINKS))


def read_told(store: Store, entity: str) -> tuple[Note, ...]:
    """Return all notes of an id, the linearization's and the Foundation's, in their order."""
    statement = f"SELECT {NOTE_COLUMNS} FROM note WHERE entity = ? ORDER BY ordinal"
    return tuple(made(store, make_note, ask(store, statement, entity)))


def read_axes(store: Store, pre: int) -> tuple[Axis, ...]:
    """Return the axes of an entry, required ones first."""
    rows = ask(
        store,
        "SELECT id, name, required, multiple, scale, source FROM axis JOIN entity USING (pre) "
        "WHERE pre = ? ORDER BY required DESC, name",
        pre,
    )
    return tuple(made(store, make_axis, rows))


def read_map_rows(store: Store, entity: str) -> tuple[MapRow, ...]:
    """Return the rows of WHO's tables that name an entity, table by table."""
    rows = ask(store, "SELECT * FROM map_row WHERE entity = ? ORDER BY mapping, line", entity)
    return tuple(MapRow(*row) for row in rows)


def find_icd10_rows(store: Store, code: str) -> tuple[MapRow, ...]:
    """Return the rows of WHO's tables that name an ICD-10 code, table by table."""
    rows = ask(store, "SELECT * FROM map_row WHERE icd10_code = ? ORDER BY mapping, line", code)
    return tuple(MapRow(*row) for row in rows)


def find_foundation(store: Store, entity: str) -> Entity | None:
    """Return what is known of a foundation entity that is no entry of the linearization."""
    rows = ask(store, "SELECT id, title, parents FROM foundation WHERE id = ?", entity)
    return Entity(rows[0][0], rows[0][1], tuple(rows[0][2].split())) if rows else None


def make_note(row: Any) -> Note:
    entity, kind, text, concept, entry, deprecated, of_concept = row
    return Note(entity, NoteKind(kind), text, concept, entry, bool(deprecated), bool(of_concept))


def make_axis(row: Any) -> Axis:
    entity, name, required, multiple, scale, source = row
    return Axis(entity, name, bool(required), Multiple(multiple), tuple(scale.split()), source)


def make_entity(row: Any) -> LinearizationEntity:
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
