#!/usr/bin/env python3
"""The one task runner: it needs Python 3.11 and a package index, and sets up all the rest.

python3 tasks.py start    install into .venv, install a release, answer a first question
python3 tasks.py test     install into .venv with the test tools, run the whole suite
python3 tasks.py lint     ruff and mypy --strict
python3 tasks.py bench    the benchmarks, each against its counterpart in one run
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def run(*command: str | Path) -> None:
    """Run a command in the project's folder and stop with its exit code if it fails."""
    print("+", *command, flush=True)
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def set_up(extras: str = "") -> None:
    """Make the virtual environment and install the project into it."""
    if sys.version_info < (3, 11):  # noqa: UP036 (it runs before anything is installed)
        sys.exit(f"icd11kit needs Python 3.11 or later; this is {sys.version.split()[0]}")
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        venv.create(VENV, with_pip=True)
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--editable", f".{extras}")


def start() -> None:
    """Install, take the best release that can be reached, and answer."""
    set_up()
    run(BIN / "icd11kit", "install")
    run(BIN / "icd11kit", "search", "broken wrist", "--limit", "5")
    run(BIN / "icd11kit", "lookup", "5A11")
    run(BIN / "icd11kit", "map", "S52.531A")


def test(*arguments: str) -> None:
    """Run the test suite; further arguments go to pytest."""
    set_up("[dev]")
    run(BIN / "python", "-m", "pytest", "-n", "2", "--dist", "loadfile", *arguments)


def lint() -> None:
    """Check style and types."""
    set_up("[dev]")
    run(BIN / "ruff", "check", ".")
    run(BIN / "ruff", "format", "--check", ".")
    run(BIN / "mypy")


def bench(*arguments: str) -> None:
    """Run the benchmarks."""
    set_up("[dev]")
    run(BIN / "python", "-m", "benchmarks", *arguments)


TASKS = {"start": start, "test": test, "lint": lint, "bench": bench}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TASKS:
        sys.exit(__doc__)
    TASKS[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
