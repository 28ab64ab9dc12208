"""Entries of a linearization as the ICD-API's LinearizationEntity; what is not held is absent."""

from __future__ import annotations

from icd11kit.lookup.answer import Lookup
from icd11kit.lookup.linked import Linked, Scale
from icd11kit.server.api.addresses import Place, context
from icd11kit.server.api.words import Json, filled, say, term, texts
from icd11kit.uris import foundation_uri
from icd11kit.vocabulary import AXIS_ROOT, ClassKind, Multiple, NoteKind

MULTIPLE = {
    Multiple.ALWAYS: "AllowAlways",
    Multiple.NOT_ALLOWED: "NotAllowed",
    Multiple.EXCEPT_SAME_BLOCK: "AllowedExceptFromSameBlock",
}


def format_entity(linked: Linked, place: Place, found: Lookup, include: frozenset[str]) -> Json:
    """Return an entry; `include` names what is given on demand: ancestor, descendant."""
    above, notes = [step.id for step in found.path[:-1]], found.notes
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
                term(entry.title, place.language, foundation_uri(entry.id), place.uri(entry.id))
                for entry in linked.elsewhere(found)
            ],
            "postcoordinationScale": [
                format_scale(scale, place, found.id) for scale in linked.scales(found)
            ],
            "title": say(found.title, place.language),
            "definition": _said(texts(notes, NoteKind.DEFINITION), place),
            "inclusion": _terms(texts(notes, NoteKind.INCLUSION), place),
            "exclusion": [
                _exclusion(linked, place, text) for text in texts(notes, NoteKind.EXCLUSION)
            ],
            "codingNote": _said([found.coding_note], place),
            "indexTerm": _terms(texts(notes, NoteKind.SYNONYM), place),
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


def _said(held: list[str], place: Place) -> Json | None:
    text = "\n".join(held)
    return say(text, place.language) if text else None


def _terms(held: list[str], place: Place) -> list[Json]:
    return [term(text, place.language) for text in held]


def _exclusion(linked: Linked, place: Place, text: str) -> Json:
    """Return an exclusion; its entity is the one entry that bears its words as a name.

    The words may name an entity below the shoreline, so only a title tells the Foundation's.
    """
    entry = linked.named(text)
    if entry is None:
        return term(text, place.language)
    is_title = entry.title.lower() == text.lower()
    source = foundation_uri(entry.id) if is_title else ""
    return term(text, place.language, source, place.uri(entry.id))
