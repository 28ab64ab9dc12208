"""Run the application on uvicorn until it is told to stop."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Protocol

from uvicorn import Config, Server
from uvicorn.supervisors.multiprocess import Multiprocess

from icd11kit.errors import Icd11KitError
from icd11kit.server.access_log import Turn
from icd11kit.server.app import make_app
from icd11kit.server.metrics import FOLDER_VARIABLE
from icd11kit.server.operation import ready_lines
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf

BACKLOG = 2048
_KEEP_ALIVE = 15
_FORM_READER = "python_multipart"
"""It would write of broken forms to stderr, beside the answer that refuses them."""
_AFTER_LIMIT = 5
_SILENCE = 30
"""So many seconds a process may say nothing before it is replaced: to start takes long on a busy
machine, and uvicorn's five would replace it again and again."""
Say = Callable[[str], None]


class ListenError(Icd11KitError):
    """The server cannot listen where it was told to."""


class First(Protocol):
    """Something that only one of several processes can acquire."""

    def acquire(self, blocking: bool = True, /) -> bool: ...


class Shared(NamedTuple):
    """What processes that serve together share beside the files: two locks."""

    first: First
    turn: Turn | None = None


def run(settings: Settings, say: Say, workers: int = 1) -> None:
    """Serve until SIGINT or SIGTERM; requests begun before it are answered.

    `say` is given what a person wants to know when requests are answered. Raises
    UnknownReleaseError or StoreError for a wrong home, ListenError for a port in use.
    """
    listening = listen(settings.host, settings.port)
    here = replace(settings, port=listening[0].getsockname()[1])
    try:
        if workers == 1:
            _run_here(here, say, listening)
        else:
            _run_workers(here, say, listening, workers)
    finally:
        for item in listening:
            item.close()


def listen(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen at all addresses of a host, 0 for any free port."""
    opened: list[socket.socket] = []
    try:
        for family, address in _addresses(host, port):
            free = opened[0].getsockname()[1] if opened else port
            opened.append(socket.create_server((address, free), family=family, backlog=BACKLOG))
    except (OSError, OverflowError, UnicodeError) as error:
        for item in opened:
            item.close()
        number = getattr(error, "errno", None)
        said = getattr(error, "strerror", None) or str(error)
        reason = os.strerror(number) if number and number > 0 else said
        raise ListenError(f"cannot listen at {host} port {port}: {reason}") from None
    return opened


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((item[0], str(item[4][0])) for item in found))


def _run_here(settings: Settings, say: Say, listening: list[socket.socket]) -> None:
    app = _make_app(settings, say, Shared(threading.Semaphore(1)))
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        Server(_configure(app, settings)).run(listening)
    except KeyboardInterrupt:
        pass  # uvicorn raises the signal again when all is answered
    finally:
        signal.signal(signal.SIGTERM, before)


def _run_workers(
    settings: Settings, say: Say, listening: list[socket.socket], workers: int
) -> None:
    Shelf(settings).close()  # what is wrong with the home is said once, by this process
    context = get_context("spawn")
    shared = Shared(context.Semaphore(1), context.Lock())
    with TemporaryDirectory(prefix="icd11kit-figures-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        make = partial(_make_app, settings, say, shared)
        config = _configure(make, settings, factory=True, workers=workers)
        Multiprocess(config, listening).run()


def _make_app(settings: Settings, say: Say, shared: Shared) -> Any:
    logging.getLogger(_FORM_READER).setLevel(logging.CRITICAL)
    return make_app(settings, partial(_say_ready, settings, say, shared.first), shared.turn)


def _say_ready(settings: Settings, say: Say, first: First, shelf: Shelf) -> None:
    """Say once that the server answers: the sockets listen already, one process is up.

    What is loaded by then stays; the collector of garbage need not look through it again.
    """
    gc.collect()
    gc.freeze()
    if first.acquire(False):
        for line in ready_lines(shelf, settings):
            say(line)


def _configure(app: Any, settings: Settings, **more: Any) -> Config:
    return Config(
        app,
        http=_http(settings),
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        limit_concurrency=settings.limits.connections,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=int(settings.limits.seconds) + _AFTER_LIMIT,
        timeout_worker_healthcheck=_SILENCE,
        **more,
    )


def _http(settings: Settings) -> Any:
    """Return what reads requests; without httptools uvicorn's own, which waits for slow heads."""
    if find_spec("httptools") is None:
        return "auto"
    from icd11kit.server.connection import Connection

    return partial(Connection, seconds=settings.limits.seconds)
