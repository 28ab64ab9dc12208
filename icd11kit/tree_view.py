"""Pieces of a linearization as nested values, for people to read and programs to walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from icd11kit.lookup.answer import Step, step
from icd11kit.model import LinearizationEntity
from icd11kit.store.read import (
    Store,
    ask,
    read_children,
    read_entity,
    read_path,
    read_span,
    read_subtree,
)
from icd11kit.tree import ROOT


class Branch(NamedTuple):
    """An entry with the branches shown below it; `hidden` counts children not shown."""

    entry: Step
    branches: tuple[Branch, ...] = ()
    hidden: int = 0


def branch_down(store: Store, pre: int, depth: int) -> Branch:
    """Return the entry and all below it down to a depth, 0 for the entry alone."""
    entries = read_subtree(store, read_span(store, pre), depth)
    branch, _ = _grow(store, entries, 0, entries[0].depth + depth)
    return branch


def branch_up(store: Store, pre: int) -> Branch:
    """Return the way from the chapter down to the entry, one branch at each step."""
    branch: Branch | None = None
    for entity in reversed(read_path(store, pre)):
        branch = Branch(step(entity), (branch,) if branch else ())
    return branch or Branch(step(read_entity(store, pre)))


def branch_root(store: Store, depth: int) -> Branch:
    """Return all chapters, and what stands below them, under one root without a code."""
    chapters = read_children(store, ROOT)
    below = tuple(
        branch_down(store, pre, max(depth - 1, 0))
        for (pre,) in ask(store, "SELECT pre FROM entity WHERE parent = -1 ORDER BY pre")
    )
    title = f"{store.manifest['system']} {store.manifest['release']}"
    return Branch(
        Step("", "", title, "root"), below if depth else (), 0 if depth else len(chapters)
    )


def _grow(
    store: Store, entries: Sequence[LinearizationEntity], at: int, deepest: int
) -> tuple[Branch, int]:
    """Return the branch of the entry at a place of a pre-order list, and the place after it."""
    entity, place, branches = entries[at], at + 1, []
    while place < len(entries) and entries[place].depth > entity.depth:
        branch, place = _grow(store, entries, place, deepest)
        branches.append(branch)
    hidden = _count_children(store, entity.id) if entity.depth == deepest else 0
    return Branch(step(entity), tuple(branches), hidden), place


def _count_children(store: Store, entity_id: str) -> int:
    rows = ask(
        store,
        "SELECT count(*) FROM entity WHERE parent = (SELECT pre FROM label WHERE label = ?)",
        entity_id,
    )
    return int(rows[0][0])
