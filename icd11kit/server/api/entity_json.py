"""Entries of a linearization as the ICD-API's LinearizationEntity; what is not held is absent."""

from __future__ import annotations

from icd11kit.lookup.answer import Lookup
from icd11kit.lookup.linked import Linked, Scale
from icd11kit.lookup.told import told_of_entry
from icd11kit.model import Note
from icd11kit.server.api.addresses import Place, context
from icd11kit.server.api.term_json import (
    Json,
    filled,
    format_about,
    format_term,
    format_terms,
    format_text,
    say,
)
from icd11kit.vocabulary import AXIS_ROOT, ClassKind, Multiple, NoteKind

MULTIPLE = {
    Multiple.ALWAYS: "AllowAlways",
    Multiple.NOT_ALLOWED: "NotAllowed",
    Multiple.EXCEPT_SAME_BLOCK: "AllowedExceptFromSameBlock",
}


def format_entity(linked: Linked, place: Place, found: Lookup, include: frozenset[str]) -> Json:
    """Return an entry; `include` names what is given on demand: ancestor, descendant."""
    above = [step.id for step in found.path[:-1]]
    notes = tuple(_referred(linked, note) for note in told_of_entry(linked.store, found.id))
    return filled(
        {
            "@context": context("LinearizationEntity"),
            "@id": place.uri(found.id),
            "parent": [place.uri(above[-1]) if above else place.root],
            "child": [place.uri(step.id) for step in found.children],
            "browserUrl": place.browser_url(found.id),
            "code": "" if found.kind == ClassKind.BLOCK else found.code,
            "source": found.foundation_uri,
            "classKind": found.kind,
            "blockId": found.block_id,
            "codeRange": linked.code_range(found),
            "ancestor": _uris(place, above[::-1], "ancestor" in include),
            "descendant": _uris(
                place, linked.below(found.id) if "descendant" in include else [], True
            ),
            "foundationChildElsewhere": [
                format_term(note, place) for note in linked.elsewhere(found, notes)
            ],
            "postcoordinationScale": [
                format_scale(scale, place, found.id) for scale in linked.scales(found)
            ],
            "title": say(found.title, place.language),
            **format_about(notes, place, include),
            "codingNote": format_text(notes, NoteKind.CODING_NOTE, place),
            "indexTerm": format_terms(notes, NoteKind.SYNONYM, place),
        }
    )


def format_scale(scale: Scale, place: Place, entity_id: str) -> Json:
    """Return an axis of a stem with the roots of its values."""
    return {
        "@id": f"{place.uri(entity_id)}/postcoordinationScale/{scale.name}",
        "axisName": f"{AXIS_ROOT}/{scale.name}",
        "requiredPostcoordination": "true" if scale.required else "false",
        "allowMultipleValues": MULTIPLE[scale.multiple],
        "scaleEntity": [place.uri(root) for root in scale.roots],
    }


def _uris(place: Place, ids: list[str], wanted: bool) -> list[str]:
    return [place.uri(entity_id) for entity_id in ids] if wanted else []


def _referred(linked: Linked, note: Note) -> Note:
    """Return a note; an exclusion without an entry with the one entry that bears its words.

    The words may name an entity below the shoreline, so only a title tells the Foundation's. What
    an API told of the entry itself, with a reference to the Foundation alone, stays as it is.
    """
    is_told = note.entry or (note.concept and not note.of_concept)
    if note.kind is not NoteKind.EXCLUSION or is_told:
        return note
    entry = linked.named(note.text)
    if entry is None:
        return note
    is_title = entry.title.lower() == note.text.lower()
    return note._replace(concept=note.concept or (entry.id if is_title else ""), entry=entry.id)
