"""The start of the command line: three commands beside a hello-world of click, in turn."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.timing import run_command
from icd11kit.terminology import open_terminology

RUNS = 41
OTHER = "from hello import hello; hello()"
HELLO = "import click\n@click.command()\ndef hello():\n    click.echo('hello')\n"
OURS = "from icd11kit.cli.main import main; main()"
COMMANDS = (
    ("lookup", "5A11"),
    ("map", "S52.531A"),
    ("cluster", "validate", "NC32.2&XK8G/PA60"),
)


def main() -> None:
    """Print what each command takes to start and answer from the home in use."""
    if open_terminology().crosswalk.book is None:
        sys.exit("the home in use has no computed crosswalk: `icd11kit install` makes one")
    with tempfile.TemporaryDirectory(prefix="icd11kit-bench-") as folder:
        Path(folder, "hello.py").write_text(HELLO)
        for words in COMMANDS:
            _print_pair(words, {"PYTHONPATH": folder})


def _print_pair(words: tuple[str, ...], more: Mapping[str, str]) -> None:
    ours, other = [sys.executable, "-c", OURS, *words], [sys.executable, "-c", OTHER]
    pairs = [(run_command(ours, more), run_command(other, more)) for _ in range(RUNS + 1)]
    del pairs[0]  # it wrote the bytecode
    ratio = statistics.median(mine[0] / theirs[0] for mine, theirs in pairs)
    mine = statistics.median(mine[0] for mine, _ in pairs)
    theirs = statistics.median(theirs[0] for _, theirs in pairs)
    peak = max(mine[1] for mine, _ in pairs)
    print(
        f"icd11kit {' '.join(words)}: {1000 * mine:.0f} ms, click hello-world "
        f"{1000 * theirs:.0f} ms, ratio {ratio:.2f}; peak {peak:.0f} MiB"
    )
