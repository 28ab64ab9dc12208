"""A client of bytes: requests no library would send, and answers as they come."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from tests.running_server import Server

PATIENCE = 60.0


class Answer(NamedTuple):
    """What came: status, headers by lower-case name, body; status 0 where nothing came."""

    status: int
    headers: dict[str, str]
    body: bytes


NOTHING = Answer(0, {}, b"")


@contextmanager
def connected(server: Server, *, receive_buffer: int = 0) -> Iterator[socket.socket]:
    """Give a connection to a server."""
    port = int(server.url.rpartition(":")[2])
    with socket.socket() as opened:
        if receive_buffer:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        opened.settimeout(PATIENCE)
        opened.connect(("127.0.0.1", port))
        yield opened


def send_raw(server: Server, data: bytes) -> Answer:
    """Return the answer to bytes; a server that stops reading is not waited for."""
    with connected(server) as opened:
        with suppress(BrokenPipeError, ConnectionResetError):
            opened.sendall(data)
        return read_answer(opened)


def get_raw(server: Server, path: str, *headers: str) -> Answer:
    """Return the answer to a GET of a path exactly as it is written."""
    lines = (f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *headers)
    return send_raw(server, "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1"))


def read_answer(opened: socket.socket) -> Answer:
    """Return one whole answer, NOTHING where the connection ends before any byte of one.

    Raises EOFError where it ends within an answer.
    """
    with opened.makefile("rb") as stream:
        try:
            first = stream.readline()
        except ConnectionResetError:
            first = b""
        if not first:
            return NOTHING
        headers = dict(_headers(stream.readline, first))
        body = stream.read(int(headers.get("content-length", 0)))
        if len(body) < int(headers.get("content-length", 0)):
            raise EOFError(f"{len(body)} bytes of a body of {headers['content-length']}")
        return Answer(int(first.split()[1]), headers, body)


def read_rest(opened: socket.socket) -> bytes:
    """Return all that comes until the server closes the connection."""
    came = bytearray()
    with suppress(ConnectionResetError):
        while piece := opened.recv(65536):
            came += piece
    return bytes(came)


def statuses(data: bytes) -> list[int]:
    """Return the statuses of the answers in a stream."""
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", data)]


def _headers(readline: object, first: bytes) -> Iterator[tuple[str, str]]:
    if not first.startswith(b"HTTP/1.1 "):
        raise EOFError(f"no status line: {first!r}")
    assert callable(readline)
    while (line := readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        yield name.strip().lower(), value.strip()
    if line == b"":
        raise EOFError("the head of an answer ends in the middle")
