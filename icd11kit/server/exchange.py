"""One request and its answer as they pass the guard: what was given, what was sent."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

KEY = "icd11kit.exchange"
_NONE = (None, b"0")
SECURITY = (b"x-content-type-options", b"nosniff")
"""Stands in every answer; what a page may do its own answers say."""


class Exchange:
    """A request's headers by name, and of its answer the status, the bytes, and how far it is."""

    __slots__ = ("_send", "has_begun", "headers", "is_whole", "size", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self._send = send
        self.status, self.size = 0, 0
        self.has_begun = self.is_whole = False
        scope[KEY] = self

    def part(self, scope: Scope) -> None:
        """End the tie to the request, which would leave each one to the collector of garbage."""
        scope.pop(KEY, None)

    async def send(self, message: Message) -> None:
        """Pass on a piece of the answer, its first with the header that makes it safe."""
        if message["type"] == "http.response.start":
            self.status, self.has_begun = message["status"], True
            headers = message.get("headers", ())
            if SECURITY not in headers:
                message["headers"] = [*headers, SECURITY]
        else:
            self.size += len(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)
        await self._send(message)


class Body:
    """Passes on a request's body as long as it is not longer than some bytes."""

    __slots__ = ("_left", "_most", "_receive", "is_whole")

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most, self._left = receive, most, most
        self.is_whole = False

    async def receive(self) -> Message:
        """Return the next piece; raises HTTPException 413, which applications answer."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self.is_whole = not message.get("more_body", False)
        if self._left < 0:
            raise HTTPException(413, f"the body has more than {self._most:,} bytes")
        return message


def has_body(headers: dict[bytes, bytes]) -> bool:
    """Return whether a request comes with a body.

    >>> has_body({b"content-length": b"0"}), has_body({b"transfer-encoding": b"chunked"})
    (False, True)
    """
    return headers.get(b"content-length") not in _NONE or b"transfer-encoding" in headers
