"""The impact of the move in short, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from icd11kit.cli.output import table, terminal_width
from icd11kit.counts import count

if TYPE_CHECKING:
    from icd11kit.transition.impact.values import Impact

_MOST = 10
_PLAIN_SPACE = str.maketrans("\u202f", " ")


def impact_lines(found: Impact) -> Iterator[str]:
    """Yield the answer, the outcomes, the codes that cost most, and what was set aside."""
    from icd11kit.transition.impact.words import answer_sentences

    diagnoses = count(found.volume, "diagnosis", "diagnoses")
    head = f"{found.volumes.name}: {diagnoses}, {count(len(found.rows), 'code')}"
    yield from (click.style(line, bold=True) for line in wrap(head, terminal_width()))
    for sentence in answer_sentences(found):
        yield from wrap(sentence.translate(_PLAIN_SPACE), terminal_width(), subsequent_indent="  ")
    if found.volume:
        yield ""
        yield from _outcomes(found)
    if found.work:
        yield ""
        yield from _work(found)
    for aside in found.volumes.set_aside:
        yield f"set aside: {count(aside.rows, 'row')}, {aside.reason}"
    yield from found.volumes.remarks


def _outcomes(found: Impact) -> Iterator[str]:
    from icd11kit.transition.impact.words import percent

    rows = [
        [
            each.outcome.value, f"{each.volume:,}",
            percent(each.volume / found.volume).translate(_PLAIN_SPACE), f"{each.codes:,}",
        ]
        for each in found.outcomes
        if each.codes
    ]  # fmt: skip
    yield from table(["outcome", "volume", "share", "codes"], rows, 0)


def _work(found: Impact) -> Iterator[str]:
    from icd11kit.transition.impact.words import why

    rows = [
        [row.code, f"{row.volume:,}", row.outcome.value, row.target or "-", why(row)]
        for row in found.work[:_MOST]
    ]
    yield from table(["code", "volume", "outcome", "target", "why"], rows, 3, 4)
    if len(found.work) > _MOST:
        yield f"… {len(found.work) - _MOST:,} more: --work-list FILE"
