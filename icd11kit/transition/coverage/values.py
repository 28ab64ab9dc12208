"""The values of a coverage study: cases, measures, what they rest on."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.transition.outcomes import Outcome, outcome_of


class Extent(StrEnum):
    """How far a classification can say a code of another: the classes of published studies."""

    ONE_CODE = "by one code"
    CLUSTER = "by a cluster"
    PART = "in part"
    NONE = "not at all"


EXTENT_OF = {
    Outcome.ONE_CODE: Extent.ONE_CODE,
    Outcome.CLUSTER: Extent.CLUSTER,
    Outcome.DETAIL: Extent.PART,
    Outcome.AMBIGUOUS: Extent.PART,
    Outcome.NONE: Extent.NONE,
}


class Return(StrEnum):
    """Where a code comes out that is sent to another classification and back."""

    SAME_CODE = "same code"
    SAME_CATEGORY = "same category"
    ANOTHER = "another category"
    LOST = "lost"


class Place(NamedTuple):
    """Where a code stands; `depth` counts levels below the chapter, blocks included."""

    chapter: str = ""
    chapter_title: str = ""
    block: str = ""
    block_title: str = ""
    depth: int = 0


class Case(NamedTuple):
    """A code that is looked at, with its mapping, its volume and where it stands.

    `target_depth` is None where there is no target; `back` where no way back was asked for.
    """

    mapping: CodeMapping
    volume: int = 0
    place: Place = Place()
    target_depth: int | None = None
    back: Return | None = None

    @property
    def extent(self) -> Extent:
        """How far the target says the code, as the map claims."""
        return EXTENT_OF[outcome_of(self.mapping)]


class Interval(NamedTuple):
    """A 95 % interval of a share."""

    low: float
    high: float


class Weight(NamedTuple):
    """A measure in volume: how much, of how much, the interval where one was drawn."""

    volume: int
    of: int
    interval: Interval | None = None

    @property
    def share(self) -> float:
        """The share of the volume, 0 of nothing."""
        return self.volume / self.of if self.of else 0.0


class Measure(NamedTuple):
    """A count of codes, what it is a share of, and the same by volume where there is one."""

    section: str
    name: str
    number: int
    of: int
    interval: Interval | None = None
    weight: Weight | None = None

    @property
    def share(self) -> float:
        """The share of the codes, 0 of nothing."""
        return self.number / self.of if self.of else 0.0


class Figure(NamedTuple):
    """A number that is no share, with a remark such as the code it belongs to."""

    section: str
    name: str
    value: float
    remark: str = ""


class Group(NamedTuple):
    """The codes of a chapter or block of the source, by extent."""

    code: str
    title: str
    extents: tuple[Measure, ...]


class Unread(NamedTuple):
    """A text that was given as a code and is none, with its volume and why."""

    text: str
    volume: int
    reason: str


class Basis(NamedTuple):
    """What figures rest on: enough to make them again."""

    command: str
    tool: str
    source: str
    source_release: str
    source_tier: str
    target: str
    target_release: str
    target_tier: str
    map: str
    map_file: str
    map_release: str
    population: int
    sampled: int
    seed: int
    resamples: int
    codes_file: str = ""
    codes_sha256: str = ""
    volumes_file: str = ""
    volumes_sha256: str = ""


class Coverage(NamedTuple):
    """How much of one classification another can say."""

    basis: Basis
    measures: tuple[Measure, ...]
    figures: tuple[Figure, ...]
    groups: tuple[Group, ...]
    unread: tuple[Unread, ...]
    remarks: tuple[str, ...]

    def section(self, name: str) -> tuple[Measure, ...]:
        """Return the measures of a section, in their order."""
        return tuple(each for each in self.measures if each.section == name)
