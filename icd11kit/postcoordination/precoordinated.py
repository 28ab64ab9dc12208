"""One code for what a stem and a value say together, and the value that a code's title adds.

The evidence is WHO's titles alone: a code below the stem (below its parent for the stem's
"unspecified") says the same as stem and value where its title's words are those of the value
and otherwise only words of the stem's title. Rule: do not replicate a precoordinated concept.
"""

from typing import NamedTuple

from icd11kit.postcoordination.axes import STEM_AXES, AxisSource
from icd11kit.postcoordination.entries import Entries, Entry
from icd11kit.store.read import ask, find_pre
from icd11kit.vocabulary import EXTENSION_CHAPTER, Residual

_MOST = 200
_MOST_PAIRS = 20_000
"""So many stems with a value are kept; there are hundreds of millions."""
"""Stems with more codes below them are groups of many things, not one to be made precise."""
_EMPTY = frozenset({"without", "with", "site", "not", "part"})


class Precoordinated(NamedTuple):
    """A code that says the same as a stem with a value, and how that is known."""

    entry: Entry
    evidence: str


class Expanded(NamedTuple):
    """A stem and a value that say the same as a code, and how that is known."""

    stem: Entry
    value: Entry
    axis: str
    evidence: str


class Equivalences:
    """Codes for stem and value, and back, found in a release's titles when asked for, and kept."""

    def __init__(self, entries: Entries, axes: AxisSource) -> None:
        self.entries, self.axes = entries, axes
        self._found: dict[tuple[str, str], Precoordinated | None] = {}
        self._expanded: dict[str, Expanded | None] = {}
        self._below: dict[str, tuple[tuple[Entry, frozenset[str]], ...]] = {}
        self._values: dict[frozenset[str], list[int]] | None = None

    def find_code(self, stem: Entry, value: Entry) -> Precoordinated | None:
        """Return the one code that says what stem and value say, None where none or several do."""
        if stem.is_leaf and stem.residual is not Residual.UNSPECIFIED:
            return None
        key = (stem.id, value.id)
        if key not in self._found:
            if len(self._found) >= _MOST_PAIRS:
                self._found.clear()
            self._found[key] = self._search(stem, value)
        return self._found[key]

    def _search(self, stem: Entry, value: Entry) -> Precoordinated | None:
        base = self.meant(stem)
        if base.residual:
            return None
        said, own = _words(value), _words(base) | _EMPTY
        fitting = [
            entry
            for entry, words in self._candidates(base)
            if said and said <= words and words - said <= own and not words <= own
        ]
        if len(fitting) != 1:
            return None
        title = fitting[0].title
        return Precoordinated(fitting[0], f"its title, {title}, says both")

    def meant(self, stem: Entry) -> Entry:
        """Return what a stem means: for "unspecified" its parent, if that is a code."""
        if stem.residual is not Residual.UNSPECIFIED:
            return stem
        parent = self.entries[stem.parent]
        return parent if parent is not None and parent.is_code else stem

    def _candidates(self, base: Entry) -> tuple[tuple[Entry, frozenset[str]], ...]:
        if base.id not in self._below:
            store = self.entries.store
            rows = ask(
                store,
                "SELECT below.pre FROM entity AS base JOIN entity AS below "
                "ON below.pre > base.pre AND below.pre <= base.last "
                "WHERE base.pre = ? AND below.code != '' AND below.residual = '' LIMIT ?",
                find_pre(store, base.id),
                _MOST + 1,
            )
            made = [self.entries.at(pre) for (pre,) in rows] if len(rows) <= _MOST else []
            self._below[base.id] = tuple((entry, _words(entry)) for entry in made)
        return self._below[base.id]

    def expand(self, code: Entry) -> Expanded | None:
        """Return the parent's code with the value that a code's title adds, None where unknown."""
        if code.id not in self._expanded:
            self._expanded[code.id] = self._expand(code)
        return self._expanded[code.id]

    def _expand(self, code: Entry) -> Expanded | None:
        parent = self.entries[code.parent]
        if parent is None or not parent.code or code.residual:
            return None
        said = _words(code) - _words(parent) - _EMPTY
        axes = self.axes.axes_of(parent)
        for value in self._valued(said):
            for place in axes.admitting(value):
                axis = axes.axes[place].name
                again = self.find_code(parent, value)
                if axis not in STEM_AXES and again and again.entry.id == code.id:
                    title = f"its title adds {value.title} to that of {parent.code}"
                    return Expanded(parent, value, axis, title)
        return None

    def _valued(self, words: frozenset[str]) -> list[Entry]:
        """Return the extension codes whose titles have exactly these words."""
        if self._values is None:
            from icd11kit.words import content_words

            self._values = {}
            statement = (
                "SELECT pre, title FROM entity WHERE chapter = ? AND code != '' AND depth > 0"
            )
            for pre, title in ask(self.entries.store, statement, EXTENSION_CHAPTER):
                self._values.setdefault(frozenset(content_words(title)), []).append(pre)
        return [self.entries.at(pre) for pre in self._values.get(words, ())]


def _words(entry: Entry) -> frozenset[str]:
    from icd11kit.words import content_words  # not needed for most clusters

    return frozenset(content_words(entry.title))
