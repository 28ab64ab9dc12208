"""What those who run the server get: health, figures, a log, several processes, a clean stop."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.routing import Mount

from icd11kit import __version__
from icd11kit.server.access_log import AccessLog, Entry
from icd11kit.server.app import make_app
from icd11kit.server.settings import Settings
from tests.raw_client import NOTHING, connected, get_raw, read_answer
from tests.running_server import Server, serving

TOKEN = "never-to-be-written-down"
PATIENCE = 40.0
Sample = tuple[str, str, str]
FIELDS = {"time", "method", "path", "status", "ms", "bytes", "operation", "client"}


def log_lines(server: Server) -> list[dict[str, object]]:
    """Return the lines of the log, all of which are written when the server has stopped."""
    server.process.terminate()
    assert server.process.wait(PATIENCE) == 0
    lines = server.log.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def samples(server: Server, **headers: str) -> dict[Sample, float]:
    """Return the figures by name, operation and status."""
    text = server.get("/metrics", **headers).body.decode()
    return {
        (item.name, item.labels.get("operation", ""), item.labels.get("status", "")): item.value
        for family in text_string_to_metric_families(text)
        for item in family.samples
        if "le" not in item.labels
    }


def test_health_says_what_answers(starter_server: Server) -> None:
    says = starter_server.get("/healthz").json()
    assert says.keys() == {"status", "version", "release", "tier"}
    assert (says["status"], says["version"], says["tier"]) == ("ok", __version__, "starter")


def test_a_line_for_each_request_without_what_was_typed(tmp_path: Path) -> None:
    with serving(tmp_path, "--token", TOKEN) as server:
        given = {"Authorization": f"Bearer {TOKEN}", "User_Agent": "typed-agent"}
        server.get("/fhir/metadata?typed=secret-words", **given)
        server.get("/icd/nothing%07%1B%5B31m%22here", **given)
        server.get("/refused?typed=secret-words")
        get_raw(server, "/" + "a" * 6_000, f"Authorization: Bearer {TOKEN}")
        lines = [line for line in log_lines(server) if line["path"] != "/healthz"]
        written = server.log.read_bytes()
    assert [line["status"] for line in lines] == [200, 404, 401, 404]
    assert all(line.keys() == FIELDS for line in lines)
    assert lines[1]["path"] == '/icd/nothing\x07\x1b[31m"here'
    assert [line["operation"] for line in lines] == [
        "/fhir/metadata", "/icd", "unmatched", "unmatched"
    ]  # fmt: skip
    assert len(str(lines[3]["path"])) < 300
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(lines[0]["time"]))
    for secret in (TOKEN, "typed", "secret"):
        assert secret.encode() not in written
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f-\xff]", written)


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/nowhere", "nothing answers at /nowhere"),
        ("GET", "/icd/nowhere/x", "nothing answers at /icd/nowhere/x"),
        ("GET", "/fhir/Patient/1", "nothing answers at /fhir/Patient/1"),
        ("GET", "/fhir", "/fhir does not answer GET, only POST"),
        ("GET", "/fhir/r5", "/fhir/r5 does not answer GET, only POST"),
        ("DELETE", "/icd/entity", "/icd/entity does not answer DELETE, only GET"),
        ("DELETE", "/api/v1/lookup", "/api/v1/lookup does not answer DELETE, only GET, HEAD, POST"),
        ("POST", "/healthz", "/healthz does not answer POST, only GET, HEAD"),
        ("GET", "/" + "x" * 200, f"nothing answers at /{'x' * 98}…"),
    ],
)
def test_a_path_or_method_that_is_none_is_named(
    starter_server: Server, method: str, path: str, said: str
) -> None:
    reply = starter_server.ask(method, path, None)
    made = reply.json()
    assert (made["error"] if "error" in made else made["issue"][0]["details"]["text"]) == said
    assert reply.status == (404 if said.startswith("nothing") else 405)


def test_a_broken_form_is_answered_and_no_line_of_stderr(tmp_path: Path) -> None:
    kind = "multipart/form-data; boundary=x"
    with serving(tmp_path, "--no-log") as server:
        before = server.log.read_bytes()
        path = "/icd/release/11/2025-01/mms/search"
        assert server.post(path, b"--y\r\nfoo", Content_Type=kind).status == 400
        assert server.log.read_bytes() == before


def test_no_log_writes_no_line(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-log") as server:
        assert server.get("/healthz").status == 200
        assert log_lines(server) == []


def test_a_log_that_nobody_reads_holds_up_nothing() -> None:
    reading, writing = os.pipe()
    entry = Entry("GET", "/x", 200, 0.001, 10, "/x", "127.0.0.1")
    log = AccessLog(writing)
    log.start()
    begun = time.monotonic()
    for _ in range(60_000):
        log.note(entry)
    assert time.monotonic() - begun < PATIENCE
    os.close(reading)
    log.stop()
    os.close(writing)


def test_lines_that_find_no_room_are_counted(tmp_path: Path) -> None:
    entry = Entry("GET", "/x", 200, 0.001, 10, "/x", "127.0.0.1")
    with (tmp_path / "log").open("wb") as file:
        log = AccessLog(file.fileno())
        for _ in range(50_007):
            log.note(entry)
        log.start()
        log.stop()
    lines = (tmp_path / "log").read_text("ascii").splitlines()
    assert len(lines) == 50_001
    assert json.loads(lines[-1]) == {"lost": 7}


def test_a_line_made_while_others_are_written_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "log"

    class Address(str):
        """A path whose line is made for as long as it takes until others are written."""

        def __len__(self) -> int:
            deadline = time.monotonic() + 30
            while not path.stat().st_size and time.monotonic() < deadline:
                time.sleep(0.01)
            return super().__len__()

    with path.open("wb") as file:
        log = AccessLog(file.fileno())
        log.note(Entry("GET", "/first", 200, 0.001, 10, "/x", "127.0.0.1"))
        log.start()
        log.note(Entry("GET", Address("/second"), 200, 0.001, 10, "/x", "127.0.0.1"))
        log.stop()
    lines = path.read_text("ascii").splitlines()
    assert [json.loads(line)["path"] for line in lines] == ["/first", "/second"]


class DeadTurn:
    """A turn that never comes: the process that took it has died."""

    def __init__(self) -> None:
        self.is_waited_for = threading.Event()

    def acquire(self, block: bool = True, timeout: float | None = None, /) -> bool:
        self.is_waited_for.set()
        time.sleep(timeout or 0)
        return False

    def release(self) -> None:
        raise AssertionError("what was not acquired is released")


def test_the_last_lines_are_written_where_a_process_died_in_its_turn(tmp_path: Path) -> None:
    entry, turn = Entry("GET", "/x", 200, 0.001, 10, "/x", "127.0.0.1"), DeadTurn()
    with (tmp_path / "log").open("wb") as file:
        log = AccessLog(file.fileno(), turn)
        log.note(entry)
        log.start()
        assert turn.is_waited_for.wait(30)
        log.note(entry)
        log.stop()
    assert len((tmp_path / "log").read_bytes().splitlines()) == 2


def test_figures_by_operation_and_status(starter_server: Server) -> None:
    before = samples(starter_server)
    for number in range(5):
        starter_server.get(f"/icd/release/11/{number}/mms/codeinfo/{number}")
        starter_server.get(f"/nowhere/{number}")
    after = samples(starter_server)
    operation = "/icd/release/11/{releaseId}/{lin}/codeinfo/{code:path}"
    for key, more in (
        (("icd11kit_requests_total", operation, "404"), 5),
        (("icd11kit_requests_total", "unmatched", "404"), 5),
        (("icd11kit_request_seconds_count", "unmatched", ""), 5),
    ):
        assert after[key] - before.get(key, 0) == more
    assert after["icd11kit_info", "", ""] == 1
    assert after["process_resident_memory_bytes", "", ""] > 0


def test_operations_are_as_many_as_routes(starter_server: Server) -> None:
    for number in range(7_000, 7_050):
        for path in ("/{}", "/icd/{}", "/fhir/{}", "/fhir/r4/{}", "/api/v1/{}", "/workbench/{}"):
            starter_server.get(path.format(number))
    found = {operation for _, operation, _ in samples(starter_server)}
    assert not any(re.search(r"/70\d\d$", operation) for operation in found)


def test_no_mount_has_parameters(session_home: Path) -> None:
    app = make_app(Settings(home=str(session_home)))._app._app  # type: ignore[attr-defined]
    mounts = [route for route in app.routes if isinstance(route, Mount)]
    assert {"/icd", "/fhir", "/api/v1"} <= {mount.path for mount in mounts}
    assert not any("{" in mount.path for mount in mounts)
    app.state.shelf = None


def test_two_processes_answer_and_count_together(tmp_path: Path) -> None:
    asked = "icd11kit_requests_total", "/healthz", "200"
    with serving(tmp_path, "--workers", "2") as server:
        before = _wait_for(server, asked, 1)  # what was asked until it answered
        for _ in range(40):
            assert get_raw(server, "/healthz").status == 200
        seen = _wait_for(server, asked, before[asked] + 40)
        folders = _figures_of(server)
        lines = log_lines(server)
        written = server.log.read_text("utf-8")
    assert len(folders) == 1
    assert not folders[0].exists()
    assert seen[asked] - before[asked] == 40
    assert seen["icd11kit_info", "", ""] == 1
    assert sum(line["path"] == "/healthz" for line in lines) == seen[asked]
    assert written.count("serving ICD-11 MMS") == 1


def _wait_for(server: Server, asked: Sample, least: float) -> dict[Sample, float]:
    """Return the figures once one is large enough: a request is counted after its answer."""
    deadline = time.monotonic() + PATIENCE
    seen = samples(server)
    while seen.get(asked, 0) < least:
        assert time.monotonic() < deadline
        seen = samples(server)
    return seen


def test_figures_are_read_while_another_process_begins_its_own(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        folder = _figures_of(server)[0]
        for kind in ("counter", "histogram", "gauge_max"):
            (folder / f"{kind}_0.db").touch()  # as its first request leaves it for a moment
        assert samples(server)["icd11kit_info", "", ""] == 1


def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        first = _workers_of(server)
        os.kill(first[0], signal.SIGKILL)
        assert first[0] not in _workers_of(server, without=first[0])
        assert [get_raw(server, "/healthz").status for _ in range(10)] == [200] * 10
        assert server.get("/metrics").status == 200


def test_a_process_that_is_held_up_for_a_while_is_not_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        first = _workers_of(server)
        os.kill(first[0], signal.SIGSTOP)
        time.sleep(7)
        os.kill(first[0], signal.SIGCONT)
        assert _workers_of(server) == first
        assert get_raw(server, "/healthz").status == 200


def _workers_of(server: Server, without: int = 0) -> list[int]:
    """Return the two processes that answer for a server, once they are there and one is gone."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        pytest.skip("no /proc here to look for processes in")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        pids = [int(child) for child in children.read_text().split()]
        found = [pid for pid in pids if b"spawn_main" in _read(pid, "cmdline")]
        if len(found) == 2 and without not in found:
            return sorted(found)
        time.sleep(0.05)
    raise AssertionError(f"there are not two processes: {found}")


