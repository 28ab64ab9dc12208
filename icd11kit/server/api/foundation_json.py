"""Entities of the Foundation as the ICD-API's FoundationEntity."""

from __future__ import annotations

from icd11kit.lookup.linked import Linked
from icd11kit.lookup.told import told_of_concept
from icd11kit.model import Entity
from icd11kit.server.api.addresses import Place, context
from icd11kit.server.api.term_json import Json, filled, format_about, format_terms, say
from icd11kit.vocabulary import NoteKind


def format_concept(linked: Linked, place: Place, concept: Entity, include: frozenset[str]) -> Json:
    """Return an entity; one with others below it and no parent known stands at the top."""
    notes = told_of_concept(linked.store, concept.id)
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
            "synonym": format_terms(notes, NoteKind.SYNONYM, place),
            "narrowerTerm": format_terms(notes, NoteKind.NARROWER_TERM, place),
            **format_about(notes, place, include),
        }
    )
