"""What WHO says of an entity: of its entry in a release, and of itself in the Foundation.

Where only one of the two was read, its words stand in for the other's, as far as WHO has the same
in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from icd11kit.model import Note
from icd11kit.store.read import Store, find_foundation, find_pre, read_told
from icd11kit.vocabulary import NoteKind, Tier

_OF_TABULATION = frozenset({NoteKind.CODING_NOTE, NoteKind.TITLE_EN})
_APART = frozenset(
    {
        *_OF_TABULATION,
        NoteKind.SYNONYM,
        NoteKind.NARROWER_TERM,
        NoteKind.CHILD_ELSEWHERE,
    }
)
"""Kinds that entries and the Foundation's entities do not share: an entry has index terms, which
are more than synonyms, for they may be those of narrower entities."""


def told_of_entry(store: Store, entity_id: str) -> tuple[Note, ...]:
    """Return what WHO says of an entry in its release."""
    told = read_told(store, entity_id)
    own = tuple(note for note in told if not note.of_concept)
    if store.manifest["tier"] == Tier.API or any(n.kind not in _OF_TABULATION for n in own):
        return own
    return (*own, *_placed(store, (n for n in told if n.of_concept and n.kind not in _APART)))


def told_of_concept(store: Store, entity_id: str) -> tuple[Note, ...]:
    """Return what WHO says of an entity in the Foundation."""
    told = read_told(store, entity_id)
    own = tuple(note for note in told if note.of_concept)
    known = find_foundation(store, entity_id)
    if own or store.manifest["tier"] == Tier.API or (known and known.parents):
        return own
    return tuple(note for note in told if note.kind not in _APART)


def _placed(store: Store, notes: Iterable[Note]) -> Iterator[Note]:
    """Yield words of the Foundation with the entries of the entities that they name."""
    for note in notes:
        has_place = note.concept and find_pre(store, note.concept) is not None
        yield note._replace(entry=note.concept) if has_place else note
