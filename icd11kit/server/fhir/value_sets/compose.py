"""From a ValueSet as JSON to the selection it defines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from icd11kit.codes import shorten
from icd11kit.model import EditionKey
from icd11kit.server.fhir.code_systems.systems import Source, open_source, parse_url
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.routing import Call
from icd11kit.server.fhir.value_sets.implicit import open_set, read_url, select_named
from icd11kit.server.shelf import Shelf
from icd11kit.valuesets import Choice, Clause, Condition, Part, Selection, make_clause

_DEEPEST = 10
_MOST_PARTS = 200
_MOST_FILTERS = 20
_VERSIONS = ("force-system-version", "system-version", "check-system-version")


@dataclass(slots=True)
class Reader:
    """Reads value sets for one call: whence, in what language, with what versions, sent along.

    `displays` collects the words that value sets have for codes, `designations` further ones;
    `parts` counts what is read.
    """

    shelf: Shelf
    wish: str
    versions: Mapping[str, Mapping[str, str]]
    sent: Mapping[str, Json]
    displays: dict[tuple[EditionKey, str], str] = field(default_factory=dict)
    designations: dict[tuple[EditionKey, str], list[Json]] = field(default_factory=dict)
    parts: int = 0

    def open(self, system: str, version: str) -> Source:
        """Return a code system in the version forced, said, or preferred for the call."""
        name, in_url = _parse(system)
        wanted = self.pick_version(name, version or in_url)
        source = open_source(name, wanted, self.wish, self.shelf)
        if source.is_foundation:
            reason = "value sets are of linearizations, not the Foundation"
            raise FhirError(422, reason, "not-supported")
        return source

    def pick_version(self, name: str, said: str) -> str:
        """Return the version of a system that is forced, else said, else preferred; "" for none.

        Raises FhirError 422 where that is not the version the call wants it to be.
        """
        forced, preferred, checked = (self.versions[key].get(name, "") for key in _VERSIONS)
        wanted = forced or said or preferred or checked
        if checked and wanted != checked:
            reason = f"{name} is to be of {shorten(checked, 20)}, not of {shorten(wanted, 20)}"
            raise FhirError(422, reason, "exception", "version-error")
        return wanted


def make_reader(call: Call, shelf: Shelf) -> Reader:
    """Return what reads the value sets of a call."""
    versions = {name: dict(map(_pinned, call.texts(name))) for name in _VERSIONS}
    sent = {}
    for resource in call.all_held("tx-resource"):
        if resource.get("resourceType") == "ValueSet":
            url, version = (str(resource.get(name, "")) for name in ("url", "version"))
            sent[url] = sent[f"{url}|{version}"] = resource
    return Reader(shelf, call.language, versions, sent)


def _pinned(text: str) -> tuple[str, str]:
    """Return a system and the version a canonical address pins."""
    system, version = _parse(text)
    if not version:
        raise FhirError(400, f"{shorten(text)!r} names no version; write system|version")
    return system, version


def _parse(system: str) -> tuple[str, str]:
    found = parse_url(system)
    if found is None:
        reason = f"the code system {shorten(system, 200)!r} is not known here"
        raise FhirError(404, reason, "not-found", "not-found")
    return found


def select_url(reader: Reader, url: str, deep: int = 0) -> Selection:
    """Return the codes of the value set at an address; raises FhirError 404 for none known."""
    named = read_url(url)
    if named is not None:
        pinned = named._replace(release=reader.pick_version(named.system, named.release))
        reader.parts += 1
        return select_named(pinned, open_set(pinned, reader.wish, reader.shelf))
    if url in reader.sent:
        return select_resource(reader, reader.sent[url], deep + 1)
    raise FhirError(404, f"no value set {shorten(url, 200)!r}", "not-found", "not-found")


def select_resource(reader: Reader, resource: Json, deep: int = 0) -> Selection:
    """Return the codes of a ValueSet; raises FhirError where it cannot be read."""
    if deep > _DEEPEST:
        raise FhirError(
            422, f"value sets import each other more than {_DEEPEST} deep", "too-costly"
        )
    if resource.get("resourceType", "ValueSet") != "ValueSet":
        raise FhirError(400, "valueSet is no ValueSet")
    compose = resource.get("compose")
    if not isinstance(compose, dict):
        raise FhirError(
            422, "the ValueSet has no compose to select codes by", "invalid", "vs-invalid"
        )
    included = tuple(_choices(reader, compose, "include", deep))
    if not included:
        raise FhirError(422, "compose.include is missing", "invalid", "vs-invalid")
    return Selection(included, tuple(_choices(reader, compose, "exclude", deep)))


def _choices(reader: Reader, compose: Json, name: str, deep: int) -> Iterator[Choice]:
    for place, item in enumerate(_dicts(compose, name)):
        reader.parts += 1
        if reader.parts > _MOST_PARTS:
            raise FhirError(422, f"at most {_MOST_PARTS} parts make a value set", "too-costly")
        imported = tuple(select_url(reader, url, deep) for url in _texts(item, "valueSet"))
        part = _part(reader, item) if _text(item, "system") else None
        if part is None and (not imported or "concept" in item or "filter" in item):
            reason = f"compose.{name}[{place}] names no system and no valueSet"
            raise FhirError(422, reason, "invalid", "vs-invalid")
        yield Choice(part, imported)


def _part(reader: Reader, item: Json) -> Part:
    source = reader.open(_text(item, "system"), _text(item, "version"))
    concepts, filters = _dicts(item, "concept"), _dicts(item, "filter")
    if concepts and filters:
        raise FhirError(422, "concept and filter exclude each other", "invalid", "vs-invalid")
    if not concepts:
        return Part(source.terminology, source.system, tuple(_clauses(reader, source, filters)))
    codes = tuple(_text(concept, "code") for concept in concepts)
    part = Part(source.terminology, source.system, (), codes)
    for concept in concepts:
        name = (part.key, _text(concept, "code"))
        if display := _text(concept, "display"):
            reader.displays[name] = display
        if further := _dicts(concept, "designation"):
            reader.designations[name] = further
    return part


def _clauses(reader: Reader, source: Source, filters: list[Json]) -> Iterator[Clause]:
    reader.parts += len(filters)
    if len(filters) > _MOST_FILTERS:
        raise FhirError(422, f"at most {_MOST_FILTERS} filters are read at once", "too-costly")
    for item in filters:
        said = Condition(*(_text(item, name) for name in ("property", "op", "value")))
        if not all(said):
            raise FhirError(422, "a filter has property, op and value", "invalid", "vs-invalid")
        yield make_clause(source.terminology, source.system, said)


def _dicts(held: Json, name: str) -> list[Json]:
    return [item for item in _list(held, name) if _is_a(item, dict, name)]


def _texts(held: Json, name: str) -> list[str]:
    return [item for item in _list(held, name) if _is_a(item, str, name)]


def _list(held: Json, name: str) -> list[Any]:
    found = held.get(name, [])
    if not isinstance(found, list):
        raise FhirError(400, f"{name} is no list")
    return found


def _is_a(item: object, kind: type, name: str) -> bool:
    if not isinstance(item, kind):
        raise FhirError(400, f"an item of {name} is of a wrong type")
    return True


def _text(held: Json, name: str) -> str:
    value = held.get(name, "")
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        raise FhirError(400, f"{name} is no text")
    return value
