"""An edition with what links its entries beyond their tree: scales, the Foundation, aggregation.

What takes more than some statements is worked out once, when first asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from icd11kit.lookup.answer import Lookup, Step, answer, step
from icd11kit.lookup.concepts import Concepts, link_concepts
from icd11kit.lookup.icd10 import Icd10Entry, icd10_tree
from icd11kit.lookup.resolve import Found
from icd11kit.model import Entity, LinearizationEntity, Note
from icd11kit.postcoordination.axes import AxisSource, AxisTier
from icd11kit.postcoordination.entries import Entries
from icd11kit.store.bulk import read_ids
from icd11kit.store.linked import (
    find_named,
    has_number,
    has_stated_parents,
    has_told,
    known_entities,
    read_beginnings,
    read_code_range,
    read_icd10,
    read_release_day,
)
from icd11kit.store.read import (
    Store,
    find_foundation,
    find_icd10_rows,
    find_pre,
    read_children,
    read_entity,
    read_map_rows,
    read_span,
)
from icd11kit.vocabulary import ClassKind, Multiple, NoteKind, Tier

_ONE, _FOUNDATION = "10To11MapToOneCategory", "foundation_10To11MapToOneCategory"
_SAME = "Equivalent"


class Scale(NamedTuple):
    """An axis of a stem with the ids at or below which its values stand, and whose word it is."""

    name: str
    required: bool
    multiple: Multiple
    roots: tuple[str, ...]
    tier: AxisTier


class Axes(NamedTuple):
    """What axes are asked of: a release's entries by code, and where their axes come from."""

    entries: Entries
    source: AxisSource


