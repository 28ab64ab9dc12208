"""Entities of the Foundation as the ICD-API's FoundationEntity."""

from __future__ import annotations

from icd11kit.lookup.answer import Lookup
from icd11kit.lookup.linked import Linked
from icd11kit.model import Entity
from icd11kit.server.api.addresses import Place, context
from icd11kit.server.api.words import Json, filled, say, term, texts
from icd11kit.vocabulary import NoteKind


def format_concept(
    linked: Linked, place: Place, concept: Entity, include: frozenset[str], entry: Lookup | None
) -> Json:
    """Return an entity, with the notes of its entry in the linearization where it has one.

    An entity with others below it and no parent known stands at the top. Synonyms are absent:
    an edition keeps them together with index terms, which may be those of narrower entities.
    """
    notes = entry.notes if entry else ()
    definition = texts(notes, NoteKind.DEFINITION)
    children = linked.concepts.children.get(concept.id, ())
    top = [place.root] if children else []
    above = linked.concepts.ancestors(concept.id) if "ancestor" in include else []
    below = linked.concepts.descendants(concept.id) if "descendant" in include else []
    return filled(
        {
            "@context": context("FoundationEntity"),
            "@id": place.uri(concept.id),
            "parent": [place.uri(parent) for parent in concept.parents] or top,
            "child": [place.uri(child) for child in children],
            "browserUrl": place.browser_url(concept.id),
            "ancestor": [place.uri(entity) for entity in above],
            "descendant": [place.uri(entity) for entity in below],
            "title": say(concept.title, place.language),
            "definition": say("\n".join(definition), place.language) if definition else None,
            "inclusion": _terms(notes, NoteKind.INCLUSION, place),
            "exclusion": _terms(notes, NoteKind.EXCLUSION, place),
        }
    )


def _terms(notes: tuple[tuple[str, str], ...], kind: NoteKind, place: Place) -> list[Json]:
    return [term(text, place.language) for text in texts(notes, kind)]
