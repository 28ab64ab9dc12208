"""What names mean over the installed editions: codes, ids and URIs to entries and their spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icd11kit.editions import Editions, find_store, open_others
from icd11kit.errors import UnknownCodeError
from icd11kit.store.read import Store, read_span
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.lookup.answer import Equivalent
    from icd11kit.lookup.resolve import Found

Span = tuple[str, int, int]
_LONGEST_KEPT = 100
_MOST_SPANS = 200_000
"""So many are kept; one name can be spelled in any number of ways."""


class Names:
    """Finds the entry that a text names; spans are kept, since questions of them repeat."""

    __slots__ = ("_editions", "_spans")

    def __init__(self, editions: Editions) -> None:
        self._editions = editions
        self._spans: dict[str, Span] = {}

    def find(self, text: str, system: str = "") -> Found | None:
        """Return the entry a text names, of one system if one is given, None for none."""
        from icd11kit.lookup.resolve import resolve

        return resolve(text, self._shelf, system)

    def get(self, text: str) -> Found:
        """Return the entry a text names; raises UnknownCodeError where it names nothing."""
        found = self.find(text)
        if found is None:
            raise self.unknown(text)
        return found

    def span(self, text: str) -> Span:
        """Return an entry's edition and the run in its pre-order that is its subtree."""
        return self._spans.get(text) or self._find_span(text)

    def _find_span(self, text: str) -> Span:
        found = self.get(text)
        name = f"{found.store.manifest['system']}-{found.store.manifest['release']}"
        span = (name, *read_span(found.store, found.pre))
        if len(self._spans) >= _MOST_SPANS:
            self._spans.clear()
        if len(text) <= _LONGEST_KEPT:
            self._spans[text] = span
        return span

    def elsewhere(self, found: Found) -> tuple[Equivalent, ...]:
        """Return an MMS entry's codes in other installed releases."""
        from icd11kit.lookup.answer import answer_elsewhere

        manifest = found.store.manifest
        if manifest["system"] != System.MMS:
            return ()
        others = open_others(self._editions, manifest["system"], manifest["release"])
        return answer_elsewhere(found, others)

    def unknown(self, text: str, system: str = "") -> UnknownCodeError:
        """Return the error that says why a text names nothing, with the nearest codes."""
        from icd11kit.lookup.resolve import nearest_codes, reason_unknown

        return UnknownCodeError(
            text,
            reason_unknown(text, self._shelf, system),
            nearest_codes(text, self._shelf, system),
        )

    def _shelf(self, system: str, release: str) -> Store | None:
        return find_store(self._editions, system, release)
