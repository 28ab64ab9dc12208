"""The description at /openapi.json: every path that is served, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest
import schemathesis
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from icd11kit.server.app import make_app
from icd11kit.server.openapi import describe, openapi_routes
from icd11kit.server.openapi.tables import read_operations, read_parameters
from icd11kit.server.settings import Settings
from tests.running_server import Server

SELDOM = {"HEAD", "OPTIONS"}


def walk(routes: Iterable[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Give method and path of each route, the paths as OpenAPI writes them."""
    for route in routes:
        if isinstance(route, Mount) and route.routes:
            yield from walk(route.routes, before + route.path)
        elif isinstance(route, Mount):
            yield "GET", f"{before}{route.path}/{{file}}"
        elif isinstance(route, Route):
            path = re.sub(r"{(\w+):\w+}", r"{\1}", before + route.path)
            for method in set(route.methods or ()) - SELDOM:
                yield method, path.rstrip("/") or "/"


def served(app: object) -> set[tuple[str, str]]:
    """Return what an application answers, below whatever stands before it."""
    while not isinstance(app, Starlette):
        app = next(held for name in ("app", "_app") if (held := getattr(app, name, None)))
    return set(walk([*app.routes, *openapi_routes()]))


def described() -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, held in describe()["paths"].items() for method in held}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    return served(make_app(Settings(home=str(tmp_path_factory.mktemp("routes") / "home"))))


def test_every_route_is_described(routes: set[tuple[str, str]]) -> None:
    assert sorted(routes - described()) == []


def test_all_that_is_described_is_served(routes: set[tuple[str, str]]) -> None:
    assert sorted(described() - routes) == []


def test_it_is_an_openapi_document() -> None:
    held = describe()
    assert held["openapi"].startswith("3.1")
    names = [
        operation["operationId"] for path in held["paths"].values() for operation in path.values()
    ]
    assert len(names) == len(set(names))
    for path, operations in held["paths"].items():
        for operation in operations.values():
            named = {item["name"] for item in operation["parameters"] if item["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


def test_it_keeps_to_openapi_s_own_schema() -> None:
    schemathesis.openapi.from_dict(describe()).validate()


def test_every_schema_is_used_and_every_schema_used_is_there() -> None:
    held = describe()
    used = set(re.findall(r"#/components/schemas/(\w+)", str(held)))
    assert used == set(held["components"]["schemas"])


def test_every_parameter_is_used() -> None:
    rows, held = read_operations(), read_parameters()
    told = {key.rstrip("!") for row in rows for key in row.told}
    in_paths = {name for row in rows for name in re.findall(r"{(\w+)}", row.path)}
    assert told == {key for key, item in held.items() if item.place != "path"}
    assert in_paths == {item.name for item in held.values() if item.place == "path"}


def test_the_schemas_are_json_schemas() -> None:
    from jsonschema import Draft202012Validator

    for schema in describe()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_server_gives_it(starter_server: Server) -> None:
    reply = starter_server.get("/openapi.json")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json() == describe()
