"""What those who run the server ask it: is it well, what has it done."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit import __version__
from icd11kit.server.answers import answer
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf


def operation_routes(shelf: Shelf, settings: Settings) -> list[Route]:
    """Return the routes of those who run the server."""

    async def health(request: Request) -> Response:
        return answer({"status": "ok", "version": __version__, "release": shelf.release})

    return [Route("/healthz", health)]
