"""ISearchResult and AutoCodingSearchResult: what a search found, as the ICD-API answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from icd11kit.search.find import Hit
from icd11kit.search.query import read_query
from icd11kit.search.scope import Scope, search
from icd11kit.server.api.hit_json import Page, make_page, plain_entity, simple_entity
from icd11kit.server.api.keywords import guess_type, keywords
from icd11kit.server.api.linearizations import AskedEdition
from icd11kit.store.read import find_pre, read_children, read_path
from icd11kit.uris import foundation_uri, linearization_uri
from icd11kit.vocabulary import ClassKind
from icd11kit.words import content_words

_MOST = 50
_LOOKED_AT = 100
"""So many hits are looked at, since some are of a kind that was not asked for."""
_TITLES, _OTHER_TERMS = frozenset({"title"}), frozenset({"synonym", "narrowerterm"})
_EXACT = 0
_REAL, _BELOW_SHORELINE = 0, 1


class Wanted(NamedTuple):
    """What a search is asked for; `subtrees` is None where all is to be searched."""

    text: str
    subtrees: tuple[str, ...] | None = None
    chapters: str = ""
    flexible: bool = False
    flat: bool = True
    highlights: bool = True
    medical: bool = True
    properties: frozenset[str] = frozenset()
    keywords: bool = False
    is_foundation: bool = False


def search_result(edition: AskedEdition, wanted: Wanted) -> dict[str, Any]:
    """Return an ISearchResult: the best entities, at most 50."""
    found, is_all = _find(edition, wanted, whole=not wanted.flexible)
    hits = found[:_MOST]
    groups = read_query(edition.store, wanted.text).groups
    page = make_page(
        edition,
        groups,
        hits,
        is_foundation=wanted.is_foundation,
        highlights=wanted.highlights,
    )
    listed = _listed(hits, page) if wanted.flat else _nested(hits, page)
    words = keywords(wanted.text, hits) if wanted.keywords else None
    return {
        "destinationEntities": listed,
        "error": False,
        "errorMessage": None,
        "resultChopped": len(found) > _MOST or not is_all,
        "wordSuggestionsChopped": bool(words and words.chopped),
        "guessType": guess_type(wanted.text, hits),
        "uniqueSearchId": str(uuid4()),
        "words": words.words if words else None,
    }


def autocoded(edition: AskedEdition, wanted: Wanted, least: float) -> dict[str, Any]:
    """Return an AutoCodingSearchResult: the best entity, if its score is not below the least."""
    hit = next(iter(_find(edition, wanted, whole=False)[0]), None)
    made: dict[str, Any] = {"searchText": wanted.text, "matchingText": None, "matchScore": 0.0}
    if hit is None or hit.score < least:
        return made
    groups = read_query(edition.store, wanted.text).groups
    page = make_page(edition, groups, [hit], is_foundation=wanted.is_foundation, highlights=False)
    below = page.below.get(hit.matched, "")
    made |= {"matchingText": hit.matched, "matchScore": hit.score}
    if not wanted.is_foundation:
        made["theCode"] = hit.code
        made["linearizationURI"] = linearization_uri(hit.entity.id, edition.system, edition.release)
    made["foundationURI"] = foundation_uri(below or hit.entity.id) or None
    made["matchType"] = _BELOW_SHORELINE if below else _REAL
    made["isTitle"] = bool(below) or hit.matched == hit.title
    if set(content_words(hit.matched)) == set(content_words(wanted.text)):
        made["matchLevel"] = _EXACT
    return made


def _find(edition: AskedEdition, wanted: Wanted, *, whole: bool) -> tuple[list[Hit], bool]:
    """Return the hits of the kind that is asked for, the best first, and whether these are all."""
    if not wanted.text.replace("%", "").strip() or wanted.subtrees == ():
        return [], True
    scope = Scope(_chapters(edition, wanted), within=wanted.subtrees or ())
    hits = search(edition.store, wanted.text, scope, limit=_LOOKED_AT, whole=whole)
    return [hit for hit in hits if _fits(hit, wanted)], len(hits) < _LOOKED_AT


def _chapters(edition: AskedEdition, wanted: Wanted) -> str:
    """Return the chapters to search: outside of coding all, in the Foundation too."""
    if wanted.chapters or (wanted.medical and not wanted.is_foundation):
        return wanted.chapters
    return ";".join(top.chapter for top in read_children(edition.store, -1) if top.chapter)


def _fits(hit: Hit, wanted: Wanted) -> bool:
    if wanted.is_foundation:
        return _has_property(hit, wanted.properties)
    if wanted.medical:
        return bool(hit.code) and hit.entity.kind is ClassKind.CATEGORY
    return _has_property(hit, wanted.properties)


def _has_property(hit: Hit, properties: frozenset[str]) -> bool:
    """Return whether a hit was found by a property that is asked for; none are all."""
    if not properties or "indexterm" in properties:
        return True
    asked_for = _TITLES if hit.matched == hit.title else _OTHER_TERMS
    return not properties.isdisjoint(asked_for)


def _listed(hits: Iterable[Hit], page: Page) -> list[dict[str, Any]]:
    """Return entities one after the other, each once."""
    made = (simple_entity(hit, page) for hit in hits)
    return list({entity["id"]: entity for entity in made if entity}.values())


def _nested(hits: Sequence[Hit], page: Page) -> list[dict[str, Any]]:
    """Return entities as a hierarchy: what stands above a hit holds it among its descendants."""
    found = {hit.entity.id: simple_entity(hit, page) for hit in hits}
    placed: dict[str, dict[str, Any]] = {}
    top: list[dict[str, Any]] = []
    for hit in hits:
        pre = find_pre(page.edition.store, hit.entity.id)
        siblings = top
        for entity in read_path(page.edition.store, pre) if pre is not None else ():
            if entity.id not in placed:
                made = found.get(entity.id) or plain_entity(entity, page)
                placed[entity.id] = made
                siblings.append(made)
            siblings = placed[entity.id]["descendants"]
    return top
