"""The terms an entity can be found by: its title, and all that WHO's tables call it.

Beyond titles and inclusions there are three springs, all from files the user has: the titled
entities of the Foundation table (below the shoreline too), the ICD-10 titles that WHO's
tables send to an entity, and ICD-10-CM's titles and inclusion terms, sent the same way by the
longest prefix WHO's table has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from icd11kit.edition import Edition, LayTerm, Term
from icd11kit.model import LinearizationEntity, MapRow
from icd11kit.resources import LAY_TERMS, read_resource
from icd11kit.tree import Place, places
from icd11kit.vocabulary import EXTENSION_CHAPTER, ClassKind, NoteKind, TermSource
from icd11kit.words import content_words

_OWN_WORDS = frozenset({NoteKind.INCLUSION, NoteKind.SYNONYM, NoteKind.INCLUDES, NoteKind.TITLE_EN})
_FOUNDATION = "foundation_11To10MapToOneCategory"
_ICD10 = "10To11MapToOneCategory"
_VAGUE = frozenset({"other", "unspecified", "others"})
_LONGEST = 250
"""Inclusion terms longer than this are sentences, not names."""


@dataclass(frozen=True, slots=True)
class _Tree:
    """An edition's entries by id with their places and the words of their titles."""

    entities: Sequence[LinearizationEntity]
    places: Sequence[Place]
    pre: Mapping[str, int]
    words: Sequence[frozenset[str]]


def search_terms(edition: Edition, icd10cm: Edition | None = None) -> Iterator[Term]:
    """Yield every term of an edition once, titles first.

    ICD-10-CM helps to find MMS entries where WHO's 10-to-11 table is among the edition's.
    """
    seen: set[tuple[str, str]] = set()
    for term in _all_terms(edition, icd10cm):
        key = (term.entity, " ".join(sorted(content_words(term.text))))
        if key not in seen and len(term.text) <= _LONGEST:
            seen.add(key)
            yield term


def _all_terms(edition: Edition, icd10cm: Edition | None) -> Iterator[Term]:
    yield from (Term(entity.id, entity.title, TermSource.TITLE) for entity in edition.entities)
    ids = {entity.id for entity in edition.entities}
    for note in edition.notes:
        if note.kind in _OWN_WORDS and note.entity in ids:
            yield Term(note.entity, note.text, TermSource.INCLUSION)
    if edition.map_rows:
        tree = _tree(edition.entities)
        yield from _foundation_terms(edition.map_rows, tree)
        targets = _icd10_targets(edition.map_rows, tree)
        yield from _icd10_terms(edition.map_rows, targets)
        if icd10cm:
            yield from _icd10cm_terms(icd10cm, targets, tree)


def _tree(entities: Sequence[LinearizationEntity]) -> _Tree:
    return _Tree(
        entities,
        places([entity.depth for entity in entities]),
        {entity.id: place for place, entity in enumerate(entities)},
        [frozenset(content_words(entity.title)) for entity in entities],
    )


def _foundation_terms(rows: Iterable[MapRow], tree: _Tree) -> Iterator[Term]:
    """Yield the titles of the Foundation table, those below the shoreline by their category.

    The table runs in pre-order of the Foundation, so an entity that is no entry belongs to
    the last entry before it or to one above that: to the one that shares most words with it,
    of several the nearest.
    """
    last: int | None = None
    for row in rows:
        if row.mapping != _FOUNDATION:
            continue
        place = tree.pre.get(row.entity)
        if place is not None:
            last = place
        elif last is not None and row.icd11_title:
            home = _nearest(frozenset(content_words(row.icd11_title)), _chain(last, tree), tree)
            yield Term(tree.entities[home].id, row.icd11_title, TermSource.FOUNDATION)


def _chain(place: int, tree: _Tree) -> list[int]:
    """Return an entry and the categories above it, the nearest first."""
    chain = [place]
    while (place := tree.places[place].parent) >= 0:
        if tree.entities[place].kind is ClassKind.CATEGORY:
            chain.append(place)
    return chain


def _nearest(words: frozenset[str], candidates: Sequence[int], tree: _Tree) -> int:
    """Return the candidate whose title shares the largest part of its words with the words."""
    return max(candidates, key=lambda c: _overlap(words, tree.words[c]))


def _overlap(words: frozenset[str], title: frozenset[str]) -> float:
    shared = len(words & title)
    return shared / (len(words | title) or 1)


def _icd10_targets(rows: Iterable[MapRow], tree: _Tree) -> dict[str, int]:
    """Return where WHO's one-category table sends each ICD-10 category, clusters left out."""
    return {
        row.icd10_code: tree.pre[row.entity]
        for row in rows
        if row.mapping == _ICD10
        and row.icd10_kind.endswith("category")
        and row.entity in tree.pre
        and not {"&", "/"} & set(row.icd11_code)
        and tree.entities[tree.pre[row.entity]].chapter != EXTENSION_CHAPTER
    }


def _icd10_terms(rows: Iterable[MapRow], targets: Mapping[str, int]) -> Iterator[Term]:
    for row in rows:
        if row.mapping == _ICD10 and row.icd10_code in targets and not _is_vague(row.icd10_title):
            yield Term(row.entity, row.icd10_title, TermSource.ICD10)


def _icd10cm_terms(icd10cm: Edition, targets: Mapping[str, int], tree: _Tree) -> Iterator[Term]:
    """Yield what ICD-10-CM calls a thing, at the entry in WHO's target's family that fits."""
    for entity, text in _icd10cm_texts(icd10cm):
        code = entity
        while len(code) >= 3 and code not in targets:
            code = code[:-1].rstrip(".")
        target = targets.get(code)
        if target is None or _is_vague(text):
            continue
        words = frozenset(content_words(text))
        home = _nearest(words, _family(target, tree), tree)
        yield Term(tree.entities[home].id, text, TermSource.ICD10CM)


def _icd10cm_texts(icd10cm: Edition) -> Iterator[tuple[str, str]]:
    """Yield (code, text) of inclusion terms and titles, without those of 7th characters."""
    for entity in icd10cm.entities:
        if entity.kind is ClassKind.CATEGORY and len(entity.code) < 8:
            yield entity.code, entity.title
    for note in icd10cm.notes:
        if note.kind is NoteKind.INCLUSION:
            yield note.entity, note.text


def _family(target: int, tree: _Tree) -> Sequence[int]:
    """Return an entry and what stands below it; for a residual its parent's subtree."""
    place = tree.places[target]
    if tree.entities[target].residual and place.parent >= 0:
        parent = tree.places[place.parent]
        if parent.last - parent.pre < 60:
            return [target, *(p for p in range(parent.pre, parent.last + 1) if p != target)]
    return range(place.pre, min(place.last, place.pre + 60) + 1)


def _is_vague(title: str) -> bool:
    return bool(_VAGUE & set(title.lower().replace(",", " ").split()))


def read_lay_terms() -> tuple[LayTerm, ...]:
    """Return the curated lay terms, the better meaning of a term first."""
    lines = read_resource("mappings", LAY_TERMS).splitlines()
    return tuple(LayTerm(*line.split("\t")[:2]) for line in lines[1:])
