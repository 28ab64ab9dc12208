"""`icd11kit serve` as its users start it: what it says, what it refuses, how it ends."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from tests.prepared_home import COMMAND, environment, run, sentence
from tests.running_server import Server, address_in, serving

TOKEN = "a-token-in-the-environment"


def first_lines(server: Server) -> list[str]:
    """Return what a server that answers has said."""
    lines = server.log.read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("{")]


def test_it_says_what_is_served_and_where(starter_server: Server) -> None:
    said = first_lines(starter_server)
    url = starter_server.url
    assert said[0].startswith("icd11kit: serving ICD-11 MMS 2025-01 in en (starter tier): ")
    assert f"page {url}/ , ICD-API {url}/icd/ , FHIR {url}/fhir" in said[0]
    assert "starter set" in said[1]
    assert len(said) == 2


def test_a_free_port_is_found_and_said(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        said = process.stderr.readline()
        port = int(address_in(said).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=30):
            process.terminate()
            assert process.wait(40) == 0


def test_beyond_loopback_without_a_token_is_warned_of(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0") as server:
        ready, *_, warning = first_lines(server)
    assert "everyone who reaches 0.0.0.0 may ask" in warning
    assert f"page {server.url}/" in ready
    with serving(tmp_path, "--host", "0.0.0.0", "--token", TOKEN) as server:
        assert not any("everyone" in line for line in first_lines(server))
        assert server.get("/icd/entity").status == 401


def test_the_token_may_stand_in_the_environment(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        env=environment(tmp_path, ICD11KIT_TOKEN=TOKEN),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        ready = process.stderr.readline()
        server = Server(address_in(ready), process, tmp_path)  # type: ignore[arg-type]
        assert server.get("/metrics").status == 401
        assert server.get("/metrics", Authorization=f"Bearer {TOKEN}").status == 200
        process.terminate()
        out, err = process.communicate(timeout=40)
    assert TOKEN not in ready + out + err
    helped = run(tmp_path, "serve", "--help", ICD11KIT_TOKEN=TOKEN)
    assert TOKEN not in helped.stdout + helped.stderr
    assert "ICD11KIT_TOKEN" in helped.stdout


def test_a_port_in_use_is_one_sentence(starter_server: Server, tmp_path: Path) -> None:
    port = starter_server.url.rpartition(":")[2]
    said = sentence(run(tmp_path, "serve", "--port", port))
    assert said == f"icd11kit: cannot listen at 127.0.0.1 port {port}: Address already in use"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_not_installed_is_one_sentence(tmp_path: Path, workers: str) -> None:
    options = ("--port", "0", "--workers", workers)
    assert "2019-04" in sentence(run(tmp_path, "serve", *options, "--release", "2019-04"))
    assert "not installed" in sentence(run(tmp_path, "serve", *options, "--language", "xx"))


def test_a_host_that_is_not_here_is_one_sentence(tmp_path: Path) -> None:
    for host in ("192.0.2.1", "no.such.host.invalid", "a" * 300):
        assert "cannot listen" in sentence(run(tmp_path, "serve", "--host", host, "--port", "0"))


@pytest.mark.parametrize(
    "words",
    [
        ("--port", "70000"),
        ("--port", "x"),
        ("--workers", "0"),
        ("--mode", "angry"),
        ("--timeout", "0"),
        ("--max-body", "-1"),
        ("--cors", "example.org"),
        ("--cors", "https://example.org/path"),
        ("--token", "two words"),
        ("--token", "schlüssel"),
        ("argument",),
    ],
    ids=" ".join,
)
def test_wrong_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, "serve", *words)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    if words[0] == "--token":
        assert words[1] not in done.stderr


def test_mode_and_limits_reach_the_server(tmp_path: Path) -> None:
    system = "http://id.who.int/icd/release/11/mms"
    asked = f"/fhir/CodeSystem/$validate-code?url={system}&code=5A11%26XK8G"
    with serving(tmp_path, "--mode", "lenient", "--max-body", "1000", "--workers", "2") as server:
        assert server.post("/fhir/CodeSystem/$validate-code", b" " * 1_001).status == 413
        lenient = server.get(asked).json()
    with serving(tmp_path) as server:
        strict = server.get(asked).json()
    assert [said["parameter"][0]["valueBoolean"] for said in (lenient, strict)] == [True, False]
