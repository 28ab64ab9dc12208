"""The impact report as one page in HTML that opens offline. Needs the extra `report` (Jinja)."""

from __future__ import annotations

import re

from icd11kit.counts import count
from icd11kit.postcoordination.axes import AxisTier
from icd11kit.transition.impact import trouble, words
from icd11kit.transition.impact.counts import NOT_KNOWN
from icd11kit.transition.impact.pictures import NARROW, WIDE, Frame, Picture, draw_flows
from icd11kit.transition.impact.software import WIDTHS
from icd11kit.transition.impact.values import FEWEST_RECORDS, Impact
from icd11kit.transition.outcomes import MEANS, Outcome
from icd11kit.transition.pages import get_page

MOST_WORK = 40
MOST_FLOWS = 25
MOST_BLOCKS = 25
MOST_AXES = 20
MOST_PROBLEMS = 20


def format_page(impact: Impact) -> str:
    """Return the page: self-contained, without script, for light and dark, wide and narrow."""
    titles = dict([("", NOT_KNOWN), *((c.chapter, c.title) for c in impact.chapters)])
    page = get_page(
        "impact.html.j2",
        percent=words.percent, count=count, lean=words.lean, spoken=spoken, range=words.range_of,
    )  # fmt: skip
    return page.render(
        impact=impact,
        volume=max(impact.volume, 1),
        sentences=list(words.answer_sentences(impact)),
        half=words.half_of_cost(impact),
        is_measured=words.is_measured(impact),
        chapters=[group for group in impact.groups if group.level == "chapter"],
        blocks=[group for group in impact.groups if group.level != "chapter"],
        breaks=words.breaks([group for group in impact.groups if group.level != "chapter"]),
        source_titles=titles,
        target_titles={"": "no target", **dict(impact.target_chapters)},
        pictures=[(name, draw(impact, frame)) for name, frame in _FRAMES.items()],
        outcomes=list(Outcome), means=MEANS, weights=trouble.WEIGHTS,
        is_profile=any(need.tier == AxisTier.PROFILE for need in impact.axes),
        why=words.why, other_targets=words.other_targets,
        break_share=100 * words.BREAK, fewest=words.FEWEST,
        fewest_records=FEWEST_RECORDS,
        over_names=[(f"Over {width}", "right") for width in WIDTHS],
        most_work=MOST_WORK, most_flows=MOST_FLOWS, most_blocks=MOST_BLOCKS,
        most_axes=MOST_AXES, most_problems=MOST_PROBLEMS,
    )  # fmt: skip


_FRAMES = {"wide": WIDE, "narrow": NARROW}


def draw(impact: Impact, frame: Frame) -> Picture:
    """Return the picture of where the volume goes."""
    sources = tuple((each.chapter, each.title) for each in impact.chapters)
    return draw_flows(impact.flows, sources, impact.target_chapters, frame)


def spoken(axis: str) -> str:
    """Return the name of an axis as people say it.

    >>> spoken("fractureOpenOrClosed"), spoken("hasSeverity")
    ('fracture open or closed', 'severity')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", axis).lower().removeprefix("has ")
