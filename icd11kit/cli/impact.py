"""`icd11kit impact`: what the move to ICD-11 does to somebody's own volumes."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.impact_text import impact_lines
from icd11kit.cli.output import check_outs, emit_json, say, say_crosswalk, say_tier
from icd11kit.errors import Icd11KitError
from icd11kit.plain import plain

if TYPE_CHECKING:
    from icd11kit.transition.impact.report import Wanted
    from icd11kit.transition.impact.values import Impact

_NEEDS = "impact needs the extra `report`: pip install 'icd11kit[report]'"


@click.command(
    "impact",
    epilog="Example: icd11kit impact volumes.csv --code-column icd10cm --count-column n "
    "--out report.html",
)
@click.argument("path", metavar="VOLUMES")
@click.option(
    "--code-column", default="", metavar="NAME", help="Column of codes.  [default: the first]"
)
@click.option(
    "--count-column", default="", metavar="NAME",
    help="Column of counts.  [default: none, every row counts one]",
)  # fmt: skip
@click.option(
    "--from", "source", type=click.Choice(["icd10cm", "icd10"]), default="icd10cm",
    show_default=True, help="What the codes are of; icd10 rests on WHO's tables alone.",
)  # fmt: skip
@click.option(
    "--mappings", multiple=True, metavar="FILE",
    help="SSSOM file of your own that overrides; may be repeated.",
)  # fmt: skip
@click.option(
    "--groups", default="", metavar="FILE",
    help="Groups whose counts to compare: columns group, source, target.",
)  # fmt: skip
@click.option(
    "--double-coded", default="", metavar="FILE",
    help="Records coded twice: source code and ICD-11 code, the first two columns.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Where resampling starts."
)
@click.option(
    "--from-release", default="", metavar="RELEASE",
    help="VOLUMES are ICD-11 codes of this release: what a later one asks of them.",
)  # fmt: skip
@click.option(
    "--to-release", default="", metavar="RELEASE",
    help="The later release, with --from-release.  [default: the one in use]",
)  # fmt: skip
@click.option(
    "--replacements", default="", metavar="FILE",
    help="With --from-release: write old and new strings as CSV where no person is needed.",
)  # fmt: skip
@click.option(
    "--all", "every", default="", metavar="FILE",
    help="With --from-release: write what becomes of every stored string as CSV.",
)  # fmt: skip
@click.option("--out", default="", metavar="FILE", help="Write the report as one HTML page.")
@click.option("--xlsx", default="", metavar="FILE", help="Write all tables as a workbook.")
@click.option("--work-list", default="", metavar="FILE", help="Write the work list as CSV.")
@options.terminology
def impact_command(
    path: str,
    code_column: str,
    count_column: str,
    source: str,
    mappings: tuple[str, ...],
    groups: str,
    double_coded: str,
    seed: int,
    from_release: str,
    to_release: str,
    replacements: str,
    every: str,
    out: str,
    xlsx: str,
    work_list: str,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Show what happens to VOLUMES, a CSV or TSV file of codes, in the move to ICD-11.

    Rows are codes with counts, or single claims where no column of counts is named. Printed is
    the answer in short; --out writes the whole report as a page that opens offline. With
    --from-release the report is of stored ICD-11 codes and what a later release asks of them.
    """
    later = {"--to-release": to_release, "--replacements": replacements, "--all": every}
    alone = next((name for name, value in later.items() if value), "")
    if alone and not from_release:
        raise click.UsageError(f"{alone} needs --from-release")
    read = (path, groups, double_coded, *mappings)
    check_outs(read, (out, xlsx, work_list, every, replacements))
    if from_release:
        if mappings or groups or double_coded or xlsx or source != "icd10cm":
            raise click.UsageError(
                "--from-release looks at ICD-11 codes alone: leave out --from, --mappings, "
                "--groups, --double-coded and --xlsx"
            )
        from icd11kit.cli.release_moves import MovesWanted, run

        asked = MovesWanted(
            path, from_release, to_release or release, code_column, count_column, out, work_list,
            every, replacements,
        )  # fmt: skip
        run(asked, home, language, as_json)
        return
    if mappings and source == "icd10":
        raise click.UsageError("--mappings overrides the crosswalk, which --from icd10 leaves out")
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    say_crosswalk(icd, source)
    try:
        from icd11kit.transition.impact.report import Wanted, measure_impact
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"{_NEEDS} (no {error.name})") from None

    wanted = Wanted(path, code_column, count_column, source, mappings, groups, double_coded, seed)
    found = measure_impact(icd, wanted, command_line(wanted))
    _write(found, out, xlsx, work_list)
    if as_json:
        emit_json({**plain(found), "work": [row.code for row in found.work]})
    else:
        click.echo("\n".join(impact_lines(found)))


def command_line(wanted: Wanted) -> str:
    """Return the command that measures what was asked for, with names of files only.

    >>> from icd11kit.transition.impact.report import Wanted
    >>> command_line(Wanted("in/volumes.csv", "dx", "n"))
    'icd11kit impact volumes.csv --code-column dx --count-column n'
    """
    given = {
        "--code-column": wanted.code_column,
        "--count-column": wanted.count_column,
        "--from": wanted.source if wanted.source != "icd10cm" else "",
        "--groups": Path(wanted.groups).name,
        "--double-coded": Path(wanted.double_coded).name,
        "--seed": str(wanted.seed) if wanted.double_coded else "",
    }
    parts = [part for name, value in given.items() if value for part in (name, value)]
    parts += [part for path in wanted.mappings for part in ("--mappings", Path(path).name)]
    return shlex.join(["icd11kit", "impact", Path(wanted.path).name, *parts])


def _write(found: Impact, out: str, xlsx: str, work_list: str) -> None:
    """Write the files that are asked for."""
    from icd11kit.store.write import write_lines

    if out:
        write_lines(out, [_page(found)])
        say(f"the report is in {out}")
    if xlsx:
        _write_workbook(found, xlsx)
        say(f"the workbook is in {xlsx}")
    if work_list:
        from icd11kit.transition.impact.sheets import format_csv, work_table

        write_lines(work_list, format_csv(work_table(found.work)))
        say(f"the work list is in {work_list}")


def _page(found: Impact) -> str:
    try:
        from icd11kit.transition.impact.page import format_page
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"{_NEEDS} (no {error.name})") from None
    return format_page(found)


def _write_workbook(found: Impact, path: str) -> None:
    try:
        from icd11kit.transition.impact.workbook import write_workbook
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"{_NEEDS} (no {error.name})") from None
    from icd11kit.transition.impact.sheets import make_tables

    write_workbook(path, make_tables(found))
