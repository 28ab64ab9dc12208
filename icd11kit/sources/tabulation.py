"""WHO's simple tabulation: every entry of a linearization, one a row, in pre-order.

Read from the release files (2022-02 on), the maintenance platform's edition, the ICF and the
specialty linearizations, as text or workbook: their columns differ, so they are found by
name. The tree is in the row order and the `- ` before each title; the column `Parent` of
newer editions says the same again and is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from icd11kit.errors import SourceError
from icd11kit.model import LinearizationEntity, Note
from icd11kit.sources.rows import RowError
from icd11kit.sources.tables import Row
from icd11kit.uris import find_uri
from icd11kit.vocabulary import ClassKind, NoteKind, Residual

_NAMES = {
    "foundationuri": "foundation",
    "linearizationuri": "uri",
    "linearization(release)uri": "uri",
    "code": "code",
    "blockid": "block_id",
    "title": "title",
    "titleen": "title_en",
    "classkind": "kind",
    "isresidual": "residual",
    "chapterno": "chapter",
    "codingnote": "coding_note",
}
_NEEDED = ("uri", "code", "title", "kind")
_PREFIX = re.compile(r"(?:-(?:\s+|$))*")
_VERSION = re.compile(r"Version:\s*(\d{4} \w{3} \d{1,2})")
_NAMED_LANGUAGE = re.compile(r"[a-z]-([a-z]{2})(?:[._]|$)")
NO_CODE = "_NOCODEASSIGNED"
"""What the maintenance edition writes where a category has no code yet."""


@dataclass(frozen=True, slots=True)
class TabulationRecord:
    """One row as it stands in the file, cells by name, with its line number."""

    line: int
    uri: str
    code: str
    title: str
    kind: str
    block_id: str = ""
    title_en: str = ""
    chapter: str = ""
    coding_note: str = ""


@dataclass(frozen=True, slots=True)
class Tabulation:
    """A tabulation read whole: which edition it is, its entries in pre-order, its notes.

    `rows` counts the rows below the header, understood or not; `untranslated` those whose
    title stands in English only, which is then the title; `dated` is the day of the version.
    """

    linearization: str
    release: str
    language: str
    entities: tuple[LinearizationEntity, ...]
    notes: tuple[Note, ...]
    errors: tuple[RowError, ...]
    rows: int
    untranslated: int = 0
    dated: str = ""


def is_tabulation(header: Sequence[str]) -> bool:
    """Return whether a header row is that of a tabulation.

    >>> is_tabulation(["Foundation URI", "Linearization URI", "Code", "Title", "ClassKind"])
    True
    """
    columns = _columns(header)
    return all(name in columns for name in _NEEDED)


def parse_tabulation(
    rows: Iterable[Row | RowError], name: str = "", language: str = ""
) -> Tabulation:
    """Return the tabulation that rows (the header first) hold.

    The language is the one given, else the one the file's name ends in, else English where
    the file has no second title column. Raises SourceError where no row can be used or the
    edition cannot be told.
    """
    stream = iter(rows)
    header = next(stream, None)
    if not isinstance(header, Row) or not is_tabulation(header.cells):
        raise SourceError(name, "the first row is not the header of a WHO tabulation")
    records = list(_records(stream, _columns(header.cells), name))
    good = [record for record in records if isinstance(record, TabulationRecord)]
    errors = [record for record in records if isinstance(record, RowError)]
    entities, more = _entities(good, name)
    if not entities:
        raise SourceError(name, "no row of the tabulation could be used")
    day = _version_day(header.cells)
    return Tabulation(
        *_edition(good, day, name),
        language or _language(header.cells, name),
        tuple(entities),
        tuple(_notes(good, {entity.id for entity in entities})),
        tuple(errors + more),
        len(records),
        sum(not _split_title(record.title)[0] for record in good),
        str(day or ""),
    )


def _columns(header: Sequence[str]) -> dict[str, int]:
    squeezed = ["".join(cell.split()).lower() for cell in header]
    return {_NAMES[cell]: place for place, cell in enumerate(squeezed) if cell in _NAMES}


def _records(
    rows: Iterator[Row | RowError], columns: dict[str, int], name: str
) -> Iterator[TabulationRecord | RowError]:
    wanted = {key: place for key, place in columns.items() if key not in ("foundation", "residual")}
    needed = max(columns[key] for key in _NEEDED)
    for row in rows:
        if isinstance(row, RowError):
            yield row
        elif len(row.cells) <= needed:
            yield RowError(name, row.line, f"the row has {len(row.cells)} cells, too few")
        else:
            cells = {k: row.cells[p].strip() for k, p in wanted.items() if p < len(row.cells)}
            yield TabulationRecord(row.line, **cells)


def _entities(
    records: Iterable[TabulationRecord], name: str
) -> tuple[list[LinearizationEntity], list[RowError]]:
    entities: list[LinearizationEntity] = []
    errors: list[RowError] = []
    seen: set[str] = set()
    for record in records:
        made = _entity(record, seen)
        if isinstance(made, str):
            errors.append(RowError(name, record.line, made))
        else:
            seen.add(made.id)
            entities.append(made)
    return entities, errors


def _entity(record: TabulationRecord, seen: set[str]) -> LinearizationEntity | str:
    """Return the entry a record states, or why it states none."""
    uri = find_uri(record.uri)
    if uri is None or not uri.linearization:
        return f"{record.uri[:80]!r} is not a linearization URI"
    if uri.id in seen:
        return f"the entity {uri.id} stands in the file already"
    if record.kind not in set(ClassKind):
        return f"{record.kind[:40]!r} is no class kind (chapter, block or category)"
    title, depth = _title(record)
    if not title:
        return "the title is empty"
    kind = ClassKind(record.kind)
    return LinearizationEntity(
        id=uri.id,
        code=record.chapter if kind is ClassKind.CHAPTER else _code(record.code),
        title=title,
        kind=kind,
        depth=depth,
        chapter=record.chapter,
        block_id=record.block_id,
        residual=Residual(uri.id.partition("/")[2]),
    )


def _title(record: TabulationRecord) -> tuple[str, int]:
    """Return title and depth; a title not translated yet is the English one."""
    title, depth = _split_title(record.title)
    return (title, depth) if title else _split_title(record.title_en)


def _code(text: str) -> str:
    return "" if text.startswith(NO_CODE) else text


def _split_title(text: str) -> tuple[str, int]:
    """Return a title without its `- ` prefixes, and how many there were."""
    prefix = _PREFIX.match(text).group()  # type: ignore[union-attr]
    return " ".join(text[len(prefix) :].split()), prefix.count("-")


def _notes(records: Iterable[TabulationRecord], known: set[str]) -> Iterator[Note]:
    for record in records:
        uri = find_uri(record.uri)
        if uri is None or uri.id not in known:
            continue
        if record.coding_note:
            yield Note(uri.id, NoteKind.CODING_NOTE, record.coding_note)
        if record.title_en:
            yield Note(uri.id, NoteKind.TITLE_EN, _split_title(record.title_en)[0])


def _edition(records: Sequence[TabulationRecord], day: date | None, name: str) -> tuple[str, str]:
    """Return linearization and release: from the URIs, else from the version in the header."""
    uris = (found for r in records if (found := find_uri(r.uri)) and found.linearization)
    uri = next(uris, None)
    if uri is None:
        raise SourceError(name, "no row holds a linearization URI")
    if uri.release not in ("", "beta"):
        return uri.linearization, uri.release
    if day is None:
        return uri.linearization, ""
    return uri.linearization, f"dev-{day}" if uri.release == "beta" else f"{day:%Y-%m}"


def _version_day(header: Sequence[str]) -> date | None:
    """Return the day that the header's `Version:2025 Jan 24 - 22:30 UTC` names."""
    version = next((found[1] for cell in header if (found := _VERSION.search(cell))), "")
    try:
        return datetime.strptime(version, "%Y %b %d").date()
    except ValueError:
        return None


def _language(header: Sequence[str], name: str) -> str:
    stem = name.rpartition("!")[2].replace("\\", "/").rpartition("/")[2].lower()
    if named := _NAMED_LANGUAGE.search(stem):
        return named[1]
    if "title_en" in _columns(header):
        raise SourceError(name, "titles are not in English; say the language with --language")
    return "en"
