"""Put files into the home, each built beside its final name and renamed into place.

Killed at any moment, on a full disk, or raced by a second install, what was there before
stays whole. A file that is being written begins with `.building-` and is never looked at;
what a killed process leaves of them goes with the next install.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from icd11kit.errors import InstallError, SourceError
from icd11kit.model import EditionKey
from icd11kit.store.home import CURRENT, SUFFIX, Installed, store_files

_TEMPORARY = ".building-"
_HASH = 16
_FULL = ("full", "No space", "too large", "disk I/O error")


def write_store(
    folder: str, key: EditionKey, fill: Callable[[sqlite3.Connection], None]
) -> Installed:
    """Build an edition's file beside its final name, rename it into place, and return it.

    What is returned carries the whole digest, of which the name holds the beginning.

    Raises InstallError, in one sentence, where the disk is full or the folder cannot be
    written.
    """
    place = Path(folder)
    with _sentences(folder):
        place.mkdir(parents=True, exist_ok=True)
        _sweep(place)
        with _temporary(place) as temporary:
            _build(temporary, fill)
            digest = file_digest(temporary)
            final = place / f"{key}~{digest[:_HASH]}{SUFFIX}"
            _make_youngest(temporary, folder, key)
            temporary.replace(final)
        _sync(place)
    _remove_older(folder, key)
    return Installed(key, str(final), digest)


def write_lines(path: str, pieces: Iterable[str]) -> None:
    """Write pieces of text to a file of a user's as they come; it is whole or not there.

    Raises SourceError where the disk is full or the place cannot be written.
    """
    with (
        beside(Path(path)) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        for piece in pieces:
            stream.write(piece)


def write_bytes(path: str, data: bytes) -> None:
    """Write a file of a user's; it is whole or not there. Raises SourceError where that fails."""
    with beside(Path(path)) as temporary:
        temporary.write_bytes(data)


@contextmanager
def beside(final: Path) -> Iterator[Path]:
    """Give a name beside a final one, renamed to it at the end; on any error it is deleted.

    A file or a folder may be made of it. Raises SourceError where the disk is full or the place
    cannot be written. What a killed process left in the folder goes first.
    """
    if final.exists() and not (final.is_file() or final.is_dir()):
        raise SourceError(str(final), "it is a device or a pipe, which a rename would put away")
    try:
        _sweep(final.parent)
        with _temporary(final.parent, f"-{final.name}") as path:
            yield path
            path.replace(final)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(str(final), f"it could not be written ({reason})") from None


def choose(home: str, key: EditionKey) -> None:
    """Write down which MMS edition is in use, in one step."""
    place = Path(home)
    with _sentences(home):
        place.mkdir(parents=True, exist_ok=True)
        _sweep(place)
        with _temporary(place) as temporary:
            temporary.write_text(f"{key}\n", "utf-8")
            temporary.replace(place / CURRENT)


def remove_edition(item: Installed) -> None:
    """Delete an installed edition's file, and older ones of the same edition."""
    with _sentences(item.path):
        for held in _files_of(str(Path(item.path).parent), item.key):
            Path(held.path).unlink(missing_ok=True)


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _temporary(folder: Path, ending: str = SUFFIX) -> Iterator[Path]:
    """Give a name that no other process uses; what is left there at the end is deleted."""
    path = folder / f"{_TEMPORARY}{os.getpid()}-{os.urandom(4).hex()}{ending}"
    try:
        yield path
    finally:
        _delete(path)


def _delete(path: Path) -> None:
    """Delete a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    path.unlink(missing_ok=True)


@contextmanager
def _sentences(where: str) -> Iterator[None]:
    """Turn what the disk or SQLite refuses into one sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        text = getattr(error, "strerror", None) or str(error)
        reason = "the disk is full" if any(word in text for word in _FULL) else text
        raise InstallError(
            f"{where}: it could not be written ({reason}); nothing installed before was touched"
        ) from None


def _build(path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        fill(connection)
    finally:
        connection.close()
    _sync(path)


def _make_youngest(path: Path, folder: str, key: EditionKey) -> None:
    """Date a file after all files of its edition, even where the clock was set back."""
    now = time.time_ns()
    for item in _files_of(folder, key)[-1:]:
        with suppress(OSError):  # another process has just removed it
            now = max(now, Path(item.path).stat().st_mtime_ns + 1)
    os.utime(path, ns=(now, now))


def _remove_older(folder: str, key: EditionKey) -> None:
    """Delete all files of an edition but the youngest, be it another process's.

    Of installs at once each then keeps the same one. A process that kept its own would delete
    the other's and have its own deleted by it.
    """
    for item in _files_of(folder, key)[:-1]:
        with suppress(OSError):  # still open elsewhere on Windows: the younger file counts anyway
            Path(item.path).unlink(missing_ok=True)


def _files_of(folder: str, key: EditionKey) -> list[Installed]:
    return [item for item in store_files(folder) if item.key == key]


def _sweep(folder: Path) -> None:
    """Delete what a killed process left half built."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        pid = path.name.removeprefix(_TEMPORARY).partition("-")[0]
        if pid.isdigit() and not _is_alive(int(pid)):
            _delete(path)


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
