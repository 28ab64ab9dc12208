"""`icd11kit lookup`: what a code, id or URI is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import emit_json, read_inputs, say, say_tier, terminal_width
from icd11kit.errors import UnknownCodeError
from icd11kit.vocabulary import system_name

if TYPE_CHECKING:
    from icd11kit.lookup.answer import Lookup

_MOST_CHILDREN = 12
_MOST_NOTES = 12
_NOTE_NAMES = {
    "includes": "includes", "inclusion": "inclusion terms", "excludes1": "excludes 1",
    "excludes2": "excludes 2", "code_first": "code first", "code_also": "code also",
    "use_additional": "use additional code", "seventh_character": "7th character",
    "title_en": "English title", "synonym": "synonyms", "exclusion": "exclusions",
    "definition": "definition", "note": "notes", "fully_specified_name": "fully specified name",
    "long_definition": "long definition", "diagnostic_criteria": "diagnostic criteria",
    "narrower_term": "narrower terms",
}  # fmt: skip


@click.command("lookup", epilog="Example: icd11kit lookup 5A11 S52.531A --json")
@click.argument("codes", metavar="X...", nargs=-1, required=True)
@click.option("--system", default="", help="Read X as a code of mms, icf or icd10cm only.")
@options.terminology
def lookup_command(
    codes: tuple[str, ...],
    system: str,
    home: str | None,
    release: str,
    language: str,
    as_json: bool,
) -> None:
    """Show what X is: a code, foundation id, URI or ICD-10-CM code; - reads stdin."""
    icd = options.open_icd(home, release, language)
    say_tier(icd)
    missing = 0
    for number, text in enumerate(read_inputs(codes)):
        try:
            found = icd.lookup(text, system=system)
        except UnknownCodeError as error:
            missing += 1
            _emit_missing(text, error, as_json)
            continue
        if as_json:
            emit_json(found)
        else:
            click.echo("\n".join(([""] if number else []) + list(_lines(found))))
    sys.exit(1 if missing else 0)


def _emit_missing(text: str, error: UnknownCodeError, as_json: bool) -> None:
    if as_json:
        emit_json({"input": text, "found": False, "reason": error.reason, "nearest": error.nearest})
    else:
        say(str(error))


def _lines(found: Lookup) -> Iterator[str]:
    """Yield the lines for a person: the answer, where it stands, then what else is known."""
    yield click.style(f"{found.code or found.block_id or found.id}  {found.title}", bold=True)
    yield "  " + " · ".join(_facts(found))
    if found.path:
        yield ""
        for depth, entry in enumerate(found.path):
            yield "  " * (depth + 1) + f"{entry.code} {entry.title}".strip()
    yield from _says(found)
    yield from _children(found)
    yield from _axes(found)
    yield from _notes(found)
    yield from _names(found)


def _facts(found: Lookup) -> Iterator[str]:
    name = "ICD-11 Foundation" if found.system == "foundation" else system_name(found.system)
    yield f"{name} {found.release} ({found.tier})"
    yield found.kind + (f", {found.residual} residual" if found.residual else "")
    if found.system == "foundation":
        yield "below the shoreline: no code of its own"
        return
    if found.billable is not None and found.kind == "category":
        yield "billable" if found.billable else "not billable: a longer code is needed"
    yield "leaf" if found.is_leaf else f"{len(found.children)} children"


def _children(found: Lookup) -> Iterator[str]:
    if found.children:
        yield ""
        yield "  Children"
    for child in found.children[:_MOST_CHILDREN]:
        yield _cut(f"    {child.label}  {child.title}")
    if len(found.children) > _MOST_CHILDREN:
        yield f"    … {len(found.children) - _MOST_CHILDREN} more: icd11kit tree {found.input}"


def _says(found: Lookup) -> Iterator[str]:
    if found.says:
        yield ""
        yield "  Says beside the condition"
    for facet in found.says:
        yield _cut(f"    {facet.kind}: {facet.value}")


def _axes(found: Lookup) -> Iterator[str]:
    if found.axes:
        yield ""
        yield "  Axes (sanctioned, from WHO's API)"
    for axis in found.axes:
        need = "required" if axis.required else "optional"
        many = {"ALWAYS": "several values", "NOT_ALLOWED": "one value"}.get(
            axis.multiple, "several values of different blocks"
        )
        yield f"    {axis.name}: {need}, {many}"


def _notes(found: Lookup) -> Iterator[str]:
    if found.coding_note:
        yield ""
        yield "  Coding note"
        yield from (f"    {line}" for line in found.coding_note.splitlines())
    for kind in dict.fromkeys(kind for kind, _ in found.notes):
        texts = [text for other, text in found.notes if other == kind]
        yield ""
        yield f"  {_NOTE_NAMES.get(kind, kind).capitalize()}"
        yield from (_cut(f"    {' '.join(text.split())}") for text in texts[:_MOST_NOTES])
        if len(texts) > _MOST_NOTES:
            yield f"    … {len(texts) - _MOST_NOTES} more with --json"


def _names(found: Lookup) -> Iterator[str]:
    if found.who_maps:
        yield ""
        yield f"  In WHO's mapping tables ({found.who_maps[0].release})"
        by_code = {row.icd10_code: row for row in sorted(found.who_maps, key=lambda r: r.relation)}
        for code in sorted(by_code)[:_MOST_NOTES]:
            relation = f" [{by_code[code].relation}]" if by_code[code].relation else ""
            yield _cut(f"    ICD-10 {code}  {by_code[code].icd10_title}{relation}")
        if len(by_code) > _MOST_NOTES:
            yield f"    … {len(by_code) - _MOST_NOTES} more with --json"
    if found.equivalents:
        yield ""
        yield "  Also named"
    for name in found.equivalents:
        yield f"    {name.uri}" if name.uri else f"    {name.code} in release {name.release}"


def _cut(line: str) -> str:
    width = terminal_width()
    return line if len(line) <= width else line[: width - 1] + "…"
