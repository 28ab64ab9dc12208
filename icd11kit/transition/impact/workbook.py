"""The report's tables as a workbook. Needs the extra `report` (XlsxWriter)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import xlsxwriter

from icd11kit.store.write import write_bytes
from icd11kit.transition.impact.sheets import Table

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

_PLAIN = {
    "in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
    "strings_to_urls": False,
}  # fmt: skip
"""A code stays a text: 1E10 is none of Excel's numbers, and nothing becomes a formula."""
_MADE = datetime(2000, 1, 1)
"""The day the workbook says it was made: the same figures give the same bytes."""
_WIDEST = 60
_LONGEST_CELL = 32_000
_SHARES = frozenset(
    {"share of volume", "confidence", "expected right", "range from", "range to", "ratio"}
)


def make_workbook(tables: Iterable[Table]) -> bytes:
    """Return a workbook with a sheet a table: header fixed, filters on."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, _PLAIN)
    book.set_properties({"created": _MADE})
    head = book.add_format({"bold": True, "bottom": 1})
    share = book.add_format({"num_format": "0.000"})
    for table in tables:
        _add_sheet(book, table, head, share)
    book.close()
    return stream.getvalue()


def _add_sheet(book: Workbook, table: Table, head: Format, share: Format) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, table.header, head)
    for place, row in enumerate(table.rows, 1):
        cells = (cell[:_LONGEST_CELL] if isinstance(cell, str) else cell for cell in row)
        sheet.write_row(place, 0, cells)
    for column, name in enumerate(table.header):
        widths = (len(str(row[column])) for row in (table.header, *table.rows[:200]))
        sheet.set_column(
            column, column, min(max(widths) + 2, _WIDEST), share if name in _SHARES else None
        )
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.header) - 1)


def write_workbook(path: str, tables: Iterable[Table]) -> None:
    """Write a workbook beside its name and rename it; raises SourceError where that fails."""
    write_bytes(path, make_workbook(tables))
