"""Answers that are kept: a few codes are asked for again and again, each time in the same words."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from starlette.requests import Request

_LONGEST = 300
_MOST = 2_048


class Asked(NamedTuple):
    """All of a GET that its answer can rest on."""

    query: bytes
    accept: bytes
    kind: bytes
    language: bytes
    id: str


Make = Callable[[Asked], bytes]


def keeping(make: Make) -> Make:
    """Return the same function, which keeps what it made last; errors are not kept."""
    return lru_cache(maxsize=_MOST)(make)


def asked_by(request: Request) -> Asked | None:
    """Return what a GET asks, None for what is too long to be kept, and for a POST."""
    query: bytes = request.scope["query_string"]
    if request.scope["method"] != "GET" or len(query) > _LONGEST:
        return None
    headers = dict(request.scope["headers"])
    said = Asked(
        query,
        headers.get(b"accept", b""),
        headers.get(b"content-type", b""),
        headers.get(b"accept-language", b""),
        request.path_params.get("id", ""),
    )
    return said if sum(map(len, said)) <= 2 * _LONGEST else None
