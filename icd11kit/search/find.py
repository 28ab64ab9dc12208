"""The search cascade over a store: every word, then words respelled, then fewer words.

A query becomes groups, one for each word or lay term, each with its alternatives (as typed,
what a lay term means, a prefix, corrections). FTS5 finds the terms that hold every group,
and the best of them are ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice
from typing import NamedTuple

from icd11kit.model import LinearizationEntity
from icd11kit.search.query import read_query
from icd11kit.search.rank import Candidate, Group, score
from icd11kit.search.spelling import uses
from icd11kit.store.read import Store, ask, read_entity

_MOST_TRIES = 30
_CANDIDATES, _TERMS_A_HIT = 60, 3
"""So many terms are ranked, and so many for each hit wanted where those are more."""
_ENOUGH = 3
"""So many hits, and no word of the query is given up to find more."""


class Hit(NamedTuple):
    """An entry found, the term it was found by, and a score up to 1 to rank by."""

    entity: LinearizationEntity
    matched: str
    score: float

    @property
    def code(self) -> str:
        """The entry's code."""
        return self.entity.code

    @property
    def title(self) -> str:
        """The entry's title."""
        return self.entity.title


def find_hits(
    store: Store,
    query: str,
    *,
    limit: int,
    spans: Sequence[tuple[int, int]],
    whole: bool = False,
) -> tuple[Hit, ...]:
    """Return the best entries for a query, at most `limit`, inside runs of the pre-order.

    With `whole` every word has to be said, as typed, respelled or meant.
    """
    groups, wants_other = read_query(store, query) if spans else ((), False)
    best: dict[int, tuple[float, str]] = {}
    most = max(_CANDIDATES, _TERMS_A_HIT * limit)
    for chosen in _whole(groups) if whole else _cascade(_hopeful(store, groups)):
        for found in _candidates(store, chosen, spans, most):
            grade = score(found, groups, held=len(chosen), wants_other=wants_other)
            if grade > best.get(found.pre, (0.0, ""))[0]:
                best[found.pre] = (grade, found.text)
        if len(best) >= min(limit, _ENOUGH):
            break
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[:limit]
    return tuple(Hit(read_entity(store, pre), text, round(n, 4)) for pre, (n, text) in ranked)


def _whole(groups: Sequence[Group]) -> Iterator[tuple[Group, ...]]:
    """Yield all groups, to be held together."""
    if groups:
        yield tuple(groups)


def _hopeful(store: Store, groups: Sequence[Group]) -> list[Group]:
    """Return the groups without the words that no term holds and that nothing is near to."""
    return [
        group
        for group in groups
        if len(group.options) > 1 or all(uses(store, word) for word in group.options[0])
    ]


def _cascade(groups: Sequence[Group]) -> Iterator[tuple[Group, ...]]:
    """Yield the groups to be held: all, then all but one, but two, but half of them."""
    fewest = max(len(groups) // 2, min(len(groups) - 1, 2))
    fewer = (
        chosen
        for missing in range(fewest + 1)
        for chosen in combinations(groups, len(groups) - missing)
    )
    return islice(fewer, _MOST_TRIES) if groups else iter(())


def _candidates(
    store: Store, groups: Iterable[Group], spans: Sequence[tuple[int, int]], most: int
) -> Iterator[Candidate]:
    within = " OR ".join("term.pre BETWEEN ? AND ?" for _ in spans)
    rows = ask(
        store,
        "SELECT term.pre, text, words, source, kind, residual, depth "
        "FROM term JOIN entity USING (pre) "
        "WHERE term.rowid IN (SELECT rowid FROM term_text WHERE term_text MATCH ?) "
        f"AND ({within}) ORDER BY words, source, term.pre LIMIT {most}",
        " AND ".join(map(_expression, groups)),
        *(number for span in spans for number in span),
    )
    return (Candidate(*row) for row in rows)


def find_places(store: Store, query: str) -> tuple[int, ...]:
    """Return the places of all entries with a term that holds every word of a query, in order."""
    groups = read_query(store, query).groups
    if not groups:
        return ()
    rows = ask(
        store,
        "SELECT DISTINCT pre FROM term "
        "WHERE rowid IN (SELECT rowid FROM term_text WHERE term_text MATCH ?) ORDER BY pre",
        " AND ".join(map(_expression, groups)),
    )
    return tuple(pre for (pre,) in rows)


def _expression(group: Group) -> str:
    return "(" + " OR ".join(" AND ".join(map(_quote, o)) for o in group.options) + ")"


def _quote(word: str) -> str:
    return f'"{word[:-1]}"*' if word.endswith("*") else f'"{word}"'
