"""Every way a server can fail is one sentence; credentials stay where they belong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from icd11kit.errors import NetworkError
from icd11kit.sources.network import READ_TIMEOUT, api_session, fetch
from tests.local_server import (
    LONGEST_STALL,
    Answer,
    Fault,
    LocalServer,
    TokenDesk,
    closed_port,
    serve,
    serve_api,
)
from tests.small_release import api_objects, tabulation_zip

BODY = b"PK" + b"some bytes of a file " * 500
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
ANSWERS = {
    "/good": Answer(BODY),
    "/empty": Answer(b""),
    "/refused": Answer(b"no", 403),
    "/unknown-client": Answer(b"no", 401),
    "/busy": Answer(b"later", 429, headers=(("Retry-After", "0"),)),
    "/busy-once": Answer(BODY, 429, times=1, headers=(("Retry-After", "1"),)),
    "/busy-twice": Answer(BODY, 429, times=2, headers=(("Retry-After", "0"),)),
    "/broken": Answer(b"oops", 500),
    "/gateway": Answer(b"oops", 502),
    "/broken-twice": Answer(BODY, 500, times=2),
    "/teapot": Answer(b"", 418),
    "/moved": Answer(b"", 302, headers=(("Location", "/good"),)),
    "/moved-in-circles": Answer(b"", 302, headers=(("Location", "/moved-in-circles"),)),
    "/silent": Answer(BODY, fault=Fault.STALL_BEFORE_HEADERS),
    "/stalled": Answer(BODY, fault=Fault.STALL_IN_BODY),
    "/slow": Answer(BODY, fault=Fault.TRICKLE),
    "/cut": Answer(BODY, fault=Fault.CUT_OFF),
    "/chunked-cut": Answer(BODY, fault=Fault.CHUNKED_CUT_OFF),
    "/page": Answer(PAGE, kind="text/html"),
    "/text": Answer(b"just words"),
    "/no-gzip": Answer(b"this is no gzip", headers=(("Content-Encoding", "gzip"),)),
}


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with serve(ANSWERS) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/nothing-there", "the server has no such file (404)"),
        ("/refused", "the server refuses access (403)"),
        ("/unknown-client", "the server refuses access (401)"),
        ("/busy", "asks to come back later (429)"),
        ("/broken", "the server failed (500)"),
        ("/gateway", "the server failed (502)"),
        ("/teapot", "the server answered with status 418"),
        ("/moved-in-circles", "the request failed (TooManyRedirects)"),
        ("/silent", "the server stopped answering"),
        ("/stalled", "the server stopped answering"),
        ("/cut", "the connection broke off"),
        ("/chunked-cut", "the connection broke off"),
        ("/page", "a web page instead of the file"),
        ("/text", "something that is no zip instead of the file"),
        ("/empty", "something that is no zip instead of the file"),
        ("/no-gzip", "the server packed the answer wrongly"),
    ],
)
def test_a_fault_is_one_sentence(server: LocalServer, path: str, says: str) -> None:
    url = server.url + path
    with pytest.raises(NetworkError) as caught:
        fetch(url, zipped=True, read_timeout=0.3 if "stopped" in says else READ_TIMEOUT)
    assert str(caught.value).startswith(f"{url}: ")
    assert says in caught.value.reason
    assert "\n" not in str(caught.value)
    assert caught.value.is_missing is (path == "/nothing-there")


def test_a_trickle_ends_at_the_deadline(server: LocalServer) -> None:
    began = time.monotonic()
    with pytest.raises(NetworkError, match="the server is too slow"):
        fetch(server.url + "/slow", deadline=0.3)
    assert time.monotonic() - began < LONGEST_STALL / 2


def test_a_server_that_wants_an_hour_is_not_waited_for() -> None:
    with serve({"/f": Answer(BODY, 429, times=1, headers=(("Retry-After", "3600"),))}) as server:
        began = time.monotonic()
        with pytest.raises(NetworkError, match="429"):
            fetch(server.url + "/f")
        assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("path", "requests"),
    [("/good", 1), ("/busy-once", 2), ("/busy-twice", 3), ("/broken-twice", 3), ("/moved", 1)],
)
def test_what_passes_by_itself_is_tried_again(
    server: LocalServer, path: str, requests: int
) -> None:
    assert fetch(server.url + path, zipped=True) == BODY
    assert server.count(path) == requests


def test_retry_after_is_waited_for() -> None:
    with serve({"/f": Answer(BODY, 429, times=1, headers=(("Retry-After", "1"),))}) as server:
        began = time.monotonic()
        fetch(server.url + "/f")
        assert time.monotonic() - began >= 0.9


def test_a_server_that_only_fails_is_asked_a_few_times_only() -> None:
    with serve({"/f": Answer(b"", 503)}) as server:
        with pytest.raises(NetworkError, match="503"):
            fetch(server.url + "/f")
        assert server.count("/f") == 4


def test_text_is_no_fault_where_no_zip_was_asked_for(server: LocalServer) -> None:
    assert fetch(server.url + "/text") == b"just words"


def test_a_zip_comes_as_it_is() -> None:
    data = tabulation_zip(extra=500)
    with serve({"/release.zip": Answer(data)}) as server:
        assert fetch(server.url + "/release.zip", zipped=True) == data


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/f", "http://no-such-host.invalid/f", "http://", "http://["]
)
def test_nobody_there_is_one_sentence(url: str) -> None:
    with closed_port() as port, pytest.raises(NetworkError) as caught:
        fetch(url.format(port=port))
    assert "\n" not in str(caught.value)
    assert caught.value.reason in (
        "no connection",
        "this is no URL that can be asked",
    )


CLIENT, SECRET = "client-of-the-test", "secret-of-the-test"


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("ICD11KIT_TOKEN_URL", raising=False)
    monkeypatch.setenv("ICD11KIT_CLIENT_ID", CLIENT)
    monkeypatch.setenv("ICD11KIT_CLIENT_SECRET", SECRET)
    return monkeypatch


def test_a_plain_fetch_carries_no_credentials(credentials: pytest.MonkeyPatch) -> None:
    with serve({"/f": Answer(BODY)}) as server:
        credentials.setenv("ICD11KIT_TOKEN_URL", server.url + "/connect/token")
        fetch(server.url + "/f")
        assert [request.path for request in server.requests] == ["/f"]
        assert "Authorization" not in server.requests[0].headers


def test_without_a_token_server_only_the_cloud_gets_a_token(
    tmp_path: Path, credentials: pytest.MonkeyPatch
) -> None:
    with serve_api(api_objects()) as server, api_session(tmp_path / "c.sqlite", "en") as get:
        get(server.url + "/icd/release/11/mms")
        assert all("Authorization" not in request.headers for request in server.requests)


def test_a_token_is_never_sent_over_plain_http_to_another_machine(
    tmp_path: Path, credentials: pytest.MonkeyPatch
) -> None:
    with serve_api(api_objects(), desk=TokenDesk(CLIENT, SECRET)) as server:
        credentials.setenv("ICD11KIT_TOKEN_URL", server.url + "/connect/token")
        credentials.setenv("HTTP_PROXY", server.url)
        credentials.setenv("http_proxy", server.url)
        credentials.setenv("NO_PROXY", "127.0.0.1")
        with (
            api_session(tmp_path / "c.sqlite", "en") as get,
            pytest.raises(NetworkError, match=r"refuses access \(401\)"),
        ):
            get("http://icd.example.invalid/icd/release/11/mms")
        assert server.count("/icd/release/11/mms") == 1
        assert all("Authorization" not in request.headers for request in server.requests)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(b'{"error": "invalid_client"}', 400), "the server answered with status 400"),
        (Answer(b"no", 401), "the server refuses access (401)"),
        (Answer(b"<html>"), "the token server did not give a token"),
        (Answer(b"{}"), "the token server did not give a token"),
        (Answer(b"[]"), "the token server did not give a token"),
        (Answer(b"", fault=Fault.CUT_OFF), "the connection broke off"),
    ],
)
def test_a_token_server_that_fails_is_one_sentence_without_the_secret(
    tmp_path: Path, credentials: pytest.MonkeyPatch, answer: Answer, says: str
) -> None:
    with serve({"/token": answer}) as server:
        credentials.setenv("ICD11KIT_TOKEN_URL", server.url + "/token")
        with (
            api_session(tmp_path / "c.sqlite", "en") as get,
            pytest.raises(NetworkError) as caught,
        ):
            get(server.url + "/icd/entity")
        assert says in str(caught.value)
        assert "\n" not in str(caught.value)
        assert SECRET not in str(caught.value)
        assert server.count("/icd/entity") == 0


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(PAGE, kind="text/html"), "the answer is no JSON, so this is no ICD-API"),
        (Answer(b"", 404), "no such file (404)"),
        (Answer(b"", 302, headers=(("Location", "http://127.0.0.1:9/"),)), "status 302"),
        (Answer(b'{"a": 1}', fault=Fault.CHUNKED_CUT_OFF), "the connection broke off"),
    ],
)
def test_an_api_that_fails_is_one_sentence_and_nothing_is_kept(
    tmp_path: Path, answer: Answer, says: str
) -> None:
    with serve({"/icd/entity": answer}) as server:
        for _ in range(2):
            with (
                api_session(tmp_path / "c.sqlite", "en") as get,
                pytest.raises(NetworkError) as caught,
            ):
                get(server.url + "/icd/entity")
            assert says in str(caught.value)
        assert server.count("/icd/entity") >= 2


def test_a_token_is_not_sent_where_the_api_redirects_to(
    tmp_path: Path, credentials: pytest.MonkeyPatch
) -> None:
    with serve({"/icd/entity": Answer(b"{}")}) as other:
        away = Answer(b"", 302, headers=(("Location", other.url + "/icd/entity"),))
        desk = TokenDesk(CLIENT, SECRET)
        with serve_api({}, desk=desk, faults={"/icd/entity": away}) as server:
            credentials.setenv("ICD11KIT_TOKEN_URL", server.url + "/connect/token")
            with (
                api_session(tmp_path / "c.sqlite", "en") as get,
                pytest.raises(NetworkError, match="status 302"),
            ):
                get(server.url + "/icd/entity")
        assert other.requests == []
