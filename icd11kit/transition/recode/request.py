"""What any engine makes of a request: its checks before work, its summary after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from icd11kit.errors import SourceError
from icd11kit.transition.answers import answer_cell
from icd11kit.transition.recode.cells import Ask
from icd11kit.transition.recode.files import Job, get_kind
from icd11kit.transition.recode.head import check_columns
from icd11kit.transition.recode.lines import Source, read_head
from icd11kit.transition.recode.values import ColumnCount, Kind, Recoded, Request, added_names
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology


def make_ask(icd: Terminology, request: Request) -> Ask:
    """Return what answers the cells of a request."""
    return lambda text: answer_cell(icd, text, request.source, request.target)


def check_job(
    job: Job, request: Request, parquet_names: Callable[[Path], Sequence[str]]
) -> tuple[str, ...]:
    """Return the columns of a job's files, which have all the same.

    Raises SourceError where a column of codes is not there, an added one is, or where files
    that are to be one have not the same columns.
    """
    added = [name for column in request.columns for name in added_names(column, request.target)]
    found: list[tuple[str, ...]] = []
    for path in job.sources:
        is_parquet = get_kind(path) is Kind.PARQUET
        names = parquet_names(path) if is_parquet else read_head(source_of(path, request)).names
        check_columns(str(path), names, request.columns, added)
        found.append(tuple(names))
        if found[-1] != found[0]:
            reason = f"its columns are not those of {job.sources[0]}; give a folder as --out"
            raise SourceError(str(path), reason)
    return found[0]


def source_of(path: Path, request: Request) -> Source:
    """Return how a CSV file is read."""
    mark = request.delimiter or ("\t" if get_kind(path) is Kind.TSV else ",")
    return Source(path, mark, request.encoding)


def delimiter_out(job: Job, request: Request) -> str:
    """Return what separates the cells of a file that is written: CSV keeps that of its source."""
    if get_kind(job.out) is Kind.TSV:
        return "\t"
    source = job.sources[0]
    return source_of(source, request).delimiter if get_kind(source) is Kind.CSV else ","


def summary(
    icd: Terminology, request: Request, counts: Sequence[ColumnCount], distinct: int, files: int
) -> Recoded:
    """Return what is told of a recoding that is done."""
    systems = {"icd11": System.MMS, "icd10cm": System.ICD10CM}
    releases = {
        name: icd.manifest(systems[name])["release"]
        for name in (request.source, request.target)
        if name in systems
    }
    return Recoded(
        files, request.out_path, request.engine, request.source, request.target,
        sum(counts[0].outcomes.values()), distinct, tuple(counts), releases, icd.tier,
    )  # fmt: skip
