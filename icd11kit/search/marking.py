"""Which words of a term say a query: where they stand, and whether they say all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from icd11kit.search.rank import Group, find_like
from icd11kit.words import STOP_WORDS, fold_words

_WORD = r"[^\W_]+(?:['’][^\W_]+)*"


class Marks(NamedTuple):
    """Runs of a text that say words of a query, how it says the query, and what else it says.

    `says_all` where every group of the query is said, `says_only` where no other telling word
    stands in the text.
    """

    spans: tuple[tuple[int, int], ...]
    says_all: bool
    says_only: bool


def find_marks(text: str, groups: Sequence[Group]) -> Marks:
    """Return the marks of a query's groups in a text.

    >>> find_marks("Scarlet fever", [Group((("fever",),))]).spans
    ((8, 13),)
    """
    wanted = {want for group in groups for option in group.options for want in option}
    spans: list[tuple[int, int]] = []
    words: list[str] = []
    only = True
    for found in re.finditer(_WORD, text):
        folded = fold_words(found[0])
        words += folded
        if any(find_like(want, folded) for want in wanted):
            spans.append(found.span())
        elif not STOP_WORDS.issuperset(folded):
            only = False
    says_all = bool(groups) and all(_says(words, group) for group in groups)
    return Marks(tuple(spans), says_all, only)


def _says(words: Sequence[str], group: Group) -> bool:
    return any(all(find_like(want, words) for want in option) for option in group.options)
