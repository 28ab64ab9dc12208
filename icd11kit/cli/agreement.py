"""`icd11kit agreement`: how far two coders agree, and where they part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.agreement_text import agreement_lines
from icd11kit.cli.output import check_outs, counting, emit_json, say, say_tier
from icd11kit.errors import Icd11KitError

if TYPE_CHECKING:
    from icd11kit.transition.agreement.files import FileAgreement

_NEEDS = "agreement needs the extra `agreement`: pip install 'icd11kit[agreement]'"
_MOST_FLAGGED = 20


@click.command(
    "agreement",
    epilog="Example: icd11kit agreement coder-a.csv coder-b.csv --out agreement.html",
)
@click.argument("paths", metavar="A [B]", nargs=-1, required=True)
@click.option(
    "--key", "keys", multiple=True, metavar="NAME", help="Column of ids; twice for A's and B's."
)
@click.option(
    "--column", "columns", multiple=True, metavar="NAME",
    help="Column of codes; twice for A's and B's.",
)  # fmt: skip
@click.option(
    "--system", type=click.Choice(["icd11", "icd10cm"]), default="icd11", show_default=True,
    help="What the codes are of.",
)  # fmt: skip
@click.option("--any-order", is_flag=True, help="Do not heed the order of codes.")
@click.option("--one-row", is_flag=True, help="Flag further rows of an id and leave them out.")
@click.option(
    "--resamples", type=click.IntRange(0, 100_000), default=1000, show_default=True,
    help="Bootstrap resamples of the intervals.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Where resampling starts."
)
@click.option(
    "--target", type=click.FloatRange(0, 100), default=95, show_default=True,
    help="Accuracy asked of a coder, in percent.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(0), default=10, show_default=True,
    help="Rows of each table; 0 for all.",
)  # fmt: skip
@click.option("--out", default="", metavar="FILE", help="Write a page with pictures, in HTML.")
@options.terminology
def agreement_command(
    paths: tuple[str, ...],
    keys: tuple[str, ...],
    columns: tuple[str, ...],
    system: str,
    any_order: bool,
    one_row: bool,
    resamples: int,
    seed: int,
    target: float,
    limit: int,
    out: str,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Compare the codes that two coders, A and B, gave to the same records.

    A and B are CSV or TSV files, also gzipped, with ids in the first column and codes in the
    second unless --key and --column name others. One file with --column twice will do. Several
    rows of an id are several clusters of a record, as are several codes in a cell; the first is
    the main one.
    """
    _check_two(paths, keys, columns)
    check_outs(paths, [out])
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    try:
        from icd11kit.transition.agreement.files import Wanted, compare_files
        from icd11kit.transition.agreement.levels import Options
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"{_NEEDS} (no {error.name})") from None

    wanted = Wanted(paths, keys, columns, one_row)
    chosen = Options(system, not any_order, resamples, seed, target / 100)
    with counting("resamples") as step:
        found = compare_files(icd, wanted, chosen, step)
    _say_flagged(found)
    if out:
        _write_page(found, out)
    if as_json:
        emit_json(found)
    else:
        click.echo("\n".join(agreement_lines(found, limit or None)))


def _say_flagged(found: FileAgreement) -> None:
    """Say on stderr what is to be said of the files, and which rows were left out."""
    for remark in (*found.remarks, *found.flagged[:_MOST_FLAGGED]):
        say(str(remark))
    if len(found.flagged) > _MOST_FLAGGED:
        say(f"{len(found.flagged) - _MOST_FLAGGED:,} more rows were left out; --json lists all")


def _check_two(paths: tuple[str, ...], keys: tuple[str, ...], columns: tuple[str, ...]) -> None:
    """Raise a usage error unless there are two columns of codes."""
    for name, given in (("file", paths), ("--key", keys), ("--column", columns)):
        if len(given) > 2:
            raise click.UsageError(f"two coders have no third {name}: {given[2]}")
    if len(paths) == 1 and len(columns) != 2:
        raise click.UsageError("one file needs two columns of codes: give --column twice")


def _write_page(found: FileAgreement, out: str) -> None:
    from icd11kit.store.write import write_lines

    try:
        from icd11kit.transition.agreement.page import format_page
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"{_NEEDS} (no {error.name})") from None
    write_lines(out, [format_page(found)])
    say(f"the page is in {out}")
