"""Titles of entries in other languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from icd11kit.store.read import Store, find_title


def designations_of(stores: Iterable[Store], entity: str) -> Iterator[tuple[str, str]]:
    """Yield (language, title) of an entry in each store that has it."""
    for store in stores:
        title = find_title(store, entity)
        if title is not None:
            yield store.manifest["language"], title
