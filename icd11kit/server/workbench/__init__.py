"""The workbench: one page for people, served from the package alone."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGE = Path(__file__).parent / "page"
HOME, FILES = "/", "/workbench"
"""Where the page and its files are; they hold no data."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Given here since what a machine calls a module may be a type no browser runs."""


class Page(StaticFiles):
    """The files of the page, each with the rules a browser is to hold it to."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return a file with its type and the headers that keep the page to itself."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_HEADERS)
        kind = _TYPES.get(Path(full_path).suffix)
        if kind and isinstance(response, FileResponse):
            response.headers["Content-Type"] = kind
        return response


def workbench_routes() -> list[BaseRoute]:
    """Return the routes of the page: `/` itself, and the files it is made of."""
    page = Page(directory=PAGE)

    async def home(request: Request) -> Response:
        return await page.get_response("index.html", request.scope)

    return [Route(HOME, home), Mount(FILES, page)]
