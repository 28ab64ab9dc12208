"""ICD-10 and ICD-11 by WHO's tables alone: what their rows say, followed into a release.

The tables may be of another release than the linearization: an entity is followed by its
foundation id, and where its code has changed or it is gone, that is said. A row's relation
speaks of the foundation entity: where that is rolled up into a category, the category is
broader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from icd11kit.crosswalk.mapping import Alternative, CodeMapping, Evidence, Relation
from icd11kit.crosswalk.tables import BACK, FOUNDATION, MANY, ONE, rest_of
from icd11kit.model import MapRow
from icd11kit.postcoordination.map_rows import find_cluster_rows
from icd11kit.store.read import (
    Store,
    find_icd10_rows,
    find_pre,
    find_title,
    read_children,
    read_entity,
    read_map_rows,
    read_parent,
    read_span,
    read_subtree,
)
from icd11kit.vocabulary import EXTENSION_CHAPTER, ClassKind, Residual
from icd11kit.words import fold_words

_MULTIPLE = "another target in WHO's multiple table"
_SAME = "WHO's table sends it to the same cluster"
_RELATIONS = {
    "equivalent": Relation.EXACT,
    "subclass": Relation.BROAD,
    "superclass": Relation.NARROW,
    "intersects": Relation.RELATED,
    "potentialintersect": Relation.RELATED,
}
_DEEPEST = 9
_SHORTEST = 4
"""Characters of a category's code."""
_ROLLUP = "LIN-ROLLUP"
_TRUST = {Relation.EXACT: 0.95, Relation.BROAD: 0.8, Relation.NARROW: 0.8, Relation.RELATED: 0.6}


def from_icd10(store: Store, code: str) -> CodeMapping | None:
    """Return where WHO's tables send an ICD-10 code, None where they have no row of it.

    The first answer is that of the one-category table, the others are alternatives.
    """
    rows = find_icd10_rows(store, code)
    first = next((row for row in rows if row.mapping == ONE), None)
    if first is None:
        return None
    relation = _relation([row for row in rows if row.mapping == FOUNDATION], first)
    target, moved = _followed(store, first)
    display = first.icd11_title
    others = [row for row in rows if row.mapping == MANY]
    codes = [made for row in others if (made := _followed(store, row)[0]) not in ("", target)]
    if not target and (above := _above_retired(store, first)):
        relation = Relation.RELATED if relation is Relation.RELATED else Relation.BROAD
        target, display = above, _titles(store, above)
        moved = f"{moved}; what stood above it is reported as {above}"
    elif not target and not moved:
        relation = Relation.RELATED
        target, moved = _within_grouping(store, first, codes)
        display = _titles(store, target)
        codes = [code for code in codes if code != target]
    return CodeMapping(
        first.icd10_code, first.icd10_title, target, target, display,
        target.split("&")[0].split("/")[0], relation if target else Relation.NONE,
        _TRUST.get(relation, 0.6) if target else 0.0, (),
        tuple(_evidence(store, first, moved)),
        tuple(_alternative(made) for made in dict.fromkeys(codes)),
        len(set(codes)) > 1, store.manifest["release"],
    )  # fmt: skip


def refined(found: CodeMapping, code: str) -> CodeMapping:
    """Return the mapping of a code that refines one WHO's tables have: the target says less.

    The title is that of the shorter code, and says so.
    """
    detail = f"WHO's tables have no {code}; it is read as {found.source}"
    return found._replace(
        source=code,
        source_title=f"{found.source}: {found.source_title}",
        relation=Relation.BROAD if found.relation is Relation.EXACT else found.relation,
        remainder=(*found.remainder, f"what {code} adds to {found.source}"),
        evidence=(Evidence("shorter code", detail), *found.evidence),
    )


def to_icd10(store: Store, code: str) -> CodeMapping | None:
    """Return where WHO's table sends an ICD-11 code, None where the release has no such code."""
    pre = find_pre(store, code)
    if pre is None:
        return None
    entity = read_entity(store, pre)
    row = next((r for r in read_map_rows(store, entity.id) if r.mapping == BACK), None)
    if row is None or not row.icd10_code:
        said = (Evidence("none", "WHO's 11-to-10 table has no row of this code"),)
        return CodeMapping(
            code, entity.title, "", "", "", entity.code, Relation.NONE, 0.0, (), said, (), False,
            store.manifest["release"],
        )  # fmt: skip
    relation = _RELATIONS.get(row.relation.lower(), Relation.RELATED)
    return CodeMapping(
        entity.code, entity.title, row.icd10_code, row.icd10_code, row.icd10_title, entity.code,
        relation, _TRUST[relation], (), tuple(_evidence(store, row, "")), (), False,
        store.manifest["release"],
    )  # fmt: skip


def cluster_to_icd10(store: Store, cluster: str, display: str) -> CodeMapping | None:
    """Return the ICD-10 code that WHO's table sends to a cluster, else where its stem goes."""
    rows = find_cluster_rows(store, cluster)
    stem, *others = re.split("[&/]", cluster)
    if not rows:
        found = to_icd10(store, stem)
        return found and _by_stem(found, cluster, display, tuple(others))
    said = _RELATIONS.get(rows[0].relation.lower(), Relation.RELATED)
    relation = Relation.NARROW if said is Relation.BROAD else said
    return CodeMapping(
        cluster, display, rows[0].icd10_code, rows[0].icd10_code, rows[0].icd10_title, stem,
        relation, _TRUST[relation], (), tuple(_evidence(store, rows[0], "")),
        tuple(_alternative(row.icd10_code, _SAME) for row in rows[1:]), len(rows) > 1,
        store.manifest["release"],
    )  # fmt: skip


