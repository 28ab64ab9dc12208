"""The answer in plain words, the same on the page and at the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log

from icd11kit.counts import count
from icd11kit.transition.impact.codes import UNSPECIFIED
from icd11kit.transition.impact.values import Band, CodeRow, Group, Impact
from icd11kit.transition.outcomes import Outcome

NARROW = "\u202f"
"""The space before a percent sign, where no line breaks."""
BREAK = 0.05
"""A group's count breaks its trend where it changes by more than this share."""
FEWEST = 20
"""Groups with fewer diagnoses before and after are not named as breaks: too few to be a trend."""
MEASURED = 0.5
"""Below this share of measured volume no share of right stems is claimed."""
_HALF = 0.5
_NOTABLE = 0.1
_MOST_UNSAID = 4
_MOST_OTHERS = 3
_SAYS = {
    Outcome.ONE_CODE: ("carry", "carries", "over to one ICD-11 code that says the same"),
    Outcome.CLUSTER: ("carry", "carries", "over whole with several codes joined"),
    Outcome.DETAIL: ("have", "has", "a target that is not quite the same"),
    Outcome.AMBIGUOUS: (
        "have", "has", "several targets that are as good, so that a coder must decide",
    ),
    Outcome.NONE: ("have", "has", "no target in ICD-11"),
}  # fmt: skip
"""What is said of many, of one, and of both."""


def percent(share: float | None) -> str:
    """Return a share in percent.

    >>> [percent(each).replace(NARROW, " ") for each in (0.7024, 0.0, 0.0001, 1.0, None)]
    ['70.2 %', '0 %', 'under 0.1 %', '100 %', 'not known']
    """
    if share is None:
        return "not known"
    if share in (0, 1):
        return f"{100 * share:.0f}{NARROW}%"
    if share < 0.0005:
        return f"under 0.1{NARROW}%"
    return f"{100 * share:.1f}{NARROW}%"


def range_of(band: Band) -> str:
    """Return the range of a share in whole percent, rounded outwards.

    >>> range_of(Band(0.7, 0.612, 0.781, 1.0)).replace(NARROW, " ")
    '61 to 79 %'
    """
    return f"{floor(100 * band.low)} to {ceil(100 * band.high)}{NARROW}%"


def of_hundred(volumes: Sequence[int]) -> tuple[int, ...]:
    """Return whole numbers that add up to 100, in proportion to volumes (largest remainder).

    >>> of_hundred((2, 2, 2)), of_hundred((0, 0))
    ((34, 33, 33), (0, 0))
    """
    total = sum(volumes)
    if not total:
        return (0,) * len(volumes)
    exact = [100 * volume / total for volume in volumes]
    short = 100 - sum(map(int, exact))
    first = sorted(range(len(exact)), key=lambda n: (int(exact[n]) - exact[n], n))[:short]
    return tuple(int(share) + (n in first) for n, share in enumerate(exact))


def answer_sentences(impact: Impact) -> Iterator[str]:
    """Yield the answer, a sentence a point, what matters most first."""
    if not impact.volume:
        yield "The file counts no diagnosis, so nothing can be said of the move."
        return
    yield _hundred(impact)
    yield from _by_form(impact)
    yield from _review(impact)
    yield from _right(impact)
    yield from _columns(impact)
    yield from _trends(impact)


def _hundred(impact: Impact) -> str:
    named = [each.volume for each in impact.outcomes if each.outcome in _SAYS]
    volumes = [*named, impact.volume - sum(named)]
    says = [
        *_SAYS.values(),
        ("hold", "holds", f"something that is no code of {impact.source_name}"),
    ]
    parts = [
        f"{share or 'fewer than 1'} {one if share == 1 else many} {rest}"
        for share, volume, (many, one, rest) in zip(of_hundred(volumes), volumes, says, strict=True)
        if volume
    ]
    listed = "; ".join(parts)
    return f"Of every 100 diagnoses coded in {impact.source_name} in this file: {listed}."


def _by_form(impact: Impact) -> Iterator[str]:
    lost = sum(each.volume for each in impact.details)
    formal = sum(each.volume for each in impact.details if each.kind == UNSPECIFIED)
    if lost and formal / lost > _NOTABLE:
        yield (
            f"Of what is not quite the same, {percent(formal / lost)} goes to an “unspecified” "
            "category and is broader by its form alone: often nothing is lost there."
        )


