"""Text as words to search by: one folding for British, American and accented spellings.

The folding is applied alike to what is indexed and to what is typed, so it need not give real
words, only the same for both spellings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_WORD = re.compile(r"[0-9a-z]+")
_FOLDS = tuple(
    (re.compile(pattern), fold)
    for pattern, fold in (
        (r"ae|oe", "e"),
        (r"(?<=[a-z]{3})is(?=e[ds]?$|ing$|ation|ed$)", "iz"),
        (r"(?<=[a-z]{3})ys(?=e[ds]?$|ing$)", "yz"),
        (r"(?<=[a-z]{2})our(?=$|s$|ed$|al$|less$|ing$|able$|ation)", "or"),
        (r"(?<=[a-z]{2}[bt])re(?=s?$)", "er"),
        (r"(?<=[aeiou])ll(?=ing$|ed$|er$|ers$)", "l"),
        (r"ph(?=ur)", "f"),
        (r"^([a-z]+)ogue(s?)$", r"\1og\2"),
    )
)
_POSSESSIVE = re.compile(r"['’](?=[st]\b)|(?<=s)['’]")
STOP_WORDS = frozenset(
    "a an and are as at be by for from in into is it its nec nos of on or other "
    "otherwize specified that the their to was were which elsewhere classified my i have has "
    "due type unspecified".split()
)
"""Words that say nothing about a condition; "with", "without", "no" and "not" do."""


def fold_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents, spellings folded.

    >>> fold_words("Oesophagitis, hæmorrhagic")
    ['esophagitis', 'hemorrhagic']
    >>> fold_words("Tumours of the fibre") == fold_words("tumors of the fiber")
    True
    >>> fold_words("Colles' fracture")
    ['colles', 'fracture']
    """
    plain = text.lower()
    if "'" in plain or not plain.isascii():
        plain = _POSSESSIVE.sub("", plain)
    if not plain.isascii():
        plain = plain.replace("æ", "ae").replace("œ", "oe")
        split = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in split if not unicodedata.combining(char))
    return [
        _fold(word) if len(word) <= _LONGEST_KEPT else _folded(word)
        for word in _WORD.findall(plain)
    ]


def _folded(word: str) -> str:
    for pattern, fold in _FOLDS:
        word = pattern.sub(fold, word)
    return word


_LONGEST_KEPT = 60
_fold = lru_cache(maxsize=100_000)(_folded)
"""The same, kept for words of usual length."""


def content_words(text: str) -> list[str]:
    """Return the folded words of a text that say something, each once.

    >>> content_words("Other specified fracture of the femur")
    ['fracture', 'femur']
    """
    return telling(fold_words(text))


def telling(words: list[str]) -> list[str]:
    """Return the words that say something, each once; all of them if none does.

    >>> telling(["other"])
    ['other']
    """
    once = list(dict.fromkeys(words))
    return [word for word in once if word not in STOP_WORDS] or once


def lay_key(text: str) -> str:
    """Return the form in which a lay term is kept and looked for.

    >>> lay_key("Tumour of the womb")
    'tumor womb'
    """
    return " ".join(telling(fold_words(text)))


def deletions(word: str) -> Iterator[str]:
    """Yield the word and all that remain of it with one letter left out, each once.

    Two words one edit apart (a letter more, less, other, or two swapped) share one of them.

    >>> sorted(deletions("abc"))
    ['ab', 'abc', 'ac', 'bc']
    """
    yield word
    yield from dict.fromkeys(word[:place] + word[place + 1 :] for place in range(len(word)))
