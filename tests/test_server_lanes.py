"""The short way to operations gives what Starlette's way gives."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from icd11kit.server.app import make_app
from icd11kit.server.lanes import Lanes
from icd11kit.server.settings import Settings

MMS = "http://id.who.int/icd/release/11/mms"
ASKED = [
    ("GET", "/icd/release/11/2025-01/mms/codeinfo/5A11"),
    ("GET", "/icd/release/11/2025-01/mms/codeinfo/NC32.2&XK8G/PA60"),
    ("GET", "/icd/release/11/2025-01/mms/codeinfo/NC32.2%26XK8G%2FPA60"),
    ("GET", "/icd/release/11/2025-01/mms/codeinfo/nothing"),
    ("GET", "/icd/release/11/2025-01/mms/codeinfo/%0A"),
    ("HEAD", "/icd/release/11/2025-01/mms/codeinfo/5A11"),
    ("POST", "/icd/release/11/2025-01/mms/codeinfo/5A11"),
    ("GET", "/icd/release/11/2019-04/mms/codeinfo/5A11"),
    ("GET", "/icd/entity"),
    ("HEAD", "/icd/entity"),
    ("GET", "/icd/entity/"),
    ("GET", "/icd/release/11/mms"),
    ("GET", "/icd"),
    ("GET", "/icd/"),
    ("GET", "/icd//entity"),
    ("DELETE", "/icd/entity"),
    ("GET", f"/fhir/CodeSystem/$validate-code?url={MMS}&code=5A11"),
    ("GET", f"/fhir/r5/CodeSystem/$validate-code?url={MMS}&code=5A11"),
    ("GET", f"/fhir/CodeSystem/$lookup?system={MMS}&code=nothing"),
    ("GET", "/fhir/CodeSystem/$lookup"),
    ("GET", "/fhir/CodeSystem/nothing"),
    ("GET", "/fhir/CodeSystem/_search"),
    ("POST", "/fhir/CodeSystem/_search"),
    ("PUT", "/fhir/CodeSystem/$lookup"),
    ("HEAD", "/fhir/CodeSystem/$lookup"),
    ("POST", "/fhir/"),
    ("POST", "/fhir"),
    ("GET", "/fhir/nothing"),
    ("GET", "/api/v1/releases"),
    ("GET", "/nothing"),
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[ASGIApp, ASGIApp]:
    """The whole application, and what of it is Starlette's."""
    home: Path = tmp_path_factory.mktemp("lanes")
    lanes = make_app(Settings(home=str(home), log=False))._app  # type: ignore[attr-defined]
    return lanes, lanes._app


def ask(app: ASGIApp, method: str, path: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path)

    return asyncio.run(asked())


@pytest.mark.parametrize(("method", "path"), ASKED)
def test_both_ways_give_the_same(both: tuple[ASGIApp, ASGIApp], method: str, path: str) -> None:
    short, long = (ask(app, method, path) for app in both)
    assert short.status_code == long.status_code
    assert short.content == long.content
    assert sorted(short.headers.items()) == sorted(long.headers.items())


async def _say(request: Request) -> Response:
    scope = request.scope
    return Response(f"{scope['root_path']} {sorted(request.path_params.items())} {request.url}")


async def _first(request: Request) -> Response:
    return Response("first")


async def _refuse(request: Request) -> Response:
    raise HTTPException(int(request.path_params["status"]), "refused")


async def _break(request: Request) -> Response:
    raise KeyError("broken")


async def _explain(request: Request, error: Exception) -> Response:
    return Response(f"{type(error).__name__} explained", 418)


async def _repeat(request: Request, error: Exception) -> Response:
    return Response(f"{request.url.path} conflicts", 409)


def _said_plainly(request: Request) -> Response:
    return Response("from a thread")


def _made(errors: dict[object, object]) -> Starlette:
    below = Starlette(
        routes=[
            Route("/a/{x}/{n:int}", _say, methods=["GET", "POST"]),
            Route("/a/{x}", _first, methods=["POST"]),
            Route("/a/fixed", _say),
            Route("/fixed", _first),
            Route("/{x}", _say),
            Route("/late", _first),
            Route("/refuse/{status}", _refuse),
            Route("/break/it", _break),
            Route("/plain/it", _said_plainly),
            Mount("/deep", routes=[Route("/a/b", _say)]),
            Route("/deep/a/b", _first),
        ],
        exception_handlers=errors,  # type: ignore[arg-type]
    )
    return Starlette(routes=[Mount("/x", below), Route("/y", _first)])


CASES = [
    ("GET", "/x/a/b/12"), ("GET", "/x/a/b/z"), ("GET", "/x/a/fixed"), ("POST", "/x/a/fixed"),
    ("GET", "/x/fixed"), ("GET", "/x/late"), ("GET", "/x/deep/a/b"), ("GET", "/x/plain/it"),
    ("GET", "/x/refuse/404"), ("GET", "/x/refuse/409"), ("GET", "/y"), ("GET", "/x"),
    ("GET", "/x/"), ("PUT", "/x/fixed"), ("HEAD", "/x/fixed"), ("GET", "/xx/fixed"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CASES)
@pytest.mark.parametrize(
    "errors",
    [{HTTPException: _explain}, {HTTPException: _explain, 409: _repeat}],
    ids=["one", "two"],
)
def test_order_methods_and_errors_are_kept(
    method: str, path: str, errors: dict[object, object]
) -> None:
    app = _made(errors)
    short, long = ask(Lanes(app), method, path), ask(app, method, path)
    assert (short.status_code, short.content) == (long.status_code, long.content)
    assert sorted(short.headers.items()) == sorted(long.headers.items())


def test_what_no_handler_knows_is_raised() -> None:
    for errors in ({}, {Exception: _explain}, {500: _explain}):
        with pytest.raises(KeyError, match="broken"):
            ask(Lanes(_made(errors)), "GET", "/x/break/it")  # type: ignore[arg-type]
    known = ask(Lanes(_made({LookupError: _explain})), "GET", "/x/break/it")
    assert known.text == "KeyError explained"
