"""Agreement as one page in HTML that opens offline. Needs the extra `agreement` (Jinja)."""

from __future__ import annotations

from typing import NamedTuple

from icd11kit.counts import count
from icd11kit.transition.agreement.compare import Agreement
from icd11kit.transition.agreement.counts import ChapterCount
from icd11kit.transition.agreement.files import FileAgreement
from icd11kit.transition.agreement.statistics import Estimate
from icd11kit.transition.pages import get_page
from icd11kit.vocabulary import System, system_name

_FEWEST = 10
"""Chapters with fewer records are not named as the weakest: their shares are chance."""
_COMMONEST = 3
_NARROW = "\u202f"
"""The space before a percent sign, where no line breaks."""
MOST_RECORDS = 300
MOST_PAIRS = 25


class Findings(NamedTuple):
    """What a reader in a hurry should see: commonest kinds, and the weakest chapter if any."""

    kinds: tuple[str, ...]
    share: float
    weakest: ChapterCount | None


def format_page(found: FileAgreement) -> str:
    """Return the page: self-contained, without script, for light and dark, wide and narrow."""
    is_10cm = found.options.system == System.ICD10CM
    page = get_page("agreement.html.j2", percent=percent, number=number, count=count)
    return page.render(
        found=found,
        agreement=found.agreement,
        findings=findings(found.agreement),
        stem="code" if is_10cm else "stem",
        system=system_name(System.ICD10CM if is_10cm else System.MMS),
        target=100 * found.options.target,
        most_records=MOST_RECORDS,
        most_pairs=MOST_PAIRS,
    )


def findings(agreement: Agreement) -> Findings:
    """Return what stands out among the differences."""
    kinds = agreement.kinds[:_COMMONEST]
    total = sum(kind.times for kind in agreement.kinds)
    large = [c for c in agreement.chapters if c.records >= _FEWEST and c.exact < c.records]
    return Findings(
        tuple(kind.name for kind in kinds),
        sum(kind.times for kind in kinds) / total if total else 0.0,
        min(large, key=lambda chapter: chapter.exact / chapter.records, default=None),
    )


def percent(share: float | None) -> str:
    """Return a share in percent.

    >>> percent(0.7024).replace(_NARROW, " "), percent(None)
    ('70.2 %', 'not known')
    """
    return "not known" if share is None else f"{100 * share:.1f}{_NARROW}%"


def number(estimate: Estimate) -> str:
    """Return a statistic with its interval, or why there is none.

    >>> number(Estimate(0.7, 0.61, 0.78)), number(Estimate(1.0))
    ('0.70 (0.61 to 0.78)', '1.00')
    """
    if estimate.value is None:
        return "not defined"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
