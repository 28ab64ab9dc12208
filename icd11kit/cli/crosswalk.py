"""`icd11kit crosswalk`: compute the whole crosswalk, write it out, judge it by a gold standard."""

from __future__ import annotations

import click

from icd11kit.cli import options
from icd11kit.cli.output import counting, emit_json, say_tier, table

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


@crosswalk_command.command(
    "export", epilog="Example: icd11kit crosswalk export --format sssom icd10cm-icd11.sssom.tsv"
)
@click.argument("out", type=click.Path(dir_okay=False))
@click.option("--format", "form", type=click.Choice(_FORMATS), default="sssom", show_default=True)
@click.option("--back", is_flag=True, help="ICD-11 to ICD-10-CM.")
@options.terminology
def export_command(
    out: str,
    form: str,
    back: bool,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Write the whole crosswalk to OUT: SSSOM, FHIR ConceptMap, GEMs-like CSV, Parquet, RDF."""
    from icd11kit.crosswalk_files import export_crosswalk

    icd = options.open_icd(home, release, language)
    say_tier(icd)
    done = export_crosswalk(icd, out, form, back=back)
    if as_json:
        emit_json({"file": out, "format": form, "mappings": done, "release": icd.release})
    else:
        click.echo(f"{done:,} mappings in {out}")


@crosswalk_command.command("score", epilog="Example: icd11kit crosswalk score gold.tsv")
@click.argument("gold", type=click.Path(exists=True, dir_okay=False))
@click.option("--answers", default="", metavar="FILE", help="Judge these JSON Lines instead.")
@options.terminology
def score_command(
    gold: str, answers: str, home: str | None, release: str, language: str, as_json: bool
) -> None:
    """Judge the crosswalk by GOLD, a table or SSSOM file of what experts chose."""
    from icd11kit.crosswalk_files import score_crosswalk

    icd = options.open_icd(home, release, language)
    say_tier(icd)
    found = score_crosswalk(icd, gold, answers)
    if as_json:
        emit_json(found)
        return
    listed = (*found.measures, found.sure, *found.groups)
    rows = [(each.name, f"{each.share:.3f}", f"{each.of:,}") for each in listed]
    click.echo("\n".join(table(("measure", "share", "of"), rows, 0)))
    bins = [
        (f"{b.low:.1f}", f"{b.answers:,}", f"{b.confidence:.2f}", f"{b.right:.2f}")
        for b in found.bins
    ]
    click.echo("")
    click.echo("\n".join(table(("confidence from", "answers", "mean", "right"), bins, 0)))
    click.echo(f"expected calibration error {found.error:.3f}")
