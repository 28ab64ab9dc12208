"""Files of any kind in any order, recognised by content and read each by its reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from icd11kit.edition import SourceFile
from icd11kit.errors import SourceError
from icd11kit.model import LinearizationEntity
from icd11kit.sources.api_json import ApiRelease, is_api_json, parse_api, parse_json
from icd11kit.sources.documents import Document
from icd11kit.sources.gnuhealth import parse_gnuhealth
from icd11kit.sources.mapping import MappingTable, find_layout, parse_mapping
from icd11kit.sources.rows import RowError
from icd11kit.sources.tables import Row, read_rows
from icd11kit.sources.tabulation import Tabulation, is_tabulation, parse_tabulation

CODE_LIST = "code list"


@dataclass(frozen=True, slots=True)
class Read:
    """One thing read, and the file it came from."""

    value: Tabulation | MappingTable | ApiRelease
    source: SourceFile


@dataclass(slots=True)
class Gathered:
    """What came out of the files: things read, rows not understood, files of no known kind."""

    reads: list[Read] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def gather(
    documents: Iterable[Document], chapters: Iterable[LinearizationEntity], language: str = ""
) -> Gathered:
    """Return what the documents hold; `chapters` are those the bare code list lacks.

    A workbook beside the same table as text, as WHO's zips hold both, is passed over.
    """
    gathered = Gathered()
    heads, seen = list(chapters), set[str]()
    for document in sorted(documents, key=_text_first):
        twin = document.name.rpartition(".")[0]
        if document.data.startswith(b"PK") and "!" in document.name and twin in seen:
            continue
        read = read_document(document, heads, language)
        if read is None:
            gathered.unknown.append(document.name)
            continue
        seen.add(twin)
        gathered.reads.append(read)
        gathered.errors.extend(read.value.errors)
    return gathered


def _text_first(document: Document) -> tuple[bool, str]:
    return document.data.startswith(b"PK"), document.name


def read_document(
    document: Document, chapters: Iterable[LinearizationEntity], language: str = ""
) -> Read | None:
    """Return what a document holds, None where it is of no known kind.

    Raises SourceError where it is of a known kind but cannot be read, or a web page.
    """
    head = document.data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise SourceError(document.name, "this is a web page, not one of WHO's files")
    if head.startswith(b"<"):
        return _read_xml(document, head, chapters)
    if is_api_json(document):
        return _read_json(document)
    return _read_table(document, language)


def _read_xml(
    document: Document, head: bytes, chapters: Iterable[LinearizationEntity]
) -> Read | None:
    if b'"gnuhealth.pathology"' not in head:
        return None
    tabulation = parse_gnuhealth(document, chapters)
    return Read(
        tabulation,
        _source(document, CODE_LIST, tabulation.rows, tabulation.errors, tabulation.dated),
    )


def _read_json(document: Document) -> Read | None:
    objects, errors = parse_json(document)
    if not objects:
        return None
    release = parse_api(objects, document.name)
    release = replace(release, errors=(*errors, *release.errors))
    return Read(release, _source(document, "ICD-API JSON", len(objects), release.errors))


def _read_table(document: Document, language: str) -> Read | None:
    if not _may_be_table(document):
        return None
    rows = list(read_rows(document))
    first = rows[0] if rows else None
    header = first.cells if isinstance(first, Row) else ()
    if is_tabulation(header):
        tabulation = parse_tabulation(rows, document.name, language)
        source = _source(
            document, "simple tabulation", tabulation.rows, tabulation.errors, tabulation.dated
        )
        return Read(tabulation, source)
    if find_layout(header):
        table = parse_mapping(rows, document.name)
        missed = table.errors
        return Read(table, _source(document, table.table, len(table.rows) + len(missed), missed))
    return None


def _may_be_table(document: Document) -> bool:
    """A workbook, or text whose first line has tabs: no other file is worth splitting."""
    return document.data.startswith(b"PK") or b"\t" in document.data[:10_000].split(b"\n")[0]


def _source(
    document: Document, kind: str, rows: int, missed: Iterable[RowError], dated: str = ""
) -> SourceFile:
    """Return what is noted of a document: its name without folders, its publisher's date."""
    parts = document.name.replace("\\", "/").split("!")
    name = "!".join(PurePosixPath(part).name for part in parts)
    dated = dated or document.dated
    return SourceFile(name, kind, document.sha256, dated, rows, len(list(missed)))
