"""Rows added up: by outcome, by chapter, by kind of loss, and from chapter to chapter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from icd11kit.transition.impact.bands import expect_right
from icd11kit.transition.impact.codes import DETAILS
from icd11kit.transition.impact.values import (
    ChapterImpact,
    Chapters,
    CodeRow,
    Flow,
    KindCount,
    OutcomeCount,
)
from icd11kit.transition.outcomes import Outcome

_EXAMPLES = 3
NOT_KNOWN = "not a code of the source"
"""The chapter of what is unknown or malformed."""
WORDS = "further words of the title"
FINER = "what a longer code adds"
UNNAMED = "not named"
WHOLE = "the whole code"
_MEANS = {
    "encounter": "initial or subsequent encounter (7th character)",
    "sequela": "that it is a late effect (7th character)",
    "healing": "how a fracture heals (7th character)",
    "laterality": "the side of the body",
    "trimester": "the trimester of a pregnancy",
    "fetus": "which fetus is meant",
    "intent": "how an event came about",
    "consciousness": "how long consciousness was lost",
    "displacement": "whether a fracture is displaced",
    WORDS: "words that no part of the target says",
    FINER: "characters that a national edition adds and WHO's tables do not have",
    UNNAMED: "the mapping calls the target broader, narrower or overlapping and names no words",
    WHOLE: "the code has no target",
}


def volume_of(rows: Iterable[CodeRow]) -> int:
    """Return the volume of rows."""
    return sum(row.volume for row in rows)


def count_outcomes(rows: Sequence[CodeRow]) -> tuple[OutcomeCount, ...]:
    """Return codes and volume of each outcome, those without any too."""
    codes = Counter(row.outcome for row in rows)
    volumes = volumes_by_outcome(rows)
    return tuple(
        OutcomeCount(outcome, codes[outcome], volume)
        for outcome, volume in zip(Outcome, volumes, strict=True)
    )


def volumes_by_outcome(rows: Iterable[CodeRow]) -> tuple[int, ...]:
    """Return the volume of each outcome in the order of `Outcome`."""
    found: Counter[Outcome] = Counter()
    for row in rows:
        found[row.outcome] += row.volume
    return tuple(found[outcome] for outcome in Outcome)


def volume_to_review(rows: Iterable[CodeRow]) -> int:
    """Return the volume of answers that a coder should look at."""
    return volume_of(row for row in rows if row.needs_review)


def count_chapters(rows: Iterable[CodeRow], chapters: Chapters) -> tuple[ChapterImpact, ...]:
    """Return the chapters of the source that have codes here, in their order."""
    held = _grouped(rows, lambda row: row.chapter)
    listed = [*chapters, ("", NOT_KNOWN)]
    return tuple(
        ChapterImpact(
            chapter, title, len(held[chapter]), volume_of(held[chapter]),
            volumes_by_outcome(held[chapter]), volume_to_review(held[chapter]),
            expect_right(held[chapter]),
        )
        for chapter, title in listed
        if chapter in held
    )  # fmt: skip


def _grouped(rows: Iterable[CodeRow], name: Callable[[CodeRow], str]) -> dict[str, list[CodeRow]]:
    held: dict[str, list[CodeRow]] = defaultdict(list)
    for row in rows:
        held[name(row)].append(row)
    return held


def count_flows(rows: Iterable[CodeRow]) -> tuple[Flow, ...]:
    """Return volumes from chapter to chapter, the largest first."""
    codes: Counter[tuple[str, str]] = Counter()
    volumes: Counter[tuple[str, str]] = Counter()
    for row in rows:
        way = row.chapter, row.target_chapter
        codes[way] += 1
        volumes[way] += row.volume
    ways = sorted(codes, key=lambda way: (-volumes[way], way))
    return tuple(Flow(*way, codes[way], volumes[way]) for way in ways)


def count_details(rows: Sequence[CodeRow]) -> tuple[KindCount, ...]:
    """Return why codes lose detail; each such code is counted once."""
    held = _grouped((row for row in rows if row.detail), lambda row: row.detail)
    return tuple(_kind(kind, held[kind], means) for kind, means in DETAILS.items() if kind in held)


def count_unsaid(rows: Sequence[CodeRow]) -> tuple[KindCount, ...]:
    """Return what targets leave unsaid by kind, most volume first; a code may have several."""
    held: dict[str, list[CodeRow]] = defaultdict(list)
    for row in rows:
        for kind in dict.fromkeys(_kinds(row)):
            held[kind].append(row)
    counted = [_kind(kind, those, _MEANS.get(kind, kind)) for kind, those in held.items()]
    return tuple(sorted(counted, key=lambda each: (-each.volume, each.kind)))


def _kinds(row: CodeRow) -> Iterator[str]:
    if row.outcome is Outcome.NONE:
        yield WHOLE
        return
    if row.outcome is Outcome.DETAIL and not row.remainder:
        yield UNNAMED
    for said in row.remainder:
        kind, mark, _ = said.partition(": ")
        is_finer = said.startswith("what ") and " adds to " in said
        yield FINER if is_finer else kind if mark else WORDS


def _kind(kind: str, rows: Sequence[CodeRow], means: str) -> KindCount:
    first = sorted(rows, key=lambda row: (-row.volume, row.code))[:_EXAMPLES]
    return KindCount(kind, len(rows), volume_of(rows), means, tuple(row.code for row in first))


def list_work(rows: Iterable[CodeRow]) -> tuple[CodeRow, ...]:
    """Return the codes that cost something, those that cost most first."""
    costly = (row for row in rows if row.cost)
    return tuple(sorted(costly, key=lambda row: (-row.cost, row.code)))