def _by_stem(
    found: CodeMapping, cluster: str, display: str, others: tuple[str, ...]
) -> CodeMapping:
    """Return a stem's mapping as that of its cluster: the target says less."""
    why = f"WHO's tables have no row of the cluster; it is read as {found.source}"
    return found._replace(
        source=cluster,
        source_title=display,
        relation=Relation.BROAD if found.relation is Relation.EXACT else found.relation,
        remainder=others if found.target else (),
        evidence=(Evidence("stem", why), *found.evidence),
    )


def _relation(foundation: Sequence[MapRow], first: MapRow) -> Relation:
    """Return the relation of a code to the category it is sent to.

    Without a relation in the tables nothing more than relatedness is claimed.
    """
    row = next((row for row in (first, *foundation) if row.relation), None)
    if row is None:
        return Relation.RELATED
    said = _RELATIONS.get(row.relation.lower(), Relation.RELATED)
    same = (row.entity, f"{row.entity}/unspecified")  # the residual says what its parent says
    is_rolled_up = _ROLLUP in row.rollup or (row is not first and first.entity not in same)
    return Relation.BROAD if said is Relation.EXACT and is_rolled_up else said


def _followed(store: Store, row: MapRow) -> tuple[str, str]:
    """Return a row's target in the release at hand, and what has become of it, "" for nothing."""
    stem = row.icd11_code.split("&")[0].split("/")[0]
    if stem.startswith(EXTENSION_CHAPTER):
        return "", f"{stem} is an extension code, which says nothing without a stem"
    if not stem:
        return "", ""
    by_code, by_id = find_pre(store, stem), find_pre(store, row.entity)
    if rest_of(row.icd11_code):
        return (row.icd11_code, "") if by_code is not None else ("", f"{stem} is retired")
    if by_id is None:
        kept = "" if by_code is None else row.icd11_code
        return kept, f"the entity {row.entity} of {row.icd11_code} is not in this release"
    now = read_entity(store, by_id).code
    return now, "" if now == stem else f"{stem} has become {now or 'a grouping without code'}"


def _above_retired(store: Store, row: MapRow) -> str:
    """Return what is reported where a row's entity is retired, "" where nothing is known of it.

    A residual's category is known by its id, what stood above others by their code, of which
    it has the first characters.
    """
    code = row.icd11_code
    if not code or rest_of(code) or code.startswith(EXTENSION_CHAPTER):
        return ""
    concept, _, residual = row.entity.partition("/")
    shorter = [code[:length].rstrip(".") for length in range(len(code) - 1, _SHORTEST - 1, -1)]
    for name in [concept, *shorter] if residual else shorter:
        pre = find_pre(store, name)
        if pre is not None:
            return _reported(store, pre)
    return ""


def _reported(store: Store, pre: int) -> str:
    """Return an entry's "unspecified" residual, its own code where it has none."""
    children = read_children(store, pre)
    kept = next((each.code for each in children if each.residual is Residual.UNSPECIFIED), "")
    return kept or read_entity(store, pre).code


def _within_grouping(store: Store, row: MapRow, codes: Sequence[str]) -> tuple[str, str]:
    """Return what is reported where a row names a grouping, which is no code, and why.

    That is the entry in it of the same title, else what the multiple table names, else the
    grouping's residual.
    """
    pre = find_pre(store, row.entity)
    if pre is None:
        gone = f"the entity {row.entity} is not in this release"
        return "", gone if row.entity else "the row names nothing in ICD-11"
    span = read_span(store, pre)
    said = fold_words(row.icd10_title)
    inside = [e for e in read_subtree(store, span, _DEEPEST) if e.kind is ClassKind.CATEGORY]
    same = next((e.code for e in inside if fold_words(e.title) == said), "")
    if same:
        return same, f"the row names a grouping; {same} in it has the same title"
    if codes:
        return codes[0], "the row names a grouping; the multiple table names codes"
    code = _residual_above(store, pre)
    return code, "the row names a grouping, which is no code" + (
        f"; {code} is its residual" if code else ""
    )


def _residual_above(store: Store, pre: int) -> str:
    """Return the "unspecified" residual of a grouping, else of the nearest above that has one."""
    while pre >= 0:
        for child in read_children(store, pre):
            if child.residual is Residual.UNSPECIFIED:
                return child.code
        pre = read_parent(store, pre)
    return ""


def _titles(store: Store, expression: str) -> str:
    """Return the titles of an expression's stems."""
    stems = [group.split("&")[0] for group in expression.split("/") if group]
    return " / ".join(find_title(store, stem) or stem for stem in stems)


def _evidence(store: Store, row: MapRow, moved: str) -> Iterator[Evidence]:
    relation = f" ({row.relation})" if row.relation else ""
    yield Evidence(
        "WHO's table",
        f"{row.mapping} {store.manifest['map_release']}, line {row.line}: "
        f"{row.icd10_code} {row.icd10_title} | {row.icd11_code} {row.icd11_title}{relation}",
    )
    if moved:
        yield Evidence("release", moved)


def _alternative(code: str, why: str = _MULTIPLE) -> Alternative:
    return Alternative(code, Relation.RELATED, 0.3, why)
