"""`icd11kit cluster`: the group, what its commands share, and the two that check."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.cluster_text import verdict_lines
from icd11kit.cli.lazy import LazyGroup
from icd11kit.cli.output import emit_json, read_inputs, say, say_tier
from icd11kit.errors import ClusterSyntaxError

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

MODULES = {
    "compare": "cluster_compare", "describe": "cluster_words", "expand": "cluster_words",
    "match": "cluster_compare", "normalize": "cluster_words", "parse": "cluster",
    "suggest": "cluster_words", "validate": "cluster",
}  # fmt: skip
clusters_argument = click.argument("clusters", metavar="CLUSTER...", nargs=-1, required=True)


@click.group(
    "cluster",
    cls=LazyGroup,
    modules=MODULES,
    epilog='Example: icd11kit cluster validate "NC32.2&XK8G/PA60"',
)
def cluster_command() -> None:
    """Check, show and normalize clusters: stem codes with extensions, joined by & and /."""


@click.command("parse", epilog='Example: icd11kit cluster parse "DD51&XK8G"')
@clusters_argument
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

    answer_each(clusters, answer, as_json)


@click.command("validate", epilog='Example: icd11kit cluster validate "5A11&XK8G"')
@clusters_argument
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
    icd = open_icd(home, release, language)
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


def open_icd(home: str | None, release: str, language: str) -> Terminology:
    """Return the terminology that the options choose, having said what its answers rest on."""
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    return icd


def answer_each(
    texts: tuple[str, ...], answer: Callable[[str], bool | None], as_json: bool
) -> None:
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
