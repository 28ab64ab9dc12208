"""Bundles: what a search found, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from icd11kit.codes import shorten
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.routing import Call

_USUAL, _MOST = 50, 200
_ALL_KINDS = {
    "url": "uri", "version": "token", "_id": "token",
    "name": "string", "title": "string", "status": "token",
}  # fmt: skip
_MORE = {
    "CodeSystem": {"system": "uri"},
    "ConceptMap": {"source-system": "uri", "target-system": "uri"},
    "ConceptMap R5": {"source-group-system": "uri", "target-group-system": "uri"},
}
_UNTOLD = {"ConceptMap": ("source", "target")}
"""What is read of a search though no capability statement tells of it."""
_PAGES = ("_count", "_offset", "_summary")
_STRINGS = ("name", "title")
_WAYS = ("", ":contains", ":exact")
"""How strings are compared: by their beginning unless a search says otherwise."""


def searched_by(kind: str, *, is_r5: bool) -> dict[str, str]:
    """Return what a kind of resource is searched by, each with FHIR's type of it.

    >>> "target-group-system" in searched_by("ConceptMap", is_r5=True)
    True
    """
    return {**_ALL_KINDS, **_MORE.get(f"{kind} R5" if is_r5 else kind, _MORE.get(kind, {}))}


def search_answer(call: Call, kind: str, found: Sequence[Json]) -> Json:
    """Return resources of one kind as a searchset: the page that _count and _offset ask for.

    `_summary=count` asks for the number alone; `name`, `title` and `status` narrow all kinds.
    Raises FhirError 400 for a modifier that is not read.
    """
    heeded = dict(_heeded(call, kind))
    found = [resource for resource in found if _fits(call, resource)]
    offset, count = call.count("_offset"), min(call.count("_count", _USUAL), _MOST)
    page = [] if call.text("_summary") == "count" else found[offset : offset + count]
    links = [("self", heeded)]
    if page and offset + count < len(found):
        links.append(("next", {**heeded, "_offset": str(offset + count)}))
    made: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    made["link"] = [
        {"relation": name, "url": f"{call.base}/{kind}{_query(said)}"} for name, said in links
    ]
    entries = [_entry(call, kind, resource) for resource in page]
    return {**made, "entry": entries} if entries else made


def _heeded(call: Call, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the parameters of a search that are read; what is unknown is no part of it."""
    either = (*searched_by(kind, is_r5=False), *searched_by(kind, is_r5=True))
    known = {*either, *_UNTOLD.get(kind, ()), *_PAGES}
    for name in call.values:
        plain, mark, modifier = name.partition(":")
        if plain not in known:
            continue
        if mark and (plain not in _STRINGS or f":{modifier}" not in _WAYS):
            raise FhirError(400, f"{shorten(name)} is not searched by; write {plain}")
        yield name, call.text(name)


def _fits(call: Call, resource: Json) -> bool:
    """Return whether a resource's words are as asked, and its status is one asked for."""
    statuses = call.text("status")
    words = all(_says(call, name, str(resource.get(name, ""))) for name in _STRINGS)
    return words and (not statuses or resource.get("status") in statuses.split(","))


def _says(call: Call, name: str, text: str) -> bool:
    begins, holds, equals = (call.text(f"{name}{way}") for way in _WAYS)
    folded = text.casefold()
    return (
        folded.startswith(begins.casefold()) and holds.casefold() in folded and equals in ("", text)
    )


def _query(said: dict[str, str]) -> str:
    """Return the parameters of a search as a query."""
    pairs = [f"{quote(name)}={quote(value)}" for name, value in said.items()]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _entry(call: Call, kind: str, resource: Json) -> Json:
    return {
        "fullUrl": f"{call.base}/{kind}/{resource['id']}",
        "resource": resource,
        "search": {"mode": "match"},
    }
