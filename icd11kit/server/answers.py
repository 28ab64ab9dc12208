"""Answers as bytes, and what a request says: names of parameters in any case, limits held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from icd11kit.codes import shorten, spellings
from icd11kit.errors import (
    ClusterSyntaxError,
    Icd11KitError,
    MalformedCodeError,
    StoreError,
    UnknownCodeError,
    UnknownReleaseError,
)
from icd11kit.server.settings import Limits, Settings
from icd11kit.server.shelf import Shelf

JSON = "application/json"
_STATUS = (
    ((UnknownCodeError, UnknownReleaseError), 404),
    ((ClusterSyntaxError, MalformedCodeError, ValueError), 400),
    ((StoreError,), 500),
)


class _Json(Response):
    """JSON as bytes; its few headers are put together without a look at what else they could be."""

    def __init__(
        self, body: bytes, status: int, media_type: str, headers: Mapping[str, str] | None
    ) -> None:
        self.status_code, self.body, self.background = status, body, None
        given = headers.items() if headers else ()
        self.raw_headers = [
            *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given),
            (b"content-length", b"%d" % len(body)),
            (b"content-type", media_type.encode("latin-1")),
        ]


def answer(
    value: Any,
    status: int = 200,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a value that JSON can write as a response."""
    return _Json(orjson.dumps(value), status, media_type, headers)


def size_of(value: Any) -> int:
    """Return how many bytes a value has as JSON.

    >>> size_of({"code": "5A11"})
    15
    """
    return len(orjson.dumps(value))


def shelf_of(request: Request) -> Shelf:
    """Return the releases that a request's answer rests on."""
    shelf: Shelf = request.app.state.shelf
    return shelf


def settings_of(request: Request) -> Settings:
    """Return what the server was told at its start."""
    settings: Settings = request.app.state.settings
    return settings


def asked(request: Request) -> dict[str, str]:
    """Return a query's parameters by names in lower case; of repeated ones the last counts."""
    return {name.lower(): value for name, value in request.query_params.items()}


def check_cluster(text: str, limits: Limits) -> str:
    """Return a cluster that is short enough; raises HTTPException 400 for a longer one."""
    if len(text) > limits.cluster:
        reason = f"the cluster has {len(text):,} characters; at most {limits.cluster:,} are read"
        raise HTTPException(400, reason)
    return text


def check_joined(pairs: Iterable[tuple[str, str]]) -> None:
    """Raise HTTPException 400 where a query tore a cluster at an & that is not percent-encoded.

    >>> check_joined([("code", "DD51"), ("XK8G", "")])
    Traceback (most recent call last):
    starlette.exceptions.HTTPException: 400: XK8G is no parameter; write & in a cluster as %26
    """
    for name, value in pairs:
        if not value and name[:1] in ("X", "x") and spellings(name):
            reason = f"{name[:20]} is no parameter; write & in a cluster as %26"
            raise HTTPException(400, reason)


def reason_of(request: Request, error: HTTPException) -> str:
    """Return why a request is refused; of a path or method that is none more than its status."""
    path = shorten(request.scope["path"], 100)
    if (error.status_code, error.detail) == (404, "Not Found"):
        return f"nothing answers at {path}"
    if (error.status_code, error.detail) == (405, "Method Not Allowed"):
        answered = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))
        return f"{path} does not answer {shorten(request.method, 10)}, only {answered}"
    return error.detail


def status_of(error: Icd11KitError) -> int:
    """Return the HTTP status that says the same as an error.

    >>> status_of(UnknownReleaseError("2030-01"))
    404
    """
    return next((status for kinds, status in _STATUS if isinstance(error, kinds)), 400)
