"""ICD-10-CM as the package simple-icd-10-cm carries it: tabular list XML and code list.

The tabular list names 7th characters but not the codes that take them; the code list
decides, since spelling out all of them gives codes that do not exist (some of S06).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from icd11kit.codes import Icd10CmCode, pad_icd10cm, parse_icd10cm
from icd11kit.errors import MalformedCodeError, SourceError
from icd11kit.model import LinearizationEntity, Note
from icd11kit.sources.documents import Document
from icd11kit.vocabulary import ClassKind, NoteKind

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PACKAGE = "simple_icd_10_cm"
_NOTES = {
    "inclusionTerm": NoteKind.INCLUSION,
    "includes": NoteKind.INCLUDES,
    "excludes1": NoteKind.EXCLUDES1,
    "excludes2": NoteKind.EXCLUDES2,
    "codeFirst": NoteKind.CODE_FIRST,
    "codeAlso": NoteKind.CODE_ALSO,
    "useAdditionalCode": NoteKind.USE_ADDITIONAL,
    "sevenChrNote": NoteKind.SEVENTH_CHARACTER,
    "notes": NoteKind.NOTE,
}
_RANGE = re.compile(r"\s*\([A-Z]\d[0-9A-Z](?:-[A-Z]\d[0-9A-Z])?\)\s*$")
_DATE = re.compile(r"-([A-Z][a-z]+)-(?:\d+-)?(\d{4})\.")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


@dataclass(frozen=True, slots=True)
class Icd10Cm:
    """ICD-10-CM read whole, entries in pre-order; `release` is the month it is valid from."""

    release: str
    entities: tuple[LinearizationEntity, ...]
    notes: tuple[Note, ...]


@dataclass(slots=True)
class _Reading:
    """What gathers while the XML is walked; `codes` holds all codes that exist, undotted."""

    codes: frozenset[str]
    entities: list[LinearizationEntity] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def package_documents() -> tuple[Document, Document]:
    """Return the tabular list and the code list of the installed package, in this order."""
    spec = find_spec(PACKAGE)  # found, not imported: importing it parses everything at once
    if spec is None or not spec.origin:
        raise SourceError(PACKAGE, "the package is not installed, so ICD-10-CM is not at hand")
    folder = Path(spec.origin).parent / "data"
    tabular, codes = max(folder.glob("*.xml")), max(folder.glob("code-list*.txt"))
    return _document(tabular), _document(codes)


def _document(path: Path) -> Document:
    return Document(f"{PACKAGE}:{path.name}", path.read_bytes())


def parse_icd10cm_release(tabular: Document, code_list: Document) -> Icd10Cm:
    """Return ICD-10-CM from the two documents.

    Raises SourceError where the XML is broken, unsafe, or not the tabular list.
    """
    try:
        root = fromstring(tabular.data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise SourceError(tabular.name, f"the XML is broken or unsafe ({error})") from None
    if root.tag != "ICD10CM.tabular":
        raise SourceError(tabular.name, "the XML is not the ICD-10-CM tabular list")
    lines = code_list.data.decode("utf-8", "replace").split()
    reading = _Reading(frozenset(code.replace(".", "") for code in lines))
    try:
        for chapter in root.findall("chapter"):
            _read_chapter(chapter, reading)
    except MalformedCodeError as error:
        raise SourceError(tabular.name, f"an entry bears no code ({error})") from None
    except RecursionError:
        raise SourceError(tabular.name, "entries stand in one another without end") from None
    often = Counter(entity.id for entity in reading.entities)
    if again := [entity for entity, count in often.items() if count > 1]:
        raise SourceError(tabular.name, f"{again[0]!r} stands in the list twice")
    return Icd10Cm(_release(code_list.name), tuple(reading.entities), tuple(reading.notes))


def _read_chapter(chapter: Element, reading: _Reading) -> None:
    number = (chapter.findtext("name") or "").strip()
    reading.entities.append(_entry(chapter, number, number, ClassKind.CHAPTER, 0, number))
    _add_notes(chapter, number, reading)
    for section in chapter.findall("section"):
        _read_section(section, number, reading)


def _read_section(section: Element, chapter: str, reading: _Reading) -> None:
    """A section of one category bears the category's own code; its id is told apart."""
    name = section.get("id", "")
    block = name if "-" in name else f"{name}-{name}"
    reading.entities.append(_entry(section, block, "", ClassKind.BLOCK, 1, chapter))
    _add_notes(section, block, reading)
    for diagnosis in section.findall("diag"):
        _read_diagnosis(diagnosis, 2, chapter, {}, reading)


def _read_diagnosis(
    diag: Element, depth: int, chapter: str, sevenths: dict[str, str], reading: _Reading
) -> None:
    code = parse_icd10cm(diag.findtext("name") or "")
    own = _sevenths(diag) or sevenths
    children = diag.findall("diag")
    entry = _entry(diag, str(code), str(code), ClassKind.CATEGORY, depth, chapter)
    longer = [] if children else list(_extended(code, entry, own, reading.codes))
    reading.entities.append(entry._replace(billable=not children and not longer))
    _add_notes(diag, entry.id, reading)
    reading.entities.extend(longer)
    for child in children:
        _read_diagnosis(child, depth + 1, chapter, own, reading)


def _sevenths(diag: Element) -> dict[str, str]:
    found = diag.find("sevenChrDef")
    if found is None:
        return {}
    return {item.get("char", ""): item.text or "" for item in found.findall("extension")}


def _extended(
    code: Icd10CmCode, entry: LinearizationEntity, sevenths: dict[str, str], codes: frozenset[str]
) -> Iterator[LinearizationEntity]:
    """Yield the codes that a leaf's 7th characters make, those that the code list has."""
    for character, meaning in sevenths.items():
        longer = pad_icd10cm(code, character)
        if longer.undotted in codes:
            yield LinearizationEntity(
                str(longer),
                str(longer),
                f"{entry.title}, {meaning}",
                ClassKind.CATEGORY,
                entry.depth + 1,
                entry.chapter,
                billable=True,
            )


def _entry(
    element: Element, entity: str, code: str, kind: ClassKind, depth: int, chapter: str
) -> LinearizationEntity:
    title = _RANGE.sub("", " ".join((element.findtext("desc") or "").split()))
    block = entity if kind is ClassKind.BLOCK else ""
    return LinearizationEntity(entity, code, title, kind, depth, chapter, block_id=block)


def _add_notes(element: Element, entity: str, reading: _Reading) -> None:
    for tag, kind in _NOTES.items():
        for group in element.findall(tag):
            for note in group.findall("note"):
                text = " ".join("".join(note.itertext()).split())
                if text:
                    reading.notes.append(Note(entity, kind, text))
    for character, meaning in _sevenths(element).items():
        reading.notes.append(Note(entity, NoteKind.SEVENTH_CHARACTER, f"{character}: {meaning}"))


def _release(name: str) -> str:
    found = _DATE.search(name)
    if not found or found[1] not in _MONTHS:
        return ""
    return f"{found[2]}-{_MONTHS.index(found[1]) + 1:02}"


def billable_codes(entities: Sequence[LinearizationEntity]) -> list[str]:
    """Return the codes that may stand on a claim, in the order of the list."""
    return [entity.code for entity in entities if entity.billable]
