"""Releases compared: every kind of change, what is not known, and WHO's own lists."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from icd11kit.model import LinearizationEntity
from icd11kit.transition.diff import Change, Difference, Snapshot, compare, snapshot
from icd11kit.transition.releases import diff_releases
from icd11kit.vocabulary import ClassKind

C, B = ClassKind.CATEGORY, ClassKind.BLOCK


def release(name: str, *rows: tuple[int, str, str, str, ClassKind]) -> Snapshot:
    """A release of (depth, id, code, title, kind) rows."""
    entities = [
        LinearizationEntity(entity, code, title, kind, depth, "01")
        for depth, entity, code, title, kind in rows
    ]
    return snapshot(name, entities, frozenset({"700"}))


BEFORE = release(
    "1",
    (0, "100", "", "Block", B),
    (1, "200", "1A00", "Stays", C),
    (1, "201", "1A01", "Old words", C),
    (1, "202", "1A02", "Moves", C),
    (1, "203", "1A03", "Grows", C),
    (1, "204", "1A04", "Sinks", C),
    (1, "205", "1A05", "Goes", C),
    (1, "205/other", "1A05.Y", "Goes too", C),
    (1, "206", "", "Shrinks", B),
    (1, "207", "1A07", "Named anew", C),
)
AFTER = Snapshot(
    "2",
    release(
        "2",
        (0, "100", "", "Block", B),
        (1, "200", "1A00", "Stays", C),
        (2, "202", "1A00.0", "Moves", C),
        (1, "201", "1A01", "New words", C),
        (1, "203", "", "Grows", B),
        (1, "206", "1A06", "Shrinks", C),
        (1, "207", "1A17", "Named anew", C),
        (1, "300", "1A30", "Comes", C),
        (1, "700", "1A70", "Rises", C),
        (1, "300/unspecified", "1A30.Z", "Comes too", C),
    ).entries,
    frozenset({"204"}),
)


def said(before: Snapshot, after: Snapshot) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for difference in compare(before, after):
        found.setdefault(difference.id, []).append(difference.change)
    return found


def test_every_kind_of_change() -> None:
    assert said(BEFORE, AFTER) == {
        "202": [Change.MOVED],
        "201": [Change.RETITLED],
        "203": [Change.BECAME_GROUPING],
        "206": [Change.BECAME_CATEGORY],
        "207": [Change.RECODED],
        "300": [Change.ADDED],
        "700": [Change.ABOVE_SHORELINE],
        "300/unspecified": [Change.ADDED],
        "204": [Change.BELOW_SHORELINE],
        "205": [Change.REMOVED],
        "205/other": [Change.REMOVED],
    }


def test_a_release_compared_with_itself_has_no_change() -> None:
    assert list(compare(BEFORE, BEFORE)) == []


def test_forth_and_back_mirror_each_other() -> None:
    mirrored = {
        Change.ADDED: Change.REMOVED,
        Change.REMOVED: Change.ADDED,
        Change.BECAME_GROUPING: Change.BECAME_CATEGORY,
        Change.BECAME_CATEGORY: Change.BECAME_GROUPING,
    }
    forth = said(BEFORE, AFTER)
    back = said(AFTER, BEFORE)
    for entity in ("201", "202", "203", "206", "207", "300", "205"):
        assert back[entity] == [mirrored.get(change, change) for change in forth[entity]]


def test_without_a_foundation_nothing_is_claimed_of_the_shoreline() -> None:
    blind = Snapshot("1", BEFORE.entries, None)
    found = {item.id: item for item in compare(blind, AFTER)}
    assert found["700"].change is Change.ADDED
    assert "may lie below the shoreline of 1" in found["700"].remark
    assert found["300/unspecified"].remark == ""


def test_without_a_tree_only_codes_tell_of_moves() -> None:
    flat = Snapshot("1", {i: replace(e, parent=None) for i, e in BEFORE.entries.items()})
    assert said(flat, AFTER)["202"] == [Change.RECODED]


def test_differences_carry_uri_codes_and_parents() -> None:
    moved = next(item for item in compare(BEFORE, AFTER) if item.change is Change.MOVED)
    assert moved == Difference(
        Change.MOVED, "202", "http://id.who.int/icd/entity/202", "01", "1A02", "1A00.0",
        "Moves", "Moves", "Block", "1A00",
    )  # fmt: skip


def test_real_releases_add_up(released: Path) -> None:
    found = diff_releases("2022-02", "2024-01", released)
    counts = {change: sum(d.change is change for d in found.changes) for change in Change}
    appeared = counts[Change.ADDED] + counts[Change.ABOVE_SHORELINE]
    gone = counts[Change.REMOVED] + counts[Change.BELOW_SHORELINE]
    assert appeared - gone == 36_044 - 35_459
    assert (found.before_foundation, found.after_foundation) == ("", "2024-01")


def test_agreement_with_who_lists(shared_data: Path) -> None:
    pytest.importorskip("benchmarks")
    from benchmarks import who_changes
    from icd11kit.errors import NetworkError

    try:
        releases = who_changes.rebuilt()
    except NetworkError as error:
        pytest.skip(f"the code list of January 2021 cannot be had: {error}")
    before, after = releases["2019-04"], releases["2022-02"]
    both = who_changes.speaking(before, after) - {"X"}
    us = who_changes.within(who_changes.ours(before, after), both)
    lists = who_changes.LISTS[("2019-04", "2022-02")]
    who = who_changes.within(who_changes.theirs([shared_data / name for name in lists]), both)
    assert len(who) == 382
    assert us == who
