"""One code between two releases: found by its entity, since a code is only a name for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.postcoordination.grammar import Part
from icd11kit.store.bulk import all_entities, all_foundation
from icd11kit.transition.diff import Change, Entry, Snapshot, changes, snapshot
from icd11kit.transition.release_moves.values import Kind, PartMove, Side
from icd11kit.uris import find_uri, foundation_uri, linearization_uri
from icd11kit.vocabulary import ClassKind, System, Tier
from icd11kit.words import fold_words

if TYPE_CHECKING:
    from icd11kit.postcoordination.validate import Validator
    from icd11kit.store.read import Store
    from icd11kit.terminology import Terminology

_OTHER = "/other"


class World(NamedTuple):
    """A release as moves are traced in it: entries by id, ids by code, children by parent."""

    side: Side
    store: Store
    validator: Validator
    snapshot: Snapshot
    ids: Mapping[str, str]
    children: Mapping[str, tuple[str, ...]]

    def find_entry(self, entity: str) -> Entry | None:
        """Return the entry of an id, None where the release has none."""
        return self.snapshot.entries.get(entity)


def read_world(icd: Terminology) -> World:
    """Return the MMS release of a terminology, read at once."""
    store = icd.store(System.MMS)
    said = store.manifest
    beyond = frozenset(entity.id for entity in all_foundation(store))
    has_tree = said["tier"] != Tier.INDEX
    made = snapshot(said["release"], all_entities(store), beyond or None, has_tree=has_tree)
    known = (said["map_release"] or said["release"]) if beyond else ""
    axes = "sanctioned" if int(said["axes"]) else "profile"
    side = Side(said["release"], said["language"], said["tier"], known, axes)
    ids = {e.code: e.id for e in made.entries.values() if is_code(e)}
    return World(side, store, icd.clusters, made, ids, _children(made))


def _children(made: Snapshot) -> dict[str, tuple[str, ...]]:
    listed: dict[str, list[str]] = {}
    for entry in made.entries.values():
        listed.setdefault(entry.parent or "", []).append(entry.id)
    return {parent: tuple(below) for parent, below in listed.items()}


def is_code(entry: Entry) -> bool:
    """Return whether an entry can be written as a code."""
    return entry.kind is ClassKind.CATEGORY and bool(entry.code)


def trace_part(part: Part, before: World, after: World) -> PartMove:
    """Return what has become of a code or URI of a cluster; candidates are not looked for."""
    move = _trace(part, before, after)
    return move._replace(place=(part.start, part.end))


def _trace(part: Part, before: World, after: World) -> PartMove:
    entity = _entity_of(part, before)
    old = before.find_entry(entity)
    if old is None or not is_code(old):
        return _unknown(part, before, after)
    new = after.find_entry(entity)
    reused = _reused(old, after)
    if new is None:
        remark = _shore(entity, after)
        return PartMove(
            part.text, "", entity, (Kind.RETIRED,), old.title, reused=reused, remark=remark
        )
    return _kept(part, (old, new), before, after)._replace(reused=reused)


def _entity_of(part: Part, world: World) -> str:
    uri = find_uri(part.text) if "/" in part.text else None
    return uri.id if uri else world.ids.get(part.code, "")


def _unknown(part: Part, before: World, after: World) -> PartMove:
    entity = _entity_of(part, after)
    entry = after.find_entry(entity)
    if entry is None or not is_code(entry):
        return PartMove(part.text, "", "", (Kind.UNKNOWN,))
    return PartMove(part.text, part.text, entity, (Kind.AHEAD,), title_after=entry.title)


def _reused(old: Entry, after: World) -> str:
    """Return the title of another entity that has an entry's code in the later release."""
    now = after.ids.get(old.code)
    return "" if now in (None, old.id) else after.snapshot.entries[now or ""].title


def _shore(entity: str, after: World) -> str:
    """Return what is known of an entity that the linearization has no more.

    A Foundation of another release than the later one may hold what has gone since.
    """
    beyond, known, release = after.snapshot.foundation, after.side.foundation, after.side.release
    if "/" in entity:
        return "a residual, which the Foundation does not hold"
    if beyond is None:
        return f"may lie below the shoreline of {release}: no Foundation is installed"
    if entity not in beyond:
        return f"not in the Foundation of {known}"
    if known != release:
        return f"may lie below the shoreline of {release}: it is in the Foundation of {known}"
    return f"below the shoreline: in the Foundation of {known}"


def _kept(part: Part, both: tuple[Entry, Entry], before: World, after: World) -> PartMove:
    """Return the move of a code whose entity is in both releases."""
    old, new = both
    came, went = _around(old, new, before, after)
    kinds = {*_title_kinds(old, new), *_place_kinds(old, new), *_tree_kinds(old, came, went)}
    parents = (before.find_entry(old.parent or ""), after.find_entry(new.parent or ""))
    was, is_now = map(_label, parents) if Kind.MOVED in kinds else ("", "")
    now = _written(part, old, new, after) if is_code(new) else ""
    return PartMove(
        part.text, now, old.id, tuple(kind for kind in Kind if kind in kinds),
        old.title, new.title, was, is_now, "", came, went,
    )  # fmt: skip


def _label(parent: Entry | None) -> str:
    return (parent.code or parent.title) if parent else ""


def _title_kinds(old: Entry, new: Entry) -> Iterator[Kind]:
    if fold_words(old.title) != fold_words(new.title):
        yield Kind.RETITLED
    elif old.title != new.title:
        yield Kind.RESPELT


def _place_kinds(old: Entry, new: Entry) -> Iterator[Kind]:
    if not is_code(new):
        yield Kind.GROUPING
    elif new.code != old.code:
        yield Kind.RECODED
    if Change.MOVED in changes(old, new):
        yield Kind.MOVED


def _tree_kinds(old: Entry, came: tuple[str, ...], went: tuple[str, ...]) -> Iterator[Kind]:
    if old.id.endswith(_OTHER):
        if came or went:
            yield Kind.RESIDUAL
    elif came:
        yield Kind.DIVIDED


def _around(
    old: Entry, new: Entry, before: World, after: World
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes that came and went below a terminal code, or beside an "other" residual."""
    if new.parent is None or old.parent is None:
        return (), ()
    is_other = old.id.endswith(_OTHER)
    was = _named(before, old.parent if is_other else old.id)
    now = _named(after, new.parent if is_other else new.id)
    if not is_other and was:
        return (), ()
    came = (after.snapshot.entries[one] for one in sorted(now - was))
    went = (before.snapshot.entries[one] for one in sorted(was - now))
    return _labels(came), _labels(went)


def _labels(entries: Iterator[Entry]) -> tuple[str, ...]:
    return tuple(sorted(entry.code or entry.title for entry in entries))


def _named(world: World, parent: str) -> set[str]:
    """Return the children of an entry that name something, which residuals do not."""
    return {child for child in world.children.get(parent, ()) if "/" not in child}


def _written(part: Part, old: Entry, new: Entry, after: World) -> str:
    """Return a part as the later release writes it: URIs of a release get the new one."""
    uri = find_uri(part.text) if "/" in part.text else None
    if uri is None:
        return part.text if old.code == new.code else new.code
    if uri.release and uri.linearization == "mms":
        return linearization_uri(new.id, release=after.side.release)
    return part.text if uri.linearization else foundation_uri(new.id) or part.text
