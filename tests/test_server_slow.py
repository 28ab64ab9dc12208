"""Clients that are slow, silent or half gone: cut off in time, and in nobody's way."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.raw_client import NOTHING, connected, get_raw, read_answer, read_rest, statuses
from tests.running_server import Server, serving

SECONDS = 1.0
AT_THE_LATEST = 12.0
"""A busy machine may take its time; a server that cuts nobody off would take longer still."""
HALF_HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-"
HALF_BODY = (
    b"POST /fhir/CodeSystem/$validate-code HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
)
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits for a second."""
    with serving(tmp_path_factory.mktemp("hasty"), "--timeout", str(SECONDS)) as server:
        yield server


@pytest.mark.parametrize(
    ("sent", "status"),
    [(HALF_HEAD, 408), (HALF_BODY, 408), (WHOLE + HALF_HEAD, 408), (b"", 0)],
    ids=["half a head", "half a body", "half a head after a request", "nothing"],
)
def test_who_stops_in_the_middle_is_cut_off(hasty: Server, sent: bytes, status: int) -> None:
    begun = time.monotonic()
    with connected(hasty) as opened:
        opened.sendall(sent)
        came = read_rest(opened)
    assert SECONDS * 0.8 < time.monotonic() - begun < AT_THE_LATEST
    assert statuses(came)[-1:] == ([status] if status else [])


@pytest.mark.parametrize("sent", [HALF_HEAD, HALF_BODY], ids=["head", "body"])
def test_who_sends_a_byte_now_and_then_is_cut_off_too(hasty: Server, sent: bytes) -> None:
    begun = time.monotonic()
    with connected(hasty) as opened, suppress(BrokenPipeError, ConnectionResetError):
        opened.sendall(sent)
        while time.monotonic() - begun < AT_THE_LATEST:
            opened.sendall(b"a")
            time.sleep(0.1)
    assert SECONDS * 0.8 < time.monotonic() - begun < AT_THE_LATEST


def test_who_takes_no_answer_is_cut_off(hasty: Server) -> None:
    asked = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    deadline, sent, burst = time.monotonic() + 60, 0, 20_000 * len(asked)
    with connected(hasty, receive_buffer=4096) as opened:
        opened.setblocking(False)
        cut_off = select.poll()
        cut_off.register(opened, 0)
        while not cut_off.poll(20):
            assert time.monotonic() < deadline
            more = asked * (2_000 if sent < burst else 1)
            with suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
                sent += opened.send(more[sent % len(asked) :])
        opened.settimeout(30)
        came = read_rest(opened)
    assert 0 < len(statuses(came)) < sent // len(asked)
    assert hasty.get("/healthz").status == 200


def test_many_requests_sent_ahead_are_all_answered(starter_server: Server) -> None:
    count = 5_000
    with connected(starter_server) as opened:
        opened.settimeout(30)
        sender = threading.Thread(target=opened.sendall, args=(WHOLE * count,))
        sender.start()
        came = bytearray()
        while came.count(b"HTTP/1.1 200 OK") < count:
            piece = opened.recv(65536)
            assert piece, "the connection ended before all was answered"
            came += piece
        sender.join()


def test_the_slow_are_in_nobodys_way(starter_server: Server) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(starter_server)) for _ in range(150)]
        for number, opened in enumerate(slow):
            opened.sendall((HALF_HEAD, HALF_BODY, b"")[number % 3])
            opened.setblocking(False)
        for _ in range(20):
            assert get_raw(starter_server, "/healthz").status == 200
        for opened in slow:  # none of them had to go first
            with pytest.raises(BlockingIOError):
                opened.recv(1)


def test_a_quiet_connection_is_kept_for_the_next_request(hasty: Server) -> None:
    with connected(hasty) as opened:
        for _ in range(3):
            opened.sendall(WHOLE)
            assert read_answer(opened).status == 200
            time.sleep(SECONDS * 1.2)


def test_a_head_in_pieces_is_read_in_time(starter_server: Server) -> None:
    with connected(starter_server) as opened:
        for number in range(0, len(WHOLE), 5):
            opened.sendall(WHOLE[number : number + 5])
            time.sleep(0.02)
        assert read_answer(opened).status == 200


def test_a_body_too_long_spoils_the_connection_for_no_one(starter_server: Server) -> None:
    data = (
        b"POST /icd/entity HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n"
        + b"x" * 2_000_000
    )
    with connected(starter_server) as opened:
        opened.sendall(data)
        assert read_answer(opened).status == 413
        time.sleep(SECONDS / 2)
        opened.sendall(WHOLE)
        assert read_answer(opened).status == 200


def test_more_connections_than_allowed_are_told_to_come_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = tmp_path_factory.mktemp("few")
    with serving(home, "--max-connections", "5") as server, ExitStack() as stack:
        held = [stack.enter_context(connected(server)) for _ in range(10)]
        held[-1].sendall(WHOLE)
        assert read_answer(held[-1]).status in (503, NOTHING.status)
        for opened in held:
            opened.close()
        deadline = time.monotonic() + 30
        while server.get("/healthz").status != 200:  # until the server has seen them go
            assert time.monotonic() < deadline
            time.sleep(0.05)
