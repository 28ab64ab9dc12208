"""python -m benchmarks.bare PORT: the least a server can be, to measure others against.

One Starlette route that gives a small object as JSON, on the same uvicorn, loop and parser.
"""

from __future__ import annotations

import sys

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FIXED = {
    "system": "http://id.who.int/icd/release/11/mms",
    "version": "2025-01",
    "display": "a title as long as most of them are",
    "result": True,
}


async def answer(request: Request) -> Response:
    """Return the code that was asked for, and fixed values."""
    made = orjson.dumps({"code": request.path_params["code"], **_FIXED})
    return Response(made, media_type="application/json")


def main() -> None:
    """Serve on a port of this machine."""
    app = Starlette(routes=[Route("/codes/{code}", answer)])
    uvicorn.run(
        app, port=int(sys.argv[1]), access_log=False, log_level="error", loop="uvloop",
        http="httptools", proxy_headers=False, server_header=False, ws="none",
    )  # fmt: skip


if __name__ == "__main__":
    main()
