"""Files recoded on Apache Spark, for data that outgrow a machine. Needs PySpark and Java.

The different texts of each column are collected with their counts on the driver and answered
there; the answers are broadcast and joined. Under the name of each file that is written stands
a folder of parts, as Spark writes them; the order of rows is Spark's.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession, functions
from pyspark.sql.types import StringType, StructField, StructType

from icd11kit.errors import Icd11KitError, SourceError
from icd11kit.spark import join_cells
from icd11kit.transition.recode.cells import Given, cells_of, count_column
from icd11kit.transition.recode.files import Job, building, get_kind, is_packed, plan_jobs
from icd11kit.transition.recode.request import (
    check_job,
    delimiter_out,
    make_ask,
    source_of,
    summary,
)
from icd11kit.transition.recode.values import Kind, Recoded, Request

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from icd11kit.terminology import Terminology
    from icd11kit.transition.answers import Answered

_PLAIN: dict[str, Any] = {"header": True, "quote": '"', "escape": '"'}
_BLOCK = 1 << 20
_REPLACED = "\ufffd"
"""Spark reads bytes that are no text as this and says nothing; written out, they are lost."""


def recode_on_spark(icd: Terminology, request: Request) -> Recoded:
    """Return what was recoded; raises SourceError as `recode.recode` does.

    Where Spark cannot start, Icd11KitError says so.
    """
    jobs = plan_jobs(request.source_path, request.out_path)
    _check_free(jobs)
    ask = make_ask(icd, request)
    known: dict[str | None, Answered] = {None: ask("")}
    rows: dict[str, dict[str | None, int]] = {column: {} for column in request.columns}
    with _session(request.master) as spark:
        for job in jobs:
            names = check_job(job, request, lambda path: spark.read.parquet(str(path)).columns)
            with building(job.out) as path, _sentences(job):
                frame = _read(spark, job, request, names)
                for column in request.columns:
                    counted, is_text = _counted(frame, column)
                    if not is_text and get_kind(job.sources[0]) is not Kind.PARQUET:
                        raise _not_text(job, request)
                    known |= {text: ask(text or "") for text in counted if text not in known}
                    _add(rows[column], counted)
                    cells = {text: cells_of(known[text]) for text in counted if text is not None}
                    frame = join_cells(frame, column, request.target, cells)
                _write(frame, job, path, request)
    counts = [
        count_column(column, (Given(text, known[text].answer, n) for text, n in tally.items()))
        for column, tally in rows.items()
    ]
    return summary(icd, request, counts, len(known) - 1, len(jobs))


def _check_free(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.out.exists():
            raise SourceError(str(job.out), "it is there already; remove it or choose another")


@contextmanager
def _session(master: str) -> Iterator[SparkSession]:
    """Give the session that is open, or one opened for a while."""
    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    builder = SparkSession.builder.appName("icd11kit recode").master(master)
    try:
        spark = (
            builder.config("spark.ui.enabled", "false")
            .config("spark.log.level", "ERROR")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
    except (PySparkException, Py4JError, OSError) as error:
        raise Icd11KitError(
            f"Spark could not start at {master} ({_first(error)}); it needs Java 17, found by "
            "JAVA_HOME or on the path"
        ) from None
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def _sentences(job: Job) -> Iterator[None]:
    """Turn what Spark refuses into one sentence."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        reason = f"Spark cannot recode it ({_root(error)})"
        raise SourceError(str(job.sources[0]), reason) from None


def _read(spark: SparkSession, job: Job, request: Request, names: Sequence[str]) -> DataFrame:
    paths = [str(path.resolve()) for path in job.sources]
    if get_kind(job.sources[0]) is Kind.PARQUET:
        return spark.read.parquet(*paths)
    source = source_of(job.sources[0], request)
    return (
        spark.read.options(**_PLAIN)
        .option("sep", source.delimiter)
        .option("encoding", _name_of_spark(source.encoding))
        .option("mode", "FAILFAST")
        .option("multiLine", any(_has_quotes(path) for path in job.sources))
        .schema(StructType([StructField(name, StringType()) for name in names]))
        .csv(paths)
    )


def _name_of_spark(encoding: str) -> str:
    """Return what Spark calls an encoding that Python knows under several names."""
    name = codecs.lookup(encoding).name
    return {"iso8859-1": "ISO-8859-1", "ascii": "US-ASCII"}.get(name, name)


def _has_quotes(path: Path) -> bool:
    """Return whether a file may have cells that go over lines; packed ones may."""
    with path.open("rb") as stream:
        return is_packed(path) or any(
            b'"' in block for block in iter(lambda: stream.read(_BLOCK), b"")
        )


def _counted(frame: DataFrame, column: str) -> tuple[dict[str | None, int], bool]:
    """Return the different texts of a column and how many rows have each.

    The other is whether all cells of all columns could be read as text.
    """
    text = frame[column].cast("string").alias("text")
    texts = (each.name for each in frame.schema.fields if isinstance(each.dataType, StringType))
    marks = (frame[_quoted(name)].contains(_REPLACED) for name in texts)
    replaced = reduce(or_, marks, functions.expr("false"))
    rows = frame.groupBy(text).agg(
        functions.count(functions.lit(1)).alias("count"), functions.max(replaced).alias("replaced")
    )
    found = rows.collect()
    return {row["text"]: row["count"] for row in found}, not any(row["replaced"] for row in found)


def _not_text(job: Job, request: Request) -> SourceError:
    """Return the error for bytes that Spark has put another character for."""
    path = str(job.sources[0]) if len(job.sources) == 1 else request.source_path
    encoding = source_of(job.sources[0], request).encoding
    return SourceError(
        path,
        f"a cell holds U+FFFD, which Spark puts for bytes that are not {encoding} text; if the "
        "file is in Latin-1, as older Windows programs write it, give --encoding latin-1",
    )


def _quoted(name: str) -> str:
    """Return a name as Spark reads it whole, with the points that are in it."""
    return "`" + name.replace("`", "``") + "`"


def _add(tally: dict[str | None, int], counted: dict[str | None, int]) -> None:
    for text, rows in counted.items():
        tally[text] = tally.get(text, 0) + rows


def _write(frame: DataFrame, job: Job, path: Path, request: Request) -> None:
    if get_kind(job.out) is Kind.PARQUET:
        frame.write.parquet(str(path.resolve()))
        return
    (
        frame.write.options(**_PLAIN)
        .option("sep", delimiter_out(job, request))
        .option("emptyValue", "")
        .option("ignoreLeadingWhiteSpace", False)
        .option("ignoreTrailingWhiteSpace", False)
        .option("compression", "gzip" if is_packed(job.out) else "none")
        .csv(str(path.resolve()))
    )


def _root(error: Exception) -> str:
    """Return the sentence at the root of what Java raised."""
    causes = [line for line in str(error).splitlines() if line.startswith("Caused by: ")]
    return causes[-1].partition(": ")[2].partition(": ")[2] if causes else _first(error)


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
