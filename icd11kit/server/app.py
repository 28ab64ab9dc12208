"""The whole server as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from icd11kit import __version__
from icd11kit.server.access_log import AccessLog, Turn
from icd11kit.server.api import api_app
from icd11kit.server.api.searching import ROOT_ROUTES
from icd11kit.server.fhir import fhir_app, root_route
from icd11kit.server.guard import Guard
from icd11kit.server.lanes import Lanes
from icd11kit.server.metrics import Metrics
from icd11kit.server.openapi import openapi_routes
from icd11kit.server.operation import Record, operation_routes
from icd11kit.server.plain import plain_app
from icd11kit.server.refusals import ERRORS
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.server.workbench import workbench_routes

WhenReady = Callable[[Shelf], None]


def make_app(
    settings: Settings, when_ready: WhenReady | None = None, turn: Turn | None = None
) -> ASGIApp:
    """Return the application; raises UnknownReleaseError or StoreError for a wrong home.

    `when_ready` is called when requests are answered; `turn` is what the processes that write
    one access log take in turn.
    """
    shelf = Shelf(settings)
    metrics = Metrics(__version__, shelf.release)
    log = AccessLog(turn=turn) if settings.log else None
    routes: list[BaseRoute] = [
        root_route(shelf, settings),
        *_mounts(shelf, settings),
        *ROOT_ROUTES,
        *openapi_routes(),
        *operation_routes(shelf, metrics),
        *workbench_routes(),
    ]
    lifespan = _lifespan(shelf, log, when_ready)
    app = Starlette(routes=routes, exception_handlers=ERRORS, lifespan=lifespan)
    app.router.redirect_slashes = False  # it would repeat whatever host a request names
    return Guard(Lanes(app), settings, Record(metrics, log))


def _mounts(shelf: Shelf, settings: Settings) -> list[Mount]:
    """Return the applications below the server, each with handlers for what it does not handle."""
    below = {"/icd": api_app, "/fhir": fhir_app, "/api/v1": plain_app}
    mounts = []
    for path, make in below.items():
        app = make(shelf, settings)
        for kind, handler in ERRORS.items():
            app.exception_handlers.setdefault(kind, handler)
        mounts.append(Mount(path, app))
    return mounts


def _lifespan(
    shelf: Shelf, log: AccessLog | None, when_ready: WhenReady | None
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return what happens when the application starts and stops."""

    @asynccontextmanager
    async def open_until_stopped(app: Starlette) -> AsyncIterator[None]:
        if log is not None:
            log.start()
        if when_ready is not None:
            when_ready(shelf)
        yield
        if log is not None:
            log.stop()
        shelf.close()

    return open_until_stopped
