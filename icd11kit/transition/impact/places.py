"""Where a source code stands in its own classification: the chapter."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple, Protocol

from icd11kit.codes import parse_icd10cm
from icd11kit.crosswalk.tables import ONE
from icd11kit.errors import MalformedCodeError, StoreError
from icd11kit.store.read import Store, ask, find_pre, read_children, read_entity
from icd11kit.transition.impact.values import Chapters

_CATEGORY = 3
_NO_TABLES = "WHO's mapping tables are not installed; `icd11kit install --from mapping.zip`"


class Places(Protocol):
    """Tells chapters of a classification."""

    chapters: Chapters

    def chapter_of(self, code: str) -> str:
        """Return the chapter a code stands in, "" where it is not known."""


class Icd10CmPlaces:
    """Chapters of ICD-10-CM, as its tabular list has them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.chapters = tuple((each.code, each.title) for each in read_children(store, -1))

    def chapter_of(self, code: str) -> str:
        """Return the chapter of a code, or of its category where the code is of another year."""
        try:
            category = parse_icd10cm(code).category
        except MalformedCodeError:
            return ""
        pre = find_pre(self._store, code)
        pre = find_pre(self._store, category) if pre is None else pre
        return "" if pre is None else read_entity(self._store, pre).chapter


class Icd10Group(NamedTuple):
    """A chapter or block of ICD-10: its label, its title, its first and last category."""

    kind: str
    label: str
    title: str
    first: str
    last: str

    def holds(self, code: str) -> bool:
        """Return whether a code stands in the group, also one of a national edition.

        >>> Icd10Group("block", "C76-C80", "-", "C76", "C80").holds("C7A.00")
        True
        """
        return self.first <= code[:_CATEGORY].upper() <= self.last


class Icd10Places:
    """Chapters of ICD-10, as WHO's tables have them: above the codes that follow."""

    def __init__(self, store: Store) -> None:
        groups = [group for group in read_groups(store) if group.kind == "chapter"]
        groups.sort(key=lambda group: group.first)
        self._groups = groups
        self._firsts = [group.first for group in groups]
        self.chapters = tuple((group.label, group.title) for group in in_order(groups))

    def chapter_of(self, code: str) -> str:
        """Return the chapter of a code."""
        place = bisect_right(self._firsts, code[:_CATEGORY].upper()) - 1
        group = self._groups[place] if place >= 0 else None
        return group.label if group and group.holds(code) else ""


def in_order(groups: list[Icd10Group]) -> list[Icd10Group]:
    """Return chapters in the order of the book: U, chapter XXII, comes last."""
    return sorted(groups, key=lambda group: (group.first.startswith("U"), group.first))


def read_groups(store: Store) -> list[Icd10Group]:
    """Return the chapters and blocks of ICD-10 that WHO's tables name, each with its range."""
    rows = ask(
        store,
        "SELECT icd10_kind, icd10_code, icd10_title FROM map_row WHERE mapping = ? "
        "ORDER BY line",
        ONE,
    )  # fmt: skip
    groups: list[Icd10Group] = []
    chapter: list[str] = []
    for kind, label, title in [*rows, ("chapter", "", "")]:
        if kind == "chapter":
            if chapter and groups:
                _close(groups, chapter)
            groups.append(Icd10Group(kind, label, title, "", ""))
            chapter = []
        elif kind == "block":
            first, _, last = label.partition("-")
            groups.append(Icd10Group(kind, label, title, first, last))
        else:
            chapter.append(label[:_CATEGORY])
    return [group for group in groups if group.first]


def _close(groups: list[Icd10Group], categories: list[str]) -> None:
    """Give the last chapter of a list the range of its categories."""
    place = max(n for n, group in enumerate(groups) if group.kind == "chapter")
    groups[place] = groups[place]._replace(first=min(categories), last=max(categories))


def open_places(store: Store, *, is_icd10cm: bool) -> Places:
    """Return what tells chapters: ICD-10-CM's own store, or ICD-11's with WHO's tables.

    Raises StoreError where ICD-10 is asked for and the tables are not there.
    """
    if not is_icd10cm and store.manifest["map_rows"] == "0":
        raise StoreError(store.path or "starter set", _NO_TABLES)
    return Icd10CmPlaces(store) if is_icd10cm else Icd10Places(store)
