"""Parquet files recoded as a stream by Polars. Needs Polars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from icd11kit.errors import SourceError
from icd11kit.transition.recode.answers import ROW, fault_of_disk
from icd11kit.transition.recode.pieces import Wanted, answered_columns
from icd11kit.transition.recode.values import Kind, added_names

Told = Callable[[int], None]


def read_names(path: Path) -> tuple[str, ...]:
    """Return the columns of a Parquet file; raises SourceError where it is none."""
    try:
        return tuple(pl.scan_parquet(path, glob=False).collect_schema().names())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError(str(path), f"it is no whole Parquet file ({_first(error)})") from None


def count_rows(path: Path) -> int:
    """Return the rows of a Parquet file, as it says itself."""
    rows: int = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    return rows


def recode_parquet(
    paths: Sequence[Path], out: Path, kind: Kind, wanted: Wanted, told: Told
) -> None:
    """Write Parquet files with their answers to one file of a kind.

    The files have the same columns. Raises SourceError for files that cannot be read, or whose
    columns CSV cannot hold.
    """
    frame = pl.concat([_answered(path, wanted, told) for path in paths])
    try:
        if kind is Kind.PARQUET:
            frame.sink_parquet(out)
            return
        frame.sink_csv(
            out, separator="\t" if kind is Kind.TSV else ",", check_extension=False,
            compression="gzip" if out.name.lower().endswith(".gz") else "uncompressed",
        )  # fmt: skip
    except pl.exceptions.PolarsError as error:
        if wanted.answers.failure is not None:
            raise wanted.answers.failure from None
        if full := fault_of_disk(error):
            raise full from None
        raise SourceError(str(paths[0]), f"it cannot be recoded ({_first(error)})") from None


def _answered(path: Path, wanted: Wanted, told: Told) -> pl.LazyFrame:
    """Return a file's columns with those of the answers behind them."""
    places = {column: f"\0{column}" for column in wanted.columns}
    return (
        pl.scan_parquet(path, glob=False)
        .with_columns(_asked(column, wanted, told).alias(place) for column, place in places.items())
        .unnest(*places.values())
    )


def _asked(column: str, wanted: Wanted, told: Told) -> pl.Expr:
    def answer(cells: pl.Series) -> pl.Series:
        if column == wanted.columns[0]:
            told(len(cells))
        return answered_columns(column, wanted, cells).to_struct(column)

    kinds = dict(zip(added_names(column, wanted.target), ROW.values(), strict=True))
    return pl.col(column).map_batches(answer, return_dtype=pl.Struct(kinds), is_elementwise=True)


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
