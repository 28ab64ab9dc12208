"""The links of the Foundation as known here, light enough for every question of a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from icd11kit.model import Entity


class Concepts(NamedTuple):
    """The Foundation as known here: each entity's parents and children by id.

    `parents` has a key for every entity known; a parent may be known by its id alone.
    """

    parents: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]

    def roots(self) -> list[str]:
        """Return the ids of the topmost entities known that have others below them."""
        return [
            entity
            for entity, above in self.parents.items()
            if entity in self.children and not any(parent in self.parents for parent in above)
        ]

    def ancestors(self, entity_id: str) -> list[str]:
        """Return the ids of all that is above an entity, each once, deep before broad."""
        return _reached(entity_id, self.parents)

    def descendants(self, entity_id: str) -> list[str]:
        """Return the ids of all that is below an entity, each once, deep before broad."""
        return _reached(entity_id, self.children)

    def nearest(self, entity_id: str, fits: Callable[[str], bool]) -> str:
        """Return the nearest entity above one that fits, "" for none; of equals the first."""
        level, seen = [entity_id], {entity_id}
        while level:
            above = [parent for held in level for parent in self.parents.get(held, ())]
            level = [parent for parent in dict.fromkeys(above) if parent not in seen]
            seen.update(level)
            for parent in level:
                if fits(parent):
                    return parent
        return ""


def link_concepts(entities: Iterable[Entity]) -> Concepts:
    """Return the links of entities in their order.

    >>> held = link_concepts([Entity("1", "a"), Entity("2", "b", ("1",)), Entity("3", "c", ("2",))])
    >>> held.roots(), held.ancestors("3"), held.nearest("3", "1".__eq__)
    (['1'], ['2', '1'], '1')
    """
    parents: dict[str, tuple[str, ...]] = {}
    children: dict[str, list[str]] = {}
    for entity in entities:
        parents[entity.id] = entity.parents
        for parent in entity.parents:
            children.setdefault(parent, []).append(entity.id)
    return Concepts(parents, {parent: tuple(below) for parent, below in children.items()})


def _reached(start: str, links: Mapping[str, tuple[str, ...]]) -> list[str]:
    found: dict[str, None] = {}
    open_ids = list(links.get(start, ()))[::-1]
    while open_ids:
        held = open_ids.pop()
        if held not in found and held != start:
            found[held] = None
            open_ids.extend(reversed(links.get(held, ())))
    return list(found)
