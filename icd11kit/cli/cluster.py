"""`icd11kit cluster`: check, show, compare, match and complete clusters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from icd11kit.cli import options
from icd11kit.cli.cluster_text import (
    axis_lines,
    description_lines,
    normal_lines,
    verdict_lines,
)
from icd11kit.cli.matching import print_matching_rows
from icd11kit.cli.output import emit_json, read_inputs, say, say_tier
from icd11kit.errors import ClusterSyntaxError

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

Command = Callable[..., Any]
_clusters = click.argument("clusters", metavar="CLUSTER...", nargs=-1, required=True)
_SAID = {
    "equal": "says the same as", "below": "is below", "above": "is above",
    "overlapping": "overlaps with", "disjoint": "excludes", "unknown": "cannot be compared with",
}  # fmt: skip


@click.group("cluster", epilog='Example: icd11kit cluster validate "NC32.2&XK8G/PA60"')
def cluster_command() -> None:
    """Check, show and normalize clusters: stem codes with extensions, joined by & and /."""


@cluster_command.command("parse", epilog='Example: icd11kit cluster parse "DD51&XK8G"')
@_clusters
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
def parse_command(clusters: tuple[str, ...], as_json: bool) -> None:
    """Split clusters into groups, stems and extensions, by their form alone; - reads stdin."""
    from icd11kit.postcoordination.grammar import parse_cluster

    def answer(text: str) -> None:
        cluster = parse_cluster(text)
        groups = [[part.text for part in group.parts] for group in cluster.groups]
        if as_json:
            emit_json({"input": text, "valid": True, "groups": groups, "parts": cluster.parts})
        else:
            click.echo("\n".join("  & ".join(group) for group in groups))

    _each(clusters, answer, as_json)


@cluster_command.command("validate", epilog='Example: icd11kit cluster validate "5A11&XK8G"')
@_clusters
@click.option(
    "--mode",
    type=click.Choice(["strict", "standard", "lenient"]),
    default="standard",
    show_default=True,
    help="How strictly to judge.",
)
@click.option(
    "--overlay", "overlays", multiple=True, metavar="FILE",
    help="Rules of a country or payer; may be repeated.",
)  # fmt: skip
@options.terminology
def validate_command(
    clusters: tuple[str, ...],
    mode: str,
    overlays: tuple[str, ...],
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Check clusters against every rule; exit 1 if one is not valid; - reads stdin."""
    icd = _open(home, release, language)
    if overlays:
        icd.use_overlays(*overlays)
    bad = 0
    for text in read_inputs(clusters):
        found = icd.validate(text, mode)
        bad += not found.valid
        if as_json:
            emit_json(found)
        else:
            click.echo("\n".join(verdict_lines(found)))
    sys.exit(1 if bad else 0)


@cluster_command.command("describe", epilog='Example: icd11kit cluster describe "DD51&XK8G"')
@_clusters
@options.terminology
def describe_command(
    clusters: tuple[str, ...], home: str | None, release: str, language: str, as_json: bool
) -> None:
    """Say clusters in words, each value with its axis; - reads stdin."""
    icd = _open(home, release, language)

    def answer(text: str) -> None:
        found = icd.judges.of(text).describe(text)
        if as_json:
            emit_json({"input": text, **found._asdict(), "release": icd.release})
        else:
            click.echo("\n".join(description_lines(found)))

    _each(clusters, answer, as_json)


@cluster_command.command("normalize", epilog='Example: icd11kit cluster normalize "NC32.Z&XA8U33"')
@_clusters
@click.option("--terminal", is_flag=True, help="Give terminal codes for those with others below.")
@options.terminology
def normalize_command(
    clusters: tuple[str, ...],
    terminal: bool,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Bring clusters into one form, one code in place of several that say the same."""
    icd = _open(home, release, language)

    def answer(text: str) -> bool:
        found = icd.normalize(text, terminal=terminal)
        if as_json:
            emit_json(
                {"input": text, "normalized": found.text, "steps": found.steps,
                 "entity": found.entity, "release": icd.release}
            )  # fmt: skip
        else:
            click.echo("\n".join(normal_lines(text, found)))
        return bool(found.text)

    _each(clusters, answer, as_json)


@cluster_command.command("expand", epilog="Example: icd11kit cluster expand NC32.2")
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
@options.terminology
def expand_command(
    codes: tuple[str, ...], home: str | None, release: str, language: str, as_json: bool
) -> None:
    """Give the stem and value that a code or foundation entity says in one; exit 1 for none."""
    icd = _open(home, release, language)

    def answer(text: str) -> bool:
        entity = icd.clusters.expand_entity(text)
        if entity is not None:
            if as_json:
                emit_json({"input": text, **entity._asdict(), "release": icd.release})
            else:
                click.echo(f"{entity.cluster}  {entity.title}\n  {entity.evidence}")
            return True
        found = icd.clusters.expand(text)
        cluster = f"{found.stem.code}&{found.value.code}" if found else ""
        if as_json:
            said = {"axis": found.axis, "evidence": found.evidence} if found else {}
            emit_json({"input": text, "cluster": cluster, **said, "release": icd.release})
        elif found:
            click.echo(f"{cluster}  {found.stem.title} [{found.value.title}]\n  {found.evidence}")
        else:
            say(f"no stem and value are known to say {text}")
        return found is not None

    _each(codes, answer, as_json)


@cluster_command.command("compare", epilog='Example: icd11kit cluster compare "NC32.2&XK8G" NC32')
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@options.terminology
def compare_command(
    first: str, second: str, home: str | None, release: str, language: str, as_json: bool
) -> None:
    """Say how cluster A stands to B: equal, below, above, overlapping, disjoint or unknown."""
    icd = _open(home, release, language)
    found = icd.clusters.compare(first, second)
    if as_json:
        emit_json({"a": first, "b": second, **found._asdict(), "release": icd.release})
    else:
        click.echo(f"{first} {_SAID[found.relation.value]} {second}\n  {found.reason}")
    sys.exit(1 if found.relation == "unknown" else 0)


@cluster_command.command(
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
    icd = _open(home, release, language)
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


@cluster_command.command("suggest", epilog="Example: icd11kit cluster suggest NC32.2 --find left")
@_clusters
@click.option("--find", default="", metavar="WORDS", help="Only values whose titles hold these.")
@options.terminology
def suggest_command(
    clusters: tuple[str, ...],
    find: str,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Give the axes of clusters that are still open, required first, with their values."""
    icd = _open(home, release, language)

    def answer(text: str) -> bool:
        axes = icd.clusters.suggest(text, find)
        if as_json:
            emit_json({"input": text, "axes": axes, "release": icd.release})
        else:
            click.echo("\n".join(axis_lines(axes)) or "no axis is open")
        return bool(axes)

    _each(clusters, answer, as_json)


def _open(home: str | None, release: str, language: str) -> Terminology:
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    return icd


def _each(texts: tuple[str, ...], answer: Callable[[str], bool | None], as_json: bool) -> None:
    """Answer each input; exit 1 if one has no form of a cluster or no answer."""
    bad = 0
    for text in read_inputs(texts):
        try:
            bad += answer(text) is False
        except ClusterSyntaxError as error:
            bad += 1
            if as_json:
                emit_json({"input": text, "valid": False, "error": error.reason,
                           "position": error.position})  # fmt: skip
            else:
                say(f"{text!r}: {error.reason}")
    sys.exit(1 if bad else 0)
