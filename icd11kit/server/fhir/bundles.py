"""Bundles: what a search found, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from icd11kit.server.fhir.outcome import Json
from icd11kit.server.fhir.routing import Call

_USUAL, _MOST = 50, 200


def search_answer(call: Call, kind: str, found: Sequence[Json]) -> Json:
    """Return resources of one kind as a searchset: the page that _count and _offset ask for.

    `_summary=count` asks for the number alone; `name`, `title` and `status` narrow all kinds.
    """
    found = [resource for resource in found if _fits(call, resource)]
    offset, count = call.count("_offset"), min(call.count("_count", _USUAL), _MOST)
    page = [] if call.text("_summary") == "count" else found[offset : offset + count]
    made: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    made["link"] = [{"relation": "self", "url": f"{call.base}/{kind}{_query(call)}"}]
    entries = [_entry(call, kind, resource) for resource in page]
    return {**made, "entry": entries} if entries else made


def _fits(call: Call, resource: Json) -> bool:
    """Return whether a resource's words begin as asked, and its status is one asked for."""
    statuses = call.text("status")
    begins = all(
        str(resource.get(name, "")).casefold().startswith(call.text(name).casefold())
        for name in ("name", "title")
    )
    return begins and (not statuses or resource.get("status") in statuses.split(","))


def _query(call: Call) -> str:
    """Return the plain parameters of a search as a query."""
    pairs = [
        f"{quote(name)}={quote(value)}"
        for name, values in call.values.items()
        for value in values
        if isinstance(value, str)
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _entry(call: Call, kind: str, resource: Json) -> Json:
    return {
        "fullUrl": f"{call.base}/{kind}/{resource['id']}",
        "resource": resource,
        "search": {"mode": "match"},
    }
