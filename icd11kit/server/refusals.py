"""Answers to requests that no operation answers, in the form of the path they came by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from icd11kit.server.answers import answer, reason_of
from icd11kit.server.fhir.outcome import outcome_of_status
from icd11kit.server.fhir.routing import FHIR_JSON

_FAILED = "the server failed at this; what happened stands in its error output"


def refusal(
    path: str, status: int, text: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return why a request is refused: an OperationOutcome below /fhir, plain JSON elsewhere.

    >>> refusal("/icd/entity", 413, "too long").body
    b'{"error":"too long","status":413}'
    """
    if path == "/fhir" or path.startswith("/fhir/"):
        return answer(outcome_of_status(status, text), status, FHIR_JSON, headers)
    return answer({"error": text, "status": status}, status, headers=headers)


async def refuse_as_raised(request: Request, error: Exception) -> Response:
    """Return what an HTTPException says."""
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    return refusal(path, error.status_code, reason_of(request, error), error.headers)


async def say_failed(request: Request, error: Exception) -> Response:
    """Return that the server failed, and nothing of how."""
    return failure(request.scope["path"])


def failure(path: str) -> Response:
    """Return that the server failed at a request by this path."""
    return refusal(path, 500, _FAILED)


ERRORS: dict[Any, Any] = {HTTPException: refuse_as_raised, Exception: say_failed}
"""Exception handlers of an application that has none of its own."""
