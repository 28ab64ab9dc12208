"""Load for a server on this machine: wrk where it is installed, else a small client of ours."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from benchmarks.timing import percentile

CONNECTIONS = 16
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
_SCRIPT = """
local paths, place = {}, 0
for path in io.lines("%s") do
  paths[#paths + 1] = path
end
request = function()
  place = place %% #paths + 1
  return wrk.format("GET", paths[place])
end
"""


class Load(NamedTuple):
    """What a load found: requests a second, the 99th percentile in seconds, answers not 2xx."""

    rate: float
    p99: float
    refused: int


def put_load(port: int, paths: Sequence[str], seconds: int) -> Load:
    """Return what GET requests for paths, in turn over some connections, found."""
    if shutil.which("wrk"):
        return _run_wrk(port, paths, seconds)
    client = Client(port, cycle(ask(path) for path in paths), time.monotonic() + seconds)
    asyncio.run(client.run())
    return client.found(seconds)


def name_of_load() -> str:
    """Return what puts the load."""
    return "wrk" if shutil.which("wrk") else "a client of ours in Python"


def _run_wrk(port: int, paths: Sequence[str], seconds: int) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        script, listed = Path(folder, "ask.lua"), Path(folder, "paths.txt")
        listed.write_text("\n".join(paths))
        script.write_text(_SCRIPT % listed)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--latency", "-s"]
        command += [str(script), f"http://127.0.0.1:{port}"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return read_wrk(told)


def read_wrk(told: str) -> Load:
    """Return what wrk printed.

    >>> read_wrk("  99%   10.45ms\\nRequests/sec:  17099.75\\n").rate
    17099.75
    """
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", told)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    if rate is None or p99 is None:
        raise SystemExit(f"wrk did not say what was found:\n{told}")
    late = float(p99[1]) * _UNITS[p99[2]]
    return Load(float(rate[1]), late, int(refused[1]) if refused else 0)


def ask(path: str, method: str = "GET", body: bytes = b"", kind: str = "") -> bytes:
    """Return a request as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode("utf-8") + b"\r\n" + body


class Client:
    """Puts requests over some connections, until a time or as long as there are any.

    A connection that is closed is opened again.
    """

    def __init__(self, port: int, requests: Iterator[bytes], until: float) -> None:
        self._port, self._requests, self._until = port, requests, until
        self.seconds: list[float] = []
        self.statuses: dict[int, int] = {}

    async def run(self) -> None:
        """Put the load."""
        await asyncio.gather(*(self._keep_asking() for _ in range(CONNECTIONS)))

    def found(self, seconds: float) -> Load:
        """Return what was found in so many seconds."""
        refused = sum(count for status, count in self.statuses.items() if not 200 <= status < 300)
        return Load(len(self.seconds) / seconds, percentile(self.seconds, 0.99), refused)

    async def _keep_asking(self) -> None:
        while time.monotonic() < self._until:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                await self._ask_over(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.statuses[0] = self.statuses.get(0, 0) + 1
            finally:
                writer.close()

    async def _ask_over(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while time.monotonic() < self._until:
            request = next(self._requests, None)
            if request is None:
                self._until = 0.0
                return
            start = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await _skip_body(reader, head)
            self.seconds.append(time.perf_counter() - start)
            status = int(head[9:12])
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if b"connection: close" in head.lower():
                return


async def _skip_body(reader: asyncio.StreamReader, head: bytes) -> None:
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    if length:
        await reader.readexactly(int(length[1]))
        return
    while (await reader.readuntil(b"\r\n")) != b"0\r\n":
        await reader.readuntil(b"\r\n")
    await reader.readuntil(b"\r\n")
