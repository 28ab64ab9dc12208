"""The whole server as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from icd11kit.server.api import api_app
from icd11kit.server.fhir import fhir_app
from icd11kit.server.guard import Guard
from icd11kit.server.operation import operation_routes
from icd11kit.server.plain import plain_app
from icd11kit.server.settings import Settings, handed_on
from icd11kit.server.shelf import Shelf
from icd11kit.server.workbench import workbench_routes


def make_app(settings: Settings) -> ASGIApp:
    """Return the application; raises UnknownReleaseError or StoreError for a wrong home."""
    shelf = Shelf(settings)

    @asynccontextmanager
    async def open_until_stopped(app: Starlette) -> AsyncIterator[None]:
        yield
        shelf.close()

    routes: list[BaseRoute] = [
        Mount("/icd", api_app(shelf, settings)),
        Mount("/fhir", fhir_app(shelf, settings)),
        Mount("/api/v1", plain_app(shelf, settings)),
        *operation_routes(shelf, settings),
        *workbench_routes(),
    ]
    return Guard(Starlette(routes=routes, lifespan=open_until_stopped), settings)


def make_worker() -> ASGIApp:
    """Return the application of a process that was handed its settings."""
    return make_app(handed_on())
