"""The access log: one JSON object a line on stdout, written a few times a second."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from time import time
from typing import NamedTuple, Protocol

EVERY = 0.2
_MOST_LINES = 50_000
_LONGEST = 256
STDOUT = 1
_TURN = 2
"""So many seconds another process is waited for; one that died in its turn never ends it."""
_ENDING = 2 * _TURN + 1
"""So many seconds the last lines may take: those at work may wait for a turn, and they again."""


class Entry(NamedTuple):
    """What is written of one request: neither its query nor its headers."""

    method: str
    path: str
    status: int
    seconds: float
    size: int
    operation: str
    client: str


class Turn(Protocol):
    """A lock that the processes which write into one stdout take in turn."""

    def acquire(self, block: bool = True, timeout: float | None = None, /) -> bool: ...

    def release(self) -> None: ...


def format_entry(entry: Entry, now: float) -> str:
    r"""Return a request as a line of JSON in ASCII, all control characters escaped.

    >>> entry = Entry("GET", "/icd/a\x1bb", 404, 0.00123, 20, "/icd", "127.0.0.1")
    >>> format_entry(entry, 1735776000.0)[:82]
    '{"time":"2025-01-02T00:00:00.000Z","method":"GET","path":"/icd/a\\u001bb","status":'
    """
    when = f"{_second(int(now))}.{int(now % 1 * 1000):03d}Z"
    path = entry.path if len(entry.path) <= _LONGEST else f"{entry.path[:_LONGEST]}…"
    return (
        f'{{"time":"{when}","method":{quoted(entry.method)},'
        f'"path":{quoted(path)},"status":{entry.status},"ms":{1000 * entry.seconds:.2f},'
        f'"bytes":{entry.size},"operation":{quoted(entry.operation)},'
        f'"client":{quoted(entry.client)}}}\n'
    )


@lru_cache(maxsize=4)
def _second(now: int) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class AccessLog:
    """Keeps lines until a thread of its own writes them, so that no request waits for stdout.

    Where stdout stands still, the youngest lines are counted instead of kept.
    """

    def __init__(self, file: int = STDOUT, turn: Turn | None = None) -> None:
        self._file, self._turn = file, turn
        self._lines: list[str] = []
        self._lost = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write_often, daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def note(self, entry: Entry) -> None:
        """Keep a request's line for the next time that lines are written."""
        if len(self._lines) < _MOST_LINES:
            self._lines.append(format_entry(entry, time()))
        else:
            self._lost += 1

    def stop(self) -> None:
        """Write what is left and end the thread, which stdout may not hold up for long."""
        self._stopped.set()
        self._thread.join(timeout=_ENDING)

    def _write_often(self) -> None:
        while not self._stopped.wait(EVERY):
            self._write()
        self._write()

    def _write(self) -> None:
        lines = self._lines[:]
        del self._lines[: len(lines)]  # another list in its place would miss a line just made
        lost, self._lost = self._lost, 0
        if lost:
            lines.append(f'{{"lost":{lost}}}\n')
        if lines:
            self._put("".join(lines).encode("ascii"))

    def _put(self, data: bytes) -> None:
        """Write bytes; several processes write one after the other, that no line is torn."""
        has_turn = self._turn is not None and self._turn.acquire(True, _TURN)
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError:
            self._lost = 0  # nobody reads any more, which is no reason to stop answering
        finally:
            if has_turn and self._turn is not None:
                self._turn.release()
