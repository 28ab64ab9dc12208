"""What the impact report is made of: one frozen value that every face formats."""

from __future__ import annotations

from typing import NamedTuple

from icd11kit.transition.outcomes import Outcome
from icd11kit.transition.volumes import Volumes

Chapters = tuple[tuple[str, str], ...]
FEWEST_RECORDS = 10
"""With fewer records coded twice in a counterpart no interval is given."""


class CodeRow(NamedTuple):
    """A source code with its volume, and what becomes of it.

    All figures of the report are sums over these rows. `basis` names the answers that the
    confidence was measured on, "" where it was not measured. `cost` is volume times trouble.
    """

    code: str
    title: str
    chapter: str
    rows: int
    volume: int
    outcome: Outcome
    needs_review: bool
    reason: str
    target: str
    target_title: str
    relation: str
    confidence: float
    basis: str
    stem: str
    target_chapter: str
    detail: str
    remainder: tuple[str, ...]
    alternatives: tuple[str, ...]
    evidence: str
    trouble: int
    cost: int


class Band(NamedTuple):
    """Share of volume whose stem is expected right, its 95 % range, and the share measured.

    `measured` is the share of volume whose confidence rests on answers that were checked.
    """

    share: float
    low: float
    high: float
    measured: float


class OutcomeCount(NamedTuple):
    """How many codes and how much volume have an outcome."""

    outcome: Outcome
    codes: int
    volume: int


class ChapterImpact(NamedTuple):
    """A chapter of the source: volumes by outcome in the order of `Outcome`, and to review."""

    chapter: str
    title: str
    codes: int
    volume: int
    outcomes: tuple[int, ...]
    review: int
    band: Band


class KindCount(NamedTuple):
    """A kind of loss: how many codes and how much volume, and codes with most of it."""

    kind: str
    codes: int
    volume: int
    means: str
    examples: tuple[str, ...] = ()


class Flow(NamedTuple):
    """Volume from a chapter of the source to a chapter of ICD-11; "" for no target."""

    source: str
    target: str
    codes: int
    volume: int


class AxisNeed(NamedTuple):
    """An axis that targets admit or require and that the source codes do not say."""

    axis: str
    required: bool
    tier: str
    codes: int
    volume: int
    examples: tuple[str, ...]


class Fit(NamedTuple):
    """What does not fit a column of this many characters."""

    width: int
    volume: int
    codes: int


class Lengths(NamedTuple):
    """Lengths of strings in characters by volume: half are not longer than the median."""

    name: str
    median: int
    percentile95: int
    longest: int
    example: str
    fits: tuple[Fit, ...]


class Form(NamedTuple):
    """A property of strings that software must bear: how many codes, how much volume."""

    name: str
    codes: int
    volume: int
    means: str
    example: str


class Software(NamedTuple):
    """What software meets: lengths of strings, forms of strings, and rows a diagnosis takes."""

    lengths: tuple[Lengths, ...]
    forms: tuple[Form, ...]
    codes_each: float
    most_codes: int


class Mover(NamedTuple):
    """A code whose volume enters or leaves a group though nothing changed in the world."""

    code: str
    target: str
    volume: int


class Group(NamedTuple):
    """A group of ICD-11 beside its counterpart in the source: counts before and after.

    `ratio` is after through before, None where nothing was before; `kept` is the volume in
    both; `into` and `out_of` list the codes that move most.
    """

    level: str
    label: str
    title: str
    counterpart: str
    before: int
    after: int
    kept: int
    ratio: float | None
    into: tuple[Mover, ...]
    out_of: tuple[Mover, ...]


class DoubleRatio(NamedTuple):
    """A group's ratio in records coded twice, with a bootstrap interval if one can be had."""

    label: str
    title: str
    counterpart: str
    before: int
    after: int
    ratio: float
    low: float | None
    high: float | None


class DoubleCoded(NamedTuple):
    """Records coded in both classifications: which file, how many, and ratios by group."""

    name: str
    sha256: str
    records: int
    set_aside: int
    resamples: int
    seed: int
    ratios: tuple[DoubleRatio, ...]


class Scenario(NamedTuple):
    """A way to make the move, and what it comes to."""

    name: str
    outcomes: tuple[int, ...]
    review: int
    cost: int
    longest: int
    band: Band


class Origin(NamedTuple):
    """What figures rest on: name and value."""

    name: str
    value: str


class Impact(NamedTuple):
    """Everything the report says; shares are volumes through `volume`."""

    source: str
    source_name: str
    volumes: Volumes
    volume: int
    rows: tuple[CodeRow, ...]
    outcomes: tuple[OutcomeCount, ...]
    review: int
    band: Band
    calibration: int
    chapters: tuple[ChapterImpact, ...]
    target_chapters: Chapters
    details: tuple[KindCount, ...]
    flows: tuple[Flow, ...]
    work: tuple[CodeRow, ...]
    axes: tuple[AxisNeed, ...]
    unsaid: tuple[KindCount, ...]
    software: Software
    groups: tuple[Group, ...]
    groups_from: str
    double: DoubleCoded | None
    scenarios: tuple[Scenario, ...]
    origins: tuple[Origin, ...]
    command: str
