"""The words of ICD-API objects: texts and terms of an entity, and what terms refer to.

Source of the fields: ICD-API OpenAPI v2.6, and WHO's answers where these have more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from icd11kit.model import Note
from icd11kit.uris import EntityUri, find_uri
from icd11kit.vocabulary import NoteKind

Json = dict[str, Any]
_TEXTS = {
    "fullySpecifiedName": NoteKind.FULLY_SPECIFIED_NAME,
    "codingNote": NoteKind.CODING_NOTE,
    "definition": NoteKind.DEFINITION,
    "longDefinition": NoteKind.LONG_DEFINITION,
    "diagnosticCriteria": NoteKind.DIAGNOSTIC_CRITERIA,
}
_TERMS = {
    "synonym": NoteKind.SYNONYM,
    "narrowerTerm": NoteKind.NARROWER_TERM,
    "indexTerm": NoteKind.SYNONYM,
    "inclusion": NoteKind.INCLUSION,
    "exclusion": NoteKind.EXCLUSION,
    "foundationChildElsewhere": NoteKind.CHILD_ELSEWHERE,
}
"""A `synonym` stands in objects of the Foundation only, an `indexTerm` in all others."""
_LINKS = {
    "relatedEntitiesInMaternalChapter": NoteKind.RELATED_MATERNAL,
    "relatedEntitiesInPerinatalChapter": NoteKind.RELATED_PERINATAL,
}


def parse_words(uri: EntityUri, item: Json) -> Iterator[Note]:
    """Yield what an object says of its entity; texts keep their line breaks, terms have none."""
    of_concept = not uri.linearization
    for key, kind in _TEXTS.items():
        for held in _each(item.get(key)):
            text = _raw(held)
            if text.strip():
                yield Note(uri.id, kind, text, of_concept=of_concept)
    for key, kind in _TERMS.items():
        for held in _each(item.get(key)):
            term = held if isinstance(held, dict) else {}
            if text := text_of(term.get("label", held)):
                yield Note(uri.id, kind, text, *_references(term), of_concept)
    for key, kind in _LINKS.items():
        for held in _each(item.get(key)):
            concept, entry = _places(held)
            if concept or entry:
                yield Note(uri.id, kind, "", concept, entry, of_concept=of_concept)


def _references(term: Json) -> tuple[str, str, bool]:
    """Return the Foundation's entity and the entry that a term names, and if it is deprecated."""
    return (
        id_of(term.get("foundationReference")),
        id_of(term.get("linearizationReference")),
        term.get("deprecated") is True,
    )


def _places(held: object) -> tuple[str, str]:
    """Return what a URI names: an entity of the Foundation, or else an entry."""
    uri = find_uri(held) if isinstance(held, str) else None
    if uri is None:
        return "", ""
    return ("", uri.id) if uri.linearization else (uri.id, "")


def id_of(uri: object) -> str:
    """Return the id that a URI names, "" for anything else."""
    found = find_uri(uri) if isinstance(uri, str) else None
    return found.id if found else ""


def list_of(held: object) -> list[Any]:
    """Return a list, [] for anything else."""
    return held if isinstance(held, list) else []


def text_of(held: object) -> str:
    """Return the words of a language-tagged value, "" for anything else.

    >>> text_of({"@language": "en", "@value": "slack  rope "})
    'slack rope'
    """
    return " ".join(_raw(held).split())


def _raw(held: object) -> str:
    """Return a text as it came, but for halves of characters, which no file can hold."""
    value = held.get("@value") if isinstance(held, dict) else held
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _each(held: object) -> list[Any]:
    return held if isinstance(held, list) else [held]
