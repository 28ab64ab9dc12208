"""`icd11kit coverage`: how much of one classification another one can say."""

from __future__ import annotations

import sys

import click

from icd11kit.cli import options
from icd11kit.cli.coverage_text import coverage_lines
from icd11kit.cli.output import check_outs, counting, emit_json, say, say_crosswalk, say_tier
from icd11kit.errors import UnknownRouteError

_SYSTEMS = click.Choice(["icd10cm", "icd10", "icd11"])
_FILE = click.Path(exists=True, dir_okay=False)


@click.command(
    "coverage",
    epilog="Example: icd11kit coverage --from icd10cm --to icd11 --group chapter --out fig1.pdf",
)
@click.option(
    "--from", "source", type=_SYSTEMS, default="icd10cm", show_default=True,
    help="Classification whose codes are to be said.",
)  # fmt: skip
@click.option(
    "--to", "target", type=_SYSTEMS, default="icd11", show_default=True,
    help="Classification that is to say them.",
)  # fmt: skip
@click.option("--codes", type=_FILE, default=None, help="Only the codes of this file, one a line.")
@click.option("--volumes", type=_FILE, default=None, help="CSV or TSV of codes and counts.")
@click.option(
    "--code-column", default="", metavar="C", help="Its column of codes.  [default: the first]"
)
@click.option(
    "--count-column", default="", metavar="N",
    help="Its column of counts.  [default: one called n, count, volume or alike, else every row "
    "counts one]",
)  # fmt: skip
@click.option(
    "--group", type=click.Choice(["chapter", "block"]), default=None,
    help="Also by chapter or block of the source.",
)  # fmt: skip
@click.option("--round-trip", is_flag=True, help="Also send every code there and back: slow.")
@click.option(
    "--sample", type=click.IntRange(0), default=0, help="Draw so many codes instead of all."
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True,
    help="Where drawing and resampling start.",
)  # fmt: skip
@click.option(
    "--resamples", type=click.IntRange(0, 100_000), default=1000, show_default=True,
    help="Bootstrap resamples of shares by volume.",
)  # fmt: skip
@click.option(
    "--out", "outs", multiple=True, metavar="FILE",
    help="Write .csv, .tex (booktabs), .png, .svg or .pdf; may be repeated.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(0), default=30, show_default=True,
    help="Groups that are printed; 0 for all.",
)  # fmt: skip
@options.terminology
def coverage_command(
    source: str,
    target: str,
    codes: str | None,
    volumes: str | None,
    code_column: str,
    count_column: str,
    group: str | None,
    round_trip: bool,
    sample: int,
    seed: int,
    resamples: int,
    outs: tuple[str, ...],
    limit: int,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Measure how much of one classification another one can say.

    Shares of codes, and with --volumes of what they count, that are represented by one code,
    by a cluster, in part, not at all; what is lost; and where codes come out on the way back.
    """
    from icd11kit.transition.coverage.files import suffix_of, write_coverage
    from icd11kit.transition.coverage.study import Request, study_coverage

    if not volumes and (code_column or count_column):
        raise click.UsageError("--code-column and --count-column speak of --volumes")
    for path in outs:
        suffix_of(path)
    check_outs((codes or "", volumes or ""), outs)
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    say_crosswalk(icd, source, target)
    request = Request(
        source, target, codes or "", volumes or "", code_column, count_column, group or "",
        sample, seed, resamples, round_trip, _command(),
    )  # fmt: skip
    try:
        with counting("there and back") as step:
            found = study_coverage(icd, request, step)
    except UnknownRouteError as error:
        raise click.UsageError(str(error)) from None
    for path in outs:
        write_coverage(found, path)
        say(f"written: {path}")
    if as_json:
        emit_json(found)
    else:
        click.echo("\n".join(coverage_lines(found, limit or None)))


def _command() -> str:
    """Return the command as it was typed."""
    import shlex

    return shlex.join(["icd11kit", *sys.argv[1:]])
