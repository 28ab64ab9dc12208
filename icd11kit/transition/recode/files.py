"""Which files are recoded into which, and how a file comes to stand whole under its name."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from icd11kit.errors import SourceError
from icd11kit.store.write import beside
from icd11kit.transition.recode.values import Kind

_SUFFIXES = {
    ".csv": Kind.CSV, ".tsv": Kind.TSV, ".tab": Kind.TSV, ".parquet": Kind.PARQUET,
}  # fmt: skip


class Job(NamedTuple):
    """Files of one kind that are recoded into one file."""

    sources: tuple[Path, ...]
    out: Path


def kind_of(path: Path) -> Kind | None:
    """Return what a file is by its name, None where the name does not say.

    >>> kind_of(Path("claims.csv.GZ")), kind_of(Path("claims.xlsx"))
    (<Kind.CSV: 'csv'>, None)
    """
    name = path.name.lower()
    kind = _SUFFIXES.get(Path(name.removesuffix(".gz")).suffix)
    return None if kind is Kind.PARQUET and is_packed(path) else kind


def is_packed(path: Path) -> bool:
    """Return whether a file is to be gzip by its name."""
    return path.name.lower().endswith(".gz")


def get_kind(path: Path) -> Kind:
    """Return what a file is by its name; raises SourceError where the name does not say."""
    kind = kind_of(path)
    if kind is None:
        raise SourceError(
            str(path), "its name must end in .csv, .tsv, .parquet, .csv.gz or .tsv.gz"
        )
    return kind


def plan_jobs(source: str, out: str) -> tuple[Job, ...]:
    """Return what is recoded into what: file to file, many to one, many to a folder.

    Raises SourceError where nothing is there, files are of several kinds, or a file would be
    written over.
    """
    sources = _sources(source)
    target = Path(out)
    is_one = kind_of(target) is not None and not target.is_dir()
    if not is_one and target.suffix and not target.is_dir() and len(sources) == 1:
        get_kind(target)
    jobs = (
        (Job(sources, target),)
        if is_one
        else tuple(Job((path,), target / path.name) for path in sources)
    )
    _check(jobs)
    return jobs


def _sources(source: str) -> tuple[Path, ...]:
    path = Path(source)
    if path.is_dir():
        found = [each for each in sorted(path.iterdir()) if each.is_file() and kind_of(each)]
    elif path.exists():
        found = [path]
    else:
        found = [Path(each) for each in sorted(glob.glob(source)) if Path(each).is_file()]  # noqa: PTH207 (a pattern of any root)
    if not found:
        what = "no CSV, TSV or Parquet file is there" if path.is_dir() else "no such file"
        raise SourceError(source, what)
    kinds = {get_kind(each) for each in found}
    if len(kinds) > 1:
        named = " and ".join(sorted(kinds))
        raise SourceError(source, f"there are files of several kinds ({named}); give one kind")
    return tuple(found)


def _check(jobs: Sequence[Job]) -> None:
    sources = {path.resolve() for job in jobs for path in job.sources}
    targets = [job.out.resolve() for job in jobs]
    for target in targets:
        if target in sources:
            raise SourceError(str(target), "it would be written over; choose another --out")
        if targets.count(target) > 1:
            raise SourceError(str(target), "several files would be written to it")


@contextmanager
def building(final: Path) -> Iterator[Path]:
    """Give a name beside a final one, whose folder is made, renamed to it at the end.

    Raises SourceError where the disk is full or the place cannot be written.
    """
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(str(final), f"it could not be written ({reason})") from None
    with beside(final) as path:
        yield path
