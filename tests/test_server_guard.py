"""What stands before every request: token, pages from elsewhere, limits, junk, failures."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit.server.app import make_app
from icd11kit.server.guard import Guard
from icd11kit.server.metrics import Metrics
from icd11kit.server.operation import Record
from icd11kit.server.settings import Limits, Settings
from icd11kit.server.workbench import PAGE
from tests.raw_client import get_raw, send_raw
from tests.running_server import Server, serving

TOKEN = "a-token-of-9-words"
FRIEND, STRANGER = "https://friend.example", "https://stranger.example"
PATHS = (
    "/icd/release/11/mms", "/icd/entity", "/fhir/metadata", "/fhir", "/api/v1/releases",
    "/metrics", "/openapi.json", "/nowhere", "//", "//workbench/main.js", "/workbench",
    "/workbenches", "/Workbench/main.js", "/api/v1/releases/workbench/", "/healthz/",
    "/api/v1/workbench/../releases",
)  # fmt: skip
ASKS_FIRST = {"Access-Control-Request-Method": "POST"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a token."""
    with serving(tmp_path_factory.mktemp("closed"), "--token", TOKEN) as server:
        yield server


@pytest.fixture(scope="module")
def friendly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server beyond loopback that pages from one place may call."""
    home = tmp_path_factory.mktemp("friendly")
    with serving(home, "--host", "0.0.0.0", "--cors", FRIEND) as server:
        yield server


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "\xff"]
)
def test_without_the_token_nothing_is_told(closed: Server, path: str, header: str) -> None:
    answer = get_raw(closed, path, f"Authorization: {header}")
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN.encode() not in answer.body


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_with_the_token_answers_are_as_without_one(closed: Server, scheme: str) -> None:
    assert get_raw(closed, "/metrics", f"Authorization: {scheme} {TOKEN}").status == 200
    assert get_raw(closed, "/nowhere", f"Authorization: {scheme} {TOKEN}").status == 404


PAGE_FILES = sorted(path.relative_to(PAGE).as_posix() for path in PAGE.rglob("*.*"))


@pytest.mark.parametrize("path", ["/", "/?x=1", *(f"/workbench/{name}" for name in PAGE_FILES)])
def test_the_page_is_handed_to_all(closed: Server, starter_server: Server, path: str) -> None:
    said = closed.get(path)
    assert said.status == 200
    assert said.body == starter_server.get(path).body
    assert "content-security-policy" in said.headers


@pytest.mark.parametrize(
    "path",
    [
        "/workbench/",
        "/workbench/none.js",
        "/workbench/../api/v1/releases",
        "/workbench/..%2fapi/v1/releases",
        "/workbench/%2e%2e/metrics",
        "/workbench//metrics",
        "/workbench/../healthz",
        "/workbench/..%5cmetrics",
    ],
)
def test_beside_the_page_lies_nothing(closed: Server, path: str) -> None:
    answer = get_raw(closed, path)
    assert answer.status == 404
    assert b"2025-01" not in answer.body
    assert b"icd11kit_" not in answer.body


@pytest.mark.parametrize("path", ["/", "/workbench/main.js"])
def test_a_page_that_needs_no_token_takes_nothing(closed: Server, path: str) -> None:
    assert closed.post(path, {"code": "5A11"}).status == 405
    assert "access-control-allow-origin" not in closed.get(path, Origin=STRANGER).headers
    assert get_raw(closed, f"{path}?{'a' * 8_001}").status == 414


def test_health_is_told_to_all(closed: Server) -> None:
    assert closed.get("/healthz").json()["status"] == "ok"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer anything", "Basic eDp5", "nonsense"])
def test_without_a_token_set_none_is_looked_at(starter_server: Server, header: str) -> None:
    assert get_raw(starter_server, "/metrics", f"Authorization: {header}").status == 200


def test_refusals_have_the_form_of_their_paths(closed: Server) -> None:
    fhir = closed.get("/fhir/CodeSystem").json()
    assert fhir["resourceType"] == "OperationOutcome"
    assert fhir["issue"][0]["code"] == "login"
    assert closed.get("/icd/entity").json()["status"] == 401


def test_preflights_pass_without_the_token(closed: Server) -> None:
    asked = closed.ask("OPTIONS", "/icd/entity", None, Origin=STRANGER, **_preflight())
    assert asked.status == 200
    refused = closed.get("/icd/entity", Origin=STRANGER)
    assert refused.status == 401
    assert refused.headers["access-control-allow-origin"] == "*"


CORS = [
    ("starter_server", "/icd/entity", STRANGER, "*"),
    ("starter_server", "/analytics/clientanalytics", STRANGER, "*"),
    ("starter_server", "/fhir/metadata", STRANGER, None),
    ("starter_server", "/api/v1/releases", STRANGER, None),
    ("starter_server", "/healthz", STRANGER, None),
    ("starter_server", "/", STRANGER, None),
    ("starter_server", "/icdx", STRANGER, None),
    ("friendly", "/icd/entity", FRIEND, FRIEND),
    ("friendly", "/icd/entity", STRANGER, None),
    ("friendly", "/fhir/metadata", FRIEND, FRIEND),
    ("friendly", "/fhir/metadata", STRANGER, None),
    ("friendly", "/healthz", FRIEND, FRIEND),
    ("friendly", "/", f"{FRIEND}.evil.example", None),
]


@pytest.mark.parametrize(("name", "path", "origin", "allowed"), CORS)
def test_pages_from_elsewhere(
    name: str, path: str, origin: str, allowed: str | None, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(name)
    asked = server.ask("OPTIONS", path, None, Origin=origin, **_preflight())
    said = server.get(path, Origin=origin)
    for reply in (asked, said):
        assert reply.headers.get("access-control-allow-origin") == allowed
    assert asked.status == (200 if allowed else 400)
    assert "access-control-allow-origin" not in server.get(path).headers


def test_a_preflight_allows_what_clients_of_an_icd_api_send(starter_server: Server) -> None:
    names = ("API-Version", "Accept-Language", "Authorization", "Content-Type")
    asked = starter_server.ask(
        "OPTIONS", "/icd/entity", None, Origin=STRANGER,
        **_preflight(Access_Control_Request_Headers=", ".join(names)),
        Access_Control_Request_Private_Network="true",
    )  # fmt: skip
    assert asked.status == 200
    given = asked.headers["access-control-allow-headers"].lower()
    assert all(name.lower() in given for name in names)
    assert asked.headers["access-control-allow-private-network"] == "true"
    said = starter_server.get("/icd/entity", Origin=STRANGER)
    assert said.headers["access-control-expose-headers"] == "API-Version"


def _preflight(**more: str) -> dict[str, str]:
    return {"Access_Control_Request_Method": "POST", **more}


@pytest.mark.parametrize("path", ["/icd/entity", "/fhir/metadata", "/healthz", "/", "/nowhere"])
def test_every_answer_is_to_be_taken_for_what_it_says(starter_server: Server, path: str) -> None:
    assert starter_server.get(path).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("prefix", ["/icd/entity/search?q=", "/fhir/metadata?x=", "/?", "/x/"])
def test_addresses_have_an_end(starter_server: Server, prefix: str) -> None:
    assert get_raw(starter_server, prefix + "a" * 7_000).status != 414
    answer = get_raw(starter_server, prefix + "a" * 8_001)
    assert answer.status == 414
    assert b"8,000" in answer.body


@pytest.mark.parametrize("path", ["/fhir/CodeSystem/$validate-code", "/icd/entity", "/api/v1/x"])
@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "in pieces"])
def test_bodies_have_an_end(starter_server: Server, path: str, chunked: bool) -> None:
    data = b"[" * 10_000_000
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    if chunked:
        pieces = (b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:500_000],) * 20)
        sent = (
            f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + b"".join(pieces) + b"0\r\n\r\n"
        )
    else:
        sent = f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data
    answer = send_raw(starter_server, sent)
    assert answer.status in ((413,) if not chunked or "$" in path else (404, 405, 413))
    assert len(answer.body) < 1_000


JUNK = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    b"\x00" * 1_000,
    b"GET / HTTP/1.1\r\n" + b"\xff\xfe: \x00\r\n\r\n",
    b"GET \xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: x\r\n\r\n",
    b"\r\n" * 50_000,
    b"G" * 100_000,
]


@pytest.mark.parametrize("data", JUNK, ids=range(len(JUNK)))
def test_junk_on_the_socket_breaks_nothing(starter_server: Server, data: bytes) -> None:
    answer = send_raw(starter_server, data + b"GET /x HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert answer.status < 500
    assert starter_server.get("/healthz").status == 200


def test_endless_heads_are_cut_off(starter_server: Server) -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: %s\r\n" % (b"a" * 1_000) * 10_000
    assert send_raw(starter_server, head).status in (0, 431)


OUTSIDE = [
    "/..%2f..%2f..%2f..%2fetc/passwd",
    "/../../../../etc/passwd",
    "/workbench/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/workbench/../../../../../../etc/passwd",
    "/workbench/%2e%2e/%2e%2e/guard.py",
    "/workbench/..%2f__init__.py",
    "/workbench/..%5c..%5cguard.py",
    "/workbench//etc/passwd",
    "/workbench/%2fetc%2fpasswd",
    "/workbench/index.html%00.js",
    "/icd/release/11/..%2f..%2fetc/mms",
    "/icd/release/11/2025-01/..%2f..%2f..%2fetc%2fpasswd",
    "/fhir/CodeSystem/..%2f..%2fetc%2fpasswd",
    "/api/v1/..%2f..%2fetc%2fpasswd",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out(starter_server: Server, path: str) -> None:
    answer = get_raw(starter_server, path)
    assert 400 <= answer.status < 500
    assert b"root:" not in answer.body
    assert b"import" not in answer.body


async def _raise(request: Request) -> Response:
    raise RuntimeError("a secret that only the log may tell")


async def _wait(request: Request) -> Response:
    await asyncio.sleep(30)
    return Response("never")


async def _read(request: Request) -> Response:
    return Response(f"{len(await request.body())} bytes")


def ask_guarded(method: str, path: str, settings: Settings, body: bytes = b"") -> httpx.Response:
    """Return what a guarded application answers that fails, sleeps, or reads what is sent."""
    routes = [
        Route(f"{root}/{run.__name__}", run, methods=["GET", "POST"])
        for root in ("", "/fhir")
        for run in (_raise, _wait, _read)
    ]
    guard = Guard(Starlette(routes=routes), settings, Record(Metrics("0", "0"), None))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(guard)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(method, path, content=body or None)

    return asyncio.run(ask())


@pytest.mark.parametrize("root", ["", "/fhir"])
def test_late_answers_say_so(root: str) -> None:
    quick = Settings(limits=Limits(seconds=0.2))
    reply = ask_guarded("GET", f"{root}/_wait", quick)
    assert reply.status_code == 503
    assert ("OperationOutcome" in reply.text) == bool(root)


def test_bodies_up_to_the_limit_are_read() -> None:
    small = Settings(limits=Limits(body=10))
    assert ask_guarded("POST", "/_read", small, b"x" * 10).text == "10 bytes"
    assert ask_guarded("POST", "/_read", small, b"x" * 11).status_code == 413


def test_failures_are_told_to_the_log_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from icd11kit.server.refusals import ERRORS

    app = Starlette(routes=[Route("/fhir/x", _raise)], exception_handlers=ERRORS)
    metrics = Metrics("0", "0")
    guard = Guard(app, Settings(), Record(metrics, None))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(guard), base_url="http://x"
        ) as client:
            return await client.get("/fhir/x")

    with caplog.at_level(logging.ERROR, "icd11kit.server"):
        reply = asyncio.run(ask())
    assert reply.status_code == 500
    assert reply.json()["resourceType"] == "OperationOutcome"
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    assert "a secret that only the log may tell" in caplog.text
    assert "Traceback" in caplog.text
    counted = {
        sample.labels["status"]
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
        if sample.name == "icd11kit_requests_total"
    }
    assert counted == {"500"}


@pytest.mark.parametrize("path", ["/healthz", "/icd/release/11/2025-01/mms/codeinfo/5A11"])
def test_a_request_leaves_nothing_for_the_collector(session_home: Path, path: str) -> None:
    """Cycles would have to be collected while others wait, and held memory until then."""
    app = make_app(Settings(home=str(session_home), log=False))

    async def ask_often(times: int) -> None:
        for _ in range(times):
            exchange = _Exchange(path)
            await app(exchange.scope, exchange.receive, exchange.send)

    def left(times: int) -> int:
        gc.collect()
        gc.disable()
        try:
            asyncio.run(ask_often(times))
            return gc.collect()
        finally:
            gc.enable()

    few = left(20)
    assert left(220) - few < 200


class _Exchange:
    """A request as servers hold it: what sends its answer knows its scope."""

    def __init__(self, path: str) -> None:
        headers = [(b"host", b"127.0.0.1"), (b"accept", b"*/*")]
        self.scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
            "query_string": b"", "headers": headers, "root_path": "", "scheme": "http",
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "http_version": "1.1",
        }  # fmt: skip

    async def receive(self) -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: object) -> None:
        assert self.scope["type"] == "http"
