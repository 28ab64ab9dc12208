"""What the cluster commands print for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from icd11kit.cli.output import terminal_width

if TYPE_CHECKING:
    from icd11kit.postcoordination.issues import Issue
    from icd11kit.postcoordination.normal import Normalized
    from icd11kit.postcoordination.show import Description
    from icd11kit.postcoordination.suggest import OpenAxis
    from icd11kit.postcoordination.validation import Validation

_SHOWN = 8
_COLOURS = {"error": "red", "warning": "yellow", "information": "blue"}


def verdict_lines(found: Validation) -> Iterator[str]:
    """Yield a verdict with its findings, each under the text it speaks of."""
    word = click.style("valid", fg="green") if found.valid else click.style("not valid", fg="red")
    yield f"{found.input}  {word} ({found.mode.value}, {found.release})"
    if found.display:
        yield f"  {found.display}"
    for issue in found.issues:
        yield from _finding(found.input, issue)


def _finding(text: str, issue: Issue) -> Iterator[str]:
    severity = click.style(issue.severity.value, fg=_COLOURS[issue.severity.value])
    yield f"  {severity}: {issue.message}  [{issue.code.value}]"
    if len(text) <= 70 and text.isprintable():
        yield f"    {text}"
        yield "    " + " " * issue.start + "^" * max(issue.end - issue.start, 1)
    if issue.repair:
        yield f"    repair: {issue.repair}"


def description_lines(found: Description) -> Iterator[str]:
    """Yield a cluster in words, each value behind its axis."""
    yield found.display
    for group in found.groups:
        stem, *values = group
        said = f" ({stem.axis})" if stem.axis else ""
        yield f"  {stem.code} {stem.title}{said}"
        for value in values:
            yield f"    {value.axis or 'any stem'}: {value.code} {value.title}"


def normal_lines(text: str, found: Normalized) -> Iterator[str]:
    """Yield a normal form and the steps to it."""
    if not found.text:
        yield f"{text}: a part of it names nothing, so it has no normal form"
        return
    yield found.text
    for step in found.steps:
        yield f"  {step.before} -> {step.after}: {step.evidence}"
    if found.entity:
        yield f"  entity {found.entity.entity} ({found.entity.title}): {found.entity.evidence}"


def axis_lines(axes: Iterable[OpenAxis]) -> Iterator[str]:
    """Yield open axes with the first of their values, those found below what stands above them."""
    for axis in axes:
        need = "required" if axis.required else "optional"
        given = f", given {' '.join(axis.given)}" if axis.given else ""
        yield f"{axis.stem} {axis.axis} ({need}, {axis.tier.value}{given})"
        path: tuple[str, ...] = ()
        for choice in axis.choices[:_SHOWN]:
            more = f"  (+{choice.below})" if choice.below else ""
            if choice.path and choice.path != path:
                yield _cut(f"    {' > '.join(choice.path)}")
            path, inset = choice.path, "  " if choice.path else ""
            yield _cut(f"    {inset}{choice.code:<8} {choice.title}{more}")
        if len(axis.choices) > _SHOWN:
            yield "    … more: --find WORDS, or --json"


def _cut(line: str) -> str:
    width = terminal_width()
    return line if len(line) <= width else line[: width - 1] + "…"
