"""The editions at hand, opened when first asked for; the starter set where none is installed."""

from os import PathLike
from typing import NamedTuple

from icd11kit.errors import StoreError, UnknownLanguageError
from icd11kit.model import EditionKey
from icd11kit.store.home import (
    Installed,
    find_current,
    get_installed,
    home_folder,
    installed_editions,
    releases_folder,
)
from icd11kit.store.read import Store, open_store
from icd11kit.vocabulary import System

_TRIES = 20
"""So often may a file be replaced between being listed and being opened; a try costs 0.1 ms."""


class Editions(NamedTuple):
    """What is installed in a home, which MMS edition is in use, and the stores opened so far."""

    home: str
    installed: tuple[Installed, ...]
    current: Installed | None
    opened: dict[str, Store]


def find_editions(
    home: str | PathLike[str] | None = None, release: str = "", language: str = ""
) -> Editions:
    """Return the editions in a home, the MMS edition in use being the one asked for.

    Raises UnknownReleaseError where a release or language is asked for that is not installed.
    """
    folder = home_folder(home)
    found = installed_editions(releases_folder(folder))
    current = find_current(folder, found)
    if release:
        mms = [item for item in found if item.key.system == System.MMS]
        current = get_installed(mms, release, language)
    elif language:
        current = _in_language(found, current, language)
    return Editions(folder, tuple(found), current, {})


def _in_language(found: list[Installed], current: Installed | None, language: str) -> Installed:
    """Return the current release in a language, else the newest in it."""
    mms = [i for i in found if i.key.system == System.MMS and i.key.language == language]
    if not mms:
        raise UnknownLanguageError(language, tuple(str(i.key) for i in found))
    same = [item for item in mms if current and item.key.release == current.key.release]
    return (same or mms)[-1]


def find_store(editions: Editions, system: str, release: str = "") -> Store | None:
    """Return the open store of a system: of a release if one is named, else of the one in use.

    None where it is not installed. Nothing installed at all gives the starter set.
    """
    item = _find_item(editions, system, release)
    if item is not None:
        return _opened(editions, item)
    starter = editions.current is None and system in (System.MMS, System.ICD10CM)
    if not starter or any(i.key.system == system for i in editions.installed):
        return None
    store = _starter(editions, system)
    return store if release in ("", store.manifest["release"]) else None


def get_store(editions: Editions, system: str) -> Store:
    """Return the open store of a system; raises StoreError where none is installed."""
    store = find_store(editions, system)
    if store is None:
        raise StoreError(editions.home, f"no edition of {system!r} is installed")
    return store


def _find_item(editions: Editions, system: str, release: str) -> Installed | None:
    current = editions.current
    if current and current.key.system == system and release in ("", current.key.release):
        return current
    fitting = [
        item
        for item in editions.installed
        if item.key.system == system and release in ("", item.key.release)
    ]
    english = [item for item in fitting if item.key.language == "en"]
    held = english or fitting
    return held[-1] if held else None


def _opened(editions: Editions, item: Installed) -> Store:
    name = str(item.key)
    if name not in editions.opened:
        editions.opened[name] = _open(editions, item)
    return editions.opened[name]


def _open(editions: Editions, item: Installed) -> Store:
    """Return an edition's store, looked for anew where an install has replaced its file."""
    for _ in range(_TRIES):
        try:
            return open_store(item.path)
        except StoreError:
            held = installed_editions(releases_folder(editions.home))
            item = next((now for now in held if now.key == item.key), item)
    return open_store(item.path)


def open_others(editions: Editions, system: str, release: str) -> list[Store]:
    """Return the stores of a system's other installed releases, in one language, newest first."""
    others = {
        item.key.release: item
        for item in editions.installed
        if item.key.system == system and item.key.release != release
    }
    return [_opened(editions, item) for _, item in sorted(others.items(), reverse=True)]


def _starter(editions: Editions, system: str) -> Store:
    name = f"starter-{system}"
    if name not in editions.opened:
        from icd11kit.starter.store import open_starter

        editions.opened[name] = open_starter(editions.home, system)
    return editions.opened[name]


def installed_keys(editions: Editions) -> tuple[EditionKey, ...]:
    """Return the keys of all installed editions."""
    return tuple(item.key for item in editions.installed)
