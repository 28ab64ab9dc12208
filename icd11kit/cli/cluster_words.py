"""`icd11kit cluster describe | normalize | expand | suggest`: what clusters say, and may say."""

from __future__ import annotations

import click

from icd11kit.cli import options
from icd11kit.cli.cluster import answer_each, clusters_argument, open_icd
from icd11kit.cli.cluster_text import axis_lines, description_lines, normal_lines
from icd11kit.cli.output import emit_json, say


@click.command("describe", epilog='Example: icd11kit cluster describe "DD51&XK8G"')
@clusters_argument
@options.terminology
def describe_command(
    clusters: tuple[str, ...], home: str | None, release: str, language: str, as_json: bool
) -> None:
    """Say clusters in words, each value with its axis; - reads stdin."""
    icd = open_icd(home, release, language)

    def answer(text: str) -> None:
        found = icd.judges.of(text).describe(text)
        if as_json:
            emit_json({"input": text, **found._asdict(), "release": icd.release})
        else:
            click.echo("\n".join(description_lines(found)))

    answer_each(clusters, answer, as_json)


@click.command("normalize", epilog='Example: icd11kit cluster normalize "NC32.Z&XA8U33"')
@clusters_argument
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
    icd = open_icd(home, release, language)

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

    answer_each(clusters, answer, as_json)


@click.command("expand", epilog="Example: icd11kit cluster expand NC32.2")
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
@options.terminology
def expand_command(
    codes: tuple[str, ...], home: str | None, release: str, language: str, as_json: bool
) -> None:
    """Give the stem and value that a code or foundation entity says in one; exit 1 for none."""
    icd = open_icd(home, release, language)

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

    answer_each(codes, answer, as_json)


@click.command("suggest", epilog="Example: icd11kit cluster suggest NC32.2 --find left")
@clusters_argument
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
    icd = open_icd(home, release, language)

    def answer(text: str) -> bool:
        axes = icd.clusters.suggest(text, find)
        if as_json:
            emit_json({"input": text, "axes": axes, "release": icd.release})
        else:
            click.echo("\n".join(axis_lines(axes)) or "no axis is open")
        return bool(axes)

    answer_each(clusters, answer, as_json)
