"""A crosswalk as CSV in the manner of CMS's General Equivalence Mappings.

One row a component of a target: source, target, then the flags `approximate` (1 unless the
codes say the same), `no_map`, `combination` (1 where several rows together are the target),
`scenario` (which target of several, from 1) and `choice_list` (the place among the components,
from 1; extension codes belong to the stem before them).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from icd11kit.crosswalk.mapping import CodeMapping, Relation

COLUMNS = (
    "source", "target", "approximate", "no_map", "combination", "scenario", "choice_list",
    "operator", "confidence",
)  # fmt: skip


def format_gems(mappings: Iterable[CodeMapping]) -> Iterator[str]:
    """Yield the lines of the table.

    >>> from icd11kit.crosswalk.mapping import CodeMapping, Relation
    >>> mapping = CodeMapping("S52.531A", "", "NC32.50&XK9K", "", "", "", Relation.BROAD, 0.5,
    ...                       (), (), (), False, "2025-01")
    >>> [line.strip() for line in format_gems([mapping])][1:]
    ['S52.531A,NC32.50,1,0,1,1,1,,0.500', 'S52.531A,XK9K,1,0,1,1,2,&,0.500']
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in (COLUMNS, *_rows(mappings)):
        writer.writerow(row)
        yield stream.getvalue()
        stream.seek(0)
        stream.truncate()


def _rows(mappings: Iterable[CodeMapping]) -> Iterator[tuple[str, ...]]:
    for mapping in mappings:
        parts = re.split(r"([&/ ])", mapping.target) if mapping.target else []
        approximate = "0" if mapping.relation is Relation.EXACT else "1"
        trust = f"{mapping.confidence:.3f}"
        if not parts:
            yield mapping.source, "", "1", "1", "0", "0", "0", "", trust
        combination = "1" if len(parts) > 1 else "0"
        for place, code in enumerate(parts[::2], 1):
            operator = parts[2 * place - 3] if place > 1 else ""
            yield (mapping.source, code, approximate, "0", combination, "1", str(place), operator,
                   trust)  # fmt: skip
