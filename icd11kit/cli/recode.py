"""`icd11kit recode`: columns of codes in data files of any size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import counting, emit_json, say_crosswalk, say_tier, table
from icd11kit.counts import count
from icd11kit.errors import Icd11KitError, UnknownRouteError

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology
    from icd11kit.transition.recode.values import Recoded, Request, Step

_SYSTEMS = click.Choice(["icd10cm", "icd10", "icd11"])
_NAMED = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "pipe": "|"}
_EXTRAS = {"polars": "columns", "pyspark": "spark", "py4j": "spark"}


@click.command(
    "recode", epilog="Example: icd11kit recode claims.csv --column dx1 --out claims-icd11.csv"
)
@click.argument("source_path", metavar="IN")
@click.option(
    "--column", "columns", multiple=True, required=True, metavar="NAME",
    help="Column of codes; may be repeated.",
)  # fmt: skip
@click.option(
    "--from", "source", type=_SYSTEMS, default="icd10cm", show_default=True,
    help="System of the codes.",
)  # fmt: skip
@click.option(
    "--to", "target", type=_SYSTEMS, default=None,
    help="System to recode to.  [default: icd11, from it icd10cm]",
)  # fmt: skip
@click.option("--out", required=True, metavar="OUT", help="File or folder to write.")
@click.option(
    "--delimiter", default="", metavar="MARK", help="What separates cells: ; or tab or |."
)
@click.option(
    "--encoding", default="utf-8", show_default=True, metavar="NAME", help="Encoding of IN."
)
@click.option(
    "--mappings", multiple=True, metavar="FILE",
    help="SSSOM file of your own that overrides; may be repeated.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["polars", "spark"]), default="polars", show_default=True,
    help="What does the work.",
)  # fmt: skip
@click.option(
    "--master", default="local[2]", show_default=True, metavar="URL", help="Spark's master."
)
@options.terminology
def recode_command(
    source_path: str,
    columns: tuple[str, ...],
    source: str,
    target: str | None,
    out: str,
    delimiter: str,
    encoding: str,
    mappings: tuple[str, ...],
    engine: str,
    master: str,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Recode columns of codes in data: IN is a CSV, TSV or Parquet file, a folder or a glob.

    Each column gets five more: target, relation, confidence, whether a coder should look, and
    the outcome. All rows and columns stay as they are; what is no code is flagged. The ending
    of OUT says its form; .gz packs CSV and TSV.
    """
    target = target or ("icd10cm" if source == "icd11" else "icd11")
    if source == target:
        raise click.UsageError("--from and --to are the same")
    mark = _NAMED.get(delimiter, delimiter)
    if len(mark.encode()) > 1 or mark in ('"', "\n", "\r"):
        raise click.UsageError(f"--delimiter {delimiter!r} is not one mark such as ; or tab")
    from icd11kit.transition.recode.values import Request

    icd = options.open_icd(home, release, language)
    say_tier(icd)
    icd.use_mappings(*mappings)
    say_crosswalk(icd, source, target)
    request = Request(
        source_path,
        out,
        tuple(dict.fromkeys(columns)),
        source,
        target,
        mark,
        encoding,
        engine,
        master,
    )
    with counting("recode") as step:
        done = _recode(icd, request, step)
    if as_json:
        emit_json(done)
    else:
        click.echo("\n".join(_lines(done)))


def _recode(icd: Terminology, request: Request, step: Step) -> Recoded:
    try:
        if request.engine == "spark":
            from icd11kit.transition.recode.spark import recode_on_spark

            return recode_on_spark(icd, request)
        from icd11kit.transition.recode.run import recode

        return recode(icd, request, step)
    except UnknownRouteError as error:
        raise click.UsageError(str(error)) from None
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise Icd11KitError(
            f"recode needs the extra `{extra}`: pip install 'icd11kit[{extra}]'"
        ) from None


def _lines(done: Recoded) -> Iterator[str]:
    rests = ", ".join(f"{name} {release}" for name, release in done.releases.items())
    yield f"{count(done.rows, 'row')} in {done.out}; {count(done.distinct, 'different code')}"
    yield f"{done.source} to {done.target} ({rests}, tier {done.tier})"
    for each in done.columns:
        yield ""
        rows = [(name, f"{of:,}", _percent(of / done.rows)) for name, of in each.outcomes.items()]
        rows.append(("to be looked at", f"{each.needs_review:,}", ""))
        yield from table((each.column, "rows", "share"), rows, 0)
        flagged = [(t.text, f"{t.rows:,}", t.outcome, t.reason) for t in each.flagged]
        if flagged:
            yield ""
            yield from table(("flagged most", "rows", "outcome", "why"), flagged, 0, 3)


def _percent(share: float) -> str:
    """Return a share in percent, which is not 0 where there is something.

    >>> _percent(1), _percent(0.3333), _percent(0.00001)
    ('100.0 %', '33.3 %', 'under 0.1 %')
    """
    return f"{100 * share:.1f} %" if share >= 0.0005 else "under 0.1 %"
