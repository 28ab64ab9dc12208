"""The plain JSON API: what the commands print with `--json`, asked for over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit.errors import ClusterSyntaxError, Icd11KitError, StoreError, UnknownCodeError
from icd11kit.plain import plain
from icd11kit.server.answers import answer, reason_of, settings_of, shelf_of, status_of
from icd11kit.server.plain.given import Given, read_given
from icd11kit.server.plain.operations import OPERATIONS, Operation, map_code
from icd11kit.server.plain.releases import say_releases
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.server.threads import MAPS, SHORT, run_in
from icd11kit.terminology import Terminology


def plain_app(shelf: Shelf, settings: Settings) -> Starlette:
    """Return the application of `/api/v1`: one path an operation, GET or POST."""
    routes = [
        Route(f"/{name}", _handler(operation), methods=["GET", "POST"])
        for name, operation in OPERATIONS.items()
    ]
    routes.append(Route("/releases", releases))
    app = Starlette(
        routes=routes,
        exception_handlers={Icd11KitError: _refuse, HTTPException: _refuse_request},
    )
    app.state.shelf, app.state.settings = shelf, settings
    return app


async def releases(request: Request) -> Response:
    """Answer with the installed editions and what questions are answered from by default."""
    return answer(await run_in(SHORT, say_releases, shelf_of(request)))


def _handler(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        given = await read_given(request, settings_of(request).limits)
        icd = shelf_of(request).get(given.text("release"), given.text("language"))
        lane = MAPS if operation is map_code else SHORT
        return answer(await run_in(lane, _work, operation, icd, given))

    return handle


def _work(operation: Operation, icd: Terminology, given: Given) -> object:
    """Return what an operation answers; away from the loop, as some read much when first asked."""
    return plain(operation(icd, given))


async def _refuse(request: Request, error: Exception) -> Response:
    """Answer with an error of ours: its sentence, the nearest codes, the place in the text."""
    said: dict[str, object] = {"error": str(error), "nearest": []}
    if isinstance(error, UnknownCodeError):
        said |= {"error": error.reason, "nearest": error.nearest}
    if isinstance(error, ClusterSyntaxError):
        said["position"] = error.position
    if isinstance(error, StoreError):  # its text would name a path of this machine
        return answer(said | {"error": error.reason}, 404)
    return answer(said, status_of(error) if isinstance(error, Icd11KitError) else 400)


async def _refuse_request(request: Request, error: Exception) -> Response:
    """Answer with what is wrong with a request; a path that is none gets those there are."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    said = reason_of(request, error) if isinstance(error, HTTPException) else str(error)
    if isinstance(error, HTTPException) and status == 404 and error.detail == "Not Found":
        said = f"there is no such path; there are {', '.join([*OPERATIONS, 'releases'])}"
    headers = error.headers if isinstance(error, HTTPException) else None
    return answer({"error": said, "nearest": []}, status, headers=headers)
