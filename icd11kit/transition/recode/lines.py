"""CSV files as pieces of whole rows, unpacked and decoded as they are read.

A piece ends where a line ends outside quotes, so that each can be worked on alone.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from icd11kit.errors import SourceError
from icd11kit.transition.recode.head import Head, is_utf8, not_utf8, parse_head

PIECE = 4 << 20
"""Bytes of a piece: smaller ones cost more calls, larger ones leave the processor's cache."""

_SHORT = 64 << 10
_LONGEST = 256 << 20


class Source(NamedTuple):
    """A CSV file, what separates its cells, its encoding."""

    path: Path
    delimiter: str
    encoding: str


class Piece(NamedTuple):
    """Whole rows of a file as UTF-8, how many bytes are before, bytes of the file read so far."""

    data: bytes
    source: Source
    start: int
    done: int


def read_head(source: Source) -> Head:
    """Return the header of a file; raises SourceError where it has none."""
    first = next(read_pieces(source, _SHORT), None)
    return parse_head(first.data if first else b"", str(source.path), source.delimiter)


def read_pieces(source: Source, size: int = PIECE) -> Iterator[Piece]:
    """Yield a file in pieces, the header in the first.

    Raises SourceError where the file cannot be opened, unpacked or decoded.
    """
    path = source.path
    try:
        with path.open("rb") as raw:
            yield from _cut(_decoded(raw, source, size), raw, source)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(str(path), f"it cannot be unpacked ({error})") from None
    except IsADirectoryError as error:
        raise SourceError(str(path), error.strerror or str(error)) from None


def line_of(piece: Piece) -> int:
    """Return the line that a piece begins at.

    The file is read again up to there: to count the lines of every piece would cost every run
    what only errors tell.
    """
    lines, left = 1, piece.start
    with piece.source.path.open("rb") as raw:
        for block in _decoded(raw, piece.source, PIECE):
            if left <= 0:
                break
            lines += block.count(b"\n", 0, left)
            left -= len(block)
    return lines


def _decoded(raw: IO[bytes], source: Source, size: int) -> Iterator[bytes]:
    path, encoding = source.path, source.encoding
    is_packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    stream: IO[bytes] = gzip.GzipFile(fileobj=raw) if is_packed else raw  # type: ignore[assignment]
    if is_utf8(encoding):
        while data := stream.read(size):
            yield data
        return
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        while data := stream.read(size):
            yield decoder.decode(data).encode()
        yield decoder.decode(b"", final=True).encode()
    except LookupError:
        raise SourceError(str(path), f"there is no encoding {encoding!r}") from None
    except UnicodeError as error:
        raise SourceError(str(path), f"it is not {encoding} text ({error})") from None


def _cut(blocks: Iterator[bytes], raw: IO[bytes], source: Source) -> Iterator[Piece]:
    """Yield blocks as pieces that end with a row."""
    rest, start = b"", 0
    for block in blocks:
        data = rest + block if rest else block
        end = _end_of_rows(data)
        if len(data) - end > _LONGEST:
            line = line_of(Piece(data, source, start, raw.tell()))
            reason = f"a row that begins after line {line} never ends; close its quotes"
            raise SourceError(str(source.path), reason)
        if end:
            yield Piece(data[:end], source, start, raw.tell())
        rest, start = data[end:], start + end
    if rest:
        yield Piece(rest, source, start, raw.tell())


def _end_of_rows(data: bytes) -> int:
    r"""Return where the last row that is whole ends; data begin outside quotes.

    >>> _end_of_rows(b"a,b\nc"), _end_of_rows(b'a,b\nc,"\n')
    (4, 4)
    """
    end = data.rfind(b"\n") + 1
    while end and data.count(b'"', 0, end) % 2:
        end = data.rfind(b"\n", 0, end - 1) + 1
    return end


def broken_line(piece: Piece) -> str:
    """Return what is said of a piece that is no UTF-8 text, "" where it is."""
    try:
        piece.data.decode()
    except UnicodeDecodeError as error:
        return not_utf8(line_of(piece) + piece.data.count(b"\n", 0, error.start))
    return ""
