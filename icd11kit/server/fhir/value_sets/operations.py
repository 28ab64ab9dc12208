"""ValueSet: $expand, $validate-code, read and search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.errors import UnknownReleaseError
from icd11kit.model import EditionKey
from icd11kit.server.fhir.bundles import search_answer
from icd11kit.server.fhir.code_systems.systems import Source
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.routing import Call, Operation
from icd11kit.server.fhir.value_sets.compose import Reader, make_reader, select_resource, select_url
from icd11kit.server.fhir.value_sets.expansion import (
    Words,
    make_contains,
    make_expansion,
    page_asked,
)
from icd11kit.server.fhir.value_sets.implicit import (
    Named,
    all_sets,
    check_named,
    describe_set,
    open_set,
    read_id,
    read_url,
)
from icd11kit.server.fhir.value_sets.membership import answer_membership
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.server.threads import LONG
from icd11kit.store.read import Store
from icd11kit.valuesets import Selection, find_members, members_of
from icd11kit.valuesets.members import Members, Part, parts_of


class Asked(NamedTuple):
    """The value set of a call: its codes, its resource without them, who read it."""

    selection: Selection
    resource: Json
    reader: Reader


def expand(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return a value set with a page of its codes; raises FhirError where they are too many."""
    asked = _asked(call, shelf)
    parts = {part.key: part for part in parts_of(asked.selection)}
    members = members_of(asked.selection)
    if words := call.text("filter"):
        members = _filtered(members, parts, words)
    cut = page_asked(call).cut(members, settings.limits.expansion)
    displays, designations = asked.reader.displays, asked.reader.designations
    titles = Words(displays, {}, {})
    if call.flag("includeDesignations"):
        titles = Words(displays, designations, _other_languages(shelf, parts))
    contains = make_contains(cut, parts, titles)
    return make_expansion(call, asked.resource, members, contains, parts.values())


def _filtered(members: Members, parts: dict[EditionKey, Part], words: str) -> Members:
    return {
        key: dict.fromkeys(find_members(parts[key].icd, parts[key].system, held, words))
        for key, held in members.items()
    }


def _other_languages(
    shelf: Shelf, parts: dict[EditionKey, Part]
) -> dict[EditionKey, tuple[Store, ...]]:
    """Return the stores that have the same editions in other languages."""
    found = {}
    for key in parts:
        languages = [one for one in shelf.languages(key.system, key.release) if one != key.language]
        if key.system == "mms":
            found[key] = tuple(shelf.get(key.release, one).store(key.system) for one in languages)
    return found


def _asked(call: Call, shelf: Shelf) -> Asked:
    """Return the value set a call names by url or id, or brings along."""
    reader = make_reader(call, shelf)
    sent = call.held("valueSet")
    if sent is not None:
        return Asked(select_resource(reader, sent), _head(call, sent), reader)
    url = _url_asked(call, shelf)
    named = read_url(url)
    if named is None:
        resource = _head(call, reader.sent.get(url, {"url": url.partition("|")[0]}))
        return Asked(select_url(reader, url), resource, reader)
    selection = select_url(reader, url)
    pinned = named._replace(release=next(parts_of(selection)).key.release)
    described = describe_set(pinned, open_set(pinned, call.language, shelf))
    return Asked(selection, _head(call, {**described, "url": named.url}), reader)


def _url_asked(call: Call, shelf: Shelf) -> str:
    if call.id:
        named = read_id(call.id, shelf)
        if named is None:
            raise FhirError(404, f"no ValueSet {shorten(call.id)!r}", "not-found", "not-found")
        return f"{named.url}|{named.release}" if named.release else named.url
    url = call.text("url")
    if not url:
        raise FhirError(400, "name the value set by url, or send it as valueSet", "required")
    version = call.text("valueSetVersion")
    return f"{url}|{version}" if version and "|" not in url else url


def _head(call: Call, resource: Json) -> Json:
    """Return a value set's own words, with its definition where that is wished for."""
    kept = ("id", "url", "version", "name", "title", "status", "experimental", "description")
    more = ("compose",) if call.flag("includeDefinition") else ()
    made = {name: resource[name] for name in (*kept, *more) if name in resource}
    return {"resourceType": "ValueSet", "status": "active", **made}


def validate_code(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return whether a code is in a value set, and what is to be said of it."""
    asked = _asked(call, shelf)
    said = (str(asked.resource.get(name, "")) for name in ("url", "version"))
    url = "|".join(filter(None, said)) or "sent along"
    return answer_membership(call, asked.selection, url, asked.reader, settings)


def read(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return a value set with its definition."""
    named = read_id(call.id, shelf)
    if named is None:
        raise FhirError(404, f"no ValueSet {shorten(call.id)!r}", "not-found", "not-found")
    source = open_set(named, call.language, shelf)
    check_named(named, source)
    return {**describe_set(named, source), "id": call.id}


def search(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the value sets that fit a search; those below codes and on axes by url or id alone."""
    found = [
        {**describe_set(named, source), "id": name}
        for name, named, source in _candidates(call, shelf)
        if _is_searched(call, named, source)
    ]
    return search_answer(call, "ValueSet", found)


def _candidates(call: Call, shelf: Shelf) -> Iterator[tuple[str, Named, Source]]:
    """Yield value sets, each with the id it is searched or else read by, and its system."""
    for name, named in _all_named(call, shelf):
        try:
            source = open_set(named, "", shelf)
            check_named(named, source)
        except (LookupError, FhirError, UnknownReleaseError):
            continue
        yield name or named.id, named, source


def _all_named(call: Call, shelf: Shelf) -> Iterator[tuple[str, Named]]:
    """Yield the value sets that `_id` or `url` name, by no name where that is by url; else all."""
    if names := call.text("_id"):
        for name in dict.fromkeys(names.split(",")):
            if named := read_id(name, shelf):
                yield name, named
        return
    url = call.text("url")
    wanted = read_url(url) if url else None
    for one in all_sets(shelf):
        if wanted is None and not url:
            yield "", one
        elif wanted and one.system == wanted.system and wanted.release in ("", one.release):
            yield "", wanted._replace(release=one.release)


def _is_searched(call: Call, named: Named, source: Source) -> bool:
    """Return whether a value set is the one that `url` and `version` name."""
    wanted = read_url(call.text("url")) if call.text("url") else named
    if wanted is None or wanted.url != named.url:
        return False
    return all(
        version in ("", source.release) for version in (wanted.release, call.text("version"))
    )


ROUTES = (
    Operation("/ValueSet/$expand", expand, lane=LONG),
    Operation("/ValueSet/$validate-code", validate_code, lane=LONG),
    Operation("/ValueSet/_search", search, ("POST",)),
    Operation("/ValueSet", search, ("GET",)),
    Operation("/ValueSet/{id}/$expand", expand, lane=LONG),
    Operation("/ValueSet/{id}/$validate-code", validate_code, lane=LONG),
    Operation("/ValueSet/{id}", read, ("GET",)),
)
