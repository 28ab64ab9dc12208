"""Answers that are kept: a few codes are asked for again and again, each time in the same words."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

_LONGEST = 300
_LARGEST = 8_000
_MOST = 2_048
_HEADERS = (b"accept", b"accept-language", b"content-type")

Handler = Callable[[Request], Awaitable[Response]]


def keeping(handler: Handler) -> Handler:
    """Return the same handler, which keeps its last small answers to short GETs.

    Only for answers that rest on path, query and what `_HEADERS` name: what is installed does not
    change while a server runs. Failures are not kept.
    """
    held: OrderedDict[tuple[Any, ...], Response] = OrderedDict()

    @wraps(handler)
    async def answer(request: Request) -> Response:
        key = _key(request)
        found = held.get(key) if key else None
        if found is None:
            found = await handler(request)
            if key and found.status_code == 200 and len(found.body) <= _LARGEST:
                if len(held) >= _MOST:
                    held.popitem(last=False)
                held[key] = found
        return found

    return answer


def _key(request: Request) -> tuple[Any, ...] | None:
    """Return all of a GET that its answer can rest on, None for what is not kept."""
    scope = request.scope
    path, query = scope["path"], scope["query_string"]
    if scope["method"] != "GET" or len(path) + len(query) > _LONGEST:
        return None
    headers = dict(scope["headers"])
    said = [headers.get(name, b"") for name in _HEADERS]
    if sum(map(len, said)) > _LONGEST:
        return None
    return (request.app.state.shelf, path, query, *said)
