"""The load that benchmarks put on a server: it is counted, and nothing in it is answered by 5xx."""

from __future__ import annotations

import asyncio
import math
import random
from itertools import islice

from benchmarks.asked import make_paths
from benchmarks.load import Client, ask, read_wrk
from benchmarks.server_memory import mixed, resident
from icd11kit.terminology import Terminology
from tests.running_server import Server


def _port(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def test_each_answer_is_counted_once(starter_server: Server) -> None:
    def count() -> float:
        figures = starter_server.get("/metrics").body.decode().splitlines()
        wanted = 'icd11kit_requests_total{operation="/healthz",status="200"}'
        return sum(float(line.split()[-1]) for line in figures if line.startswith(wanted))

    before = count()
    client = Client(_port(starter_server), iter([ask("/healthz")] * 2_000), math.inf)
    asyncio.run(client.run())
    assert client.statuses == {200: 2_000}
    assert client.statuses[200] == len(client.seconds) == count() - before
    assert client.found(1).rate == client.statuses[200]


def test_what_is_measured_is_answered(starter: Terminology, starter_server: Server) -> None:
    for paths in make_paths(starter).values():
        for path in paths[:10]:
            assert starter_server.get(path).status == 200, path


def test_no_junk_is_answered_by_a_failure(starter: Terminology, starter_server: Server) -> None:
    requests = islice(mixed(starter, random.Random(7)), 1_500)
    client = Client(_port(starter_server), requests, math.inf)
    asyncio.run(client.run())
    assert sum(client.statuses.values()) == 1_500
    assert {200, 400, 404} <= client.statuses.keys()
    assert 0 not in client.statuses
    assert all(status < 500 for status in client.statuses), client.statuses
    assert resident(starter_server.process.pid) < 500


def test_what_wrk_prints_is_read() -> None:
    told = "    99%  319.00ms\n  Non-2xx or 3xx responses: 12\nRequests/sec:    127.10\n"
    assert read_wrk(told) == (127.1, 0.319, 12)
