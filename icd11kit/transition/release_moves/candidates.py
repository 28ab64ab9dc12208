"""What may take the place of a code that is lost; a person chooses, nothing here is certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from icd11kit.search.find import find_hits
from icd11kit.store.read import find_foundation, find_near, find_pre, read_span
from icd11kit.transition.diff import Entry
from icd11kit.transition.release_moves.parts import World, is_code
from icd11kit.transition.release_moves.values import Candidate, Kind, PartMove
from icd11kit.vocabulary import ClassKind
from icd11kit.words import content_words, fold_words

MOST = 5
_MOST_HITS = 3
_LONGEST_CODE = 12
_NAMES_SAME = "its title names the same, but for other or unspecified"


def add_candidates(move: PartMove, before: World, after: World) -> PartMove:
    """Return the move of a lost code with what may take its place, the likeliest first."""
    if move.now:
        return move
    found: dict[str, Candidate] = {}
    for entry, reason in _offers(move, before, after):
        if is_code(entry):
            found.setdefault(entry.code, Candidate(entry.code, entry.title, reason))
    return move._replace(candidates=tuple(found.values())[:MOST])


def _offers(move: PartMove, before: World, after: World) -> Iterator[tuple[Entry, str]]:
    old = before.find_entry(move.entity)
    if old is None or Kind.UNKNOWN in move.kinds:
        yield from _near(move.code, after)
        return
    hits = _hits(old, after)
    yield from _below(move.entity, after)
    yield from _same_words(old, hits)
    yield from _foundation_parents(move.entity, after)
    yield from _above(old, before, after)
    for entry in hits:
        is_new = before.find_entry(entry.id) is None
        yield entry, "its title is alike, and it is new" if is_new else "its title is alike"


def _near(code: str, after: World) -> Iterator[tuple[Entry, str]]:
    for near in find_near(after.store, code.strip().upper()[:_LONGEST_CODE]):
        if near in after.ids:
            yield after.snapshot.entries[after.ids[near]], "begins alike"


def _below(entity: str, after: World) -> Iterator[tuple[Entry, str]]:
    """Yield the codes below what is no code any more, its unspecified residual first."""
    children = [after.snapshot.entries[child] for child in after.children.get(entity, ())]
    for child in sorted(children, key=lambda child: not child.id.endswith("/unspecified")):
        yield child, "stands below it now"


def _same_words(old: Entry, hits: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    words = sorted(content_words(old.title))
    for entry in hits:
        if sorted(content_words(entry.title)) == words:
            is_same = sorted(fold_words(entry.title)) == sorted(fold_words(old.title))
            yield entry, "its title has the same words" if is_same else _NAMES_SAME


def _foundation_parents(entity: str, after: World) -> Iterator[tuple[Entry, str]]:
    known = find_foundation(after.store, entity)
    for parent in known.parents if known else ():
        entry = after.find_entry(parent)
        if entry is not None:
            yield entry, "stands above it in the Foundation"


def _hits(old: Entry, after: World) -> list[Entry]:
    """Return the entries of the same chapter whose titles or index terms are most alike."""
    found = find_hits(after.store, old.title, limit=_MOST_HITS, spans=_chapter(old.chapter, after))
    return [after.snapshot.entries[hit.entity.id] for hit in found]


def _chapter(chapter: str, after: World) -> list[tuple[int, int]]:
    roots = (
        entry.id
        for entry in map(after.find_entry, after.children.get("", ()))
        if entry and entry.kind is ClassKind.CHAPTER and entry.chapter == chapter
    )
    places = (find_pre(after.store, root) for root in roots)
    return [read_span(after.store, pre) for pre in places if pre is not None]


def _above(old: Entry, before: World, after: World) -> Iterator[tuple[Entry, str]]:
    """Yield the rest beside it, and the nearest code above it that is still there."""
    above = before.find_entry(old.parent or "")
    if above is not None and f"{above.id}/other" != old.id:
        other = after.find_entry(f"{above.id}/other")
        yield from [(other, "gathers what its siblings leave")] if other else []
    while above is not None:
        now = after.find_entry(above.id)
        if now is not None and is_code(now):
            yield now, "stood above it"
            return
        above = before.find_entry(above.parent or "")
