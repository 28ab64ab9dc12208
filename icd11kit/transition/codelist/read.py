"""Lists of codes as people keep them, read into entries: text, tables, FHIR value sets.

A text has a code, a wildcard (`E11*`, `E11.x`, `S72.0??A`) or a range (`I20-I25`) a line, or
several with commas between; words after a code are its title. `#` begins a comment, `-` or `!`
before an entry takes it out.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from icd11kit.codes import shorten
from icd11kit.errors import SourceError
from icd11kit.transition.codelist.fhir import parse_valueset
from icd11kit.transition.codelist.values import CodeList, Flag, Form, ListEntry
from icd11kit.transition.column_names import find_named

_ICD10CM = r"[A-Z][0-9A-Z][0-9AB](?:\.?[0-9A-Z]{1,4})?"
_MMS = r"[0-9A-Z][A-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4})?"
_CODE = rf"(?:{_ICD10CM}|{_MMS})(?![\w.*?%])"
_RANGE = re.compile(rf"({_CODE})\s*(?:-|–|—|\.\.|to\b|through\b)\s*({_CODE})", re.IGNORECASE)
_GLOB = re.compile(r"[A-Z0-9.?]+(?:\.-|[*?%][A-Z0-9.*?%]*)(?!\w)", re.IGNORECASE)
_ONE = re.compile(rf"{_CODE}(?:[&/][A-Z0-9][A-Z0-9.]+)*", re.IGNORECASE)
_GAP = re.compile(r"[,;\s]+")
_OUT = ("-", "!", "–")
CODE_COLUMNS = (
    "code", "icd10cm", "icd10cmcode", "icd10", "icd10code", "icd11", "icd11code", "icdcode", "icd",
    "dx", "dxcode", "diagnosis", "diagnosiscode", "conceptcode", "source", "subjectid", "value",
)  # fmt: skip
"""Names of columns of codes, in small letters without marks; the first that fits is taken."""


def read_list(path: str, column: str = "") -> CodeList:
    """Return the list in a file, by what it holds; `-` is text on stdin.

    Raises SourceError where the file cannot be read or has no column of codes.
    """
    data = _read(path)
    name = "stdin" if path == "-" else Path(path).name
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(path, "the file is not UTF-8 text") from None
    if text.lstrip().startswith("{"):
        found = list(parse_valueset(text, path))
    elif column or path.lower().endswith((".csv", ".tsv")):
        found = list(parse_table(text, path, column))
    else:
        found = list(parse_lines(text.splitlines()))
    return CodeList(
        name,
        hashlib.sha256(data).hexdigest(),
        tuple(item for item in found if isinstance(item, ListEntry)),
        tuple(item for item in found if isinstance(item, Flag)),
    )


def _read(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise SourceError(path, error.strerror or str(error)) from None


def parse_lines(lines: Iterable[str]) -> Iterator[ListEntry | Flag]:
    """Yield the entries of a text.

    >>> [(entry.form.value, entry.text) for entry in parse_lines(["E11.x, I20-I25  # heart"])]
    [('code', 'E11.x'), ('range', 'I20')]
    >>> next(parse_lines(["-E11.9 Type 2 diabetes"]))[1:5]
    ('E11.9', <Form.CODE: 'code'>, '', True)
    """
    for number, line in enumerate(lines, 1):
        yield from parse_cell(f"line {number}", line.partition("#")[0])


def parse_cell(where: str, text: str) -> Iterator[ListEntry | Flag]:
    """Yield the entries of a line or cell; what follows them is a title."""
    text = text.strip().strip('"').strip()
    is_excluded = text.startswith(_OUT)
    text = text[1:].strip() if is_excluded else text
    place = 0
    while place < len(text):
        found = _entry_at(where, text, place)
        if found is None:
            break
        entry, end = found
        yield entry._replace(is_excluded=is_excluded)
        gap = _GAP.match(text, end)
        place = gap.end() if gap else len(text)
    if text and not place:
        yield _unread(where, text, is_excluded)


def _entry_at(where: str, text: str, place: int) -> tuple[ListEntry, int] | None:
    if found := _RANGE.match(text, place):
        return ListEntry(where, found[1], Form.RANGE, found[2]), found.end()
    if found := _GLOB.match(text, place):
        return ListEntry(where, found[0].removesuffix("-"), Form.GLOB), found.end()
    if found := _ONE.match(text, place):
        return ListEntry(where, found[0], Form.CODE), found.end()
    return None


def _unread(where: str, text: str, is_excluded: bool) -> ListEntry | Flag:
    """Return an entry for what may still name something, as blocks and URIs do."""
    first = text.split()[0]
    if first.lower().startswith(("http", "block")) or len(first) <= 12:
        return ListEntry(where, first, Form.CODE, is_excluded=is_excluded)
    return Flag(where, shorten(text), "is no code, wildcard or range such as I20-I25")


def parse_table(text: str, path: str, column: str = "") -> Iterator[ListEntry | Flag]:
    """Yield the entries of a table's column of codes; rows are counted with the header.

    Raises SourceError where no column is that of the codes.
    """
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter_of(text)))
    header = rows[0] if rows else []
    place = find_column(header, CODE_COLUMNS, column)
    has_header = place is not None
    if place is None and not column and header and _ONE.fullmatch(header[0].strip()):
        place = 0
    if place is None:
        wanted = repr(column) if column else "of codes; name it with --column"
        raise SourceError(path, f"no column {wanted}; there are {', '.join(header) or 'none'}")
    for number, row in enumerate(rows, 1):
        if len(row) > place and (number > 1 or not has_header):
            yield from parse_cell(f"row {number}", row[place])


def delimiter_of(text: str) -> str:
    """Return what separates the cells of a table, by its first line.

    >>> delimiter_of("code;count")
    ';'
    """
    first = text.partition("\n")[0]
    return max(",\t;", key=first.count)


def find_column(header: Iterable[str], names: Iterable[str], wanted: str = "") -> int | None:
    """Return the place of a column: of the name wanted, else of the first of the usual names.

    >>> find_column(["Title", "ICD-10-CM Code"], CODE_COLUMNS)
    1
    """
    listed = list(header)
    if wanted:
        return listed.index(wanted) if wanted in listed else None
    return find_named(listed, names)
