"""What the server answers, described for machines: an OpenAPI 3.1 document at /openapi.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit import __version__
from icd11kit.server.answers import answer
from icd11kit.server.openapi.pieces import operation_of
from icd11kit.server.openapi.tables import Described, read_operations, read_text

FHIR_BASES = ("/fhir", "/fhir/r4", "/fhir/r5")
"""FHIR answers below each: in the version that Accept asks for, in R4, in R5."""
TAGS = {
    "ICD-API": "The paths of WHO's ICD-API, for its clients; URIs are WHO's whatever the host.",
    "FHIR": "A FHIR terminology service: code systems, value sets, concept maps.",
    "Plain JSON": "What the commands print with --json.",
    "Operation": "For those who run the server.",
    "Page": "For people.",
}


def openapi_routes() -> list[Route]:
    """Return the route of the description."""

    async def description(request: Request) -> Response:
        return answer(describe())

    return [Route("/openapi.json", description)]


@cache
def describe() -> dict[str, Any]:
    """Return the description of every path of the server.

    >>> describe()["paths"]["/healthz"]["get"]["operationId"]
    'get-healthz'
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "icd11kit",
            "version": __version__,
            "summary": "ICD-11 and ICD-10-CM from the releases installed on this machine.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": _paths(),
        "components": {
            "schemas": json.loads(read_text("schemas.json")),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for row in read_operations():
        for path in paths_of(row):
            held = paths.setdefault(path, {})
            held |= {m.lower(): operation_of(row, m, path) for m in row.methods}
    return paths


def paths_of(row: Described) -> Iterator[str]:
    """Give the paths of a row; those of FHIR are below each of its bases."""
    if row.tag != "FHIR":
        yield row.path
        return
    for base in FHIR_BASES:
        yield f"{base}{row.path}"
