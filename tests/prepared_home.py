"""Homes to start from, and the command line as its users run it: in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from atexit import register
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.small_release import JANUARY_2024, tabulation_zip

COMMAND = (sys.executable, "-W", "error", "-c", "from icd11kit.cli.main import main; main()")
Done = subprocess.CompletedProcess[str]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the variables of a run: this home, no credentials, no proxy, no colour."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ICD11KIT_") and not name.lower().endswith("_proxy")
    }
    return {**kept, "ICD11KIT_HOME": str(home), "NO_COLOR": "1", **more}


def run(home: Path, *arguments: str, **more: str) -> Done:
    """Return the finished run of a command over a home; further names are variables.

    Installs leave the crosswalk out, whose minute would be spent on each.
    """
    is_plain = arguments[:1] == ("install",) and "--crosswalk" not in arguments
    kept = ["install", "--no-crosswalk", *arguments[1:]] if is_plain else arguments
    return subprocess.run(
        [*COMMAND, *kept],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


def answers(home: Path, *arguments: str) -> list[dict[str, Any]]:
    """Return the JSON Lines of a command that must succeed."""
    done = run(home, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def sentence(done: Done) -> str:
    """Return the one line on stderr of a run that failed as it should."""
    lines = done.stderr.splitlines()
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("icd11kit: ")
    assert done.stdout == ""
    return lines[0]


def write(folder: Path, name: str, data: bytes) -> str:
    """Write a file and return its path as a command line takes it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return str(folder / name)


@cache
def _base() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="icd11kit-tests-"))
    register(shutil.rmtree, folder, ignore_errors=True)
    source = write(folder, "en.zip", tabulation_zip(JANUARY_2024))
    done = run(folder / "home", "install", "--from", source)
    assert done.returncode == 0, done.stderr
    return folder / "home"


def prepare(home: Path, *, linked: bool = True) -> Path:
    """Return a new home with the small release 2024-01 and ICD-10-CM installed.

    Stores are never changed in place, so links to one copy serve all homes; a test that
    damages a file wants them not `linked`.
    """
    copy = os.link if linked else shutil.copy2
    shutil.copytree(_base(), home, copy_function=copy)
    current = home / "current"
    text = current.read_bytes()
    current.unlink()
    current.write_bytes(text)
    return home


def store_files(home: Path, system: str = "") -> Sequence[Path]:
    """Return the store files of a home, of one system if one is given, by name."""
    return sorted((home / "releases").glob(f"{system}*.sqlite"))


def left_over(home: Path) -> list[str]:
    """Return what half-built files lie anywhere in a home."""
    return [path.name for path in home.rglob(".building-*")]


def state(home: Path) -> dict[str, bytes]:
    """Return every file of a home that an answer rests on, by name."""
    files = [*store_files(home), home / "current"]
    return {path.name: path.read_bytes() for path in files if path.exists()}
