"""From the entries of a list to the codes it means, in the order of their classification."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from icd11kit.store.read import Store, ask
from icd11kit.transition.codelist.values import Flag, Form, ListEntry
from icd11kit.vocabulary import EXTENSION_CHAPTER, System

_LAST = "\x7f"
_AND_BELOW = "is a category; without what is below it nothing is reported by it"


class Catalog(NamedTuple):
    """The codes of a classification: written with point by their letters alone, in order.

    `reported` are those that stand on records: billable in ICD-10-CM, terminal in ICD-11.
    """

    codes: dict[str, str]
    order: tuple[str, ...]
    reported: frozenset[str]
    titles: dict[str, str]


class Members(NamedTuple):
    """The codes of a list that stand on records, and the entries that name none."""

    codes: tuple[str, ...]
    flags: tuple[Flag, ...]


Named = Callable[[str], tuple[str, ...]]
"""Gives the codes below what is no code, as blocks and URIs; raises LookupError for nothing."""


def read_catalog(store: Store) -> Catalog:
    """Return the codes of a store's classification, extension codes left out."""
    is_mms = store.manifest["system"] == System.MMS
    rows = ask(
        store,
        "SELECT code, title, billable, pre = last FROM entity "
        "WHERE kind = 'category' AND code <> '' AND chapter <> ?",
        EXTENSION_CHAPTER if is_mms else "",
    )
    codes = {plain(code): code for code, *_ in rows}
    reported = frozenset(
        code for code, _, is_billable, is_leaf in rows if (is_leaf if is_mms else is_billable)
    )
    titles = {code: title for code, title, *_ in rows}
    return Catalog(codes, tuple(sorted(codes)), reported, titles)


def plain(text: str) -> str:
    """Return a code's letters alone, in capitals.

    >>> plain("s52.531a ")
    'S52531A'
    """
    return text.replace(".", "").strip().upper()


def expand(
    entries: Iterable[ListEntry], catalog: Catalog, named: Named, *, below: bool = True
) -> Members:
    """Return what a list's entries mean together; exclusions count wherever they stand.

    A category means all codes below it, unless not `below`.
    """
    kept: set[str] = set()
    excluded: set[str] = set()
    flags: list[Flag] = []
    for entry in entries:
        found = _codes_of(entry, catalog, named, below)
        if isinstance(found, Flag):
            flags.append(found)
        else:
            (excluded if entry.is_excluded else kept).update(found)
    chosen = sorted(kept - excluded, key=plain)
    return Members(tuple(chosen), tuple(flags))


def _codes_of(
    entry: ListEntry, catalog: Catalog, named: Named, below: bool
) -> Flag | tuple[str, ...]:
    if entry.form is Form.RANGE:
        return _reported(entry, catalog, _between(catalog, plain(entry.text), plain(entry.last)))
    if entry.form is Form.GLOB:
        fitting = _fitting(catalog, plain(entry.text))
        deeper = (each for one in fitting for each in starting(catalog, one)) if below else fitting
        return _reported(entry, catalog, dict.fromkeys(deeper))
    wanted = plain(entry.text)
    if wanted in catalog.codes:
        return _category(entry, catalog, wanted, below and not entry.is_literal)
    start = wanted.rstrip("X")
    if start != wanted and (found := starting(catalog, start)):
        return _reported(entry, catalog, found)
    try:
        return tuple(named(entry.text))
    except LookupError as error:
        nearest = tuple(getattr(error, "nearest", ()))
        return Flag(entry.where, entry.text, getattr(error, "reason", str(error)), nearest)


def _category(
    entry: ListEntry, catalog: Catalog, wanted: str, below: bool
) -> Flag | tuple[str, ...]:
    code = catalog.codes[wanted]
    if code in catalog.reported:
        return (code,)
    if not below:
        return Flag(entry.where, entry.text, _AND_BELOW)
    return _reported(entry, catalog, starting(catalog, wanted))


def _reported(entry: ListEntry, catalog: Catalog, found: Iterable[str]) -> Flag | tuple[str, ...]:
    """Return those of some codes that stand on records, a flag where there is none."""
    codes = tuple(catalog.codes[each] for each in found)
    kept = tuple(code for code in codes if code in catalog.reported)
    text = f"{entry.text}-{entry.last}" if entry.last else entry.text
    return kept or Flag(entry.where, text, f"no code fits this {entry.form}")


def starting(catalog: Catalog, start: str) -> tuple[str, ...]:
    """Return the codes that begin with some letters, without point."""
    low, high = (bisect_left(catalog.order, end) for end in (start, start + _LAST))
    return catalog.order[low:high]


def _between(catalog: Catalog, first: str, last: str) -> tuple[str, ...]:
    """Return the codes from the first to all that begin with the last."""
    low, high = bisect_left(catalog.order, first), bisect_left(catalog.order, last + _LAST)
    return catalog.order[low:high]


def _fitting(catalog: Catalog, pattern: str) -> tuple[str, ...]:
    """Return the codes that fit a pattern of `*`, `%` and `?`."""
    pattern = pattern.replace("%", "*")
    start = pattern.partition("*")[0].partition("?")[0]
    if "*" not in pattern and "?" not in pattern:
        return starting(catalog, start)
    return tuple(each for each in starting(catalog, start) if fnmatchcase(each, pattern))
