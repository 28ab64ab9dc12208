"""Texts as sets of concept words, so that two classifications' titles can be compared.

Spelling is folded, synonyms of clinical language become one wording, and words are cut to
their stems. What is left says what a title says, whatever its grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from icd11kit.errors import SourceError
from icd11kit.words import STOP_WORDS, fold_words

Words = frozenset[str]
_CELLS = 3
SILENT = STOP_WORDS | frozenset(
    "unspecified specified other others otherwise classifiable elsewhere site sites part parts "
    "certain applicable mention level including excluding use any both one who whose "
    "having without not with than per under over via during".split()
)  # fmt: skip
"""Words that say nothing of a condition; what follows "without" and "not" is marked instead."""
_ROMAN = {"ii": "2", "iii": "3", "iv": "4"}
DENIED = "-"
"""Stands before words that a text denies: "without obstruction"."""
_SEGMENT = re.compile("[,;]")
_CLAUSE = re.compile(
    r"\b(?=without |not )|(?<=[a-z]) (?=with |of |in |on |at |from |as |involving |due )", re.I
)
_DENIAL = re.compile(r"\s*(without|not) ", re.IGNORECASE)
_MENTION = re.compile(r"\bmention of\b ?", re.IGNORECASE)
_HYPHENED = re.compile(r"\b(pre|non|post|anti|intra|inter|re)-(?=[a-z])", re.IGNORECASE)
_LIST = re.compile(r"\b[\w-]+(?:, [\w-]+){0,3},? or [\w-]+")
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)")


class Wording:
    """The way texts are read as words: a table of synonyms, phrase to phrase."""

    def __init__(self, synonyms: Mapping[tuple[str, ...], tuple[str, ...]]) -> None:
        self._synonyms = synonyms
        self._heads = {phrase[0] for phrase in synonyms}
        self._longest = max(map(len, synonyms), default=0)
        self._kept: dict[str, Words] = {}

    def words(self, text: str) -> Words:
        """Return the concept words of a text.

        >>> wording = Wording({("renal",): ("kidney",)})
        >>> wording.words("Renal tumours") == wording.words("Tumor of kidney")
        True
        """
        found = self._kept.get(text)
        if found is None:
            found = self._kept[text] = self._read(text)
        return found

    def partial(self, text: str) -> Iterator[Words]:
        """Yield the words of a title that lists alternatives, with some of them left out.

        >>> said = list(Wording({}).partial("Fracture of finger or thumb"))
        >>> [sorted(words) for words in said]
        [['finger', 'fractur'], ['fractur', 'thumb']]
        """
        found = _LIST.search(text)
        items = re.split(r", (?:or )?| or ", found[0]) if found else []
        for length in range(1, len(items)):
            for kept in combinations(items, length):
                yield self.words(text.replace(found[0] if found else "", " ".join(kept), 1))

    def readings(self, text: str) -> tuple[Words, ...]:
        """Return the words of a text, and those of it without what stands in brackets.

        >>> [sorted(words) for words in Wording({}).readings("Sleep apnea (adult)")]
        [['adult', 'apnea', 'sleep'], ['apnea', 'sleep']]
        """
        bare = _BRACKETS.sub(" ", text)
        whole = self.words(text)
        return (whole,) if bare == text else (whole, self.words(bare))

    def _read(self, text: str) -> Words:
        """Return the words of a text, those that it denies with a mark of denial."""
        said: set[str] = set()
        for segment in _SEGMENT.split(_MENTION.sub("", _HYPHENED.sub(r"\1", text))):
            for word, mark in self._joined(list(_marked(segment))):
                if word not in SILENT:
                    said.add(mark + stem(word))
        return frozenset(said)

    def _joined(self, marked: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return words with every known phrase replaced, longer phrases first.

        A phrase may reach over "of" or "without"; it is denied where its first word is.
        """
        words = [word for word, _ in marked]
        said: list[tuple[str, str]] = []
        place = 0
        while place < len(words):
            length = self._phrase_at(words, place)
            if length:
                for word in self._synonyms[tuple(words[place : place + length])]:
                    denied = DENIED if word.startswith(DENIED) else marked[place][1]
                    said.append((word.removeprefix(DENIED), denied))
                place += length
            else:
                said.append(marked[place])
                place += 1
        return said

    def _phrase_at(self, words: Sequence[str], place: int) -> int:
        if words[place] not in self._heads:
            return 0
        longest = min(self._longest, len(words) - place)
        lengths = range(longest, 0, -1)
        return next((n for n in lengths if tuple(words[place : place + n]) in self._synonyms), 0)


def _marked(segment: str) -> Iterator[tuple[str, str]]:
    """Yield the words of what stands between commas, each with its mark of denial or none."""
    for clause in _CLAUSE.split(segment):
        mark = DENIED if _DENIAL.match(clause) else ""
        for word in fold_words(clause):
            yield _ROMAN.get(word, word), mark


def parse_synonyms(text: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the synonyms of a table *term, means, reason*; SourceError names a wrong line.

    Words that a meaning denies begin with the mark of denial.

    >>> parse_synonyms("term\\tmeans\\treason\\nheart attack\\tmyocardial infarction\\tlay")
    {('heart', 'attack'): ('myocardial', 'infarction')}
    """
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line, row in enumerate(text.splitlines()[1:], 2):
        cells = row.split("\t")
        if len(cells) != _CELLS or not fold_words(cells[0]):
            raise SourceError(f"clinical-synonyms.tsv, line {line}", "three cells belong there")
        term = tuple(word for word, _ in _marked(cells[0]))
        found[term] = tuple(mark + word for word, mark in _marked(cells[1]))
    return found


@lru_cache(maxsize=1)
def _stemmer() -> Callable[[str], str]:
    import snowballstemmer

    stem_word: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stem_word


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the stem of an English word.

    >>> stem("fractures") == stem("fracture")
    True
    """
    return _stemmer()(word)
