"""Words that a typed word can stand for: those it begins, and those a slip away.

The store holds every word with each of its letters left out once; two words one edit apart
share such a form, so a correction costs a handful of exact look-ups.
"""

from __future__ import annotations

from collections.abc import Iterable

from icd11kit.store.read import Store, ask
from icd11kit.words import deletions

_SHORTEST_PREFIX = 4
_SHORTEST_SLIP = 4
_CORRECTIONS = 3


def alternatives(store: Store, word: str, *, last: bool) -> tuple[tuple[str, ...], ...]:
    """Return what an unknown word may stand for, the likeliest first; () for a known one.

    Only the last word of a query is read as a beginning: people stop typing there.
    """
    if uses(store, word):
        return ()
    if last and len(word) >= _SHORTEST_PREFIX and _begins_some(store, word):
        return ((word + "*",),)
    return tuple((found,) for found in corrections(store, word))


def corrections(store: Store, word: str) -> tuple[str, ...]:
    """Return up to three known words near an unknown one, the likeliest first."""
    if len(word) < _SHORTEST_SLIP or len(word) > 40:
        return ()
    once = set(deletions(word))
    near = _sharing(store, once) or _sharing(store, {d for form in once for d in deletions(form)})
    ranked = sorted(near, key=lambda item: (-_likeness(word, item[0]), -item[1], item[0]))
    return tuple(found for found, _ in ranked[:_CORRECTIONS])


def uses(store: Store, word: str) -> int:
    """Return how many terms of the store hold a folded word."""
    rows = ask(store, "SELECT count FROM word WHERE word = ?", word)
    return int(rows[0][0]) if rows else 0


def _begins_some(store: Store, word: str) -> bool:
    statement = "SELECT 1 FROM word WHERE word >= ? AND word < ? LIMIT 1"
    return bool(ask(store, statement, word, word + "\x7f"))


def _sharing(store: Store, forms: Iterable[str]) -> list[tuple[str, int]]:
    """Return the known words that share one of the forms, with how often they are used."""
    wanted = [form for form in forms if len(form) > 2]
    marks = ",".join("?" * len(wanted))
    rows = ask(
        store,
        "SELECT DISTINCT word, count FROM deletion JOIN word USING (word) "
        f"WHERE deletion IN ({marks})",
        *wanted,
    )
    return [(word, count) for word, count in rows]


def _likeness(typed: str, known: str) -> float:
    """Return how alike two words are; most people get the first letter right."""
    from difflib import SequenceMatcher

    ratio = SequenceMatcher(None, typed, known, autojunk=False).ratio()
    return round(ratio + (0.1 if typed[0] == known[0] else 0.0), 2)
