"""ICD-API v2 JSON: entities of the Foundation and of linearizations, as files or as walked.

Source of the fields: ICD-API OpenAPI v2.6. `requiredPostcoordination` is text, "true" or
"false". A file may hold one entity, a list, or an object of them; a linearization whose every
`child` is at hand makes an edition, single entities add their axes and notes to one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from icd11kit.errors import SourceError
from icd11kit.model import Axis, Entity, LinearizationEntity, Note, RowError
from icd11kit.sources.documents import Document
from icd11kit.uris import EntityUri, find_uri
from icd11kit.vocabulary import AXIS_ROOT, LANGUAGE_FORM, ClassKind, Multiple, NoteKind, Residual

Json = dict[str, Any]
_MULTIPLE = {
    "AllowAlways": Multiple.ALWAYS,
    "NotAllowed": Multiple.NOT_ALLOWED,
    "AllowedExceptFromSameBlock": Multiple.EXCEPT_SAME_BLOCK,
}
_NOTES = {
    "codingNote": NoteKind.CODING_NOTE,
    "definition": NoteKind.DEFINITION,
    "synonym": NoteKind.SYNONYM,
    "indexTerm": NoteKind.SYNONYM,
    "inclusion": NoteKind.INCLUSION,
    "exclusion": NoteKind.EXCLUSION,
}
_DEEPEST = 50
"""WHO's deepest linearization has eleven levels; a deeper one runs in a circle."""


@dataclass(frozen=True, slots=True)
class ApiRelease:
    """What ICD-API objects say.

    `entities` is the linearization in pre-order, () where it is not at hand whole;
    `foundation` holds the Foundation's entities; a row error's line counts objects from 1.
    """

    linearization: str
    release: str
    language: str
    entities: tuple[LinearizationEntity, ...]
    notes: tuple[Note, ...]
    axes: tuple[Axis, ...]
    foundation: tuple[Entity, ...]
    errors: tuple[RowError, ...]


def is_api_json(document: Document) -> bool:
    """Return whether a document looks like ICD-API JSON."""
    head = document.data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:1] in (b"{", b"[") and b"id.who.int/icd" in document.data[:100_000]


def parse_json(document: Document) -> tuple[list[Json], list[RowError]]:
    """Return the entity objects of a document, each `@id` once, and what is none.

    Raises SourceError where the document is no JSON at all.
    """
    try:
        held = json.loads(document.data)
    except (ValueError, RecursionError) as error:
        raise SourceError(document.name, f"the JSON cannot be read ({error})") from None
    found: dict[str, Json] = {}
    errors = []
    for number, item in enumerate(_items(held), start=1):
        if isinstance(item, dict) and isinstance(item.get("@id"), str):
            found.setdefault(item["@id"], item)
        else:
            errors.append(RowError(document.name, number, "the object has no @id"))
    return list(found.values()), errors


def _items(held: object) -> list[object]:
    if isinstance(held, list):
        return held
    if isinstance(held, dict) and "@id" not in held:
        return list(held.values())
    return [held]


def parse_api(objects: list[Json], name: str = "") -> ApiRelease:
    """Return what entity objects say together; one not understood becomes a row error."""
    foundation: list[Entity] = []
    linear: dict[str, Json] = {}
    errors: list[RowError] = []
    where = EntityUri("")
    for number, item in enumerate(objects, start=1):
        uri = find_uri(str(item.get("@id", ""))[:500])
        if uri is None:
            if not str(item.get("@id", "")).rstrip("/").endswith(("/mms", "/icf", "/entity")):
                errors.append(RowError(name, number, "the @id is not a WHO entity URI"))
        elif uri.linearization:
            linear[uri.id] = item
            where = uri
        else:
            foundation.append(_foundation_entity(uri.id, item))
    ids = set(linear) | {entity.id for entity in foundation}
    noted = [(i, item) for item in objects if (i := _id(item.get("@id"))) in ids]
    return ApiRelease(
        linearization=where.linearization,
        release=where.release,
        language=_language(objects),
        entities=tuple(_in_order(linear, _root_children(objects))),
        notes=tuple(dict.fromkeys(note for i, item in noted for note in _notes(i, item))),
        axes=tuple(axis for i, item in linear.items() for axis in _axes(i, item, where.release)),
        foundation=tuple(foundation),
        errors=tuple(errors),
    )


