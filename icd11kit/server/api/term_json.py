"""Words in ICD-API answers: texts with their language, terms with what they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from icd11kit.model import Note
from icd11kit.server.api.addresses import Place
from icd11kit.uris import foundation_uri
from icd11kit.vocabulary import NoteKind

Json = dict[str, Any]
NAMES = {
    "mms": "ICD-11 for Mortality and Morbidity Statistics",
    "icf": "International Classification of Functioning, Disability and Health (ICF)",
    "": "International Classification of Diseases 11th Revision",
    "icd10": "International Classification of Diseases 10th Revision",
}
"""What WHO calls the classifications, in English."""
NAME_LANGUAGE = "en"


def say(text: str, language: str) -> Json:
    """Return a text with its language."""
    return {"@language": language, "@value": text}


def name_of(system: str) -> Json:
    """Return the name of a classification.

    >>> name_of("mms")["@value"]
    'ICD-11 for Mortality and Morbidity Statistics'
    """
    return say(NAMES.get(system, system), NAME_LANGUAGE)


def format_term(note: Note, place: Place) -> Json:
    """Return a term, with the URIs of the entity it comes from as far as they are known."""
    made: Json = {"label": say(note.text, place.language)}
    if foundation := foundation_uri(note.concept):
        made["foundationReference"] = foundation
    if place.linearization and (entry := place.uri(note.entry)):
        made["linearizationReference"] = entry
    if note.is_deprecated:
        made["deprecated"] = True
    return made


def format_terms(notes: Iterable[Note], kind: NoteKind, place: Place) -> list[Json]:
    """Return the terms of a kind."""
    return [format_term(note, place) for note in notes if note.kind is kind]


def format_text(notes: Iterable[Note], kind: NoteKind, place: Place) -> Json | None:
    """Return the text of a kind, None where none is told."""
    told = dict.fromkeys(note.text for note in notes if note.kind is kind)
    return say("\n".join(told), place.language) if told else None


def format_links(notes: Iterable[Note], kind: NoteKind, place: Place) -> list[str]:
    """Return the URIs of what links of a kind lead to."""
    return [
        foundation_uri(note.concept) or place.uri(note.entry) for note in notes if note.kind is kind
    ]


def format_about(notes: Sequence[Note], place: Place, include: frozenset[str]) -> Json:
    """Return what entries and the Foundation's entities have alike; criteria are on demand."""
    criteria = notes if "diagnosticcriteria" in include else ()
    return {
        "definition": format_text(notes, NoteKind.DEFINITION, place),
        "longDefinition": format_text(notes, NoteKind.LONG_DEFINITION, place),
        "fullySpecifiedName": format_text(notes, NoteKind.FULLY_SPECIFIED_NAME, place),
        "diagnosticCriteria": format_text(criteria, NoteKind.DIAGNOSTIC_CRITERIA, place),
        "inclusion": format_terms(notes, NoteKind.INCLUSION, place),
        "exclusion": format_terms(notes, NoteKind.EXCLUSION, place),
        "relatedEntitiesInMaternalChapter": format_links(notes, NoteKind.RELATED_MATERNAL, place),
        "relatedEntitiesInPerinatalChapter": format_links(notes, NoteKind.RELATED_PERINATAL, place),
    }


def filled(value: Json) -> Json:
    """Return an object without what is not held: empty texts, lists and None, but for `code`.

    >>> filled({"code": "", "child": [], "title": "a"})
    {'code': '', 'title': 'a'}
    """
    return {key: held for key, held in value.items() if held or key == "code"}
