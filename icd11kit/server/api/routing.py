"""Routes of the ICD-API, which refuse HEAD, and its answers, which say their version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit.errors import Icd11KitError
from icd11kit.server.answers import answer, reason_of, status_of

VERSION = "v2.6.0"
API_VERSION = {"API-Version": VERSION}

Handler = Callable[[Request], Awaitable[Response]]


def get_route(path: str, handler: Handler, *, methods: Iterable[str] = ("GET",)) -> Route:
    """Return a route for GET, or for other methods, that answers HEAD with 405.

    Clients take a server for an ICD-API only where HEAD is refused; Starlette adds HEAD to
    every route for GET.

    >>> async def handler(request: Request) -> Response: ...
    >>> get_route("/entity", handler).methods
    {'GET'}
    """
    route = Route(path, handler, methods=list(methods))
    route.methods = set(methods)
    return route


def api_answer(value: Any, status: int = 200) -> Response:
    """Return a value that JSON can write as an ICD-API's response."""
    return answer(value, status, headers=API_VERSION)


def api_error(status: int, reason: str) -> Response:
    """Return a failure as an ICD-API's response: one object that says the reason."""
    return api_answer({"error": reason, "status": status}, status)


async def _refuse(request: Request, error: Exception) -> Response:
    """Return what a raised error says as an answer; HTTPException comes from routes and limits."""
    if isinstance(error, HTTPException):
        refused = api_error(error.status_code, reason_of(request, error))
        refused.headers.update(error.headers or {})
        return refused
    assert isinstance(error, Icd11KitError)
    return api_error(status_of(error), str(error))


ERRORS: dict[Any, Any] = {HTTPException: _refuse, Icd11KitError: _refuse}
"""The exception handlers of the application that holds these routes."""
