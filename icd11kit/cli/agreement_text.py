"""The lines that `icd11kit agreement` prints for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from icd11kit.cli.output import table, terminal_width
from icd11kit.counts import count

if TYPE_CHECKING:
    from icd11kit.transition.agreement.compare import Agreement
    from icd11kit.transition.agreement.files import FileAgreement
    from icd11kit.transition.agreement.statistics import Estimate

_MOST_IDS = 5


def agreement_lines(found: FileAgreement, limit: int | None) -> Iterator[str]:
    """Yield what is to be read of an agreement, tables cut to a number of rows."""
    agreement = found.agreement
    yield click.style(f"A: {found.first}, B: {found.second}", bold=True)
    yield from _counted(found)
    yield ""
    yield from _levels(agreement)
    yield ""
    yield from _wrapped(
        f"All codes agree in {_percent(agreement.levels[0].share)}: {agreement.verdict}. "
        "The target is the accuracy customarily asked of a coder, measured against a reference; "
        "between two coders it is a yardstick only."
    )
    if agreement.parted:
        yield from _parting(agreement, limit, found.options.system)


def _counted(found: FileAgreement) -> Iterator[str]:
    """Yield what was compared and what was not."""
    agreement = found.agreement
    differ = len(agreement.parted)
    verb = "differs" if differ == 1 else "differ"
    yield f"{count(agreement.records, 'record')} compared, {differ:,} {verb}"
    for coder, ids in (("A", found.only_first), ("B", found.only_second)):
        if ids:
            more = ", ..." if len(ids) > _MOST_IDS else ""
            shown = ", ".join(ids[:_MOST_IDS])
            yield from _wrapped(f"not compared: {len(ids):,} only in {coder} ({shown}{more})")
    if agreement.uncoded:
        yield f"not compared: {agreement.uncoded:,} that neither coded"
    if found.flagged:
        yield f"not compared: {count(len(found.flagged), 'row')} that could not be read, see above"
    for fault in agreement.faults[:_MOST_IDS]:
        yield from _wrapped(f"{fault.id}, {fault.coder}: {fault.reason}")
    if len(agreement.faults) > _MOST_IDS:
        yield f"... {len(agreement.faults):,} codes in all name nothing: see --json or --out"


def _levels(agreement: Agreement) -> Iterator[str]:
    rows = [
        (
            level.name,
            f"{level.agreed:,}",
            _percent(level.share),
            _number(level.kappa),
            _number(level.alpha),
        )
        for level in agreement.levels
    ]
    yield from table(("same", "n", "share", "Cohen's kappa", "Krippendorff's alpha"), rows, 0)
    shared = agreement.shared
    yield from _wrapped(
        f"Shared codes: mean Dice {_number(shared.dice)}; A gave {shared.first:,} codes, "
        f"B {shared.second:,}, in common {shared.common:,}"
    )
    notes = {
        each.note: level.name
        for level in reversed(agreement.levels)
        for each in (level.kappa, level.alpha)
        if each.note
    }
    for note, name in notes.items():
        yield from _wrapped(f"{name}: {note}")


def _parting(agreement: Agreement, limit: int | None, system: str) -> Iterator[str]:
    main = "stem" if system == "icd11" else "main code"
    yield ""
    chapters = [
        (each.chapter, each.title, f"{each.records:,}", f"{each.exact:,}", f"{each.stem:,}")
        for each in agreement.chapters
    ]
    yield from _cut(
        ("", "chapter of A", "records", "same codes", f"same {main}"), chapters, limit, 1
    )
    yield ""
    kinds = [
        (each.name, f"{each.times:,}", f"{each.records:,}", each.means) for each in agreement.kinds
    ]
    yield from _cut(("difference", "times", "records", "meaning"), kinds, limit, 3)
    if agreement.pairs:
        yield ""
        pairs = [
            (each.first, each.second, f"{each.times:,}", each.name) for each in agreement.pairs
        ]
        yield from _cut(("A", "B", "times", "difference"), pairs, limit, 0, 1, 3)


def _cut(
    headers: Sequence[str], rows: Sequence[Sequence[str]], limit: int | None, *flexible: int
) -> Iterator[str]:
    yield from table(headers, rows[:limit], *flexible)
    if limit is not None and len(rows) > limit:
        yield f"... {len(rows) - limit:,} more: --limit 0"


def _percent(share: Estimate) -> str:
    """Return a share and its interval in percent."""
    if share.value is None or share.low is None or share.high is None:
        return "-"
    return f"{100 * share.value:.1f} % ({100 * share.low:.0f}-{100 * share.high:.0f})"


def _number(estimate: Estimate) -> str:
    """Return a statistic and its interval."""
    if estimate.value is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def _wrapped(text: str) -> Iterator[str]:
    from textwrap import wrap

    yield from wrap(text, terminal_width(), subsequent_indent="  ")
