"""The FHIR terminology service: R4 and R5 under one base."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit.server.answers import reason_of
from icd11kit.server.fhir.batch import answer_batch
from icd11kit.server.fhir.metadata import all_operations
from icd11kit.server.fhir.routing import PLACES, Place, make_routes, refuse_status
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf


def fhir_app(shelf: Shelf, settings: Settings) -> Starlette:
    """Return the application of the FHIR paths.

    Whatever it refuses it refuses by an OperationOutcome, unknown paths and methods too.
    """
    app = Starlette(
        routes=list(_routes(shelf, settings)), exception_handlers={HTTPException: _refuse}
    )
    app.router.redirect_slashes = False
    app.state.shelf, app.state.settings = shelf, settings
    return app


def _routes(shelf: Shelf, settings: Settings) -> Iterator[Route]:
    for place in PLACES:
        yield from make_routes(all_operations(), shelf, settings, place)
        yield _batch_route(f"{place.prefix}/", shelf, settings, place)
        if place.prefix:
            yield _batch_route(place.prefix, shelf, settings, place)


def root_route(shelf: Shelf, settings: Settings, path: str = "/fhir") -> Route:
    """Return the route of batches at the base without a slash, which a mount does not reach."""
    return _batch_route(path, shelf, settings, Place(path))


def _batch_route(path: str, shelf: Shelf, settings: Settings, place: Place) -> Route:
    async def batch(request: Request) -> Response:
        return await answer_batch(request, shelf, settings, place)

    return Route(path, batch, methods=["POST"])


async def _refuse(request: Request, error: Exception) -> Response:
    """Return what Starlette refuses (404, 405) in FHIR's form."""
    assert isinstance(error, HTTPException)
    refused = refuse_status(error.status_code, reason_of(request, error))
    refused.headers.update(error.headers or {})
    return refused
