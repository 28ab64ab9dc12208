"""Servers in processes of their own, for measurements."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_SERVE = "from icd11kit.cli.main import main; main()"
_PATIENCE = 30


class Served(NamedTuple):
    """A running server: its port and process."""

    port: int
    pid: int


@contextmanager
def our_server(*arguments: str) -> Iterator[Served]:
    """Run `icd11kit serve` over the home in use until the block ends; its log goes nowhere."""
    port = free_port()
    command = [sys.executable, "-c", _SERVE, "serve", "--port", str(port), *arguments]
    with _running(command, port, "/healthz") as served:
        yield served


@contextmanager
def bare_server() -> Iterator[Served]:
    """Run the bare route until the block ends."""
    port = free_port()
    with _running([sys.executable, "-m", "benchmarks.bare", str(port)], port, "/codes/x") as served:
        yield served


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has taken; read from Linux's /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def status_of(port: int, path: str) -> int:
    """Return the status of the answer to a GET, 0 where there is no server."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=_PATIENCE) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (urllib.error.URLError, ConnectionError):
        return 0


@contextmanager
def _running(command: Sequence[str], port: int, path: str) -> Iterator[Served]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _PATIENCE
        while status_of(port, path) != 200:
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"no server answers: {' '.join(command)}")
            time.sleep(0.05)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)
