"""`icd11kit crosswalk`: compute the whole crosswalk, write it out, judge it by a gold standard."""

from __future__ import annotations

import click

from icd11kit.cli import options
from icd11kit.cli.output import counting, emit_json

_FORMATS = ("sssom", "fhir-r4", "fhir-r5", "gems", "parquet", "rdf")


@click.group("crosswalk", epilog="Example: icd11kit crosswalk build")
def crosswalk_command() -> None:
    """Compute the crosswalk from ICD-10-CM to ICD-11 and back, write it out, score it."""


@crosswalk_command.command("build", epilog="Example: icd11kit crosswalk build")
@options.terminology
def build_command(home: str | None, release: str, language: str, as_json: bool) -> None:
    """Compute the crosswalk of the installed editions into a file of their home."""
    from icd11kit.crosswalks import build_crosswalk

    icd = options.open_icd(home, release, language)
    with counting("crosswalk") as step:
        built = build_crosswalk(icd.editions.home, icd.store("mms"), icd.store("icd10cm"), step)
    if as_json:
        emit_json(built)
        return
    click.echo(
        f"{built.forward:,} codes of ICD-10-CM mapped to ICD-11, "
        f"{built.without:,} billable ones without target"
    )
    click.echo(f"{built.backward:,} codes of ICD-11 mapped to ICD-10-CM")
    click.echo(f"in {built.path}")
