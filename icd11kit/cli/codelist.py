"""`icd11kit codelist`: code lists in another classification, and what they find in data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from icd11kit.cli import options
from icd11kit.cli.codelist_text import answer_lines, row_lines
from icd11kit.cli.matching import print_matching_rows
from icd11kit.cli.output import check_outs, emit_json, read_inputs, say, say_crosswalk, say_tier
from icd11kit.plain import plain

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology
    from icd11kit.transition.codelist.origin import Options
    from icd11kit.transition.codelist.values import Translation

_FORMATS = ("csv", "json", "fhir-r4", "fhir-r5", "pattern")
_BY_SUFFIX = {".csv": "csv", ".json": "json", ".pattern": "pattern", ".txt": "pattern"}
_KINDS = click.Choice(["lost", "gained", "doubtful"])


@click.group("codelist", epilog="Example: icd11kit codelist translate heart-failure.txt")
def codelist_command() -> None:
    """Define the cohort of a code list in ICD-11, and find it in data."""


@codelist_command.command(
    "translate", epilog="Example: icd11kit codelist translate heart-failure.txt --out hf.csv"
)
@click.argument("listed", metavar="LIST", type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--from", "source", type=click.Choice(["icd10cm", "icd11"]), default="icd10cm",
    show_default=True, help="Classification of LIST.",
)  # fmt: skip
@click.option(
    "--to", "target", type=click.Choice(["icd11", "icd10cm"]), default=None,
    help="The other classification.",
)  # fmt: skip
@click.option("--column", default="", help="Column of the codes, where LIST is a table.")
@click.option(
    "--below/--no-below", default=True, show_default=True,
    help="Whether a category means all codes below it.",
)  # fmt: skip
@click.option("--volumes", default="", metavar="FILE", help="Table of codes and counts.")
@click.option(
    "--exceptions", "most_outside", type=click.FloatRange(0, 1), default=0.2, show_default=True,
    help="Share of a subtree's codes that may be exceptions.",
)  # fmt: skip
@click.option(
    "--shared", type=click.Choice(["keep", "drop", "majority"]), default="keep",
    show_default=True, help="Targets that codes outside LIST have too.",
)  # fmt: skip
@click.option(
    "--mappings", multiple=True, metavar="FILE",
    help="SSSOM file of your own that overrides; may be repeated.",
)  # fmt: skip
@click.option("--show", type=_KINDS, default=None, help="List every code of this kind.")
@click.option("--out", default="", metavar="FILE", help="Write the result to FILE.")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default=None,
    help="Form of FILE.  [default: by its ending, else csv]",
)  # fmt: skip
@options.terminology
def translate_command(
    listed: str,
    source: str,
    target: str | None,
    column: str,
    below: bool,
    volumes: str,
    most_outside: float,
    shared: str,
    mappings: tuple[str, ...],
    show: str | None,
    out: str,
    form: str | None,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Give the ICD-11 definition of the cohort that LIST defines in ICD-10-CM.

    LIST is a text of codes, wildcards (E11*, E11.x), ranges (I20-I25) and exclusions (-E11.9),
    a CSV or TSV with a column of codes, or a FHIR ValueSet; - reads stdin. Both definitions
    are given, every target and the smallest subtrees, with the codes lost, gained and
    doubtful. Exit 1 if nothing could be translated.
    """
    from icd11kit.transition.codelist.origin import Options
    from icd11kit.transition.codelist.values import Shared

    if target == source:
        raise click.UsageError("--from and --to are the same")
    if shared == Shared.MAJORITY and not volumes:
        raise click.UsageError("--shared majority weighs records: give --volumes")
    if form and not out:
        raise click.UsageError("--format needs --out")
    check_outs((listed, volumes, *mappings), [out])
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    icd.use_mappings(*mappings)
    command = _command(listed, source, column, volumes, mappings)
    chosen = Options(
        command + ("" if below else " --no-below") + f" --exceptions {most_outside:g} "
        f"--shared {shared}",
        column, below, most_outside, Shared(shared), volumes,
    )  # fmt: skip
    made = _translate(icd, listed, source, chosen)
    if out:
        _write(icd, made, out, form or _BY_SUFFIX.get(out[out.rfind(".") :].lower(), "csv"))
    if as_json:
        emit_json(_as_json(made))
    else:
        lines = row_lines(made, show) if show else answer_lines(made)
        click.echo("\n".join(lines))
    sys.exit(0 if made.enumerated else 1)


def _command(listed: str, source: str, column: str, volumes: str, mappings: tuple[str, ...]) -> str:
    """Return the command as it can be given again beside the same files.

    >>> _command("in/my list.txt", "icd10cm", "", "", ())
    "icd11kit codelist translate 'my list.txt' --from icd10cm --to icd11"
    """
    import shlex
    from os.path import basename

    target = "icd11" if source == "icd10cm" else "icd10cm"
    words = ["icd11kit", "codelist", "translate", basename(listed)]
    words += ["--from", source, "--to", target]
    words += ["--column", column] if column else []
    words += ["--volumes", basename(volumes)] if volumes else []
    for path in mappings:
        words += ["--mappings", basename(path)]
    return shlex.join(words)


def _translate(icd: Terminology, listed: str, source: str, chosen: Options) -> Translation:
    say_crosswalk(icd)
    if source == "icd11":
        from icd11kit.transition.codelist.back import translate_back

        return translate_back(icd, listed, chosen)
    from icd11kit.transition.codelist.translate import translate

    return translate(icd, listed, chosen)


def _as_json(made: Translation) -> dict[str, Any]:
    """Return a translation with its shares, which are worked out of its numbers."""
    said: dict[str, Any] = plain(made)
    for name in ("codes", "records"):
        total = getattr(made, name)
        if total:
            said[name]["precision"] = total.precision
    return said


def _write(icd: Terminology, made: Translation, out: str, form: str) -> None:
    import json

    from icd11kit.store.write import write_lines
    from icd11kit.transition.codelist.formats import format_translation

    if form == "json":
        write_lines(out, [json.dumps(_as_json(made), ensure_ascii=False, indent=1), "\n"])
    else:
        write_lines(out, format_translation(icd, made, form))
    say(f"written to {out} as {form}")


@codelist_command.command(
    "match", epilog="Example: icd11kit codelist match hf.pattern BD11.0 5A11/BD1Z"
)
@click.argument("patterns", metavar="PATTERNS", type=click.Path(exists=True, dir_okay=False))
@click.argument("clusters", metavar="[CLUSTER]...", nargs=-1)
@click.option("--file", "path", metavar="CSV", help="Give the rows of this CSV or TSV that match.")
@click.option("--column", default="", help="The column of its clusters.")
@options.terminology
def match_command(
    patterns: str,
    clusters: tuple[str, ...],
    path: str | None,
    column: str,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Give the clusters that a file of PATTERNS finds, as `cluster match` does for one."""
    from icd11kit.transition.codelist.match import read_matcher

    if bool(path) == bool(clusters) or bool(path) != bool(column):
        raise click.UsageError("give clusters, or --file with --column")
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    matches = read_matcher(icd.clusters, patterns)
    if path:
        sys.exit(0 if print_matching_rows(path, column, matches, as_json) else 1)
    hits = 0
    for text in read_inputs(clusters):
        is_hit = matches(text)
        hits += is_hit
        if as_json:
            emit_json({"input": text, "match": is_hit, "release": icd.release})
        elif is_hit:
            click.echo(text)
    sys.exit(0 if hits else 1)
