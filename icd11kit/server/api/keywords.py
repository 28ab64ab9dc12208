"""Words that complete a query or narrow it, taken from what it found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from icd11kit.search.find import Hit
from icd11kit.search.query import query_words
from icd11kit.words import STOP_WORDS, fold_words

COMPLETING, RELATED = 1, 2
"""WHO's guess types: the word being typed, and words that go with the query."""
_MOST = 30
_WORD = r"[^\W\d_]{3,}"


class Keywords(NamedTuple):
    """The words, which kind they are, and whether there were more."""

    guess: int
    words: list[dict[str, Any]]
    chopped: bool


def guess_type(query: str, hits: Sequence[Hit]) -> int:
    """Return whether the last word of a query is half typed or whole, by what was found."""
    words = query_words(query)
    last = words[-1].rstrip("*") if words else ""
    whole = {word for hit in hits for word in fold_words(f"{hit.matched} {hit.title}")}
    return COMPLETING if last and whole and last not in whole else RELATED


def keywords(query: str, hits: Sequence[Hit]) -> Keywords:
    """Return words of the terms found: such as the last word begins, else such as go with all.

    The words that most terms have come first.
    """
    said = [word.rstrip("*") for word in query_words(query)]
    guess = guess_type(query, hits)
    counted: Counter[str] = Counter()
    for hit in hits:
        counted.update({word.lower() for word in re.findall(_WORD, hit.matched)})
    fitting = [
        (word, count)
        for word, count in counted.most_common()
        if _fits(word, said, completing=guess == COMPLETING)
    ]
    words = [
        {"label": word, "dontChangeResult": count == len(hits)} for word, count in fitting[:_MOST]
    ]
    return Keywords(guess, words, len(fitting) > _MOST)


def _fits(word: str, said: Sequence[str], *, completing: bool) -> bool:
    folded = fold_words(word)
    if not folded or not said:
        return False
    if completing:
        return folded[0].startswith(said[-1])
    return folded[0] not in said and folded[0] not in STOP_WORDS
