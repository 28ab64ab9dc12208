"""The ICD-API's paths about codes and words as an application in this process."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.routing import Mount

from icd11kit.server.api import api_app, searching
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf

REAL = "/icd/release/11/2025-01/mms"
LINKED = {"@context": {"type": "string"}, "@id": {"type": "string"}}
OTHER = {"otherPostcoordination": {"type": "array", "items": {"type": "string"}}}


@dataclass(frozen=True, slots=True)
class ApiClient:
    """Asks an application, one request after the other."""

    app: Starlette
    shelf: Shelf

    def request(self, method: str, path: str, **said: Any) -> httpx.Response:
        """Return the answer to a request, with what httpx takes of parameters and forms."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **said)

        return asyncio.run(asked())

    def get(self, path: str, **said: Any) -> httpx.Response:
        return self.request("GET", path, **said)

    def post(self, path: str, **said: Any) -> httpx.Response:
        return self.request("POST", path, **said)


def api_client(home: Path) -> ApiClient:
    """Return a client of the ICD-API over a home."""
    settings = Settings(home=str(home))
    shelf = Shelf(settings)
    mounted = Mount("/icd", api_app(shelf, settings))
    return ApiClient(Starlette(routes=[mounted, *searching.ROOT_ROUTES]), shelf)


def schema_errors(shared: Path, name: str, answer: Any) -> list[str]:
    """Return where an answer departs from a schema of WHO's OpenAPI document.

    JSON-LD's fields and `otherPostcoordination`, which the document speaks of in words only,
    are allowed in a CodeInfo.
    """
    document = json.loads((shared / "api" / "who_icd_api_swagger.json").read_text("utf-8"))
    schemas = document["components"]["schemas"]
    schemas["CodeInfo"]["properties"] |= LINKED | OTHER
    for each in (part for s in schemas.values() for part in s.get("properties", {}).values()):
        if each.pop("nullable", False) and "type" in each:
            each["type"] = [each["type"], "null"]
    document["$ref"] = f"#/components/schemas/{name}"
    return [error.message for error in Draft202012Validator(document).iter_errors(answer)]
