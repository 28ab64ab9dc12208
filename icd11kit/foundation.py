"""The Foundation as far as an edition's sources tell it."""

from __future__ import annotations

from icd11kit.graph import Foundation, build_foundation
from icd11kit.model import Entity
from icd11kit.store.bulk import all_entities, all_foundation
from icd11kit.store.read import Store
from icd11kit.tree import ROOT, places


def known_foundation(store: Store) -> Foundation:
    """Return the Foundation over an edition's entries and all entities known beyond them.

    An entry whose own parents were not read has its parent in the linearization.
    """
    beyond = {entity.id: entity for entity in all_foundation(store)}
    entries = list(all_entities(store))
    where = places([entry.depth for entry in entries])
    for entry, place in zip(entries, where, strict=True):
        if entry.residual or beyond.get(entry.id, Entity("", "")).parents:
            continue
        parents = () if place.parent == ROOT else (entries[place.parent].id,)
        beyond[entry.id] = Entity(entry.id, entry.title, parents)
    return build_foundation(beyond.values())
