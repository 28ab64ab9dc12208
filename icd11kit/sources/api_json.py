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

from icd11kit.errors import SourceError
from icd11kit.model import Axis, Entity, LinearizationEntity, Note
from icd11kit.sources.api_words import Json, id_of, list_of, parse_words, text_of
from icd11kit.sources.documents import Document
from icd11kit.sources.rows import RowError
from icd11kit.uris import EntityUri, find_uri
from icd11kit.vocabulary import AXIS_ROOT, LANGUAGE_FORM, ClassKind, Multiple, Residual

_MULTIPLE = {
    "AllowAlways": Multiple.ALWAYS,
    "NotAllowed": Multiple.NOT_ALLOWED,
    "AllowedExceptFromSameBlock": Multiple.EXCEPT_SAME_BLOCK,
}
_DAY = r"\d{4}-\d{2}-\d{2}"
_DEEPEST = 50
"""WHO's deepest linearization has eleven levels; a deeper one runs in a circle."""


@dataclass(frozen=True, slots=True)
class ApiRelease:
    """What ICD-API objects say.

    `entities` is the linearization in pre-order, () where it is not at hand whole;
    `foundation` holds the Foundation's entities; a row error's line counts objects from 1. `day`
    is that of the release, "" where the linearization's root object is not at hand.
    """

    linearization: str
    release: str
    language: str
    entities: tuple[LinearizationEntity, ...]
    notes: tuple[Note, ...]
    axes: tuple[Axis, ...]
    foundation: tuple[Entity, ...]
    errors: tuple[RowError, ...]
    day: str = ""


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
    root = _root(objects)
    where = _root_uri(root)
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
    named = [(find_uri(str(item.get("@id", ""))[:500]), item) for item in objects]
    noted = [(uri, item) for uri, item in named if uri and uri.id in ids]
    return ApiRelease(
        linearization=where.linearization,
        release=where.release,
        language=_language(objects),
        entities=tuple(_in_order(linear, [id_of(child) for child in list_of(root.get("child"))])),
        notes=tuple(dict.fromkeys(note for uri, item in noted for note in parse_words(uri, item))),
        axes=tuple(axis for i, item in linear.items() for axis in _axes(i, item, where.release)),
        foundation=tuple(foundation),
        errors=tuple(errors),
        day=day if re.fullmatch(_DAY, day := str(root.get("releaseDate", "")), re.ASCII) else "",
    )


def _foundation_entity(entity_id: str, item: Json) -> Entity:
    parents = (id_of(parent) for parent in list_of(item.get("parent")))
    return Entity(entity_id, text_of(item.get("title")), tuple(p for p in parents if p))


def _root(objects: list[Json]) -> Json:
    """Return the root object of a linearization, which lists the chapters in order, {} for none."""
    for item in objects:
        name = str(item.get("@id"))
        if "/release/11/" in name and find_uri(name) is None and list_of(item.get("child")):
            return item
    return {}


def _root_uri(root: Json) -> EntityUri:
    """Return the release and linearization that the URI of a root object names."""
    named = find_uri(f"{root.get('@id', '')}/0")
    return EntityUri("", named.linearization, named.release) if named else EntityUri("")


def _in_order(linear: Mapping[str, Json], listed: list[str]) -> list[LinearizationEntity]:
    """Return the linearization in pre-order, [] where a child that is named is not at hand."""
    chapters = listed or [i for i, item in linear.items() if item.get("classKind") == "chapter"]
    ordered: list[LinearizationEntity] = []
    left = dict(linear)
    try:
        for entity_id in chapters:
            chapter = text_of(linear[entity_id].get("code"))
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
        entity_id, text_of(item.get("code")), text_of(item.get("title")),
        ClassKind(str(item["classKind"])), depth, chapter, text_of(item.get("blockId")),
        Residual(entity_id.partition("/")[2]),
    )  # fmt: skip
    for child in list_of(item.get("child")):
        yield from _subtree(id_of(child), depth + 1, chapter, left)


def _axes(entity_id: str, item: Json, release: str) -> Iterator[Axis]:
    for axis in list_of(item.get("postcoordinationScale")):
        name = text_of(axis.get("axisName")) if isinstance(axis, dict) else ""
        if not name.startswith(AXIS_ROOT):
            continue
        roots = (id_of(root) for root in list_of(axis.get("scaleEntity")))
        yield Axis(
            entity_id,
            name.rpartition("/")[2],
            str(axis.get("requiredPostcoordination")).lower() == "true",
            _MULTIPLE.get(str(axis.get("allowMultipleValues")), Multiple.NOT_ALLOWED),
            tuple(root for root in roots if root),
            f"ICD-API {release}".strip(),
        )


def _language(objects: list[Json]) -> str:
    for item in objects:
        title = item.get("title")
        named = title.get("@language") if isinstance(title, dict) else None
        if isinstance(named, str) and re.fullmatch(LANGUAGE_FORM, named, re.ASCII):
            return named
    return "en"
