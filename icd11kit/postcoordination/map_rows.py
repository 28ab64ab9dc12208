"""Clusters that WHO's tables set beside a foundation entity below the shoreline.

An ICD-10 category goes to a cluster in the one-category table (A00.0 to 1A00&XN8P1) and to a
foundation entity in the Foundation's table: the cluster says in MMS what the entity is. It is
WHO's map that says so, and it is given as such.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from icd11kit.model import MapRow
from icd11kit.store.read import Store, ask, find_foundation, find_icd10_rows, find_pre
from icd11kit.uris import find_uri

_ONE, _FOUNDATION = "10To11MapToOneCategory", "foundation_10To11MapToOneCategory"


class MapEquivalence(NamedTuple):
    """A cluster, the entity that WHO's map sets beside it, and the rows that do."""

    cluster: str
    entity: str
    title: str
    evidence: str


def find_entity_of(store: Store, cluster: str) -> MapEquivalence | None:
    """Return the entity that WHO's map sets beside a cluster, None where it sets none."""
    found = (_equivalence(store, row.icd10_code) for row in find_cluster_rows(store, cluster))
    return next((each for each in found if each is not None), None)


def find_cluster_rows(store: Store, cluster: str) -> tuple[MapRow, ...]:
    """Return the rows of the one-category table whose target has the codes of a cluster."""
    codes = _codes(cluster)
    if len(codes) < 2:
        return ()
    stem = re.split("[&/]", cluster)[0]
    rows = ask(
        store,
        "SELECT * FROM map_row WHERE mapping = ? AND icd11_code LIKE ? || '%' ORDER BY line",
        _ONE,
        stem,
    )
    return tuple(row for row in map(MapRow._make, rows) if _codes(row.icd11_code) == codes)


def find_cluster_of(store: Store, text: str) -> MapEquivalence | None:
    """Return the cluster that WHO's map sets beside a foundation id or URI, None for none."""
    uri = find_uri(text)
    if uri is None or find_pre(store, uri.id) is not None:
        return None
    rows = ask(
        store,
        "SELECT icd10_code FROM map_row WHERE entity = ? AND mapping = ?",
        uri.id,
        _FOUNDATION,
    )
    found = (_equivalence(store, icd10) for (icd10,) in rows)
    return next((each for each in found if each is not None), None)


def _equivalence(store: Store, icd10: str) -> MapEquivalence | None:
    """Return what the rows of an ICD-10 code set beside each other, None without both."""
    rows = find_icd10_rows(store, icd10)
    mms = next((row for row in rows if row.mapping == _ONE), None)
    below = next((row for row in rows if row.mapping == _FOUNDATION), None)
    if mms is None or below is None or len(_codes(mms.icd11_code)) < 2:
        return None
    if find_pre(store, below.entity) is not None:
        return None
    known = find_foundation(store, below.entity)
    title = known.title if known else below.icd11_title
    return MapEquivalence(mms.icd11_code, below.entity, title, _said(store, mms, below))


def _said(store: Store, mms: MapRow, below: MapRow) -> str:
    release = store.manifest["map_release"]
    relation = f", {below.relation}" if below.relation else ""
    return (
        f"WHO's map {release}: ICD-10 {mms.icd10_code} goes to the cluster (line {mms.line}) "
        f"and to the entity (line {below.line}{relation})"
    )


def _codes(text: str) -> frozenset[str]:
    return frozenset(code for code in re.split("[&/]", text) if code)
