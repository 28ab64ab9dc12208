"""Conditions on codes, property by property, as clauses that a store is asked with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from icd11kit.errors import QueryError, UnknownCodeError
from icd11kit.store.read import Store, ask, find_near, find_pre, read_parent, read_span
from icd11kit.terminology import Terminology
from icd11kit.uris import find_uri
from icd11kit.valuesets.meaning import WANTED, is_cluster, places_by_meaning
from icd11kit.valuesets.patterns import compile_pattern
from icd11kit.vocabulary import ClassKind, System, system_name


class Condition(NamedTuple):
    """What is wanted of a property: FHIR's operators, values of lists separated by commas."""

    property: str
    operator: str
    value: str


class Clause(NamedTuple):
    """A condition in SQL on an entry. Of clusters `concept` and `operator` are asked instead.

    Without a concept the clause is asked of a cluster's main stem, if it `takes_clusters`.
    """

    sql: str
    values: tuple[object, ...] = ()
    concept: str = ""
    operator: str = ""
    takes_clusters: bool = True


def make_clause(icd: Terminology, system: str, condition: Condition) -> Clause:
    """Return the clause that says a condition; a concept may be a cluster.

    Raises QueryError for what no entry has or can be asked, UnknownCodeError for a concept
    that is not in the edition.
    """
    name, operator, value = condition
    store = icd.store(system)
    make = _CONCEPT.get(operator) if name in _CONCEPTS else None
    if make is not None:
        is_meant = system == System.MMS and operator in WANTED and is_cluster(value)
        sql, values = _meant(icd, operator, value) if is_meant else make(store, value)
        return Clause(sql, values, value, operator)
    by_property = _BY_PROPERTY.get((name, operator))
    if by_property is None:
        raise QueryError(
            f"codes are not chosen by {name[:40]!r} {operator[:20]!r}; "
            f"there is {', '.join(filters_known())}"
        )
    return Clause(*by_property(store, value))


def filters_known() -> tuple[str, ...]:
    """Return the filters there are: each property with its operators."""
    return tuple(f"{name} ({' '.join(known)})" for name, known in operators_known().items())


def operators_known() -> dict[str, list[str]]:
    """Return the properties by which codes are chosen, each with its operators."""
    held: dict[str, list[str]] = {"concept": list(_CONCEPT)}
    for name, operator in _BY_PROPERTY:
        held.setdefault(name, []).append(operator)
    return held


def get_place(store: Store, text: str) -> int:
    """Return the place of a code, id, block id or URI; raises UnknownCodeError for none."""
    uri = find_uri(text) if "/" in text else None
    pre = find_pre(store, uri.id if uri else text)
    if pre is None:
        system, release = system_name(store.manifest["system"]), store.manifest["release"]
        near = () if uri else find_near(store, text[:12])
        raise UnknownCodeError(text, f"no code {text[:60]} in {system} {release}", near)
    return pre


Said = tuple[str, tuple[object, ...]]


def _meant(icd: Terminology, operator: str, cluster: str) -> Said:
    if operator == "is-not-a":
        sql, values = _meant(icd, "is-a", cluster)
        return f"NOT ({sql})", values
    return IN_PLACES, (json.dumps(places_by_meaning(icd, operator, cluster)),)


def _at_or_below(store: Store, text: str) -> Said:
    return "pre BETWEEN ? AND ?", read_span(store, get_place(store, text))


def _below(store: Store, text: str) -> Said:
    pre, last = read_span(store, get_place(store, text))
    return "pre BETWEEN ? AND ?", (pre + 1, last)


def _not_below(store: Store, text: str) -> Said:
    return "pre NOT BETWEEN ? AND ?", read_span(store, get_place(store, text))


def _above(store: Store, text: str) -> Said:
    place = get_place(store, text)
    return "? BETWEEN pre AND last", (place,)


def _children(store: Store, text: str) -> Said:
    return "parent = ?", (get_place(store, text),)


def _leaves(store: Store, text: str) -> Said:
    sql, values = _below(store, text)
    return f"{sql} AND pre = last", values


def _these(store: Store, text: str) -> Said:
    places = [get_place(store, one) for one in _listed(text)]
    return IN_PLACES, (json.dumps(places),)


def _not_these(store: Store, text: str) -> Said:
    sql, values = _these(store, text)
    return f"NOT ({sql})", values


def _one(store: Store, text: str) -> Said:
    return "pre = ?", (get_place(store, text),)


def _parent_of(store: Store, text: str) -> Said:
    return "pre = ?", (read_parent(store, get_place(store, text)),)


def _listed(text: str) -> list[str]:
    return [one for part in text.split(",") if (one := part.strip())]


def _matching(store: Store, text: str) -> Said:
    pattern = compile_pattern(text)
    rows = ask(store, "SELECT pre, code FROM entity WHERE code <> ''")
    return IN_PLACES, (json.dumps([pre for pre, code in rows if pattern.fullmatch(code)]),)


def _column(name: str, known: frozenset[str] = frozenset()) -> Callable[[Store, str], Said]:
    """Return what makes clauses for a column whose value is one of a list."""

    def make(store: Store, text: str) -> Said:
        wanted = _listed(text)
        if known and not known.issuperset(wanted):
            raise QueryError(f"{text[:60]!r} is none of {', '.join(sorted(known))}")
        return f"{name} IN (SELECT value FROM json_each(?))", (json.dumps(wanted),)

    return make


def _no_column(name: str, known: frozenset[str] = frozenset()) -> Callable[[Store, str], Said]:
    make = _column(name, known)

    def make_not(store: Store, text: str) -> Said:
        sql, values = make(store, text)
        return f"NOT ({sql})", values

    return make_not


def _whether(test: str) -> Callable[[Store, str], Said]:
    def make(store: Store, text: str) -> Said:
        if text not in ("true", "false"):
            raise QueryError(f"{text[:20]!r} is neither true nor false")
        return f"({test}) = ?", (int(text == "true"),)

    return make


IN_PLACES = "pre IN (SELECT value FROM json_each(?))"
_KINDS = frozenset(str(kind) for kind in ClassKind)
_RESIDUALS = frozenset({"other", "unspecified"})
_CONCEPTS = frozenset({"concept", "code"})
"""FHIR's filters name the code itself `concept`, SNOMED's and others' habit; `code` is as good."""
_CONCEPT: dict[str, Callable[[Store, str], Said]] = {
    "=": _one,
    "in": _these,
    "not-in": _not_these,
    "is-a": _at_or_below,
    "descendent-of": _below,
    "is-not-a": _not_below,
    "child-of": _children,
    "descendent-leaf": _leaves,
    "generalizes": _above,
    "regex": _matching,
}
_BY_PROPERTY: dict[tuple[str, str], Callable[[Store, str], Said]] = {
    ("parent", "="): _children,
    ("child", "="): _parent_of,
    ("kind", "="): _column("kind", _KINDS),
    ("kind", "in"): _column("kind", _KINDS),
    ("kind", "not-in"): _no_column("kind", _KINDS),
    ("chapter", "="): _column("chapter"),
    ("chapter", "in"): _column("chapter"),
    ("chapter", "not-in"): _no_column("chapter"),
    ("residual", "="): _column("residual", _RESIDUALS),
    ("residual", "in"): _column("residual", _RESIDUALS),
    ("isLeaf", "="): _whether("pre = last"),
    ("billable", "="): _whether("billable"),
    ("notSelectable", "="): _whether("kind <> 'category'"),
}
