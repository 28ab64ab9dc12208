"""Connections whose clients are slow or say too much are cut off; uvicorn waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_LONGEST_HEAD = 65_536
_LATE = (408, "Request Timeout")
_LONG = (431, "Request Header Fields Too Large")


class Connection(HttpToolsProtocol):
    """Reads requests that arrive whole within some seconds, and whose heads are not endless.

    One timer a connection looks whether the request that is being read, or the answer that
    is being taken, has made no end for that long.
    """

    def __init__(self, *given: Any, seconds: float, **named: Any) -> None:
        super().__init__(*given, **named)
        self._seconds = seconds
        self._reading: float | None = None
        self._stuck: float | None = None
        self._unread: object = None
        self._head = 0
        self._is_ending = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._reading = self.loop.time()
        self._look_after(self._seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.more_body or self._is_head_open():
            self._wait_for_more(len(data))
        else:
            self._reading = None

    def _is_head_open(self) -> bool:
        """Return whether a request has begun whose head is not read yet."""
        return self.scope is not None and "method" not in self.scope

    def _wait_for_more(self, size: int) -> None:
        """Take note of when a request began that is not whole, and of how long its head is.

        Bytes that came with its first do not count: they may be of whole requests before it.
        """
        if self.scope is not self._unread:
            self._unread, self._head = self.scope, 0
            self._reading = self.loop.time()
        else:
            self._head += size
        if self._head > _LONGEST_HEAD and self._is_head_open():
            self._end(*_LONG)

    def pause_writing(self) -> None:
        self._stuck = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stuck = None
        super().resume_writing()

    def _look_after(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """End what lasts too long, and come back when something else may."""
        is_closing, since = self.transport.is_closing(), self._since()
        left = self._seconds if since is None else since + self._seconds - self.loop.time()
        if self._is_ending or (self._stuck is not None and left <= 0):
            self.transport.abort()
            return
        self._is_ending = is_closing
        if left <= 0 and not is_closing and not self._is_answering():
            self._end(*_LATE)
        self._look_after(left if left > 0 else self._seconds)

    def _since(self) -> float | None:
        """Return when what is waited for began."""
        return self._stuck if self._stuck is not None else self._reading

    def _is_answering(self) -> bool:
        """Return whether a request is at work; how long it may, the guard knows."""
        return self.cycle is not None and not self.cycle.response_complete

    def _end(self, status: int, phrase: str) -> None:
        """Close the connection, with a word where a request had begun and none is answered."""
        if self._is_head_open() and not self._is_answering():
            head = f"HTTP/1.1 {status} {phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            self.transport.write(head.encode("ascii"))
        self._is_ending = True
        self.transport.close()
