"""Bytes of a user's table as text, whatever wrote it: plain or gzip, UTF-8, UTF-16 or Windows."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from pathlib import Path

from icd11kit.errors import SourceError


def read_unpacked(path: str, longest: int) -> tuple[bytes, str]:
    """Return what a file holds, unpacked where it is gzip, and the SHA-256 of the file itself.

    Raises SourceError where it cannot be read or holds more bytes than `longest`.
    """
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(longest + 1)
        digest = hashlib.sha256(data).hexdigest()
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(data)) as unpacked:
                data = unpacked.read(longest + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"it cannot be unpacked ({error})"
        raise SourceError(path, reason) from None
    if len(data) > longest:
        raise SourceError(path, f"the table has over {longest:,} bytes; split it")
    return data, digest


def decode(data: bytes, path: str) -> tuple[str, tuple[str, ...]]:
    r"""Return the text of a table and what is to be said of its encoding.

    UTF-8 with or without a byte order mark and UTF-16 with one are read as such, anything
    else as Windows-1252, which holds Latin-1. Raises SourceError for what is no text.

    >>> decode("id,código\n".encode("latin-1"), "data/a.csv")
    ('id,código\n', ('a.csv is not UTF-8: it was read as Windows-1252',))
    """
    if data.startswith(b"PK"):
        raise SourceError(path, "the file is a workbook or an archive; save the sheet as CSV")
    remarks: tuple[str, ...] = ()
    try:
        is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        remarks = (f"{Path(path).name} is not UTF-8: it was read as Windows-1252",)
    if "\0" in text:
        raise SourceError(path, "the file holds binary data; a CSV or TSV table is needed")
    return text, remarks
