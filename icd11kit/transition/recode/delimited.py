"""CSV files recoded piece by piece, several at a time, in their order. Needs Polars.

At most as many pieces as there are threads are in work, so that memory does not grow with the
file. Parquet is written from the same pieces by Polars' streaming engine.
"""

from __future__ import annotations

import gzip
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import TypeVar

import polars as pl
from polars.io.plugins import register_io_source

from icd11kit.transition.recode.answers import ROW, fault_of_disk
from icd11kit.transition.recode.head import BOM, Head, parse_head
from icd11kit.transition.recode.lines import Piece, Source, read_head, read_pieces
from icd11kit.transition.recode.pieces import Buffer, Form, Wanted, answer_frame, answer_lines
from icd11kit.transition.recode.values import added_names

_FAST = 1
"""Level of gzip: higher ones take several times as long for a tenth less."""


T = TypeVar("T")
Told = Callable[[int], None]
Work = tuple[Piece, Form]


def write_csv(
    sources: Sequence[Source], out: Path, delimiter: str, wanted: Wanted, told: Told
) -> None:
    """Write CSV files with their answers to one, gzipped where its name ends so.

    The files have the same columns. Raises SourceError for a file that cannot be read.
    """
    is_packed = out.name.lower().endswith(".gz")

    def finish(data: Buffer) -> Buffer:
        return gzip.compress(data, _FAST) if is_packed else data

    def answer(work: Work) -> Buffer:
        return finish(answer_lines(*work, wanted, delimiter))

    head = read_head(sources[0])
    with out.open("wb", buffering=0) as stream:
        _write(stream, finish(_header(sources[0], head, delimiter, wanted)))
        for done in _in_order(answer, _works(sources, head, told)):
            _write(stream, done)


def _write(stream: FileIO, data: Buffer) -> None:
    """Write all of a piece: a disk that is nearly full takes a part of it and says so only so."""
    left = memoryview(data)
    while left:
        left = left[stream.write(left) :]


def write_parquet(sources: Sequence[Source], out: Path, wanted: Wanted, told: Told) -> None:
    """Write CSV files with their answers to one Parquet file; raises as `write_csv` does."""
    head = read_head(sources[0])
    failures: list[Exception] = []

    def frames(*pushed: object) -> Iterator[pl.DataFrame]:
        try:
            works = _works(sources, head, told)
            yield from _in_order(lambda work: answer_frame(*work, wanted), works)
        except Exception as error:
            failures.append(error)
            raise

    schema = dict.fromkeys(head.names, pl.String) | {
        name: kind
        for column in wanted.columns
        for name, kind in zip(added_names(column, wanted.target), ROW.values(), strict=True)
    }
    try:
        register_io_source(frames, schema=schema).sink_parquet(out)
    except pl.exceptions.PolarsError as error:
        if failures:
            raise failures[0] from None
        raise fault_of_disk(error) or error from None


def _header(source: Source, head: Head, delimiter: str, wanted: Wanted) -> bytes:
    """Return the line of names, as it is written where the separator stays the same."""
    added = [name for column in wanted.columns for name in added_names(column, wanted.target)]
    names = pl.DataFrame(schema=[*head.names, *added]).write_csv(separator=delimiter).rstrip("\n")
    if delimiter == source.delimiter:
        line = pl.DataFrame(schema=added).write_csv(separator=delimiter).rstrip("\n")
        names = f"{head.text}{delimiter}{line}"
    return (BOM if head.has_mark else b"") + f"{names}{head.line_end}".encode()


def _works(sources: Sequence[Source], head: Head, told: Told) -> Iterator[Work]:
    """Yield the pieces of all files, without their headers."""
    for source in sources:
        is_first, before = True, 0
        form = Form(str(source.path), head.names, source.delimiter, head.line_end)
        for piece in read_pieces(source):
            told(piece.done - before)
            before = piece.done
            if is_first:
                is_first = False
                piece = _without_head(piece, form)
            if piece.data:
                yield piece, form


def _without_head(piece: Piece, form: Form) -> Piece:
    lines = parse_head(piece.data, form.shown, form.delimiter).lines
    start = 0
    for _ in range(lines):
        start = piece.data.find(b"\n", start) + 1 or len(piece.data)
    return piece._replace(data=piece.data[start:], start=piece.start + start)


def _in_order(answer: Callable[[Work], T], works: Iterator[Work]) -> Iterator[T]:
    """Yield what becomes of each work, in the order of the works."""
    threads = pl.thread_pool_size()
    waiting: deque[Future[T]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for work in works:
            waiting.append(pool.submit(answer, work))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
