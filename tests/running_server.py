"""A server as its users run it: the command in a process of its own, on a free port."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.prepared_home import COMMAND, environment

_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the server: status, headers by lower-case name, bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, its process, and the file its output goes to."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str, **headers: str) -> Reply:
        """Return the answer to a GET; header names are written with _ for -."""
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        """Return the answer to a POST of bytes, or of a value as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, data, **{"Content_Type": "application/json", **headers})

    def ask(self, method: str, path: str, body: bytes | None, **headers: str) -> Reply:
        """Return the answer to any request, whatever its status."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, names, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as reply:
                return _reply(reply.status, reply)
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error.code, error)


def _reply(status: int, reply: Any) -> Reply:
    return Reply(status, {k.lower(): v for k, v in reply.headers.items()}, reply.read())


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Server]:
    """Run `icd11kit serve` over a home, on a port that it finds itself, until the block ends."""
    command = [*COMMAND, "serve", "--port", "0", *arguments]
    with TemporaryDirectory(prefix="icd11kit-serve-") as folder:
        log = Path(folder, "output")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, env=environment(home), stdout=output, stderr=subprocess.STDOUT
            )
        try:
            server = Server(_wait_until_ready(process, log), process, log)
            assert server.get("/healthz").status == 200
            yield server
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address a server says it answers at."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        said = log.read_text("utf-8", "replace")
        if url := address_in(said):
            return url
        if process.poll() is not None:
            raise AssertionError(said)
        time.sleep(0.02)
    raise AssertionError("the server did not answer in time")


def address_in(said: str) -> str:
    """Return the address in what a server said when it answered, "" before it did."""
    found = re.search(r"page (http://127\.0\.0\.1:\d+)/ ", said)
    return found[1] if found else ""
