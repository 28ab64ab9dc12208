"""The start of the command line: three commands beside a hello-world of click, in turn.

Both sides run from bytecode, as they do once installed; a checkout run with
PYTHONDONTWRITEBYTECODE compiles every module anew each time.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
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
    _need_crosswalk()
    with tempfile.TemporaryDirectory(prefix="icd11kit-bench-") as folder:
        Path(folder, "hello.py").write_text(HELLO)
        kept = dict(os.environ)
        os.environ |= {"PYTHONPATH": folder, "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        try:
            for words in COMMANDS:
                _print_pair(words)
        finally:
            os.environ.clear()
            os.environ |= kept


def _need_crosswalk() -> None:
    if open_terminology().crosswalk.book is None:
        sys.exit("the home in use has no computed crosswalk: `icd11kit install` makes one")


def _print_pair(words: tuple[str, ...]) -> None:
    ours, other = [sys.executable, "-c", OURS, *words], [sys.executable, "-c", OTHER]
    run_command(ours), run_command(other)  # the bytecode is written
    pairs = [(run_command(ours), run_command(other)) for _ in range(RUNS)]
    ratio = statistics.median(mine[0] / theirs[0] for mine, theirs in pairs)
    mine = statistics.median(mine[0] for mine, _ in pairs)
    theirs = statistics.median(theirs[0] for _, theirs in pairs)
    peak = max(mine[1] for mine, _ in pairs)
    print(
        f"icd11kit {' '.join(words)}: {1000 * mine:.0f} ms, click hello-world "
        f"{1000 * theirs:.0f} ms, ratio {ratio:.2f}; peak {peak:.0f} MiB"
    )
