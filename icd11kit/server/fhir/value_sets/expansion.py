"""An expansion: which codes a value set has, page by page, as FHIR writes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from icd11kit.model import EditionKey, LinearizationEntity
from icd11kit.server.fhir.code_systems.systems import url_of
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.routing import Call
from icd11kit.store.read import Store
from icd11kit.valuesets.designations import designations_of
from icd11kit.valuesets.members import Member, Members, Part, read_members
from icd11kit.vocabulary import ClassKind

_UNCLOSED = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed"
_TEXTS = ("filter", "displayLanguage")
_FLAGS = ("includeDesignations", "activeOnly", "excludeNested")
_COUNTS = ("offset", "count")
_VERSIONS = ("system-version", "force-system-version", "check-system-version")
_SENT = ("valueSet", "tx-resource")
EXPANSION_PARAMETERS = (
    *_TEXTS, *_FLAGS, *_COUNTS, *_VERSIONS, "includeDefinition", "tx-resource",
)  # fmt: skip
"""What $expand reads beside the value set that it is asked for."""


class Page(NamedTuple):
    """Which of the members are given: how many are left out first, how many follow (-1: all)."""

    offset: int
    size: int = -1

    def cut(self, members: Members, limit: int) -> list[tuple[EditionKey, Member]]:
        """Return the members of the page; raises FhirError where they are more than a limit."""
        total = sum(map(len, members.values()))
        wanted = max(total - self.offset, 0)
        if self.size >= 0:
            wanted = min(wanted, self.size)
        if wanted > limit:
            reason = f"the value set has {total:,} codes; ask for at most {limit:,} by count"
            raise FhirError(422, reason, "too-costly")
        cut: list[tuple[EditionKey, Member]] = []
        skipped = self.offset
        for key, held in members.items():
            listed = list(held)[skipped : skipped + wanted - len(cut)]
            skipped = max(skipped - len(held), 0)
            cut.extend((key, member) for member in listed)
        return cut


def page_asked(call: Call) -> Page:
    """Return the page that offset and count ask for."""
    return Page(call.count("offset"), call.count("count") if call.text("count") else -1)


class Words(NamedTuple):
    """What members are called: value sets' own words and designations, other languages' stores."""

    displays: Mapping[tuple[EditionKey, str], str]
    designations: Mapping[tuple[EditionKey, str], list[Json]]
    others: Mapping[EditionKey, tuple[Store, ...]]


def make_contains(
    cut: Iterable[tuple[EditionKey, Member]], parts: Mapping[EditionKey, Part], words: Words
) -> list[Json]:
    """Return members of a page as FHIR's `contains`, in their order."""
    by_edition: dict[EditionKey, list[Member]] = {}
    for key, member in cut:
        by_edition.setdefault(key, []).append(member)
    return [
        item
        for key, members in by_edition.items()
        for item in _contained(key, parts[key], members, words)
    ]


def _contained(
    key: EditionKey, part: Part, members: Iterable[Member], words: Words
) -> Iterator[Json]:
    head = {"system": url_of(key.system), "version": key.release}
    others = words.others.get(key, ())
    for member, entity in read_members(part.store, members):
        if entity is None:
            code = str(member)
            display = words.displays.get((key, code)) or part.icd.validate(code).display
            sent = words.designations.get((key, code))
            made = {**head, "code": code, "display": display}
            yield {**made, "designation": sent} if sent else made
        else:
            yield _entry(head, key, entity, words, others)


def _entry(
    head: Json,
    key: EditionKey,
    entity: LinearizationEntity,
    words: Words,
    others: tuple[Store, ...],
) -> Json:
    display = words.displays.get((key, entity.code)) if words.displays else None
    made = {**head, "code": entity.code, "display": display or entity.title}
    if entity.kind is not ClassKind.CATEGORY:
        made["abstract"] = True
    sent = words.designations.get((key, entity.code), []) if words.designations else []
    if others or sent:
        listed = [*sent, *_titles(others, entity.id)]
        return {**made, "designation": listed} if listed else made
    return made


def _titles(others: tuple[Store, ...], entity: str) -> Iterator[Json]:
    for language, title in designations_of(others, entity):
        yield {"language": language, "value": title}


def make_expansion(
    call: Call, resource: Json, members: Members, contains: list[Json], parts: Iterable[Part]
) -> Json:
    """Return a ValueSet with its expansion; the identifier is the same for each of its pages."""
    listed = list(parts)
    editions = sorted({part.key for part in listed})
    made: Json = {
        "identifier": f"urn:uuid:{uuid5(NAMESPACE_URL, _identity(call, resource, editions))}",
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "total": sum(map(len, members.values())),
        "offset": call.count("offset"),
        "parameter": list(_parameters(call, editions)),
    }
    if any(part.has_clusters for part in listed):
        made["extension"] = [{"url": _UNCLOSED, "valueBoolean": True}]
    if contains:
        made["contains"] = contains
    return {**resource, "expansion": made}


def _identity(call: Call, resource: Json, editions: list[EditionKey]) -> str:
    """Return what an expansion depends on, as text."""
    said = {name: call.values.get(name) for name in (*_TEXTS, *_FLAGS, *_VERSIONS, *_SENT)}
    return json.dumps([said, resource, [str(key) for key in editions]], default=str)


def _parameters(call: Call, editions: Iterable[EditionKey]) -> Iterator[Json]:
    """Yield what the expansion was made by."""
    for name in _TEXTS:
        if text := call.text(name):
            yield {"name": name, "valueString" if name == "filter" else "valueCode": text}
    for name in _FLAGS:
        if call.text(name):
            yield {"name": name, "valueBoolean": call.flag(name)}
    for name in _COUNTS:
        if call.text(name):
            yield {"name": name, "valueInteger": call.count(name)}
    for name in _VERSIONS:
        yield from ({"name": name, "valueUri": text} for text in call.texts(name))
    for key in editions:
        yield {"name": "used-codesystem", "valueUri": f"{url_of(key.system)}|{key.release}"}
