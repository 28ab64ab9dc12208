"""The plain JSON API: the same values as the commands print, over HTTP, whatever is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icd11kit.cli.commands import icd11kit
from icd11kit.server.plain.operations import OPERATIONS
from tests.running_server import Reply, Server

BASE = "/api/v1"


def ask(server: Server, operation: str, **fields: str) -> Reply:
    query = urlencode({name.rstrip("_"): value for name, value in fields.items()})
    return server.get(f"{BASE}/{operation}?{query}")


def printed(home: Path, *arguments: str) -> Any:
    """Return what a command prints with --json."""
    done = CliRunner().invoke(icd11kit, [*arguments, "--json", "--home", str(home)])
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("operation", "fields", "command"),
    [
        ("lookup", {"q": "5A11"}, ["lookup", "5A11"]),
        ("lookup", {"code": "S52.531A"}, ["lookup", "S52.531A"]),
        ("lookup", {"q": "http://id.who.int/icd/entity/119724091"},
         ["lookup", "http://id.who.int/icd/entity/119724091"]),
        ("search", {"q": "fracture forearm"}, ["search", "fracture forearm"]),
        ("search", {"q": "left", "extensions": "true"}, ["search", "left", "--extensions"]),
        ("search", {"q": "radius", "system": "icd10cm", "limit": "3"},
         ["search", "radius", "--system", "icd10cm", "--limit", "3"]),
        ("search", {"q": "fall", "chapter": "23"}, ["search", "fall", "--chapter", "23"]),
        ("search", {"q": "qqqzzz"}, ["search", "qqqzzz"]),
        ("tree", {}, ["tree"]),
        ("tree", {"q": "NC32", "depth": "2"}, ["tree", "NC32", "--depth", "2"]),
        ("tree", {"q": "NC32.2", "up": "true"}, ["tree", "NC32.2", "--up"]),
        ("validate", {"cluster": "NC32.2&XK8G/PA60"}, ["cluster", "validate", "NC32.2&XK8G/PA60"]),
        ("validate", {"cluster": "5A11&XK8G", "mode": "strict"},
         ["cluster", "validate", "5A11&XK8G", "--mode", "strict"]),
        ("validate", {"cluster": "NC32.2&&"}, ["cluster", "validate", "NC32.2&&"]),
        ("describe", {"cluster": "NC32.2&XK8G"}, ["cluster", "describe", "NC32.2&XK8G"]),
        ("normalize", {"cluster": "NC32.2&XK8G&XK8G"},
         ["cluster", "normalize", "NC32.2&XK8G&XK8G"]),
        ("normalize", {"cluster": "NC32", "terminal": "1"},
         ["cluster", "normalize", "NC32", "--terminal"]),
        ("suggest", {"cluster": "NC32.2"}, ["cluster", "suggest", "NC32.2"]),
        ("suggest", {"cluster": "NC32.2", "find": "left"},
         ["cluster", "suggest", "NC32.2", "--find", "left"]),
        ("expand", {"code": "NC32.2"}, ["cluster", "expand", "NC32.2"]),
        ("compare", {"a": "NC32.2&XK8G", "b": "NC32"},
         ["cluster", "compare", "NC32.2&XK8G", "NC32"]),
        ("map", {"q": "S52.531A"}, ["map", "S52.531A"]),
        ("map", {"q": "NC32.50&XK9K", "from": "icd11", "to": "icd10cm"},
         ["map", "NC32.50&XK9K", "--from", "icd11", "--to", "icd10cm"]),
    ],
    ids=str,
)  # fmt: skip
def test_answers_are_those_the_commands_print(
    starter_server: Server,
    session_home: Path,
    operation: str,
    fields: dict[str, str],
    command: list[str],
) -> None:
    reply = ask(starter_server, operation, **fields)
    expected = printed(session_home, *command)
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == expected


def test_ancestors_lead_from_the_chapter_down(starter_server: Server) -> None:
    answer = ask(starter_server, "ancestors", q="NC32.2").json()
    assert [each["kind"] for each in answer["ancestors"]] == ["chapter", "block", "category"]
    assert answer["ancestors"][-1]["code"] == "NC32"


def test_releases_say_what_answers_and_no_path(starter_server: Server) -> None:
    answer = starter_server.get(f"{BASE}/releases").json()
    assert answer["tier"] == "starter"
    assert answer["release"] == "2025-01"
    assert answer["releases"] == []


def test_installed_releases_are_listed_and_answer(released_server: Server) -> None:
    reply = released_server.get(f"{BASE}/releases")
    held = {
        (each["system"], each["release"], each["language"]) for each in reply.json()["releases"]
    }
    assert {("mms", "2024-01", "es"), ("mms", "2025-01", "en")} <= held
    assert b"sqlite" not in reply.body
    spanish = ask(released_server, "lookup", q="NC32", release="2024-01", language="es").json()
    assert spanish["title"] == "Fractura del antebrazo"
    assert spanish["release"] == "2024-01"


def test_a_post_gives_the_same_as_a_get(starter_server: Server) -> None:
    fields = {"cluster": "5A11&XK8G", "mode": "strict"}
    got = ask(starter_server, "validate", **fields)
    as_json = starter_server.post(f"{BASE}/validate", fields)
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    as_form = starter_server.post(f"{BASE}/validate", urlencode(fields).encode(), **form)
    assert got.json() == as_json.json() == as_form.json()
    numbers = starter_server.post(f"{BASE}/tree", {"q": "NC32", "depth": 2, "up": False})
    assert numbers.json() == ask(starter_server, "tree", q="NC32", depth="2").json()


def test_names_of_parameters_have_any_case(starter_server: Server) -> None:
    assert ask(starter_server, "lookup", Code="5A11").json()["code"] == "5A11"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("lookup?q=NC32.9", 404, "no code NC32.9"),
        ("lookup?q=", 400, "q or code is missing"),
        ("lookup", 400, "is missing"),
        ("lookup?q=5A11&release=1999-01", 404, "is not installed"),
        ("lookup?q=5A11&language=xx", 404, "is not installed"),
        ("tree?q=nope", 404, "no code"),
        ("tree?depth=99", 400, "from 0 to 20"),
        ("tree?depth=-1", 400, "whole number"),
        ("tree?depth=3", 400, "name an entry"),
        ("tree?depth=%C2%B2", 400, "whole number"),
        ("ancestors?q=nope", 404, "no code"),
        ("search?q=a&limit=0", 400, "from 1 to 1000"),
        ("search?q=a&limit=1e3", 400, "whole number"),
        ("search?q=a&system=nope", 404, "not installed"),
        ("validate?cluster=5A11&mode=sloppy", 400, "standard, strict, lenient"),
        ("describe?cluster=%26", 400, "nothing stands before &"),
        ("normalize?cluster=5A11%26", 400, "nothing stands"),
        ("suggest?cluster=/", 400, "nothing stands"),
        ("compare?a=5A11", 400, "b or second is missing"),
        ("compare?a=5A11&b=%26%26", 400, "nothing stands"),
        ("map?q=nope", 404, "no "),
        ("map?q=5A11&from=icd10cm&to=icd10", 400, "nothing maps"),
        ("map?q=5A11&from=snomed", 400, "is none of them"),
        ("map?q=A00&from=icd10", 404, ""),
        ("nope", 404, "there are lookup, search"),
        ("", 404, "there are lookup, search"),
    ],
)
def test_errors_are_one_sentence(starter_server: Server, path: str, status: int, said: str) -> None:
    reply = starter_server.get(f"{BASE}/{path}")
    assert reply.status == status
    answer = reply.json()
    assert said in answer["error"]
    assert isinstance(answer["nearest"], list)
    assert "/home" not in answer["error"]


def test_an_unknown_code_names_the_nearest(starter_server: Server) -> None:
    answer = ask(starter_server, "lookup", q="NC32.9").json()
    assert "NC32.2" in answer["nearest"]
    assert "nearest" not in answer["error"]


def test_a_syntax_error_says_where(starter_server: Server) -> None:
    assert ask(starter_server, "describe", cluster="NC32.2&&XK8G").json()["position"] == 7


def test_a_method_that_is_none_is_refused(starter_server: Server) -> None:
    reply = starter_server.ask("DELETE", f"{BASE}/lookup?q=5A11", None)
    assert reply.status == 405
    assert "error" in reply.json()
    assert reply.headers["allow"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"cluster": "' + b"A" * 5_000 + b'"}', "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bodies_that_cannot_be_read_are_refused(
    starter_server: Server, body: bytes, kind: str
) -> None:
    reply = starter_server.post(f"{BASE}/validate", body, Content_Type=kind)
    assert reply.status == 400
    assert reply.json()["error"]


def test_half_characters_and_nothing_at_all_are_answered(starter_server: Server) -> None:
    for body in (b'{"cluster": "\\ud800"}', b'{"cluster": "\\u0000"}', b'{"\\ud800": "x"}', b""):
        reply = starter_server.post(f"{BASE}/validate", body)
        assert reply.status in (200, 400)
        assert isinstance(reply.json(), dict)


_PIECES = st.sampled_from(
    ["5A11", "XK8G", "NC32.2", "&", "/", "%", "\x00", "é", "🩺", " ", "'", '"']
)
_TEXTS = st.lists(_PIECES | st.text(max_size=6), max_size=12).map("".join)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(operation=st.sampled_from(sorted(OPERATIONS)), first=_TEXTS, second=_TEXTS)
def test_no_text_makes_the_server_fail(
    starter_server: Server, operation: str, first: str, second: str
) -> None:
    texts = [quote(text.encode("utf-8", "replace"), safe="") for text in (first, second)]
    query = f"q={texts[0]}&cluster={texts[0]}&a={texts[0]}&b={texts[1]}&find={texts[1]}"
    reply = starter_server.get(f"{BASE}/{operation}?{query}")
    assert reply.status in (200, 400, 404)
    assert isinstance(reply.json(), dict)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/validate?cluster=NC32.2&XK8G",
        "/icd/release/11/2025-01/mms/describe?code=NC32.2&XK8G",
        "/fhir/CodeSystem/$lookup?system=http://id.who.int/icd/release/11/mms&code=NC32.2&XK8G",
    ],
)
def test_half_a_cluster_is_never_judged(starter_server: Server, path: str) -> None:
    reply = starter_server.get(path)
    assert reply.status == 400
    assert "XK8G is no parameter; write & in a cluster as %26" in reply.body.decode()