def _read(pid: int, name: str) -> bytes:
    """Return what /proc tells of a process, nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _figures_of(server: Server) -> list[Path]:
    """Return the folder of figures that the processes of a server share."""
    found = set()
    for pid in _workers_of(server):
        given = _read(pid, "environ").split(b"\0")
        found |= {item.partition(b"=")[2] for item in given if item.startswith(b"PROMETHEUS_")}
    return [Path(os.fsdecode(folder)) for folder in found]


class Asker(threading.Thread):
    """Asks over one connection after the other until none is to be had, and counts outcomes."""

    def __init__(self, server: Server, path: str) -> None:
        super().__init__(daemon=True)
        self.server, self.found = server, Counter[str]()
        self.request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

    def run(self) -> None:
        try:
            while True:
                with connected(self.server) as opened:
                    self._ask_over(opened)
        except (ConnectionError, TimeoutError):
            self.found["refused"] += 1

    def _ask_over(self, opened: socket.socket) -> None:
        while True:
            try:
                opened.sendall(self.request)
                answer = read_answer(opened)
            except EOFError:
                self.found["torn"] += 1
                return
            except (BrokenPipeError, ConnectionResetError):
                answer = NOTHING
            self.found[str(answer.status or "closed before any byte")] += 1
            if answer is NOTHING or answer.headers.get("connection") == "close":
                return


@pytest.fixture(
    params=[("1", signal.SIGTERM), ("1", signal.SIGINT), ("2", signal.SIGTERM)], ids=str
)
def stopped_under_load(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Server, list[Asker], int]]:
    """A server that was told to stop while it was asked from all sides, and what came of it."""
    workers, number = request.param
    with serving(tmp_path, "--workers", workers) as server:
        paths = ("/healthz", "/icd/entity", "/fhir/metadata", "/metrics") * 4
        askers = [Asker(server, path) for path in paths]
        for asker in askers:
            asker.start()
        deadline = time.monotonic() + PATIENCE
        while sum(asker.found["200"] for asker in askers) < 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        server.process.send_signal(number)
        code = server.process.wait(PATIENCE)
        for asker in askers:
            asker.join(PATIENCE)
        yield server, askers, code


def test_a_stop_loses_no_answer(stopped_under_load: tuple[Server, list[Asker], int]) -> None:
    server, askers, code = stopped_under_load
    found: Counter[str] = sum((asker.found for asker in askers), Counter())
    assert found.keys() <= {"200", "closed before any byte", "refused"}, found
    assert found["200"] >= 200
    assert found["refused"] == len(askers)
    assert found["closed before any byte"] <= 5 * len(askers)
    assert code == 0
    lines = [line for line in log_lines(server) if line["status"] == 200]
    assert len(lines) >= found["200"]


def test_a_request_half_sent_before_the_stop_is_answered(tmp_path: Path) -> None:
    body = b'{"resourceType": "Parameters", "parameter": []}'
    head = (
        b"POST /fhir/CodeSystem/$validate-code HTTP/1.1\r\nHost: x\r\n"
        b"Content-Type: application/json\r\nExpect: 100-continue\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    with serving(tmp_path) as server, connected(server) as opened:
        opened.sendall(head + body[:10])
        assert opened.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"  # the request is at work
        server.process.terminate()
        _wait_until_refused(server)
        opened.sendall(body[10:])
        answer = read_answer(opened)
        assert server.process.wait(PATIENCE) == 0
    assert 200 <= answer.status < 500
    assert b"resourceType" in answer.body


def _wait_until_refused(server: Server) -> None:
    """Return once a server takes no more connections."""
    deadline = time.monotonic() + PATIENCE
    with suppress(ConnectionError):
        while time.monotonic() < deadline:
            with connected(server):
                time.sleep(0.05)
        raise AssertionError("the server still takes connections")


def test_the_stop_does_not_wait_for_connections_that_say_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as server, connected(server), connected(server) as kept:
        kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answer(kept).status == 200
        begun = time.monotonic()
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
    assert time.monotonic() - begun < 12  # silence ends after 15 seconds at the earliest
