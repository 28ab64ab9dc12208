"""How often codes stand on records: a table of codes and counts."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping

from icd11kit.errors import SourceError
from icd11kit.resources import LONGEST_TABLE
from icd11kit.sources.texts import decode, read_unpacked
from icd11kit.transition.codelist.members import Catalog, plain
from icd11kit.transition.codelist.read import CODE_COLUMNS, delimiter_of, find_column
from icd11kit.transition.codelist.values import Flag
from icd11kit.transition.column_names import COUNT_COLUMNS

_NAMED = 3


def read_volumes(path: str) -> dict[str, int]:
    """Return the counts of a table by code, written without point; rows of one code add up.

    Raises SourceError where the file cannot be read, has no such columns, or a count is none.
    """
    text, _ = decode(read_unpacked(path, LONGEST_TABLE)[0], path)
    return parse_volumes(text, path)


def parse_volumes(text: str, path: str) -> dict[str, int]:
    """Return the counts of a table by code.

    >>> parse_volumes("code,count\\nE11.9,\\"1,200\\"\\nE119,3\\n", "volumes.csv")
    {'E119': 1203}
    """
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=delimiter_of(text)))
    header = rows[0] if rows else []
    code, count = find_column(header, CODE_COLUMNS), find_column(header, COUNT_COLUMNS)
    if code is None or count is None:
        raise SourceError(path, f"columns code and count are needed; there are {_said(header)}")
    volumes: dict[str, int] = {}
    for number, row in enumerate(rows[1:], 2):
        if any(row):
            name, value = _cells(row, code, count, f"{path}, row {number}")
            volumes[name] = volumes.get(name, 0) + value
    return volumes


def _cells(row: list[str], code: int, count: int, where: str) -> tuple[str, int]:
    """Return the code and the count of a row; a thousand may be written with commas."""
    try:
        value = int(row[count].replace(",", "").strip())
    except (ValueError, IndexError):
        raise SourceError(where, "a code and a whole number belong there") from None
    if value < 0:
        raise SourceError(where, f"a count is not below 0, as {value} is")
    return plain(row[code]), value


def unweighed(volumes: Mapping[str, int], catalog: Catalog) -> Iterator[Flag]:
    """Yield a flag for codes of volumes that stand on no records, as categories do not."""
    unknown = sorted(
        code
        for code in volumes
        if catalog.codes.get(code) not in catalog.reported and "&" not in code
    )
    if unknown:
        named = ", ".join(catalog.codes.get(code, code) for code in unknown[:_NAMED])
        reason = f"{len(unknown):,} of its codes are none that records bear, so they do not count"
        yield Flag("volumes", named, reason)


def _said(header: list[str]) -> str:
    return ", ".join(header) or "none"
