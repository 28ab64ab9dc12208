"""Real HTTP servers on 127.0.0.1: files with given faults, and a small ICD-API with tokens."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

LONGEST_STALL = 30.0
"""A stalled answer ends with its server, at the latest after this many seconds."""


class Fault(StrEnum):
    """What goes wrong with an answer besides its status."""

    NONE = "none"
    STALL_BEFORE_HEADERS = "stalls before the headers"
    STALL_IN_BODY = "stalls in the middle of the body"
    CUT_OFF = "promises more bytes than it sends"
    CHUNKED_CUT_OFF = "breaks off inside a chunk"
    TRICKLE = "sends a byte at a time"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers; `status` is sent `times` times (0: always), then `body` with 200."""

    body: bytes = b""
    status: int = 200
    times: int = 0
    fault: Fault = Fault.NONE
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class LocalServer:
    """A running server: its root URL, what it answers, and what it was asked."""

    url: str
    answers: dict[str, Answer]
    delay: float = 0.0
    requests: list[Request] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    most: int = 0
    """When so many requests have come, none is answered until it is 0 again; 0: never."""
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return self.counts[path]

    def is_full(self) -> bool:
        """Return whether requests are held."""
        return 0 < self.most <= self.counts.total()


Decide = Callable[[Request, int], Answer]
"""Gives the answer to a request that is the n-th for its path, n from 1."""


@contextmanager
def closed_port() -> Iterator[int]:
    """Give a port on which nothing listens, and nothing else can until the block ends."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: clients that hang up are what the tests are about."""


@contextmanager
def serve(answers: Mapping[str, Answer] | None = None) -> Iterator[LocalServer]:
    """Give a running server of fixed answers by path; any other path is 404."""
    server = LocalServer("", dict(answers or {}))
    with running(server, lambda request, number: _fixed(server, request, number)):
        yield server


def _fixed(server: LocalServer, request: Request, number: int) -> Answer:
    answer = server.answers.get(request.path, Answer(b"not here", 404))
    if answer.times and number > answer.times:
        return Answer(answer.body, kind=answer.kind)
    return answer


@contextmanager
def running(server: LocalServer, decide: Decide) -> Iterator[LocalServer]:
    """Run a server on a free port until the block ends; it sets the server's `url`."""
    http = _Server(("127.0.0.1", 0), _handler(server, decide))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        http.shutdown()
        http.server_close()
        thread.join()


def _handler(server: LocalServer, decide: Decide) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(method, urlsplit(self.path).path, dict(self.headers), body)
            with server.lock:
                server.requests.append(request)
                server.counts[request.path] += 1
                answer = decide(request, server.counts[request.path])
            server.stopping.wait(server.delay)
            while server.is_full() and not server.stopping.is_set():
                time.sleep(0.01)
            _send(self, answer, server.stopping)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    return Handler


def _send(handler: BaseHTTPRequestHandler, answer: Answer, stopping: threading.Event) -> None:
    fault = answer.fault
    if fault is Fault.STALL_BEFORE_HEADERS:
        stopping.wait(LONGEST_STALL)
        handler.close_connection = True
        return
    _send_headers(handler, answer)
    half = len(answer.body) // 2
    if fault is Fault.CHUNKED_CUT_OFF:
        handler.wfile.write(f"{len(answer.body):x}\r\n".encode() + answer.body[:half])
    elif fault is Fault.TRICKLE:
        _trickle(handler, answer.body, stopping)
    else:
        cut = half if fault is Fault.STALL_IN_BODY else len(answer.body)
        handler.wfile.write(answer.body[:cut])
    handler.wfile.flush()
    if fault is Fault.STALL_IN_BODY:
        stopping.wait(LONGEST_STALL)
    handler.close_connection = handler.close_connection or fault is not Fault.NONE


def _trickle(handler: BaseHTTPRequestHandler, body: bytes, stopping: threading.Event) -> None:
    end = time.monotonic() + LONGEST_STALL
    for place in range(len(body)):
        if stopping.wait(0.05) or time.monotonic() > end:
            return
        handler.wfile.write(body[place : place + 1])
        handler.wfile.flush()


def _send_headers(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(answer.status)
    handler.send_header("Content-Type", answer.kind)
    for name, value in answer.headers:
        handler.send_header(name, value)
    if answer.fault is Fault.CHUNKED_CUT_OFF:
        handler.send_header("Transfer-Encoding", "chunked")
    else:
        more = 1000 if answer.fault is Fault.CUT_OFF else 0
        handler.send_header("Content-Length", str(len(answer.body) + more))
    handler.end_headers()


@dataclass(slots=True)
class TokenDesk:
    """Who may have a token, how long one lasts, and the tokens given out so far."""

    client: str
    secret: str
    expires_in: int = 3600
    uses: int = 0
    """After this many requests a token is refused with 401; 0: never."""
    given: list[str] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)

    def give(self, request: Request) -> Answer:
        """Return a new token for the right credentials, else 400."""
        word = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        basic = request.headers.get("Authorization") == f"Basic {word}"
        if request.method != "POST" or not basic:
            return Answer(b'{"error": "invalid_client"}', 400)
        self.given.append(f"token-{len(self.given) + 1}-of-{self.client}")
        return _json({"access_token": self.given[-1], "expires_in": self.expires_in})

    def takes(self, request: Request) -> bool:
        """Return whether a request carries a token given out and not yet used up."""
        carried = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if carried not in self.given:
            return False
        self.used[carried] += 1
        return not self.uses or self.used[carried] <= self.uses


TOKEN_PATH = "/connect/token"


@contextmanager
def serve_api(
    objects: Mapping[str, Mapping[str, Any]],
    *,
    desk: TokenDesk | None = None,
    faults: Mapping[str, Answer] | None = None,
    delay: float = 0.0,
) -> Iterator[LocalServer]:
    """Give an ICD-API over objects by path (`/icd/entity/1`), WHO's URIs in their bodies.

    With a desk every object wants a bearer token; `faults` answer instead of objects, for
    good or `times` times; each answer waits for `delay` seconds.
    """
    server = LocalServer("", dict(faults or {}), delay)

    def decide(request: Request, number: int) -> Answer:
        if request.path == TOKEN_PATH and desk is not None:
            return desk.give(request)
        if desk is not None and not desk.takes(request):
            return Answer(b"", 401)
        fault = server.answers.get(request.path)
        if fault is not None and (not fault.times or number <= fault.times):
            return fault
        held = objects.get(request.path)
        return _json(held) if held is not None else Answer(b'"Not Found"', 404)

    with running(server, decide):
        yield server


def _json(held: Mapping[str, Any]) -> Answer:
    return Answer(json.dumps(held).encode(), kind="application/json")
