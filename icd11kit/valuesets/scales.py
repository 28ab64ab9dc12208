"""The values of a stem's axis as a clause: WHO's postcoordination scale value sets."""

from __future__ import annotations

from typing import NamedTuple

from icd11kit.postcoordination.axes import STEM_AXES, StemAxis
from icd11kit.postcoordination.entries import Entry
from icd11kit.store.read import Store, find_span
from icd11kit.terminology import Terminology
from icd11kit.valuesets.conditions import Clause


class Scale(NamedTuple):
    """An axis of a stem, and the clause that its values satisfy."""

    stem: Entry
    axis: StemAxis
    clause: Clause


def find_scale(icd: Terminology, entity: str, axis: str) -> Scale | None:
    """Return the scale of an entity's axis, None where there is no such stem or axis.

    >>> import icd11kit
    >>> find_scale(icd11kit.open(), "257068234", "laterality") is None
    True
    """
    stem = icd.clusters.entries[entity]
    if stem is None or not stem.is_stem:
        return None
    axes = icd.clusters.axes.axes_of(stem).axes
    found = next((each for each in axes if each.name == axis), None)
    return None if found is None else Scale(stem, found, _clause(icd.clusters.store, found))


def _clause(store: Store, axis: StemAxis) -> Clause:
    """Return the clause for all at or below an axis's roots, or whose code begins as they say."""
    tests, values = ["0"], list[object]()
    for root in sorted(axis.roots):
        if root.endswith("*"):
            tests.append("substr(code, 1, ?) = ?")
            values.extend((len(root) - 1, root[:-1]))
        elif span := find_span(store, root):
            tests.append("pre BETWEEN ? AND ?")
            values.extend(span)
    sql = f"kind = 'category' AND ({' OR '.join(tests)})"
    return Clause(sql, tuple(values), takes_clusters=axis.name in STEM_AXES)
