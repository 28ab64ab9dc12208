"""Words in ICD-API answers: texts with their language, terms with what they refer to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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


def term(text: str, language: str, foundation: str = "", linearization: str = "") -> Json:
    """Return a term, with the URIs of the entity it comes from as far as they are known."""
    made: Json = {"label": say(text, language)}
    if foundation:
        made["foundationReference"] = foundation
    if linearization:
        made["linearizationReference"] = linearization
    return made


def texts(notes: Iterable[tuple[str, str]], kind: NoteKind) -> list[str]:
    """Return the texts of notes of a kind, each once."""
    return list(dict.fromkeys(text for held, text in notes if held == kind))


def filled(value: Json) -> Json:
    """Return an object without what is not held: empty texts, lists and None, but for `code`.

    >>> filled({"code": "", "child": [], "title": "a"})
    {'code': '', 'title': 'a'}
    """
    return {key: held for key, held in value.items() if held or key == "code"}
