"""The report as tables: what the workbook and the work list are written from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from icd11kit.transition.impact.values import Band, CodeRow, DoubleCoded, Impact
from icd11kit.transition.impact.words import answer_sentences, is_measured, why
from icd11kit.transition.outcomes import MEANS, Outcome

Cell = str | int | float | None
_OUTCOMES = tuple(outcome.value for outcome in Outcome)
_BAND = ("expected right", "range from", "range to")


class Table(NamedTuple):
    """A table with its name, its header and its rows."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


CODES = (
    "code", "title", "chapter", "rows", "volume", "outcome", "needs review", "why", "detail",
    "target", "target title", "relation", "confidence", "basis", "stem", "target chapter",
    "unsaid", "alternatives", "evidence", "trouble", "cost",
)  # fmt: skip
WORK = (
    "code", "title", "volume", "outcome", "target", "target title", "confidence", "why",
    "alternatives", "unsaid", "evidence", "trouble", "cost",
)  # fmt: skip


def make_tables(impact: Impact) -> tuple[Table, ...]:
    """Return all tables of the report, in the order of the page."""
    return (
        Table("summary", ("what", "value", "share of volume"), tuple(_summary(impact))),
        Table("by chapter", _CHAPTER, tuple(_chapters(impact))),
        Table("codes", CODES, tuple(map(_code, impact.rows))),
        work_table(impact.work),
        Table("flow", ("from", "to", "codes", "volume"), tuple(_flows(impact))),
        Table("documentation", ("axis", "required", "whose word", "codes", "volume", "such as"),
              tuple((a.axis, _yes(a.required), a.tier, a.codes, a.volume, ", ".join(a.examples))
                    for a in impact.axes)),
        Table("unsaid", ("kind", "codes", "volume", "means", "such as"),
              tuple((u.kind, u.codes, u.volume, u.means, ", ".join(u.examples))
                    for u in impact.unsaid)),
        Table("lengths", ("strings", "median", "95 % within", "longest", "example",
                          *(f"volume over {fit.width}" for fit in impact.software.lengths[0].fits)),
              tuple((n.name, n.median, n.percentile95, n.longest, n.example,
                     *(fit.volume for fit in n.fits)) for n in impact.software.lengths)),
        Table("trends", _TREND, tuple(_trends(impact))),
        Table("scenarios", ("way", *_OUTCOMES, "to review", "cost", "longest", *_BAND),
              tuple((s.name, *s.outcomes, s.review, s.cost, s.longest, *_band(impact, s.band))
                    for s in impact.scenarios)),
        *_double(impact.double),
        Table("set aside", ("row", "code", "count", "reason"),
              tuple(tuple(problem) for problem in impact.volumes.problems)),
        Table("origins", ("origin", "state"),
              (*impact.origins, ("command", impact.command))),
    )  # fmt: skip


def work_table(work: Iterable[CodeRow]) -> Table:
    """Return the work list, the codes that cost most first."""
    return Table("work list", WORK, tuple(map(_work, work)))


def format_csv(table: Table) -> Iterator[str]:
    r"""Yield the lines of a table as CSV.

    >>> list(format_csv(Table("t", ("code", "n"), (("I10", 3),))))
    ['code,n\n', 'I10,3\n']
    """
    for row in (table.header, *table.rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        yield line.getvalue()


_CHAPTER = ("chapter", "title", "codes", "volume", *_OUTCOMES, "to review", *_BAND)
_TREND = (
    "level", "group", "title", "counterpart", "before", "after", "kept", "ratio", "into", "out of",
)  # fmt: skip


def _summary(impact: Impact) -> Iterator[tuple[Cell, ...]]:
    yield from ((sentence, None, None) for sentence in answer_sentences(impact))
    all_of = max(impact.volume, 1)
    yield "volume", impact.volume, 1.0
    yield "codes", len(impact.rows), None
    for each in impact.outcomes:
        yield f"{each.outcome.value}: {MEANS[each.outcome]}", each.volume, each.volume / all_of
    for detail in impact.details:
        yield f"loses detail: {detail.kind}", detail.volume, detail.volume / all_of
    yield "to be looked at by a coder", impact.review, impact.review / all_of
    for name, share in zip(_BAND, _band(impact, impact.band), strict=True):
        yield f"main code {name}", None, share
    yield "confidence measured", None, impact.band.measured
    for form in impact.software.forms:
        yield f"targets: {form.name}", form.volume, form.volume / all_of
    for aside in impact.volumes.set_aside:
        yield f"rows set aside: {aside.reason}", aside.rows, None


def _chapters(impact: Impact) -> Iterator[tuple[Cell, ...]]:
    for c in impact.chapters:
        band = _band(impact, c.band)
        yield c.chapter, c.title, c.codes, c.volume, *c.outcomes, c.review, *band


def _band(impact: Impact, band: Band) -> tuple[Cell, ...]:
    """Return a share with its range; empty where it was not measured, as on the page."""
    return band[:3] if is_measured(impact) else (None, None, None)


def _double(double: DoubleCoded | None) -> Iterator[Table]:
    """Yield the ratios of records coded twice, if there are any."""
    if double is not None:
        header = ("group", "title", "counterpart", "before", "after", "ratio", "low", "high")
        yield Table("coded twice", header, tuple(tuple(ratio) for ratio in double.ratios))


def _flows(impact: Impact) -> Iterator[tuple[Cell, ...]]:
    for flow in impact.flows:
        yield flow.source, flow.target or "no target", flow.codes, flow.volume


def _trends(impact: Impact) -> Iterator[tuple[Cell, ...]]:
    for g in impact.groups:
        moved = (_moved(g.into), _moved(g.out_of))
        yield (g.level, g.label, g.title, g.counterpart, g.before, g.after, g.kept, g.ratio,
               *moved)  # fmt: skip


def _moved(movers: Sequence[tuple[str, str, int]]) -> str:
    return "; ".join(f"{code} -> {target or 'no target'} ({n})" for code, target, n in movers)


def _code(row: CodeRow) -> tuple[Cell, ...]:
    return (
        row.code, row.title, row.chapter, row.rows, row.volume, row.outcome.value,
        _yes(row.needs_review), row.reason, row.detail, row.target, row.target_title,
        row.relation, row.confidence, row.basis, row.stem, row.target_chapter,
        "; ".join(row.remainder), "; ".join(row.alternatives), row.evidence, row.trouble, row.cost,
    )  # fmt: skip


def _work(row: CodeRow) -> tuple[Cell, ...]:
    return (
        row.code, row.title, row.volume, row.outcome.value, row.target, row.target_title,
        row.confidence, why(row), "; ".join(row.alternatives), "; ".join(row.remainder),
        row.evidence, row.trouble, row.cost,
    )  # fmt: skip


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