def _foundation_entity(entity_id: str, item: Json) -> Entity:
    parents = (_id(parent) for parent in _list(item.get("parent")))
    return Entity(entity_id, _text(item.get("title")), tuple(p for p in parents if p))


def _root_children(objects: list[Json]) -> list[str]:
    """Return the chapters in the order that a linearization's root object lists them."""
    for item in objects:
        name = str(item.get("@id"))
        if "/release/11/" in name and find_uri(name) is None and _list(item.get("child")):
            return [_id(child) for child in _list(item.get("child"))]
    return []


def _in_order(linear: Mapping[str, Json], listed: list[str]) -> list[LinearizationEntity]:
    """Return the linearization in pre-order, [] where a child that is named is not at hand."""
    chapters = listed or [i for i, item in linear.items() if item.get("classKind") == "chapter"]
    ordered: list[LinearizationEntity] = []
    left = dict(linear)
    try:
        for entity_id in chapters:
            chapter = _text(linear[entity_id].get("code"))
            ordered.extend(_subtree(entity_id, 0, chapter, left))
    except KeyError:
        return []
    return ordered


def _subtree(
    entity_id: str, depth: int, chapter: str, left: dict[str, Json]
) -> Iterator[LinearizationEntity]:
    """Yield an entry and what stands below it; each leaves `left`, so none can come twice."""
    item = left.pop(entity_id)
    if depth > _DEEPEST or str(item.get("classKind")) not in set(ClassKind):
        raise KeyError(entity_id)
    yield LinearizationEntity(
        entity_id, _text(item.get("code")), _text(item.get("title")),
        ClassKind(str(item["classKind"])), depth, chapter, _text(item.get("blockId")),
        Residual(entity_id.partition("/")[2]),
    )  # fmt: skip
    for child in _list(item.get("child")):
        yield from _subtree(_id(child), depth + 1, chapter, left)


def _notes(entity_id: str, item: Json) -> Iterator[Note]:
    for key, kind in _NOTES.items():
        held = item.get(key)
        for entry in held if isinstance(held, list) else [held]:
            label = entry.get("label", entry) if isinstance(entry, dict) else entry
            if text := _text(label):
                yield Note(entity_id, kind, text)


def _axes(entity_id: str, item: Json, release: str) -> Iterator[Axis]:
    for axis in _list(item.get("postcoordinationScale")):
        name = _text(axis.get("axisName")) if isinstance(axis, dict) else ""
        if not name.startswith(AXIS_ROOT):
            continue
        roots = (_id(root) for root in _list(axis.get("scaleEntity")))
        yield Axis(
            entity_id,
            name.rpartition("/")[2],
            str(axis.get("requiredPostcoordination")).lower() == "true",
            _MULTIPLE.get(str(axis.get("allowMultipleValues")), Multiple.NOT_ALLOWED),
            tuple(root for root in roots if root),
            f"ICD-API {release}".strip(),
        )


def _id(uri: object) -> str:
    found = find_uri(uri) if isinstance(uri, str) else None
    return found.id if found else ""


def _list(held: object) -> list[Any]:
    return held if isinstance(held, list) else []


def _text(held: object) -> str:
    """Return the words of a language-tagged value, "" for anything else."""
    value = held.get("@value") if isinstance(held, dict) else held
    if not isinstance(value, str):
        return ""
    return " ".join(value.encode("utf-8", "replace").decode().split())


def _language(objects: list[Json]) -> str:
    for item in objects:
        title = item.get("title")
        named = title.get("@language") if isinstance(title, dict) else None
        if isinstance(named, str) and re.fullmatch(LANGUAGE_FORM, named, re.ASCII):
            return named
    return "en"
