"""The folder of installed editions: where it is, what it holds, which release is in use.

    $ICD11KIT_HOME/releases/{system}-{release}-{language}~{hash}.sqlite
    $ICD11KIT_HOME/current        the MMS edition in use

The hash in a file's name is the beginning of the SHA-256 of its bytes: the name is the
checksum. Of two files of one edition (a process died between rename and removal) the younger
counts. A file that is being written begins with `.building-` and is never looked at.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from icd11kit.edition import EditionKey, parse_key
from icd11kit.errors import InstallError, UnknownReleaseError
from icd11kit.vocabulary import System

_TEMPORARY = ".building-"
_HASH = 16


@dataclass(frozen=True, slots=True)
class Installed:
    """One installed edition: its key, its file and the hash its file's name promises."""

    key: EditionKey
    path: Path
    digest: str


def home_folder(home: str | Path | None = None) -> Path:
    """Return the folder given, else $ICD11KIT_HOME, else the platform's data folder."""
    if home or (home := os.environ.get("ICD11KIT_HOME")):
        return Path(home).expanduser()
    from platformdirs import user_data_path

    return user_data_path("icd11kit", appauthor=False)


def releases_folder(home: Path) -> Path:
    """Return the folder of the store files in a home."""
    return home / "releases"


def installed_editions(folder: Path) -> list[Installed]:
    """Return the editions in a folder of stores, those of one system oldest release first."""
    youngest: dict[EditionKey, tuple[int, Installed]] = {}
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    for entry in entries:
        found = _find_installed(Path(entry.path))
        if found is None:
            continue
        age = entry.stat().st_mtime_ns
        if found.key not in youngest or age > youngest[found.key][0]:
            youngest[found.key] = (age, found)
    return sorted((item for _, item in youngest.values()), key=lambda item: release_rank(item.key))


def release_rank(key: EditionKey) -> tuple[str, bool, str, str]:
    """Return what editions are ordered by: published releases come after maintenance ones."""
    return (key.system, not key.release.startswith("dev-"), key.release, key.language)


def _find_installed(path: Path) -> Installed | None:
    name, mark, digest = path.stem.rpartition("~")
    key = parse_key(name)
    if path.suffix != ".sqlite" or path.name.startswith(".") or not mark or key is None:
        return None
    return Installed(key, path, digest)


def find_current(home: Path, editions: list[Installed]) -> Installed | None:
    """Return the MMS edition in use: the one chosen, else the newest."""
    chosen = _read_current(home)
    ours = [item for item in editions if item.key.system == System.MMS]
    return next((item for item in ours if str(item.key) == chosen), ours[-1] if ours else None)


def _read_current(home: Path) -> str:
    try:
        return (home / "current").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def choose(home: Path, key: EditionKey) -> None:
    """Write down which MMS edition is in use, in one step."""
    write_atomically(home / "current", f"{key}\n".encode())


def get_installed(editions: list[Installed], release: str, language: str = "") -> Installed:
    """Return the edition that a person means by a release, system or full name.

    Exact names come first, then the only one that contains the text. Raises
    UnknownReleaseError where none or several answer.
    """
    held = [item for item in editions if language in ("", item.key.language)]
    for fits in (
        lambda key: release in (str(key), f"{key.system}-{key.release}"),
        lambda key: key.release == release and key.system == System.MMS,
        lambda key: release in (key.release, key.system),
        lambda key: release in str(key),
    ):
        found = [item for item in held if fits(item.key)]
        if found:
            english = [item for item in found if item.key.language == "en"]
            return (english or found)[-1]
    raise UnknownReleaseError(release, tuple(str(item.key) for item in editions))


def write_store(
    folder: Path, key: EditionKey, fill: Callable[[sqlite3.Connection], None]
) -> Installed:
    """Build an edition's file beside its final name and rename it into place.

    Whatever happens on the way, what was there before stays whole. Raises InstallError, in one
    sentence, where the disk is full or the folder cannot be written.
    """
    temporary = folder / f"{_TEMPORARY}{os.getpid()}-{os.urandom(4).hex()}.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        _build(temporary, fill)
        digest = file_digest(temporary)[:_HASH]
        final = folder / f"{key}~{digest}.sqlite"
        temporary.replace(final)
        os.utime(final)
        _sync(folder)
    except (OSError, sqlite3.Error) as error:
        raise InstallError(
            f"{folder}: the release could not be written ({_reason(error)}); "
            "nothing installed before was touched"
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
    _remove_others(folder, key, final)
    return Installed(key, final, digest)


def _build(path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        fill(connection)
    finally:
        connection.close()
    _sync(path)


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return "the disk is full" if "full" in text or "No space" in text else text


def write_atomically(path: Path, data: bytes) -> None:
    """Write a small file beside its final name and rename it into place."""
    temporary = path.with_name(f"{_TEMPORARY}{os.getpid()}-{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise InstallError(f"{path}: cannot be written ({error.strerror})") from None
    finally:
        temporary.unlink(missing_ok=True)


def remove_edition(item: Installed) -> None:
    """Delete an installed edition's file."""
    try:
        item.path.unlink(missing_ok=True)
    except OSError as error:
        raise InstallError(f"{item.path}: cannot be removed ({error.strerror})") from None
    _remove_others(item.path.parent, item.key, item.path)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _remove_others(folder: Path, key: EditionKey, keep: Path) -> None:
    for path in folder.glob(f"{key}~*.sqlite"):
        if path != keep:
            try:
                path.unlink(missing_ok=True)
            except OSError:  # still open elsewhere on Windows: the younger file counts anyway
                continue


def _sweep(folder: Path) -> None:
    """Delete what a killed process left half built."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        pid = path.name.removeprefix(_TEMPORARY).partition("-")[0]
        if pid.isdigit() and not _is_alive(int(pid)):
            path.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
