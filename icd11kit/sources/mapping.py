"""WHO's five mapping tables between ICD-10 and ICD-11, in all their editions.

The headers lie: one cell too many for the data below, two columns of one name, names that
differ between tables. So a table is known by its first header cells, its columns by place.
In every table the row's source is the subject of the relation, and the relation speaks of
the Foundation entity, not of the MMS code beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from icd11kit.errors import SourceError
from icd11kit.model import MapRow
from icd11kit.sources.rows import RowError
from icd11kit.sources.tables import Row
from icd11kit.sources.tabulation import NO_CODE

_ID = re.compile(r"^http://id\.who\.int/icd/.*?/(\d+(?:/(?:other|unspecified))?)$")
_DATE = re.compile(r"(\d{4})-(\d{2}|\w{3})-\d{2}")
_MONTHS = dict(
    zip(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(),
        (f"{month:02}" for month in range(1, 13)),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which place holds what in one table; `width` is the least number of cells of a row."""

    table: str
    head: tuple[str, ...]
    places: Mapping[str, int]
    width: int


LAYOUTS = (
    Layout(
        "10To11MapToOneCategory",
        ("10classkind", "10depthinkind", "icd10code", "icd10chapter", "icd10title", "11classkind"),
        {
            "icd10_kind": 0,
            "icd10_code": 2,
            "icd10_title": 4,
            "icd11_kind": 5,
            "foundation": 7,
            "uri": 8,
            "icd11_code": 9,
            "icd11_title": 11,
        },
        12,
    ),
    Layout(
        "10To11MapToMultipleCategories",
        ("10classkind", "depth", "icd10code", "icd10chapter", "icd10title", "11classkind"),
        {
            "icd10_kind": 0,
            "icd10_code": 2,
            "icd10_title": 4,
            "icd11_kind": 5,
            "foundation": 7,
            "uri": 8,
            "icd11_code": 9,
            "icd11_title": 11,
        },
        12,
    ),
    Layout(
        "11To10MapToOneCategory",
        ("linearization(release)uri", "icd11code", "icd11chapter", "icd11title"),
        {"uri": 0, "icd11_code": 1, "icd11_title": 3, "icd10_code": 4, "icd10_title": 6},
        7,
    ),
    Layout(
        "foundation_10To11MapToOneCategory",
        (
            "10classkind",
            "10depthinkind",
            "icd10code",
            "icd10chapter",
            "icd10title",
            "icd-11foundationuri",
        ),
        {"icd10_kind": 0, "icd10_code": 2, "icd10_title": 4, "foundation": 5, "icd11_title": 6},
        7,
    ),
    Layout(
        "foundation_11To10MapToOneCategory",
        ("foundationuri", "icd11code", "icd11chapter", "icd11title"),
        {"foundation": 0, "icd11_code": 1, "icd11_title": 3, "icd10_code": 4, "icd10_title": 5},
        6,
    ),
)
_RELATION_NAMES = {
    "relation": "relation",
    "linearization": "rollup",
    "statementdistance": "distance",
    "stated{0}|deduced": "distance",
}


@dataclass(frozen=True, slots=True)
class MappingTable:
    """One table read whole; `release` is the month its header names, "" where it names none."""

    table: str
    release: str
    rows: tuple[MapRow, ...]
    errors: tuple[RowError, ...]


def find_layout(header: Sequence[str]) -> Layout | None:
    """Return the layout whose first column names a header begins with, or None."""
    squeezed = tuple("".join(cell.split()).lower() for cell in header)
    return next((item for item in LAYOUTS if squeezed[: len(item.head)] == item.head), None)


def parse_mapping(rows: Iterable[Row | RowError], name: str = "") -> MappingTable:
    """Return the mapping table that rows (the header first) hold.

    Raises SourceError where the header is of none of the five tables.
    """
    stream = iter(rows)
    header = next(stream, None)
    layout = find_layout(header.cells) if isinstance(header, Row) else None
    if layout is None or not isinstance(header, Row):
        raise SourceError(name, "the first row is not the header of a WHO mapping table")
    made = list(_map_rows(stream, layout, _extra_places(header.cells, layout), name))
    return MappingTable(
        layout.table,
        _release(header.cells),
        tuple(row for row in made if isinstance(row, MapRow)),
        tuple(row for row in made if isinstance(row, RowError)),
    )


def _extra_places(header: Sequence[str], layout: Layout) -> dict[str, int]:
    """Return where relation columns stand; the 2024 Foundation table leaves them unnamed."""
    named = {
        _RELATION_NAMES[squeezed]: place
        for place, cell in enumerate(header)
        if place >= layout.width and (squeezed := "".join(cell.split()).lower()) in _RELATION_NAMES
    }
    if not named and layout.table == "foundation_10To11MapToOneCategory":
        return {"relation": layout.width, "distance": layout.width + 1}
    return named


def _map_rows(
    rows: Iterator[Row | RowError], layout: Layout, extra: Mapping[str, int], name: str
) -> Iterator[MapRow | RowError]:
    for row in rows:
        if isinstance(row, RowError):
            yield row
        elif len(row.cells) < layout.width:
            yield RowError(name, row.line, f"{len(row.cells)} cells where {layout.width} belong")
        else:
            yield _map_row(row, layout, extra)


def _map_row(row: Row, layout: Layout, extra: Mapping[str, int]) -> MapRow:
    cells = {key: row.cells[place].strip() for key, place in layout.places.items()}
    more = {key: row.cells[place].strip() for key, place in extra.items() if place < len(row.cells)}
    code = cells.get("icd11_code", "")
    return MapRow(
        mapping=layout.table,
        line=row.line,
        icd10_kind=cells.get("icd10_kind", "").lower(),
        icd10_code=cells["icd10_code"],
        icd10_title=cells["icd10_title"],
        entity=_entity_id(cells.get("uri", ""), cells.get("foundation", "")),
        icd11_kind=cells.get("icd11_kind", "").lower(),
        icd11_code="" if code.startswith(NO_CODE) else code,
        icd11_title=cells["icd11_title"],
        **more,
    )


def _entity_id(uri: str, foundation: str) -> str:
    """Return the id of the linearization entry, else of the Foundation entity."""
    found = _ID.search(uri) or _ID.search(foundation)
    return found[1] if found else ""


def _release(header: Sequence[str]) -> str:
    for cell in reversed(header):
        if found := _DATE.search(cell):
            return f"{found[1]}-{_MONTHS.get(found[2].lower(), found[2])}"
    return ""
