"""The folder of installed editions: where it is, what it holds, which release is in use.

    $ICD11KIT_HOME/releases/{system}-{release}-{language}~{hash}.sqlite
    $ICD11KIT_HOME/current        the MMS edition in use

The hash in a file's name is the beginning of the SHA-256 of its bytes: the name is the
checksum. Of two files of one edition (a process died between rename and removal) the younger
counts. Paths are texts here: every command passes through, and pathlib costs it 5 ms.
"""

import os
from contextlib import suppress
from typing import NamedTuple

from icd11kit.errors import UnknownLanguageError, UnknownReleaseError
from icd11kit.model import EditionKey, parse_key
from icd11kit.vocabulary import System

SUFFIX = ".sqlite"
CURRENT = "current"


class Installed(NamedTuple):
    """One installed edition: its key, its file and the hash its file's name promises."""

    key: EditionKey
    path: str
    digest: str


def home_folder(home: str | os.PathLike[str] | None = None) -> str:
    """Return the folder given, else $ICD11KIT_HOME, else the platform's data folder."""
    if home or (home := os.environ.get("ICD11KIT_HOME")):
        return os.path.expanduser(os.fspath(home))
    from platformdirs import user_data_dir

    return user_data_dir("icd11kit", appauthor=False)


def releases_folder(home: str) -> str:
    """Return the folder of the store files in a home."""
    return os.path.join(home, "releases")


def crosswalks_folder(home: str) -> str:
    """Return the folder of the computed crosswalks in a home."""
    return os.path.join(home, "crosswalks")


def graphs_folder(home: str) -> str:
    """Return the folder of the graphs that queries are asked of."""
    return os.path.join(home, "graphs")


def installed_editions(folder: str) -> list[Installed]:
    """Return the editions in a folder of stores, those of one system oldest release first."""
    youngest = {item.key: item for item in store_files(folder)}
    return sorted(youngest.values(), key=lambda item: release_rank(item.key))


def store_files(folder: str) -> list[Installed]:
    """Return all store files in a folder, the oldest first, by name where their age is equal."""
    aged: list[tuple[int, Installed]] = []
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    for entry in entries:
        found = _find_installed(entry)
        if found is not None:
            with suppress(OSError):  # another process has just removed it
                aged.append((entry.stat().st_mtime_ns, found))
    return [item for _, item in sorted(aged)]


def release_rank(key: EditionKey) -> tuple[str, bool, str, str]:
    """Return what editions are ordered by: published releases come after maintenance ones."""
    return (key.system, not key.release.startswith("dev-"), key.release, key.language)


def _find_installed(entry: os.DirEntry[str]) -> Installed | None:
    stem, suffix = os.path.splitext(entry.name)
    name, mark, digest = stem.rpartition("~")
    key = parse_key(name)
    if suffix != SUFFIX or entry.name.startswith(".") or not mark or key is None:
        return None
    return Installed(key, entry.path, digest)


def find_current(home: str, editions: list[Installed]) -> Installed | None:
    """Return the MMS edition in use: the one chosen, else the newest."""
    chosen = _read_current(home)
    ours = [item for item in editions if item.key.system == System.MMS]
    return next((item for item in ours if str(item.key) == chosen), ours[-1] if ours else None)


def _read_current(home: str) -> str:
    try:
        with open(os.path.join(home, CURRENT), encoding="utf-8") as stream:
            return stream.read(200).strip()
    except (OSError, UnicodeDecodeError):
        return ""


def get_installed(editions: list[Installed], release: str, language: str = "") -> Installed:
    """Return the edition that a person means by a release, system or full name.

    Exact names come first, then those that contain the text; of several the newest counts,
    in English if no language is said. Raises UnknownReleaseError where none answers,
    UnknownLanguageError where one does in other languages alone.
    """
    held = [item for item in editions if language in ("", item.key.language)]
    if found := _find_named(held, release):
        english = [item for item in found if item.key.language == "en"]
        return (english or found)[-1]
    if others := _find_named(editions, release):
        raise UnknownLanguageError(language, tuple(str(item.key) for item in others))
    raise UnknownReleaseError(release, tuple(str(item.key) for item in editions))


def _find_named(editions: list[Installed], release: str) -> list[Installed]:
    """Return the editions that a text names best, none for an empty one."""
    for fits in (
        lambda key: release in (str(key), f"{key.system}-{key.release}"),
        lambda key: release == key.release and key.system == System.MMS,
        lambda key: release in (key.release, key.system),
        lambda key: release in str(key),
    ):
        found = [item for item in editions if release and fits(item.key)]
        if found:
            return found
    return []
