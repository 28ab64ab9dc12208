"""The table that `icd11kit coverage` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from icd11kit.cli.output import table, terminal_width

if TYPE_CHECKING:
    from icd11kit.transition.coverage.values import Coverage, Figure, Group, Interval, Measure

_MOST_UNREAD = 5
_SHORT = ("one code", "cluster", "in part", "not")


def coverage_lines(found: Coverage, limit: int | None) -> Iterator[str]:
    """Yield the lines of a study: what it rests on, the measures by section, the remarks."""
    from icd11kit.transition.coverage.formats import origin
    from icd11kit.transition.coverage.study import title_of

    yield click.style(title_of(found.basis), bold=True)
    yield from wrap(origin(found.basis), terminal_width())
    named = [each.section for each in found.measures] + [each.section for each in found.figures]
    for section in dict.fromkeys(named):
        yield ""
        figures = [each for each in found.figures if each.section == section]
        yield from _section(section, found.section(section), figures)
    if found.groups:
        yield ""
        yield from _groups(found.groups, limit)
    yield ""
    yield from _remarks(found)


def _section(name: str, measures: Sequence[Measure], figures: Sequence[Figure]) -> Iterator[str]:
    weighted = any(each.weight for each in measures)
    sampled = any(each.interval for each in measures)
    head = [name, "count", "share" + (" (95 %)" if sampled else "")]
    head += ["volume", "share (95 %)"] if weighted else []
    rows = [_row(each, weighted) for each in measures]
    wholes = {each.of for each in measures}
    head[1] = f"of {wholes.pop():,}" if len(wholes) == 1 else head[1]
    empty = [""] * (len(head) - 3)
    rows += [[each.name, _number(each.value), each.remark, *empty] for each in figures]
    yield from table(head, rows, 0)


def _row(each: Measure, weighted: bool) -> list[str]:
    row = [each.name, f"{each.number:,}", _share(each.share, each.interval)]
    if weighted and each.weight is not None:
        row += [f"{each.weight.volume:,}", _share(each.weight.share, each.weight.interval)]
    elif weighted:
        row += ["", ""]
    return row


def _share(share: float, interval: Interval | None) -> str:
    said = f"{100 * share:.1f} %"
    if interval is None:
        return said
    return f"{said} ({100 * interval.low:.1f}-{100 * interval.high:.1f})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.2f}"


def _groups(groups: Sequence[Group], limit: int | None) -> Iterator[str]:
    head = ["", "of the source", "codes", *(f"{name} %" for name in _SHORT)]
    rows = [
        [g.code, g.title, f"{g.extents[0].of:,}", *(f"{100 * e.share:.1f}" for e in g.extents)]
        for g in groups[:limit]
    ]
    yield from table(head, rows, 1)
    if limit is not None and len(groups) > limit:
        yield f"... {len(groups) - limit} more: --limit 0"


def _remarks(found: Coverage) -> Iterator[str]:
    width = terminal_width()
    for remark in found.remarks:
        yield from wrap(remark, width, subsequent_indent="  ")
    if found.unread:
        volume = sum(each.volume for each in found.unread)
        listed = ", ".join(each.text for each in found.unread[:_MOST_UNREAD])
        counted = f" (volume {volume:,})" if volume else ""
        said = f"{len(found.unread):,} texts are no code of the source and left out{counted}: "
        more = " ..." if len(found.unread) > _MOST_UNREAD else ""
        yield from wrap(said + listed + more, width, subsequent_indent="  ")
    if found.basis.command:
        yield from wrap(f"made by: {found.basis.command}", width, subsequent_indent="  ")
