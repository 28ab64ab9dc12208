"""The MMS as what is mapped to: entries with all their names as words, held in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from icd11kit.crosswalk.wording import Wording, Words
from icd11kit.model import LinearizationEntity
from icd11kit.tree import places
from icd11kit.vocabulary import EXTENSION_CHAPTER, ClassKind, Residual, TermSource

_OWN = frozenset({TermSource.TITLE, TermSource.INCLUSION, TermSource.FOUNDATION})
"""Names that WHO gives; those that come by a map would argue in a circle."""


_NO_CONDITIONS = frozenset({"23", "24", "26", "V"})


class Name(NamedTuple):
    """One name of an entry: its words, its text, and whether it is the title.

    `is_narrower` marks the title of a foundation entity below the shoreline: a kind of what
    the entry means, not another name of it.
    """

    words: Words
    text: str
    is_title: bool
    is_narrower: bool


class Targets:
    """Entries in pre-order by their places, and their names by words."""

    def __init__(
        self,
        entities: Iterable[LinearizationEntity],
        terms: Iterable[tuple[int, str, TermSource]],
        wording: Wording,
    ) -> None:
        self.entities = tuple(entities)
        self.places = places([entity.depth for entity in self.entities])
        self.wording = wording
        self.by_id = {entity.id: pre for pre, entity in enumerate(self.entities)}
        self.by_code = {self.code(pre): pre for pre in range(len(self.entities))}
        self.by_code.pop("", None)
        self.children: dict[int, list[int]] = defaultdict(list)
        for pre, place in enumerate(self.places):
            self.children[place.parent].append(pre)
        self.names: dict[int, list[Name]] = defaultdict(list)
        self.by_words: dict[Words, list[int]] = defaultdict(list)
        for pre, text, source in terms:
            self._add(pre, text, source)
        self.above = self._words_above()
        self.titled = self._titled()
        self.extensions = self._extensions()

    def _add(self, pre: int, text: str, source: TermSource) -> None:
        if source not in _OWN:
            return
        is_below = source is TermSource.FOUNDATION
        for words in self.wording.readings(text):
            if words:
                home = self._home(pre, words) if is_below else pre
                self.names[home].append(Name(words, text, source is TermSource.TITLE, is_below))
                self.by_words[words].append(home)
        if source is TermSource.TITLE:
            for words in self.wording.partial(text):
                self.names[pre].append(Name(words, text, True, False))
                self.by_words[words].append(pre)

    def _home(self, pre: int, words: Words) -> int:
        """Return the entry a foundation title belongs to: it shares a word that sets it apart."""
        parent = self.places[pre].parent
        while parent >= 0 and self.entities[parent].kind is ClassKind.CATEGORY:
            own = self.wording.words(self.entities[pre].title)
            apart = own - self.wording.words(self.entities[parent].title)
            if words & apart or not apart:
                break
            pre, parent = parent, self.places[parent].parent
        return pre

    def _words_above(self) -> list[Words]:
        """Return for every entry the words of its title and of all titles above it."""
        found: list[Words] = []
        for entity, place in zip(self.entities, self.places, strict=True):
            mine = self.wording.words(entity.title)
            found.append(mine | found[place.parent] if place.parent >= 0 else mine)
        return found

    def _titled(self) -> dict[str, list[int]]:
        """Return the stems by each word of their titles."""
        found: dict[str, list[int]] = defaultdict(list)
        for pre, entity in enumerate(self.entities):
            if self.is_stem(pre) and entity.chapter not in _NO_CONDITIONS:
                for word in self.wording.words(entity.title):
                    found[word].append(pre)
        return found

    def _extensions(self) -> dict[str, list[tuple[Words, int]]]:
        """Return the names of extension codes by each of their words."""
        found: dict[str, list[tuple[Words, int]]] = defaultdict(list)
        for pre, entity in enumerate(self.entities):
            if entity.chapter == EXTENSION_CHAPTER and entity.code:
                for name in self.names[pre]:
                    if not name.is_narrower:
                        for word in name.words:
                            found[word].append((name.words, pre))
        return found

    def code(self, pre: int) -> str:
        """Return the code of a category, "" for what groups categories."""
        entity = self.entities[pre]
        return entity.code if entity.kind is ClassKind.CATEGORY else ""

    def title(self, pre: int) -> str:
        """Return the title of an entry."""
        return self.entities[pre].title

    def parent(self, pre: int) -> int:
        """Return the place above an entry, -1 above a chapter."""
        return self.places[pre].parent

    def is_leaf(self, pre: int) -> bool:
        """Return whether nothing stands below an entry."""
        return self.places[pre].last == pre

    def is_stem(self, pre: int) -> bool:
        """Return whether an entry has a code that can stand first."""
        return bool(self.code(pre)) and self.entities[pre].chapter != EXTENSION_CHAPTER

    def is_residual(self, pre: int) -> bool:
        """Return whether an entry is "other specified" or "unspecified"."""
        return self.entities[pre].residual is not Residual.NONE

    def concept(self, pre: int) -> int:
        """Return the entry meant: for a residual the one above it."""
        return self.parent(pre) if self.is_residual(pre) else pre

    def residual(self, pre: int, kind: Residual) -> int | None:
        """Return the residual of a kind directly below an entry, None where there is none."""
        return next((c for c in self.children[pre] if self.entities[c].residual is kind), None)

    def terminal(self, pre: int, *, other: bool = False) -> int:
        """Return the entry to report for a concept: itself, else the residual below it."""
        if self.is_leaf(pre):
            return pre
        kinds = (Residual.OTHER, Residual.UNSPECIFIED)
        for kind in kinds if other else reversed(kinds):
            found = self.residual(pre, kind)
            if found is not None:
                return found
        is_nameless = not self.code(pre) and self.parent(pre) >= 0
        return self.terminal(self.parent(pre), other=other) if is_nameless else pre

    def named(self, words: Words) -> str:
        """Return the terminal code of the disease or symptom of that name, "" where none is."""
        fitting = [
            pre
            for pre in self.by_words.get(words, ())
            if self.is_stem(pre)
            and self.entities[pre].residual is not Residual.OTHER
            and self.entities[pre].chapter not in _NO_CONDITIONS
            and any(name.words == words and not name.is_narrower for name in self.names[pre])
        ]
        return self.code(self.terminal(min(fitting))) if fitting else ""

    def below(self, pre: int) -> range:
        """Return the places of all below an entry."""
        return range(pre + 1, self.places[pre].last + 1)

    def is_below(self, inner: int, outer: int) -> bool:
        """Return whether an entry is another or stands below it."""
        return outer <= inner <= self.places[outer].last

    def path(self, pre: int) -> Iterator[int]:
        """Yield the categories from an entry upwards."""
        while pre >= 0 and self.entities[pre].kind is ClassKind.CATEGORY:
            yield pre
            pre = self.parent(pre)
