"""Two coders' files compared: what `icd11kit agreement` asks for. Needs the extra `agreement`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.errors import SourceError
from icd11kit.sources.rows import RowError
from icd11kit.transition.agreement.codes import Codes, read_codes
from icd11kit.transition.agreement.compare import Agreement, compare_coders
from icd11kit.transition.agreement.input import Gathered, find_column, gather, pair
from icd11kit.transition.agreement.levels import Options
from icd11kit.transition.agreement.sheets import Sheet, read_sheet
from icd11kit.transition.agreement.statistics import Step
from icd11kit.transition.agreement.values import Coded
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology


class Wanted(NamedTuple):
    """One or two files, and the columns of ids and codes by name, one for both or one each.

    With one file both columns of codes are in it. `one_row` asks for one row a record.
    """

    paths: tuple[str, ...]
    keys: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    one_row: bool = False


class FileAgreement(NamedTuple):
    """Agreement of coder A with coder B, and all that was not compared, with why.

    `flagged` are rows left out; the ids that one file has alone are in `only_first` and
    `only_second`. `release` is that of the codes' classification.
    """

    first: str
    second: str
    release: str
    tier: str
    options: Options
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    flagged: tuple[RowError, ...]
    remarks: tuple[str, ...]
    agreement: Agreement


def compare_files(
    icd: Terminology,
    wanted: Wanted,
    options: Options = Options(),  # noqa: B008 (a frozen value)
    step: Step = lambda done, total: None,
) -> FileAgreement:
    """Return how far the coders of two columns agree.

    Raises SourceError where a file, a column or a common id is missing.
    """
    codes = read_codes(icd, options.system)
    sheets = [read_sheet(path) for path in wanted.paths]
    columns = _columns(sheets, wanted)
    first, second = (_gather(*each, wanted, codes) for each in columns)
    pairs = pair(first, second)
    records = [
        Coded(record, tuple(map(codes.read, ours)), tuple(map(codes.read, theirs)))
        for record, ours, theirs in pairs.records
    ]
    manifest = icd.manifest(System.ICD10CM if options.system == System.ICD10CM else System.MMS)
    names = _names(sheets, columns)
    return FileAgreement(
        names[0], names[1], manifest["release"], manifest["tier"], options,
        pairs.only_first, pairs.only_second,
        tuple(dict.fromkeys((*first.flagged, *second.flagged))),
        tuple(remark for sheet in sheets for remark in sheet.remarks),
        compare_coders(records, options, codes.is_alike, step),
    )  # fmt: skip


def _columns(sheets: Sequence[Sheet], wanted: Wanted) -> list[tuple[Sheet, int, int]]:
    """Return for each coder the table and the places of ids and codes in it."""
    if len(sheets) == 1 and len(wanted.columns) != 2:
        raise SourceError(sheets[0].path, "one file needs two columns of codes: --column twice")
    given = zip((sheets[0], sheets[-1]), _twice(wanted.keys), _twice(wanted.columns), strict=True)
    return [
        (sheet, find_column(sheet, key, 0), find_column(sheet, column, 1))
        for sheet, key, column in given
    ]


def _twice(names: Sequence[str]) -> Sequence[str]:
    """Return one name for each coder: one given stands for both."""
    return names if len(names) > 1 else [*names, *names] or ["", ""]


def _gather(sheet: Sheet, key: int, column: int, wanted: Wanted, codes: Codes) -> Gathered:
    name = sheet.names[column]
    if name and codes.read(name).groups[0].stem.parent:
        raise SourceError(
            sheet.path,
            f"line 1 is no header: {name!r} is a code; put a line with the columns' names first",
        )
    return gather(sheet, key, column, one_row=wanted.one_row)


def _names(sheets: Sequence[Sheet], columns: Sequence[tuple[Sheet, int, int]]) -> list[str]:
    """Return what the coders are called: their files, in one file or of one name more of it."""
    names = [Path(sheet.path).name for sheet, _, _ in columns]
    if len(sheets) == 1:
        return [sheet.names[column] for sheet, _, column in columns]
    return names if names[0] != names[1] else [sheet.path for sheet, _, _ in columns]
