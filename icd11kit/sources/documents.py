"""From a path to documents in memory: files, folders and zips, read with limits.

A zip is never unpacked to disk, so a name that points outside cannot write anywhere; such a
zip is refused all the same, since no publisher makes one.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from icd11kit.errors import SourceError

MAX_BYTES = 600_000_000
"""The most one document may hold unpacked; WHO's largest file has 13 million bytes."""
MAX_MEMBERS = 2_000
MAX_RATIO = 200
"""WHO's zips unpack to at most 12 times their size; a bomb to a thousand."""
_LOCKED = 1
"""The flag of a zip member that is encrypted."""
_WORKBOOK = "xl/workbook.xml"
_PLAIN = (".txt", ".tsv", ".csv", ".xlsx", ".json", ".xml")


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one file, where they came from and the date their publisher gave them.

    `name` is the path as given, with `!member` after it for a file inside a zip.
    """

    name: str
    data: bytes
    dated: str = ""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def stem(self) -> str:
        """The file name without folders and suffix, in lower case."""
        return PurePosixPath(self.name.rpartition("!")[2].replace("\\", "/")).stem.lower()


def read_documents(path: Path) -> Iterator[Document]:
    """Yield the documents at a path: a file, the members of a zip, or all in a folder.

    Raises SourceError where the path is missing, unreadable, or a zip is damaged or unsafe.
    """
    try:
        if path.is_dir():
            yield from _read_folder(path)
            return
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(str(path), f"the file is over {MAX_BYTES:,} bytes")
        data = path.read_bytes()
        dated = date.fromtimestamp(path.stat().st_mtime).isoformat()
    except OSError as error:
        raise SourceError(str(path), error.strerror or str(error)) from None
    yield from open_bytes(str(path), data, dated)


def _read_folder(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield from read_documents(path)


def open_bytes(name: str, data: bytes, dated: str = "") -> Iterator[Document]:
    """Yield a document of the bytes, or those inside if they are a zip but no workbook.

    >>> [document.name for document in open_bytes("a.txt", b"text")]
    ['a.txt']
    """
    if not data.startswith(b"PK"):
        yield Document(name, data, dated)
        return
    with _open_zip(name, data) as archive:
        members = _safe_members(name, archive)
        if any(member.filename == _WORKBOOK for member in members):
            yield Document(name, data, dated)
            return
        for member in members:
            if member.filename.lower().endswith((*_PLAIN, ".zip")):
                yield from _open_member(name, archive, member)


def _open_zip(name: str, data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise SourceError(name, "the zip is damaged or cut off; fetch it again") from None


def _safe_members(name: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    if not all(member.filename for member in archive.infolist()):
        raise SourceError(name, "the zip holds a file without a name")
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise SourceError(name, f"the zip holds {len(members)} files, over {MAX_MEMBERS}")
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise SourceError(name, f"the zip names a path outside itself: {member.filename!r}")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SourceError(name, "the zip is packed in a way that is not read; pack it anew")
    size, packed = (sum(getattr(m, k) for m in members) for k in ("file_size", "compress_size"))
    if size > MAX_BYTES or size > MAX_RATIO * max(packed, 10_000):
        raise SourceError(name, f"the zip would unpack to {size:,} bytes; it is refused as a bomb")
    return members


def _open_member(
    name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo
) -> Iterator[Document]:
    inner = f"{name}!{member.filename}"
    if member.flag_bits & _LOCKED:
        raise SourceError(inner, "the zip is locked by a password; unpack it first")
    try:
        with archive.open(member) as stream:
            data = stream.read(member.file_size + 1)
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        NotImplementedError,
        zlib.error,
    ):
        raise SourceError(inner, "the zip is damaged or cut off; fetch it again") from None
    if data.startswith(b"PK"):
        with _open_zip(inner, data) as nested:
            names = {item.filename for item in _safe_members(inner, nested)}
        if _WORKBOOK not in names:
            raise SourceError(inner, "a zip inside a zip is not read; unpack the outer one")
    year, month, day = member.date_time[:3]
    yield Document(inner, data, f"{year:04}-{month:02}-{day:02}")
