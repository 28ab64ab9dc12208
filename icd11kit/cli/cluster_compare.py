"""`icd11kit cluster compare | match`: how clusters stand to each other, and to a pattern."""

from __future__ import annotations

import sys

import click

from icd11kit.cli import options
from icd11kit.cli.cluster import open_icd
from icd11kit.cli.matching import print_matching_rows
from icd11kit.cli.output import emit_json, read_inputs

_SAID = {
    "equal": "says the same as", "below": "is below", "above": "is above",
    "overlapping": "overlaps with", "disjoint": "excludes", "unknown": "cannot be compared with",
}  # fmt: skip


@click.command("compare", epilog='Example: icd11kit cluster compare "NC32.2&XK8G" NC32')
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@options.terminology
def compare_command(
    first: str, second: str, home: str | None, release: str, language: str, as_json: bool
) -> None:
    """Say how cluster A stands to B: equal, below, above, overlapping, disjoint or unknown."""
    icd = open_icd(home, release, language)
    found = icd.clusters.compare(first, second)
    if as_json:
        emit_json({"a": first, "b": second, **found._asdict(), "release": icd.release})
    else:
        click.echo(f"{first} {_SAID[found.relation.value]} {second}\n  {found.reason}")
    sys.exit(1 if found.relation == "unknown" else 0)


@click.command(
    "match", epilog='Example: icd11kit cluster match "NC32&XK8G" "NC32.2&XK8G/PA60" 5A11'
)
@click.argument("pattern")
@click.argument("clusters", metavar="[CLUSTER]...", nargs=-1)
@click.option("--file", "path", metavar="CSV", help="Give the rows of this CSV or TSV that match.")
@click.option("--column", default="", help="The column of its clusters.")
@options.terminology
def match_command(
    pattern: str,
    clusters: tuple[str, ...],
    path: str | None,
    column: str,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Give the clusters that say what PATTERN says, or say it more closely; - reads stdin.

    @FILE reads patterns from a file, as `codelist translate --format pattern` writes them.
    """
    if bool(path) == bool(clusters) or bool(path) != bool(column):
        raise click.UsageError("give clusters, or --file with --column")
    icd = open_icd(home, release, language)
    if pattern.startswith("@"):
        from icd11kit.transition.codelist.match import read_matcher

        matches = read_matcher(icd.clusters, pattern[1:])
    else:
        matches = icd.clusters.matcher(pattern)
    if path:
        sys.exit(0 if print_matching_rows(path, column, matches, as_json) else 1)
    hits = 0
    for text in read_inputs(clusters):
        is_hit = matches(text)
        hits += is_hit
        if as_json:
            emit_json({"input": text, "pattern": pattern, "match": is_hit, "release": icd.release})
        elif is_hit:
            click.echo(text)
    sys.exit(0 if hits else 1)
