"""`icd11kit map`: what a code is in another classification, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import emit_json, read_inputs, say, say_crosswalk, say_tier, terminal_width
from icd11kit.errors import UnknownCodeError, UnknownRouteError

if TYPE_CHECKING:
    from icd11kit.crosswalk.mapping import CodeMapping
    from icd11kit.terminology import Terminology

SYSTEMS = click.Choice(["icd10cm", "icd10", "icd11"])
_WORDS = {
    "skos:exactMatch": "says the same",
    "skos:broadMatch": "is broader: it says less",
    "skos:narrowMatch": "is narrower: it says more",
    "skos:relatedMatch": "overlaps",
}
_MOST_ALTERNATIVES = 4


@click.command("map", epilog="Example: icd11kit map S52.531A I10 --json")
@click.argument("codes", metavar="X...", nargs=-1, required=True)
@click.option("--from", "source", type=SYSTEMS, default=None, help="System of X.")
@click.option("--to", "target", type=SYSTEMS, default=None, help="System to map to.")
@click.option("--below", is_flag=True, help="Map all codes below each category X too.")
@click.option(
    "--mappings", "mappings", multiple=True, metavar="FILE",
    help="SSSOM file of your own that overrides; may be repeated.",
)  # fmt: skip
@options.terminology
def map_command(
    codes: tuple[str, ...],
    source: str | None,
    target: str | None,
    below: bool,
    mappings: tuple[str, ...],
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Map X to another classification: the answer first, then why and what is lost.

    ICD-10-CM codes go to ICD-11, ICD-11 codes and clusters to ICD-10-CM, unless --from and
    --to say otherwise; icd10 rests on WHO's tables alone. - reads stdin.
    """
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    icd.use_mappings(*mappings)
    say_crosswalk(icd, source, target)
    missing = 0
    for number, text in enumerate(_each(icd, read_inputs(codes), below)):
        try:
            found = icd.map(text, source=source or "", target=target or "")
        except UnknownRouteError as error:
            raise click.UsageError(str(error)) from None
        except UnknownCodeError as error:
            missing += 1
            _emit_missing(text, error, as_json)
            continue
        if as_json:
            emit_json(found)
        else:
            click.echo("\n".join(([""] if number else []) + list(_lines(found))))
    sys.exit(1 if missing else 0)


def _each(icd: Terminology, texts: Iterable[str], below: bool) -> Iterator[str]:
    """Yield the texts, with `below` each followed by the codes below it."""
    for text in texts:
        yield text
        if below:
            yield from icd.codes_below(text)


def _emit_missing(text: str, error: UnknownCodeError, as_json: bool) -> None:
    if as_json:
        emit_json({"source": text, "target": "", "reason": error.reason, "nearest": error.nearest})
    else:
        say(str(error))


def _lines(found: CodeMapping) -> Iterator[str]:
    head = found.target or "no code in the other classification"
    yield click.style(f"{found.source}  ->  {head}", bold=True)
    yield from _wrapped(found.source_title, "  ")
    if found.target:
        yield from _wrapped(found.target_display, "  = ")
        sure = f", confidence {found.confidence:.2f}"
        yield f"  the target {_WORDS.get(found.relation, 'is unrelated')}{sure}"
    if found.ambiguous:
        yield "  several targets are as good: a coder has to decide"
    if found.remainder:
        yield from _wrapped("not said: " + "; ".join(found.remainder), "  ")
    for kind, detail in found.evidence:
        yield from _wrapped(f"{kind}: {detail}", "  because ")
    for other in found.alternatives[:_MOST_ALTERNATIVES]:
        yield from _wrapped(f"{other.target} ({other.reason})", "  or ")


def _wrapped(text: str, start: str) -> Iterator[str]:
    from textwrap import wrap

    yield from wrap(
        text, terminal_width(), initial_indent=start, subsequent_indent=" " * (len(start) + 2)
    )
