"""Numbers of a coverage study that are no shares of codes: targets, depth, what is expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean, median

from icd11kit.transition.coverage.measure import (
    SPECIFICITY,
    TARGETS,
    TRUST,
    has_target,
    is_full,
    target_stem,
)
from icd11kit.transition.coverage.values import Case, Figure, Measure
from icd11kit.transition.outcomes import SURE


def target_measures(cases: Sequence[Case], whole: int | None) -> Iterator[Measure]:
    """Yield shares of targets; `whole` is how many stems there are, None for part of a source."""
    held = Counter(case.mapping.target for case in cases if has_target(case))
    shared = sum(number > 1 for number in held.values())
    yield Measure(TARGETS, "targets with several source codes", shared, len(held))
    if whole:
        stems = {target_stem(case) for case in cases if has_target(case)}
        yield Measure(TARGETS, "codes of the target that are reached", len(stems), whole)


def figures(cases: Sequence[Case], *, calibrated: bool) -> Iterator[Figure]:
    """Yield the numbers beside the shares; expected ones only from calibrated confidences."""
    found = [case for case in cases if has_target(case)]
    yield from _targets(found)
    depths = [(c.place.depth, c.target_depth) for c in found if c.target_depth is not None]
    if depths:
        yield Figure(SPECIFICITY, "depth of the source, mean", fmean(d for d, _ in depths))
        yield Figure(SPECIFICITY, "depth of the target, mean", fmean(d for _, d in depths))
    if calibrated and found:
        yield from _trust(cases)


def _targets(found: Sequence[Case]) -> Iterator[Figure]:
    held = Counter(case.mapping.target for case in found)
    if not held:
        return
    most = min(held, key=lambda target: (-held[target], target))
    stems = len({target_stem(case) for case in found})
    yield Figure(TARGETS, "different targets", len(held))
    yield Figure(TARGETS, "different stems", stems)
    yield Figure(TARGETS, "source codes per target, mean", len(found) / len(held))
    yield Figure(TARGETS, "source codes per target, median", median(held.values()))
    yield Figure(TARGETS, "source codes per target, most", held[most], most)
    yield Figure(TARGETS, "source codes per stem, mean", len(found) / stems)


def _trust(cases: Sequence[Case]) -> Iterator[Figure]:
    """Yield how many answers are expected to have the right stem; a share of all codes asked."""
    full = [case for case in cases if is_full(case)]
    sure = sum(case.mapping.confidence >= SURE for case in cases)
    volume = sum(case.volume for case in cases)
    expected = _expected(cases)
    yield Figure(TRUST, "expected right stems", expected, _of(expected, len(cases)))
    if full:
        right = _expected(full)
        yield Figure(TRUST, "expected right stems, fully represented", right, _of(right, len(full)))
    if volume:
        weighed = sum(case.mapping.confidence * case.volume for case in cases)
        yield Figure(TRUST, "expected volume on right stems", weighed, _of(weighed, volume))
    name = f"answers of confidence {SURE:.1f} and more"
    yield Figure(TRUST, name, sure, _of(sure, len(cases)))


def _expected(cases: Iterable[Case]) -> float:
    return sum(case.mapping.confidence for case in cases)


def _of(part: float, whole: int) -> str:
    return f"{part / whole:.1%} of {whole:,}".replace("%", " %")
