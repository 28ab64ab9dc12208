"""The short way to an operation: from the path to its handler without the frame in between.

Starlette asks every route in turn, in the application and in those below it, each behind
middleware of its own, which takes as long as a small answer. A request that the first fitting
route answers goes straight to its handler here, with the same request and the same handlers of
errors. All others (unknown paths, wrong methods, mounted folders) take Starlette's way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from inspect import iscoroutinefunction
from re import Pattern
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from icd11kit.server.refusals import ERRORS


class Lane(NamedTuple):
    """What answers paths of a pattern; the route is None where Starlette is to be asked."""

    pattern: Pattern[str]
    route: Route | None
    methods: frozenset[str] = frozenset()


_NO_LANE = Lane(re.compile(""), None)
_NONE: dict[str, str] = {}


class Room(NamedTuple):
    """An application below the server: its path, its lanes in order, the handlers of its errors.

    `fixed` is the first lane for those paths that have no parameters, where that has none.
    """

    root: str
    app: Starlette
    lanes: tuple[Lane, ...]
    fixed: Mapping[str, Lane]
    errors: Mapping[Any, Any]


class Lanes:
    """Answers by the first route that fits, as Starlette would."""

    def __init__(self, app: Starlette) -> None:
        self._app: ASGIApp = app
        self._rooms = {
            mount.path: _room(mount.path, mount.app)
            for mount in app.routes
            if isinstance(mount, Mount) and isinstance(mount.app, Starlette)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        room = None
        if scope["type"] == "http":
            path: str = scope["path"]
            room = self._rooms.get(path[: path.find("/", 1)])
        if room is None or not _is_led(room, scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response: Response = await scope["endpoint"](request)
        except Exception as error:
            response = await _handle(room, request, error)
        await response(scope, receive, send)


def _room(root: str, app: Starlette) -> Room:
    lanes = tuple(_lane(route) for route in app.routes)
    paths = {lane.route.path for lane in lanes if lane.route and "{" not in lane.route.path}
    first = {path: next(lane for lane in lanes if lane.pattern.match(path)) for path in paths}
    fixed = {path: lane for path, lane in first.items() if not lane.pattern.groups}
    return Room(root, app, lanes, fixed, {**ERRORS, **app.exception_handlers})


def _lane(route: Any) -> Lane:
    if isinstance(route, Route) and iscoroutinefunction(route.endpoint):
        return Lane(route.path_regex, route, frozenset(route.methods or ()))
    return Lane(route.path_regex, None)


def _is_led(room: Room, scope: Scope) -> bool:
    """Put what a handler needs into a request's scope, where the first fitting route answers it."""
    path = scope["path"][len(room.root) :]
    if "\n" in path:  # which patterns overlook at the end, and Starlette's mounts do not
        return False
    lane, given = _find(room, path)
    route = lane.route
    if route is None or scope["method"] not in lane.methods:
        return False
    convert = route.param_convertors
    scope["path_params"] = {name: convert[name].convert(text) for name, text in given.items()}
    scope["app"], scope["route"], scope["endpoint"] = room.app, route, route.endpoint
    scope["root_path"], scope["app_root_path"] = room.root, ""
    return True


def _find(room: Room, path: str) -> tuple[Lane, dict[str, str]]:
    """Return the first lane that a path fits, with the texts of the path's parameters."""
    fixed = room.fixed.get(path)
    if fixed is not None:
        return fixed, _NONE
    for lane in room.lanes:
        if match := lane.pattern.match(path):
            return lane, match.groupdict()
    return _NO_LANE, _NONE


async def _handle(room: Room, request: Request, error: Exception) -> Response:
    """Return what a room says to an error; one that no handler knows is raised again."""
    status = getattr(error, "status_code", None)
    for kind in (status, *type(error).__mro__):
        if kind in room.errors and kind not in (None, Exception, 500):
            response: Response = await room.errors[kind](request, error)
            return response
    raise error
