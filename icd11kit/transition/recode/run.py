"""Columns of codes in files of any size recoded, every row kept in its place. Needs Polars.

Files are read and written as streams, each different text is answered once: memory grows with
the number of different texts and not with that of rows.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from icd11kit.transition.recode.answers import Answers
from icd11kit.transition.recode.delimited import Told, write_csv, write_parquet
from icd11kit.transition.recode.files import Job, building, get_kind, plan_jobs
from icd11kit.transition.recode.parquet import count_rows, read_names, recode_parquet
from icd11kit.transition.recode.pieces import Wanted
from icd11kit.transition.recode.request import (
    check_job,
    delimiter_out,
    make_ask,
    source_of,
    summary,
)
from icd11kit.transition.recode.values import Kind, Recoded, Request, Step

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology


def recode(icd: Terminology, request: Request, step: Step = lambda done, total: None) -> Recoded:
    """Return what was recoded; the files stand under their names when it returns.

    Raises SourceError for files, names and rows that cannot be recoded; the files that were
    finished before stay.

    >>> import icd11kit
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     claims, out = Path(folder) / "claims.csv", Path(folder) / "out.csv"
    ...     _ = claims.write_text("id,dx\\n1,I10\\n")
    ...     done = recode(icd11kit.open(), Request(str(claims), str(out), ("dx",)))
    ...     out.read_text().splitlines()[1].split(",")[:3], done.rows
    (['1', 'I10', 'BA00.Z'], 1)
    """
    jobs = plan_jobs(request.source_path, request.out_path)
    for job in jobs:
        check_job(job, request, read_names)
    answers = Answers(make_ask(icd, request), delimiter_out(jobs[0], request))
    wanted = Wanted(request.columns, request.target, answers)
    told = _counting(step, sum(_size(path) for job in jobs for path in job.sources))
    for job in jobs:
        with building(job.out) as path:
            _write(job, path, request, wanted, told)
    counts = [answers.count(column) for column in request.columns]
    return summary(icd, request, counts, answers.distinct, len(jobs))


def _size(path: Path) -> int:
    """Return what of a file is counted as it is read: the rows of Parquet, else bytes."""
    return count_rows(path) if get_kind(path) is Kind.PARQUET else path.stat().st_size


def _counting(step: Step, total: int) -> Told:
    """Return what tells a step how much is done; pieces come from several threads."""
    done, lock = 0, Lock()

    def told(more: int) -> None:
        nonlocal done
        with lock:
            done += more
            step(done, total)

    return told


def _write(job: Job, path: Path, request: Request, wanted: Wanted, told: Told) -> None:
    kind = get_kind(job.out)
    if get_kind(job.sources[0]) is Kind.PARQUET:
        recode_parquet(job.sources, path, kind, wanted, told)
        return
    sources = [source_of(source, request) for source in job.sources]
    if kind is Kind.PARQUET:
        write_parquet(sources, path, wanted, told)
    else:
        write_csv(sources, path, delimiter_out(job, request), wanted, told)
