"""Words looked for among the members of a selection, the best first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from icd11kit.search.find import Hit, find_hits, find_places
from icd11kit.store.read import find_pre
from icd11kit.terminology import Terminology
from icd11kit.valuesets.members import Member

_MOST_HITS = 1_000
_MOST_RUNS = 50


def find_members(
    icd: Terminology, system: str, members: Iterable[Member], words: str
) -> list[Member]:
    """Return the members of one edition that fit words or the beginning of a code, best first.

    Behind those that search ranks stand all others that hold every word, in their order, so
    that none is missed. Clusters are not searched.
    """
    store = icd.store(system)
    places = {member for member in members if isinstance(member, int)}
    if not places or not words.strip():
        return []
    best: dict[int, float] = {}
    for hit in _hits(icd, system, places, words):
        place = find_pre(store, hit.entity.id)
        if place is not None and place in places:
            best[place] = max(hit.score, best.get(place, 0.0))
    ranked: list[int] = sorted(best, key=lambda at: (-best[at], at))
    others = [at for at in find_places(store, words) if at in places and at not in best]
    return [*ranked, *others]


def _hits(icd: Terminology, system: str, places: set[int], words: str) -> Iterator[Hit]:
    """Yield what the whole edition has, codes too, and what the members' own runs have."""
    yield from icd.search(words, limit=_MOST_HITS, system=system)
    yield from find_hits(icd.store(system), words, limit=_MOST_HITS, spans=runs_of(places))


def runs_of(places: Iterable[int]) -> list[tuple[int, int]]:
    """Return places as runs; where there are many, one run from the first to the last.

    >>> runs_of([4, 2, 3, 9])
    [(2, 4), (9, 9)]
    """
    runs: list[tuple[int, int]] = []
    for place in sorted(places):
        if runs and runs[-1][1] + 1 == place:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs if len(runs) <= _MOST_RUNS else [(runs[0][0], runs[-1][1])]
