"""What is installed: listed, checked, chosen, removed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from icd11kit.errors import StoreError
from icd11kit.store.home import (
    Installed,
    crosswalks_folder,
    find_current,
    get_installed,
    graphs_folder,
    home_folder,
    installed_editions,
    releases_folder,
)
from icd11kit.store.read import ask, open_store
from icd11kit.store.write import choose, file_digest, remove_edition
from icd11kit.vocabulary import System


@dataclass(frozen=True, slots=True)
class Listed:
    """An installed edition in a list; `problem` says why it cannot be used, "" if it can."""

    system: str
    release: str
    language: str
    tier: str
    entries: int
    codes: int
    map_release: str
    in_use: bool
    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class Checked:
    """An installed file after its check; `problem` is "" where it is whole."""

    path: str
    sha256: str
    problem: str


def list_editions(home: str | PathLike[str] | None = None) -> list[Listed]:
    """Return all installed editions, damaged ones among them."""
    folder = home_folder(home)
    held = installed_editions(releases_folder(folder))
    current = find_current(folder, held)
    return [_listed(item, in_use=item == current) for item in held]


def _listed(item: Installed, *, in_use: bool) -> Listed:
    says: dict[str, str] = {}
    problem = ""
    try:
        with open_store(item.path) as store:
            says = store.manifest
    except StoreError as error:
        problem = error.reason
    return Listed(
        item.key.system, item.key.release, item.key.language, says.get("tier", ""),
        int(says.get("entries", 0)), int(says.get("codes", 0)), says.get("map_release", ""),
        in_use, item.path, problem,
    )  # fmt: skip


def verify_editions(home: str | PathLike[str] | None = None) -> Iterator[Checked]:
    """Yield every installed file checked: bytes against the hash in its name, then SQLite's own.

    The hash alone tells any change of a byte; SQLite's check tells a file written wrong.
    """
    for item in installed_editions(releases_folder(home_folder(home))):
        try:
            digest = file_digest(item.path)
        except OSError as error:
            yield Checked(item.path, "", f"it cannot be read ({error.strerror})")
            continue
        yield Checked(item.path, digest, _problem(item, digest))


def _problem(item: Installed, digest: str) -> str:
    if not digest.startswith(item.digest):
        return f"its bytes are not those installed (sha256 {digest[:16]}, not {item.digest})"
    try:
        with open_store(item.path) as store:
            rows = ask(store, "PRAGMA integrity_check(1)")
    except (StoreError, sqlite3.Error) as error:
        return str(error)
    return "" if rows[0][0] == "ok" else " ".join(str(rows[0][0]).split())


def use_edition(release: str, language: str = "", home: str | PathLike[str] | None = None) -> str:
    """Take an installed MMS edition into use and return its name.

    Raises UnknownReleaseError where it is not installed, StoreError where it is damaged.
    """
    folder = home_folder(home)
    item = get_installed(_mms(folder), release, language)
    with open_store(item.path):
        choose(folder, item.key)
    return str(item.key)


def remove_release(
    release: str, language: str = "", home: str | PathLike[str] | None = None
) -> tuple[str, str]:
    """Remove an installed edition; return its name and that of the MMS edition then in use."""
    folder = home_folder(home)
    item = get_installed(installed_editions(releases_folder(folder)), release, language)
    remove_edition(item)
    if item.key.system == System.MMS:
        _remove_made_of(item, folder)
    current = find_current(folder, _mms(folder))
    return str(item.key), str(current.key) if current else ""


def _remove_made_of(item: Installed, folder: str) -> None:
    """Delete the crosswalk and the graph computed from an edition."""
    for made in installed_editions(crosswalks_folder(folder)):
        if made.key[1:] == item.key[1:]:
            remove_edition(made)
    shutil.rmtree(Path(graphs_folder(folder), Path(item.path).stem), ignore_errors=True)


def _mms(folder: str) -> list[Installed]:
    held = installed_editions(releases_folder(folder))
    return [item for item in held if item.key.system == System.MMS]
