"""Tab-separated text and workbooks as numbered rows of text, whatever the file kind.

Every cell is text: codes such as 1E30 would turn into numbers otherwise.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.errors import SourceError
from icd11kit.sources.rows import RowError

if TYPE_CHECKING:
    from icd11kit.sources.documents import Document

MAX_LINE = 1_000_000
"""The longest line of WHO's files has some thousand bytes; a longer one is reported."""
MAX_ROWS = 2_000_000
MAX_CELLS = 50_000_000
_FAR = re.compile(
    rb"""\br\s*=\s*["']\s*(?=[A-Za-z]{2}|[A-Za-z]?0|[A-Za-z]?[0-9]{6})([A-Za-z]*)0*([0-9]+)"""
)
"""A cell's or row's reference beyond column Z or row 99,999."""


class Row(NamedTuple):
    """One row of a table; `line` counts from 1, the header included."""

    line: int
    cells: tuple[str, ...]


def read_rows(document: Document) -> Iterator[Row | RowError]:
    """Yield the rows of a workbook's first sheet or of a tab-separated text."""
    if document.data.startswith(b"PK"):
        return _read_workbook(document)
    return parse_text(document.data, document.name)


def header_of(document: Document) -> tuple[str, ...]:
    """Return the cells of the first row, () where there is none."""
    first = next(iter(read_rows(document)), None)
    return first.cells if isinstance(first, Row) else ()


def parse_text(data: bytes, name: str = "") -> Iterator[Row | RowError]:
    r"""Yield the rows of tab-separated UTF-8 text with or without a byte order mark.

    Lines end in CRLF if the header does, for then cells may hold a bare LF (WHO's notes do
    from 2026-01 on); else in LF. A cell in double quotes is unwrapped.

    >>> list(parse_text(b'a\tb\r\n"an ""x"" y"\tfirst\nsecond\r\n'))
    [Row(line=1, cells=('a', 'b')), Row(line=2, cells=('an "x" y', 'first\nsecond'))]
    """
    text = data.removeprefix(b"\xef\xbb\xbf")
    head = text.find(b"\n")
    separator = b"\r\n" if head > 0 and text[head - 1 : head] == b"\r" else b"\n"
    for line, raw in enumerate(text.split(separator), start=1):
        if line > MAX_ROWS:
            yield RowError(name, line, f"the file has over {MAX_ROWS:,} lines; the rest is left")
            return
        if raw.strip():
            yield _parse_line(raw, name, line)


def _parse_line(raw: bytes, name: str, line: int) -> Row | RowError:
    if len(raw) > MAX_LINE:
        return RowError(name, line, f"the line has {len(raw):,} bytes, over {MAX_LINE:,}")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return RowError(name, line, f"byte {error.start + 1} is not UTF-8")
    if "\0" in text:
        return RowError(name, line, "the line holds binary data")
    return Row(line, tuple(_unquote(cell) for cell in text.rstrip("\r").split("\t")))


def _unquote(cell: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _read_workbook(document: Document) -> Iterator[Row | RowError]:
    from python_calamine import CalamineError, CalamineWorkbook

    broken = (CalamineError, zipfile.BadZipFile, zlib.error, LookupError, ValueError, OSError,
              EOFError, RuntimeError)  # fmt: skip
    try:
        if _cells_spanned(document) > MAX_CELLS:
            raise SourceError(document.name, f"the workbook spans over {MAX_CELLS:,} cells")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(document.data))
        sheet = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except SourceError:
        raise
    except broken as error:
        raise SourceError(document.name, f"the workbook cannot be read ({error})") from None
    yield from _sheet_rows(sheet)


def _cells_spanned(document: Document) -> int:
    """Return how many cells the sheets span: the reader lays all of them out, empty or not.

    Only references beyond column Z or row 99,999 are looked for; without one there are few.
    """
    rows, columns = 1, 26
    with zipfile.ZipFile(io.BytesIO(document.data)) as archive:
        for name in archive.namelist():
            for letters, digits in _FAR.findall(archive.read(name)):
                rows, columns = max(rows, int(digits[:9])), max(columns, _column(letters))
    return rows * columns


def _column(letters: bytes) -> int:
    """Return the number of a column.

    >>> _column(b"Z"), _column(b"aa"), _column(b"XFD")
    (26, 27, 16384)
    """
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet_rows(sheet: Iterable[Iterable[object]]) -> Iterator[Row]:
    for line, cells in enumerate(sheet, start=1):
        texts = tuple(_cell_text(cell) for cell in cells)
        if any(texts):
            yield Row(line, texts)


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
