"""The classes of `icd11kit coverage` beside the map types of experts, where they are at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.crosswalk_gold import DATA, EXPERTS
from icd11kit.crosswalk.mapping import CodeMapping, codes_of
from icd11kit.crosswalk.score import Gold, parse_gold, stem_of
from icd11kit.store.read import file_name
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.transition.coverage.measure import is_full, lacks_episode_only
from icd11kit.transition.coverage.values import Case, Extent
from icd11kit.transition.intervals import wilson

TYPES = {"1": Extent.ONE_CODE, "2": Extent.CLUSTER, "3": Extent.PART}
"""The number that a map type begins with, and what it says."""


class Pair(NamedTuple):
    """A code's case as the map has it, the extent that experts gave, and their codes."""

    case: Case
    expert: Extent
    gold: Gold


def main() -> None:
    """Print shares by class on both sides, their agreement, and how far "full" can be trusted."""
    path = DATA / EXPERTS
    if not path.exists():
        print(f"skipped: {path} is absent")
        return
    icd = open_terminology()
    gold = parse_gold(path.read_text("utf-8"), EXPERTS)
    pairs, count = read_pairs(icd, gold), len(gold)
    book = icd.crosswalk.book
    print(
        f"{len(pairs)} of {count} codes; MMS {icd.release}, ICD-10-CM "
        f"{icd.manifest('icd10cm')['release']}, map tables {icd.manifest()['map_release']}, "
        f"{file_name(book) if book else 'no computed crosswalk'}"
    )
    print_pairs(pairs)


def print_pairs(pairs: Sequence[Pair]) -> None:
    """Print the figures of codes that have a map type."""
    _print_shares(pairs)
    _print_table(pairs)
    _print_trust(pairs)


def read_pairs(icd: Terminology, gold: Sequence[Gold]) -> list[Pair]:
    """Return the codes that have a map type, each with what the map claims of it."""
    found = ((row, icd.crosswalk.forward(row.source)) for row in gold)
    return [_pair(row, mapping) for row, mapping in found if mapping and row.kind[:1] in TYPES]


def _pair(row: Gold, mapping: CodeMapping) -> Pair:
    return Pair(Case(mapping), TYPES[row.kind[:1]], row)


def _print_shares(pairs: Sequence[Pair]) -> None:
    ours = Counter(pair.case.extent for pair in pairs)
    theirs = Counter(pair.expert for pair in pairs)
    print("class | experts | map")
    for extent in Extent:
        print(
            f"{extent} | {_share(theirs[extent], len(pairs))} | {_share(ours[extent], len(pairs))}"
        )
    episode = sum(lacks_episode_only(pair.case) for pair in pairs)
    print(f"in part for the episode of care only: {_share(episode, len(pairs))}")


def _print_table(pairs: Sequence[Pair]) -> None:
    cells = Counter((pair.expert, pair.case.extent) for pair in pairs)
    print("experts \\ map | " + " | ".join(Extent))
    for row in TYPES.values():
        print(f"{row} | " + " | ".join(str(cells[row, column]) for column in Extent))
    same = sum(number for (a, b), number in cells.items() if a == b)
    print(f"same class: {_share(same, len(pairs))}, Cohen's kappa {_kappa(pairs):.2f}")


def _print_trust(pairs: Sequence[Pair]) -> None:
    full = [pair for pair in pairs if is_full(pair.case)]
    theirs = [pair for pair in pairs if pair.expert is not Extent.PART]
    both = [pair for pair in full if pair.expert is not Extent.PART]
    same = [pair for pair in both if _is_same(pair)]
    print(f"called full by the map and by experts: {_share(len(both), len(full))} of the map's")
    print(f"  with the experts' own codes: {_share(len(same), len(full))}")
    print(f"  experts' full codes that the map calls full: {_share(len(both), len(theirs))}")
    missed = [pair for pair in theirs if not is_full(pair.case)]
    alike = sum(map(_is_same, missed))
    print(f"  of those it does not, with the experts' own codes: {_share(alike, len(missed))}")
    bare = sum(_is_same(pair) and not pair.case.mapping.remainder for pair in missed)
    print(f"  of those, with them and nothing listed as unsaid: {_share(bare, len(missed))}")
    stems = sum(stem_of(p.case.mapping.target) == p.gold.stem for p in full)
    expected = sum(pair.case.mapping.confidence for pair in full)
    print(f"right stems among the map's full: {_share(stems, len(full))}, expected {expected:.1f}")
    right = sum(stem_of(p.case.mapping.target) == p.gold.stem for p in pairs)
    expected = sum(pair.case.mapping.confidence for pair in pairs)
    print(f"right stems among all: {_share(right, len(pairs))}, expected {expected:.1f}")


def _is_same(pair: Pair) -> bool:
    return codes_of(pair.case.mapping.target) == codes_of(pair.gold.whole)


def _share(hits: int, of: int) -> str:
    """Return a share with its count and Wilson's interval."""
    if not of:
        return "none"
    low, high = wilson(hits, of)
    return f"{100 * hits / of:.1f} % ({100 * low:.0f}-{100 * high:.0f}), {hits} of {of}"


def _kappa(pairs: Sequence[Pair]) -> float:
    """Return Cohen's kappa of both sides' classes."""
    total = len(pairs)
    ours = Counter(pair.case.extent for pair in pairs)
    theirs = Counter(pair.expert for pair in pairs)
    chance = sum(ours[each] * theirs[each] for each in Extent) / total**2
    same = sum(pair.case.extent is pair.expert for pair in pairs) / total
    return (same - chance) / (1 - chance)


if __name__ == "__main__":
    main()
