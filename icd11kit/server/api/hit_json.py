"""ISimpleEntity: what was found, as the ICD-API lists it, with its found words marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from icd11kit.model import LinearizationEntity
from icd11kit.search.below import find_titled
from icd11kit.search.find import Hit
from icd11kit.search.marking import Marks, find_marks
from icd11kit.search.rank import Group
from icd11kit.server.api.linearizations import AskedEdition
from icd11kit.store.read import Store, ask, find_pre, is_leaf, read_notes
from icd11kit.uris import foundation_uri, linearization_uri
from icd11kit.vocabulary import NoteKind, Residual, System

_REAL, _BELOW_SHORELINE = 0, 1
_NOT_ALLOWED, _ALLOWED, _REQUIRED = 0, 1, 2
_OPEN, _CLOSE = "<em class='found'>", "</em>"


class Page(NamedTuple):
    """What all hits of an answer share: the edition, the query, how words are shown.

    `below` gives the entity below the shoreline that a term is the title of.
    """

    edition: AskedEdition
    groups: Sequence[Group]
    is_foundation: bool
    highlights: bool
    has_notes: bool
    below: dict[str, str]


def make_page(
    edition: AskedEdition,
    groups: Sequence[Group],
    hits: Sequence[Hit],
    *,
    is_foundation: bool,
    highlights: bool,
) -> Page:
    """Return what the hits of an answer share."""
    others = (hit.matched for hit in hits if hit.matched != hit.title)
    below = find_titled(edition.store, others) if edition.system == System.MMS else {}
    has_notes = _has_coding_notes(edition.store)
    return Page(edition, groups, is_foundation, highlights, has_notes, below)


def _has_coding_notes(store: Store) -> bool:
    """Return whether a store holds coding notes at all; else none is known to be missing."""
    return bool(ask(store, "SELECT 1 FROM note WHERE kind = ? LIMIT 1", NoteKind.CODING_NOTE))


def simple_entity(hit: Hit, page: Page) -> dict[str, Any] | None:
    """Return a hit as an ISimpleEntity; None for what the Foundation does not have.

    Links to the maternal and perinatal chapters are not held and so not given.
    """
    below = page.below.get(hit.matched, "") if page.is_foundation else ""
    if below:
        return _entity_below(hit, below, page)
    uri = entity_uri(hit.entity, page)
    if not uri:
        return None
    return plain_entity(hit.entity, page) | _matched(hit, page)


def entity_uri(entity: LinearizationEntity, page: Page) -> str:
    """Return the URI of an entity in what is searched, "" where it has none there."""
    if page.is_foundation:
        return foundation_uri(entity.id)
    return linearization_uri(entity.id, page.edition.system, page.edition.release)


def plain_entity(entity: LinearizationEntity, page: Page) -> dict[str, Any]:
    """Return an entity as an ISimpleEntity that nothing was found in."""
    uri = entity_uri(entity, page)
    pre = find_pre(page.edition.store, entity.id)
    made: dict[str, Any] = {
        "id": uri, "title": _shown(entity.title, (), page), "stemId": uri,
        "matchingPVs": [], "propertiesTruncated": False,
        "isResidualOther": entity.residual is Residual.OTHER,
        "isResidualUnspecified": entity.residual is Residual.UNSPECIFIED,
        "chapter": entity.chapter, "theCode": "" if page.is_foundation else entity.code,
        "score": 0.0, "titleIsASearchResult": False, "titleIsTopScore": False,
        "entityType": _REAL, "important": False, "descendants": [],
    }  # fmt: skip
    if pre is not None:
        made["isLeaf"] = is_leaf(page.edition.store, pre)
        made |= _coding_facts(entity, pre, page)
    return made


def _coding_facts(entity: LinearizationEntity, pre: int, page: Page) -> dict[str, Any]:
    """Return what concerns coding, as far as the edition holds it."""
    facts: dict[str, Any] = {}
    if page.has_notes:
        kinds = {kind for kind, _ in read_notes(page.edition.store, pre)}
        facts["hasCodingNote"] = NoteKind.CODING_NOTE in kinds
    if page.edition.system == System.MMS:
        facts["postcoordinationAvailability"] = _availability(entity, page)
    return facts


def _availability(entity: LinearizationEntity, page: Page) -> int:
    """Return whether values may or must be joined to an entity, by the axes of its stem."""
    validator = page.edition.icd.clusters
    entry = validator.entries[entity.id]
    axes = validator.axes.axes_of(entry).axes if entry and entry.is_stem else ()
    if any(axis.required for axis in axes):
        return _REQUIRED
    return _ALLOWED if axes else _NOT_ALLOWED


def _matched(hit: Hit, page: Page) -> dict[str, Any]:
    """Return what was found in a hit: in its title, or in another of its terms."""
    title = find_marks(hit.title, page.groups)
    by_title = hit.matched == hit.title
    by_code = hit.matched in (hit.code, hit.entity.block_id)
    value = None if by_title or by_code else _property_value(hit, page)
    important = hit.score == 1.0 if by_code else _is_important(title)
    return {
        "title": _shown(hit.title, title.spans, page),
        "matchingPVs": [value] if value else [],
        "score": hit.score,
        "titleIsASearchResult": title.says_all,
        "titleIsTopScore": by_title,
        "important": important or bool(value and value["important"]),
    }


def _property_value(hit: Hit, page: Page) -> dict[str, Any]:
    """Return the term a hit was found by; a title below the shoreline with that entity."""
    marks = find_marks(hit.matched, page.groups)
    below = page.below.get(hit.matched, "")
    value: dict[str, Any] = {
        "propertyId": "Title" if below else "IndexTerm",
        "label": _shown(hit.matched, marks.spans, page),
        "score": hit.score,
        "important": _is_important(marks),
        "propertyValueType": _BELOW_SHORELINE if below else _REAL,
    }
    if below:
        value["foundationUri"] = foundation_uri(below)
    return value


def _entity_below(hit: Hit, entity_id: str, page: Page) -> dict[str, Any]:
    """Return a foundation entity below the shoreline that was found by its title."""
    uri, marks = foundation_uri(entity_id), find_marks(hit.matched, page.groups)
    return {
        "id": uri, "title": _shown(hit.matched, marks.spans, page), "stemId": uri,
        "matchingPVs": [], "propertiesTruncated": False, "chapter": hit.entity.chapter,
        "isResidualOther": False, "isResidualUnspecified": False, "theCode": "",
        "score": hit.score, "titleIsASearchResult": marks.says_all, "titleIsTopScore": True,
        "entityType": _REAL, "important": _is_important(marks), "descendants": [],
    }  # fmt: skip


def _is_important(marks: Marks) -> bool:
    return marks.says_all and marks.says_only


def _shown(text: str, spans: Sequence[tuple[int, int]], page: Page) -> str:
    """Return a text with found words marked, as HTML; as it is where nothing is to be marked."""
    return marked(text, spans) if page.highlights else text


def marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text as HTML with runs of it marked.

    >>> marked("<b> & fever", [(6, 11)])
    "&lt;b&gt; &amp; <em class='found'>fever</em>"
    """
    pieces, place = [], 0
    for start, end in spans:
        pieces += [escape(text[place:start], quote=False), _OPEN]
        pieces += [escape(text[start:end], quote=False), _CLOSE]
        place = end
    return "".join((*pieces, escape(text[place:], quote=False)))