def _review(impact: Impact) -> Iterator[str]:
    if not impact.review:
        yield "No answer needs a coder's look."
        return
    half, listed = half_of_cost(impact), len(impact.work)
    yield (
        f"A coder should look at the answers to {percent(impact.review / impact.volume)} of the "
        "volume before they are used."
    )
    if listed > half:
        yield (
            f"Half of the trouble lies in {half:,} of {count(len(impact.rows), 'code')}: start "
            "with the work list."
        )


def half_of_cost(impact: Impact) -> int:
    """Return how many codes of the work list make up half of all cost."""
    reached, total = 0, sum(row.cost for row in impact.work)
    for number, row in enumerate(impact.work, 1):
        reached += row.cost
        if reached >= _HALF * total:
            return number
    return 0


def is_measured(impact: Impact) -> bool:
    """Return whether the confidences rest on checked answers for most of the volume."""
    return impact.band.measured >= MEASURED


def _right(impact: Impact) -> Iterator[str]:
    band = impact.band
    if is_measured(impact):
        yield (
            f"The main ICD-11 code is expected to be right for {percent(band.share)} of the "
            f"volume (range {range_of(band)})."
        )
    elif any(row.target for row in impact.rows):
        yield f"{_unmeasured(impact)}, so no share of right ICD-11 codes is given."


def _unmeasured(impact: Impact) -> str:
    if impact.source == "icd10":
        return "How often the targets of WHO's tables are right has not been measured"
    return "Less than half of the volume has a target of a kind that experts' answers were held to"


def _columns(impact: Impact) -> Iterator[str]:
    whole = impact.software.lengths[-1]
    if whole.longest:
        fit = whole.fits[0]
        if not fit.volume:
            yield (
                f"All targets fit a column of {fit.width} characters; the longest has "
                f"{whole.longest}."
            )
            return
        yield (
            f"A column of {fit.width} characters is too narrow for "
            f"{percent(fit.volume / impact.volume)} of the volume; the longest target has "
            f"{whole.longest} characters."
        )


def _trends(impact: Impact) -> Iterator[str]:
    large = [group for group in impact.groups if is_large(group)]
    broken = len(breaks(large))
    change = f"by more than {100 * BREAK:.0f}{NARROW}%"
    of = f"{count(len(large), 'group')} of at least {FEWEST} diagnoses"
    if broken:
        yield (
            f"In {broken} of {of} the count changes {change} though nothing changed in the "
            "patients: time series break there."
        )
    elif large:
        yield f"The move changes no count {change} in {of}: time series go on there."


def other_targets(row: CodeRow) -> tuple[str, ...]:
    """Return the first alternatives that the reason does not name already."""
    named = row.reason.replace(",", " ").split()
    return tuple(each for each in row.alternatives if each not in named)[:_MOST_OTHERS]


def why(row: CodeRow) -> str:
    """Return why a code is on the work list."""
    said = [row.reason, row.detail]
    if row.remainder and row.outcome is not Outcome.NONE:
        said.append(f"unsaid: {', '.join(row.remainder[:_MOST_UNSAID])}")
    if row.outcome is Outcome.CLUSTER:
        said.append("several codes have to be joined")
    return "; ".join(part for part in dict.fromkeys(said) if part)


def breaks(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Return the large groups that change by more than a twentieth, the largest change first."""
    broken = (group for group in groups if is_large(group) and is_break(group))
    return tuple(sorted(broken, key=lambda g: (-abs(g.after - g.before), g.label)))


def is_large(group: Group) -> bool:
    """Return whether a group has enough diagnoses, before or after, to speak of a trend."""
    return max(group.before, group.after) >= FEWEST


def is_break(group: Group) -> bool:
    """Return whether a group's count changes by more than a twentieth."""
    return abs(group.after - group.before) > BREAK * group.before


def lean(ratio: float | None) -> float:
    """Return how far a ratio leans from 1, from -1 for a half or less to 1 for double or more.

    >>> lean(1.0), lean(4.0), lean(0.5), lean(0.0), lean(None)
    (0.0, 1.0, -1.0, -1.0, 1.0)
    """
    if ratio is None:
        return 1.0
    return max(-1.0, min(1.0, log(ratio, 2))) if ratio > 0 else -1.0
