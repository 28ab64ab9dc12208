"""A query as groups: each word or lay term with what it may stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log1p
from typing import NamedTuple

from icd11kit.search.rank import Group
from icd11kit.search.spelling import alternatives, uses
from icd11kit.store.read import Store, ask
from icd11kit.words import fold_words, telling

_LONGEST_LAY_TERM = 4
_MOST_WORDS = 12
_MOST_BEGINNINGS = 3
"""A beginning stands for thousands of terms; so many, the last ones typed, are looked for."""
_SHORTEST_BEGINNING = 3
_LONGEST_WORD = 60
_OVERLONG = rf"(\w{{{_LONGEST_WORD}}})\w+"
_RAREST = 13.0
"""The weight of a word that no term holds: above the logarithm of any number of terms."""


class Query(NamedTuple):
    """The groups to be looked for, and whether "other" categories are asked for by name."""

    groups: tuple[Group, ...]
    wants_other: bool


def read_query(store: Store, text: str) -> Query:
    """Return the groups of a query: the longest lay terms first, then single words."""
    words = query_words(text)
    groups = query_groups(store, telling(words)[:_MOST_WORDS])
    return Query(tuple(groups), "other" in words)


def query_words(text: str) -> list[str]:
    """Return the folded words of a query; one that % follows ends in * for a beginning.

    Of a word with more letters than any term has in one, the first 60 are read.

    >>> query_words("Type 2 diab%")
    ['type', '2', 'diab*']
    """
    text = re.sub(_OVERLONG, r"\1", text)
    if "%" not in text:
        return fold_words(text)
    words: list[str] = []
    for typed in text.split():
        folded = fold_words(typed)
        if folded and typed.endswith("%") and len(folded[-1]) >= _SHORTEST_BEGINNING:
            folded[-1] += "*"
        words += folded
    return _fewer_beginnings(words)


def _fewer_beginnings(words: list[str]) -> list[str]:
    """Return the words with the last few beginnings kept as such, those before read as words."""
    starred = [place for place, word in enumerate(words) if word.endswith("*")]
    for place in starred[:-_MOST_BEGINNINGS]:
        words[place] = words[place][:-1]
    return words


def query_groups(store: Store, words: Sequence[str]) -> list[Group]:
    """Return the groups of words: the longest lay terms first, then single words."""
    groups, place = [], 0
    while place < len(words):
        length, means = _lay_meaning(store, words[place:])
        typed = tuple(words[place : place + length])
        options = means
        if length == 1 and typed[0].endswith("*"):
            typed, options = (typed[0][:-1],), ((typed[0],), *means)
        last = place + length == len(words)
        spelled = alternatives(store, typed[0], last=last) if length == 1 and not options else ()
        weight = sum(_RAREST - log1p(uses(store, word)) for word in typed)
        groups.append(Group(tuple(dict.fromkeys((*spelled, typed, *options))), weight))
        place += length
    return groups


def _lay_meaning(store: Store, words: Sequence[str]) -> tuple[int, tuple[tuple[str, ...], ...]]:
    """Return how many leading words are a lay term, and what it means; 1 and () for none."""
    for length in range(min(_LONGEST_LAY_TERM, len(words)), 0, -1):
        rows = ask(
            store,
            "SELECT means FROM lay_term WHERE term = ? ORDER BY ordinal",
            " ".join(words[:length]).replace("*", ""),
        )
        if rows:
            return length, tuple(tuple(telling(fold_words(means))) for (means,) in rows)
    return 1, ()
