"""What a search found as one value: the best hit, all hits, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from icd11kit.search.find import Hit

_BEST = ("code", "title", "matched", "score")


def found(
    query: str, hits: Sequence[Hit], system: str, manifest: Mapping[str, str]
) -> dict[str, object]:
    """Return a query's answer; the fields of the best hit stand beside the list of all."""
    listed = [_hit(hit) for hit in hits]
    best = {name: listed[0][name] if listed else None for name in _BEST}
    rests_on = {"system": system, "release": manifest["release"], "tier": manifest["tier"]}
    return {"input": query, "found": bool(listed), **best, "hits": listed, **rests_on}


def _hit(hit: Hit) -> dict[str, object]:
    entity = hit.entity
    return {
        "code": entity.label,
        "title": entity.title,
        "matched": hit.matched,
        "score": hit.score,
        "kind": entity.kind.value,
        "chapter": entity.chapter,
        "id": entity.id,
    }
