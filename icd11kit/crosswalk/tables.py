"""WHO's tables between ICD-10 and ICD-11 by code, followed into the release at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from icd11kit.crosswalk.targets import Targets
from icd11kit.model import MapRow

ONE = "10To11MapToOneCategory"
MANY = "10To11MapToMultipleCategories"
FOUNDATION = "foundation_10To11MapToOneCategory"
BACK = "11To10MapToOneCategory"
_FORWARD = (ONE, MANY, FOUNDATION)
SHORTEST = 3


class Anchor(NamedTuple):
    """Where a row of WHO's tables sends an ICD-10 code, in the release at hand.

    `pre` is the entry, `rest` what the row's cluster adds to the stem, `below` the title of a
    foundation entity below the shoreline. `is_exact` tells whether the row is the code's own.
    """

    row: MapRow
    pre: int
    rest: str
    is_exact: bool


class WhoTables:
    """Rows of WHO's tables by ICD-10 code."""

    def __init__(self, rows: Iterable[MapRow], targets: Targets) -> None:
        self.targets = targets
        self.forward: dict[str, dict[str, list[MapRow]]] = {name: {} for name in _FORWARD}
        self.back: dict[str, list[MapRow]] = defaultdict(list)
        for row in rows:
            if row.mapping in self.forward and row.icd10_kind.endswith("category"):
                self.forward[row.mapping].setdefault(row.icd10_code, []).append(row)
            elif row.mapping == BACK and row.icd11_code:
                self.back[row.icd11_code].append(row)

    def anchors(self, code: str, titles: Mapping[str, str]) -> Iterator[Anchor]:
        """Yield where the code, else its longest prefix with a row, is sent; best table first.

        `titles` gives ICD-10-CM's titles of the code and those above it: where the two
        classifications mean different things by one code, its rows are passed over.
        """
        for length in range(len(code), SHORTEST - 1, -1):
            prefix = code[:length].rstrip(".")
            found = [anchor for name in _FORWARD for anchor in self._rows(name, prefix, code)]
            if found and (length == SHORTEST or self._agree(found[0], titles.get(prefix, ""))):
                yield from found
                return

    def _agree(self, anchor: Anchor, title: str) -> bool:
        """Return whether ICD-10's title and ICD-10-CM's share a word and differ in no number."""
        ours, theirs = map(self.targets.wording.words, (title, anchor.row.icd10_title))
        if not ours or not theirs:
            return True
        return bool(ours & theirs) and {w for w in theirs if w.isdigit()} <= ours

    def _rows(self, name: str, prefix: str, code: str) -> Iterator[Anchor]:
        for row in self.forward[name].get(prefix, ()):
            stem, rest = _split(row.icd11_code)
            pre = self._place(row, stem)
            if pre is not None:
                yield Anchor(row, pre, rest, prefix == code)

    def _place(self, row: MapRow, stem: str) -> int | None:
        """Return the entry a row names: by foundation id first, which no release changes."""
        by_id = self.targets.by_id.get(row.entity)
        if rest_of(row.icd11_code) or by_id is None:
            return self.targets.by_code.get(stem, by_id)
        return by_id


def _split(expression: str) -> tuple[str, str]:
    stem = expression.split("&")[0].split("/")[0]
    return stem, expression[len(stem) :]


def rest_of(expression: str) -> str:
    """Return what a cluster adds to its first stem, with its operator.

    >>> rest_of("1A00&XN8P1"), rest_of("1A00")
    ('&XN8P1', '')
    """
    return _split(expression)[1]