class Linked:
    """One release of a linearization in one language.

    `is_warm` is for those who answer from it to say that the first answer, which works out
    what later ones stand on, has been given.
    """

    def __init__(self, store: Store, axes: Axes | None = None) -> None:
        self.store, self.axes = store, axes
        self._roots: dict[frozenset[str], tuple[str, ...]] = {}
        self.is_warm = False

    @property
    def release(self) -> str:
        """The release's name; an edition of the maintenance platform is `dev-` and its day."""
        return self.store.manifest["release"]

    @property
    def language(self) -> str:
        """The language of titles and notes."""
        return self.store.manifest["language"]

    @cached_property
    def release_day(self) -> str:
        """The day of the release, "" where it is not known."""
        return read_release_day(self.store)

    def find(self, entity_id: str) -> Lookup | None:
        """Return all that is known of an entry by its id, None where there is none.

        The starter set does not know the ids of all blocks: what has none is left out, and its
        children stand in for it.
        """
        pre = find_pre(self.store, entity_id)
        if pre is None:
            return None
        found = answer(entity_id, Found(self.store, pre, "id"))
        if all(has_number(near.id) for near in (*found.path, *found.children)):
            return found
        path = tuple(above for above in found.path if has_number(above.id))
        return found._replace(path=path, children=tuple(self._numbered(found.children)))

    def _numbered(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Yield entries with ids of WHO's, in the place of others what stands below them."""
        for near in steps:
            pre = None if has_number(near.id) else find_pre(self.store, near.id)
            if pre is None:
                yield near
            else:
                yield from self._numbered(map(step, read_children(self.store, pre)))

    def top(self) -> tuple[LinearizationEntity, ...]:
        """Return the chapters."""
        return read_children(self.store, -1)

    def below(self, entity_id: str) -> list[str]:
        """Return the ids of all that stands below an entry, in order."""
        pre = find_pre(self.store, entity_id)
        ids = [] if pre is None else read_ids(self.store, read_span(self.store, pre))[1:]
        return [entity for entity in ids if has_number(entity)]

    def code_range(self, found: Lookup) -> str:
        """Return the first and last code of a block that has a block id, "" for all else."""
        pre = find_pre(self.store, found.id) if found.block_id else None
        return "" if pre is None else read_code_range(self.store, pre)

    def named(self, text: str) -> LinearizationEntity | None:
        """Return the one entry that WHO calls by a text, None for none or several."""
        pre = find_named(self.store, text)
        return None if pre is None else read_entity(self.store, pre)

    def scales(self, found: Lookup) -> tuple[Scale, ...]:
        """Return the axes of a stem: WHO's where they are at hand, else those of the profile.

        A rule of the profile whose values are not in the release gives no axis.
        """
        if found.axes:
            return tuple(
                Scale(axis.name, axis.required, axis.multiple, axis.scale, AxisTier.SANCTIONED)
                for axis in found.axes
            )
        entry = self.axes.entries[found.code] if self.axes and found.code else None
        if self.axes is None or entry is None or not entry.is_stem:
            return ()
        return tuple(
            Scale(axis.name, axis.required, axis.multiple, roots, axis.tier)
            for axis in self.axes.source.axes_of(entry).axes
            if (roots := self._root_ids(axis.roots))
        )

    def _root_ids(self, roots: frozenset[str]) -> tuple[str, ...]:
        """Return roots as ids in their order, for beginnings of codes the topmost entries."""
        if roots not in self._roots:
            ids = [root for root in roots if not root.endswith("*")]
            marks = [root.rstrip("*") for root in roots.difference(ids)]
            ids += read_beginnings(self.store, marks) if marks else ()
            placed = {entity: find_pre(self.store, entity) for entity in ids}
            self._roots[roots] = tuple(sorted(placed, key=lambda entity: placed[entity] or 0))
        return self._roots[roots]

    def elsewhere(self, found: Lookup, told: Iterable[Note]) -> tuple[Note, ...]:
        """Return the Foundation's children of an entry that stand elsewhere in this tree.

        They are among what is told of the entry; where no entry's are, the Foundation's own
        parents tell them.
        """
        links = tuple(note for note in told if note.kind is NoteKind.CHILD_ELSEWHERE)
        pre = None if links or not self._is_derived else find_pre(self.store, found.id)
        return links if pre is None else tuple(self._elsewhere(found.id, pre))

    def _elsewhere(self, entity_id: str, pre: int) -> Iterator[Note]:
        first, last = read_span(self.store, pre)
        for child in self.concepts.children.get(entity_id, ()):
            place = find_pre(self.store, child)
            if place is not None and not first <= place <= last:
                title = read_entity(self.store, place).title
                yield Note(entity_id, NoteKind.CHILD_ELSEWHERE, title, child, child)

    @cached_property
    def _is_derived(self) -> bool:
        """Whether children elsewhere follow from parents: a walk tells those of all entries."""
        is_walked = self.store.manifest["tier"] == Tier.API
        is_told = is_walked and has_told(self.store, NoteKind.CHILD_ELSEWHERE)
        return not is_told and has_stated_parents(self.store)

    @cached_property
    def concepts(self) -> Concepts:
        """The Foundation's links; an entry whose parents were not read has that of its tree."""
        return link_concepts(known_entities(self.store))

    def concept(self, entity_id: str) -> Entity | None:
        """Return an entity of the Foundation with its parents, None where it is not known."""
        pre = find_pre(self.store, entity_id)
        if pre is not None:
            title = read_entity(self.store, pre).title
        elif (known := find_foundation(self.store, entity_id)) is not None:
            title = known.title
        else:
            return None
        return Entity(entity_id, title, self.concepts.parents.get(entity_id, ()))

    def coded(self, entity_id: str) -> str:
        """Return the id of the category in which a Foundation entity is coded, "" for none.

        That is the entity's own category; for a grouping its unspecified residual. An entity
        without a place goes to the residual of its nearest ancestor that has one, the other
        specified if there is such; else WHO's map may name the category.
        """
        if find_pre(self.store, entity_id) is not None:
            return self._with_code(entity_id)
        above = self.concepts.nearest(entity_id, self._is_entry)
        if not above:
            return self._mapped(entity_id)
        other = f"{above}/other"
        return self._with_code(above if find_pre(self.store, other) is None else other)

    def _is_entry(self, entity_id: str) -> bool:
        return find_pre(self.store, entity_id) is not None

    def _with_code(self, entity_id: str) -> str:
        """Return an entry, or the unspecified residual of one that is no category with a code."""
        pre, rest = find_pre(self.store, entity_id), f"{entity_id}/unspecified"
        entity = None if pre is None else read_entity(self.store, pre)
        if entity is None or (entity.kind is ClassKind.CATEGORY and entity.code):
            return entity_id
        return rest if find_pre(self.store, rest) is not None else entity_id

    def _mapped(self, entity_id: str) -> str:
        """Return where WHO's map sends the ICD-10 codes that it calls equivalent to an entity.

        "" where it calls none so, or sends several to different entries.
        """
        same = [
            row.icd10_code
            for row in read_map_rows(self.store, entity_id)
            if row.mapping == _FOUNDATION and row.relation == _SAME
        ]
        sent = {
            row.entity
            for code in same
            for row in find_icd10_rows(self.store, code)
            if row.mapping == _ONE and row.entity and find_pre(self.store, row.entity) is not None
        }
        return self._with_code(sent.pop()) if len(sent) == 1 else ""

    @cached_property
    def icd10(self) -> dict[str, Icd10Entry]:
        """ICD-10 by code as WHO's mapping tables list it, empty without them."""
        return icd10_tree(read_icd10(self.store))
