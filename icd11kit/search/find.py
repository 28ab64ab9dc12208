"""The search cascade over a store: every word, then words respelled, then fewer words.

A query becomes groups, one for each word or lay term, each with its alternatives (as typed,
what a lay term means, a prefix, corrections). FTS5 finds the terms that hold every group;
what is found is ranked here by how much of the term and of the query was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from icd11kit.model import LinearizationEntity
from icd11kit.search.spelling import alternatives
from icd11kit.store.read import Store, ask, read_entity
from icd11kit.vocabulary import ClassKind, Residual
from icd11kit.words import fold_words, telling

_LONGEST_LAY_TERM = 4
_MOST_WORDS = 12
_CANDIDATES = 80
_SOURCE_WEIGHT = (1.0, 0.97, 0.94, 0.93, 0.88)
_KIND_WEIGHT = {ClassKind.CATEGORY: 1.0, ClassKind.BLOCK: 0.75, ClassKind.CHAPTER: 0.7}
_LAY_WEIGHT = 0.97


class Hit(NamedTuple):
    """An entry found, the term it was found by, and a score up to 1 to rank by."""

    entity: LinearizationEntity
    matched: str
    score: float


class Group(NamedTuple):
    """One word or lay term of a query: alternatives, each a run of words; the typed first.

    A word that ends in * stands for all that begin with it.
    """

    options: tuple[tuple[str, ...], ...]


class _Candidate(NamedTuple):
    pre: int
    text: str
    source: int


def find_hits(
    store: Store, query: str, *, limit: int, spans: Sequence[tuple[int, int]]
) -> tuple[Hit, ...]:
    """Return the best entries for a query, at most `limit`, inside runs of the pre-order."""
    words = telling(fold_words(query))[:_MOST_WORDS]
    groups = query_groups(store, words)
    if not groups:
        return ()
    best: dict[int, tuple[float, str]] = {}
    for chosen in _cascade(groups):
        for candidate in _candidates(store, chosen, spans):
            score = _score(candidate, groups)
            if score > best.get(candidate.pre, (0.0, ""))[0]:
                best[candidate.pre] = (score, candidate.text)
        if len(best) >= min(limit, 3):
            break
    return _ranked(store, best, words, limit)


def query_groups(store: Store, words: Sequence[str]) -> list[Group]:
    """Return the groups of a query: the longest lay terms first, then single words."""
    groups, place = [], 0
    while place < len(words):
        length, means = _lay_meaning(store, words[place:])
        typed = tuple(words[place : place + length])
        last = place + length == len(words)
        spelled = alternatives(store, typed[0], last=last) if length == 1 else ()
        options = (typed, *means, *spelled) if not spelled or means else (*spelled, typed)
        groups.append(Group(tuple(dict.fromkeys(option for option in options if option))))
        place += length
    return groups


def _lay_meaning(store: Store, words: Sequence[str]) -> tuple[int, tuple[tuple[str, ...], ...]]:
    """Return how many leading words are a lay term, and what it means; 1 and () for none."""
    for length in range(min(_LONGEST_LAY_TERM, len(words)), 0, -1):
        rows = ask(
            store,
            "SELECT means FROM lay_term WHERE term = ? ORDER BY ordinal",
            " ".join(words[:length]),
        )
        if rows:
            return length, tuple(tuple(telling(fold_words(means))) for (means,) in rows)
    return 1, ()


def _cascade(groups: Sequence[Group]) -> Iterator[tuple[Group, ...]]:
    """Yield the groups to be held: all, then all but one, but two, down to half."""
    for missing in range(len(groups) // 2 + 1):
        yield from combinations(groups, len(groups) - missing)


def _candidates(
    store: Store, groups: Iterable[Group], spans: Sequence[tuple[int, int]]
) -> Iterator[_Candidate]:
    within = " OR ".join("pre BETWEEN ? AND ?" for _ in spans)
    rows = ask(
        store,
        "SELECT pre, text, source FROM term WHERE rowid IN "
        f"(SELECT rowid FROM term_text WHERE term_text MATCH ?) AND ({within}) "
        f"ORDER BY words, source, pre LIMIT {_CANDIDATES}",
        " AND ".join(map(_expression, groups)),
        *(number for span in spans for number in span),
    )
    return (_Candidate(*row) for row in rows)


def _expression(group: Group) -> str:
    return "(" + " OR ".join(" AND ".join(map(_quote, o)) for o in group.options) + ")"


def _quote(word: str) -> str:
    return f'"{word[:-1]}"*' if word.endswith("*") else f'"{word}"'


def _score(candidate: _Candidate, groups: Sequence[Group]) -> float:
    """Return how well a term says the query: what share of it and of the query is the same."""
    words = telling(fold_words(candidate.text))
    said: set[str] = set()
    held = 0.0
    for group in groups:
        for rank, option in enumerate(group.options):
            found = [word for want in option if (word := _find_like(want, words))]
            if len(found) == len(option):
                said.update(found)
                held += _LAY_WEIGHT if rank else 1.0
                break
    coverage, precision = held / len(groups), len(said) / (len(words) or 1)
    if not said:
        return 0.0
    return _SOURCE_WEIGHT[candidate.source] * (coverage**2) * (0.4 + 0.6 * precision)


def _find_like(want: str, words: Sequence[str]) -> str | None:
    """Return the word that stemming would hold for the same; a rough stand-in for Porter's."""
    if want.endswith("*"):
        return next((word for word in words if word.startswith(want[:-1])), None)
    if want in words:
        return want
    root = want[: max(4, len(want) - 3)]
    near = len(want) + 3
    return next((w for w in words if w.startswith(root) and len(w) <= near), None)


def _ranked(
    store: Store, best: dict[int, tuple[float, str]], words: Sequence[str], limit: int
) -> tuple[Hit, ...]:
    leaders = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[: 3 * limit + 20]
    hits = []
    for pre, (score, text) in leaders:
        entity = read_entity(store, pre)
        hits.append((round(score * _entity_weight(entity, words), 4), pre, entity, text))
    hits.sort(key=lambda item: (-item[0], item[1]))
    return tuple(Hit(entity, text, score) for score, _, entity, text in hits[:limit])


def _entity_weight(entity: LinearizationEntity, words: Sequence[str]) -> float:
    """Return how likely an entry of this kind is meant: codes before groupings and residuals."""
    weight = _KIND_WEIGHT[entity.kind] * (1 - 0.004 * entity.depth)
    if entity.residual is Residual.OTHER and "other" not in words:
        weight *= 0.9
    if entity.residual is Residual.UNSPECIFIED:
        weight *= 0.98
    return weight
