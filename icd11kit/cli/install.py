"""`icd11kit install`: get a release and build its store."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import counting, emit_json, say

if TYPE_CHECKING:
    from icd11kit.crosswalk.compute import Built
    from icd11kit.installation import InstalledReport, InstallReport

_SHOWN = 10
_NAMES = {
    "entries": "rows", "codes": "codes", "residuals": "residuals", "billable": "billable codes",
    "axes": "axes", "map_rows": "mapping rows", "untranslated": "titles in English only",
}  # fmt: skip


@click.command(
    "install",
    epilog="Example: icd11kit install --from SimpleTabulation-ICD-11-MMS-en.zip --from mapping.zip",
)
@click.option("--release", default="", help="Release to install, such as 2025-01.")
@click.option("--language", default="", help="Language to install, such as es.")
@click.option(
    "--from", "sources", multiple=True, metavar="PATH|URL",
    help="WHO's files, zips or folders, in any order; may be repeated.",
)  # fmt: skip
@click.option("--api", default="", metavar="URL", help="Walk this ICD-API (local or WHO's cloud).")
@click.option("--mirror", default="", metavar="URL", help="Root to use instead of WHO's files.")
@click.option(
    "--crosswalk/--no-crosswalk", default=True, show_default=True,
    help="Compute the crosswalk from ICD-10-CM too, which takes a minute.",
)  # fmt: skip
@options.home
@options.as_json
def install_command(
    release: str,
    language: str,
    sources: tuple[str, ...],
    api: str,
    mirror: str,
    crosswalk: bool,
    home: str | None,
    as_json: bool,
) -> None:
    """Install the best release that can be reached, or the one given.

    Credentials of WHO's cloud API are read from ICD11KIT_CLIENT_ID and
    ICD11KIT_CLIENT_SECRET.
    """
    from icd11kit.installation import install
    from icd11kit.sources.obtain import MIRROR, Wanted

    gc.disable()  # millions of small values that live to the end: collecting only costs time
    wanted = Wanted(release, language, sources, api, mirror or MIRROR)
    with _progress() as step:
        report = install(wanted, home, step)
    for text in report.failed:
        say(text)
    _say_some([f"{name}: no file this tool knows" for name in _strange(report)], "such files")
    _say_some(list(map(str, report.row_errors)), "rows that were not understood")
    built = _compute_crosswalk(home) if crosswalk else None
    if as_json:
        for edition in report.editions:
            emit_json(edition)
        return
    click.echo("\n\n".join("\n".join(_lines(edition)) for edition in report.editions))
    if built is not None:
        click.echo(f"\ncrosswalk of {built.forward:,} ICD-10-CM codes\n  in {built.path}")


def _compute_crosswalk(home: str | None) -> Built:
    """Compute the crosswalk of what is in use now."""
    from icd11kit.crosswalks import build_crosswalk
    from icd11kit.terminology import open_terminology

    with open_terminology(home) as icd, counting("crosswalk") as step:
        return build_crosswalk(icd.editions.home, icd.store("mms"), icd.store("icd10cm"), step)


def _say_some(texts: list[str], rest: str) -> None:
    """Say the first of many remarks, and how many more there are."""
    for text in texts[:_SHOWN]:
        say(text)
    if len(texts) > _SHOWN:
        say(f"and {len(texts) - _SHOWN:,} more {rest}")


def _strange(report: InstallReport) -> Iterator[str]:
    """Yield the files of no known kind that are not what WHO's zips hold beside the data."""
    for name in report.unknown_files:
        last = name.rpartition("!")[2].lower()
        if "readme" not in last and "trytond" not in last:
            yield name


def _lines(edition: InstalledReport) -> Iterator[str]:
    key = edition.key
    yield click.style(
        f"{key.system} {key.release} ({key.language}), tier {edition.tier}", bold=True
    )
    counts = [f"{number:,} {_NAMES[name]}" for name, number in edition.counts if number]
    yield "  " + ", ".join(counts)
    for source in edition.sources:
        rows = f"{source.rows:,} rows" + (f", {source.missed} missed" if source.missed else "")
        yield f"  from {source.name}"
        yield f"       {source.kind}, {source.dated}, {rows}, sha256 {source.sha256[:16]}"
    for lacking in edition.missing:
        yield f"  without {lacking}"
    yield f"  in {edition.path}"
    if key.system == "mms" and not edition.in_use:
        yield f"  another release stays in use; `icd11kit use {key}` switches"


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show what is being done on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda text: status.update(text)
