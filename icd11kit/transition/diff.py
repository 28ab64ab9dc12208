"""What changed between two releases, by foundation URI: a code is only a name for it.

The kinds of change are those of WHO's own change lists, told apart in the same way; WHO's
words stand beside ours in `WHO_STATUS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from icd11kit.model import LinearizationEntity
from icd11kit.tree import ROOT, places
from icd11kit.uris import foundation_uri
from icd11kit.vocabulary import ClassKind


class Change(StrEnum):
    """A kind of change of one entity between two releases."""

    ADDED = "added"
    REMOVED = "removed"
    ABOVE_SHORELINE = "above shoreline"
    BELOW_SHORELINE = "below shoreline"
    MOVED = "moved"
    RECODED = "recoded"
    RETITLED = "retitled"
    BECAME_GROUPING = "became grouping"
    BECAME_CATEGORY = "became category"


WHO_STATUS = {
    "NewlyAdded": Change.ADDED,
    "Removed": Change.REMOVED,
    "MovedAboveShoreline": Change.ABOVE_SHORELINE,
    "MovedUnderShoreline": Change.BELOW_SHORELINE,
    "MovedTo": Change.MOVED,
    "IndirectlyModified": Change.RECODED,
    "Category became grouping": Change.BECAME_GROUPING,
    "Grouping became category": Change.BECAME_CATEGORY,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a comparison looks at of one entry; `parent` is None where the source has no tree."""

    id: str
    code: str
    title: str
    kind: ClassKind
    chapter: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One release as a comparison sees it.

    `foundation` holds ids known to exist beyond the entries; None where nothing tells them.
    """

    release: str
    entries: Mapping[str, Entry]
    foundation: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One change of one entity; an entity may have several. Parents are given as labels."""

    change: Change
    id: str
    foundation_uri: str
    chapter: str
    code_before: str
    code_after: str
    title_before: str
    title_after: str
    parent_before: str
    parent_after: str
    remark: str = ""


def snapshot(
    release: str,
    entities: Iterable[LinearizationEntity],
    foundation: frozenset[str] | None = None,
    *,
    has_tree: bool = True,
) -> Snapshot:
    """Return a release's entries as a comparison sees them."""
    ordered = list(entities)
    where = places([entity.depth for entity in ordered])
    entries = {}
    for entity, place in zip(ordered, where, strict=True):
        parent = "" if place.parent == ROOT else ordered[place.parent].id
        entries[entity.id] = Entry(
            entity.id, entity.code, entity.title, entity.kind, entity.chapter,
            parent if has_tree else None,
        )  # fmt: skip
    return Snapshot(release, entries, foundation)


def compare(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Yield every change, in the order of the later release, what is gone at the end.

    >>> from icd11kit.vocabulary import ClassKind
    >>> a = Snapshot("1", {"9": Entry("9", "1A00", "Old", ClassKind.CATEGORY, "01", "")})
    >>> b = Snapshot("2", {"9": Entry("9", "1A01", "New", ClassKind.CATEGORY, "01", "")})
    >>> [difference.change.value for difference in compare(a, b)]
    ['recoded', 'retitled']
    """
    for new in after.entries.values():
        old = before.entries.get(new.id)
        if old is None:
            yield _appeared(new, before, after)
        else:
            for change in changes(old, new):
                yield _difference(change, old, new, before, after)
    for old in before.entries.values():
        if old.id not in after.entries:
            yield _gone(old, before, after)


def changes(old: Entry, new: Entry) -> Iterator[Change]:
    """Yield the kinds of change between an entry and itself in a later release."""
    if old.kind is ClassKind.CATEGORY and new.kind is ClassKind.BLOCK:
        yield Change.BECAME_GROUPING
    elif old.kind is ClassKind.BLOCK and new.kind is ClassKind.CATEGORY:
        yield Change.BECAME_CATEGORY
    elif None not in (old.parent, new.parent) and old.parent != new.parent:
        yield Change.MOVED
    elif old.code != new.code:
        yield Change.RECODED
    if old.title != new.title:
        yield Change.RETITLED


def _appeared(new: Entry, before: Snapshot, after: Snapshot) -> Difference:
    if before.foundation is None or "/" in new.id:
        remark = "" if "/" in new.id else _unknown(before)
        return _difference(Change.ADDED, None, new, before, after, remark)
    known = new.id in before.foundation
    change = Change.ABOVE_SHORELINE if known else Change.ADDED
    return _difference(change, None, new, before, after)


def _gone(old: Entry, before: Snapshot, after: Snapshot) -> Difference:
    if after.foundation is None or "/" in old.id:
        remark = "" if "/" in old.id else _unknown(after)
        return _difference(Change.REMOVED, old, None, before, after, remark)
    known = old.id in after.foundation
    change = Change.BELOW_SHORELINE if known else Change.REMOVED
    return _difference(change, old, None, before, after)


def _unknown(where: Snapshot) -> str:
    return f"may lie below the shoreline of {where.release}: no Foundation table is installed"


def _difference(
    change: Change,
    old: Entry | None,
    new: Entry | None,
    before: Snapshot,
    after: Snapshot,
    remark: str = "",
) -> Difference:
    some = new or old
    assert some is not None
    return Difference(
        change=change,
        id=some.id,
        foundation_uri=foundation_uri(some.id),
        chapter=some.chapter,
        code_before=old.code if old else "",
        code_after=new.code if new else "",
        title_before=old.title if old else "",
        title_after=new.title if new else "",
        parent_before=_label(before, old),
        parent_after=_label(after, new),
        remark=remark,
    )


def _label(snapshot: Snapshot, entry: Entry | None) -> str:
    """Return what names an entry's parent: its code, else its title."""
    parent = snapshot.entries.get(entry.parent or "") if entry else None
    return (parent.code or parent.title) if parent else ""
