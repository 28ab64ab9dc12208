"""`icd11kit ontology`: a release as RDF, and questions to it in SPARQL."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import emit_json, read_inputs, say_tier, table
from icd11kit.resources import read_text

if TYPE_CHECKING:
    from icd11kit.exports.rdf import Answer

_FORMATS = ("ttl", "owl", "json-ld", "nt")
_MOST = 200


@click.group("ontology", epilog="Example: icd11kit ontology query residuals --limit 5")
def ontology_command() -> None:
    """Write a release as RDF (SKOS and OWL), or ask it questions in SPARQL."""


@ontology_command.command(
    "export", epilog="Example: icd11kit ontology export --format ttl --scope 5A11 diabetes.ttl"
)
@click.argument("out", type=click.Path(dir_okay=False))
@click.option("--format", "form", type=click.Choice(_FORMATS), default="ttl", show_default=True)
@click.option("--scope", default="", metavar="CODE", help="Only this entry and what is below it.")
@click.option(
    "--clusters", default="", metavar="FILE",
    help="Clusters, one a line (- for stdin), as class expressions beside the entries.",
)  # fmt: skip
@options.terminology
def export_command(
    out: str,
    form: str,
    scope: str,
    clusters: str,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Write the release in use to OUT: SKOS concepts that are OWL classes too."""
    from icd11kit.ontology import export, expressed_clusters, release_triples

    icd = options.open_icd(home, release, language)
    say_tier(icd)
    listed = _lines(clusters) if clusters else iter(())
    triples = chain(release_triples(icd, scope), expressed_clusters(icd, listed))
    done = export(icd, out, form, triples)
    if as_json:
        emit_json({"file": out, "format": form, "triples": done, "release": icd.release})
    else:
        click.echo(f"{done:,} triples of {icd.release} in {out}")


def _lines(path: str) -> Iterator[str]:
    texts = read_inputs(["-"]) if path == "-" else read_text(path).splitlines()
    return (text.strip() for text in texts if text.strip())


@ontology_command.command("query", epilog="Example: icd11kit ontology query required-axes")
@click.argument("query", metavar="FILE.rq|NAME")
@click.option("--limit", default=_MOST, show_default=True, help="Most rows to show, 0 for all.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@options.terminology
def query_command(
    query: str,
    limit: int,
    as_csv: bool,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Ask the release in use a SPARQL question: a file, or one that comes with the package."""
    from icd11kit import ontology

    icd = options.open_icd(home, release, language)
    say_tier(icd)
    answer = ontology.query(icd, ontology.query_text(query), limit)
    if as_json:
        for row in answer.rows:
            click.echo(json.dumps(dict(zip(answer.names, row, strict=True)), ensure_ascii=False))
    elif as_csv:
        click.echo(_csv(answer), nl=False)
    else:
        flexible = range(len(answer.names))
        click.echo("\n".join(table(answer.names, answer.rows, *flexible)))


def _csv(answer: Answer) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(answer.names)
    writer.writerows(answer.rows)
    return stream.getvalue()
