"""How fast clusters are checked: those without findings, those with, and by length."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.profile_shares import random_pairs
from benchmarks.ratios import HELLO
from benchmarks.timing import in_turn, run_command
from icd11kit.postcoordination.validate import Validator
from icd11kit.store.home import home_folder
from icd11kit.terminology import open_terminology

PAIRS = 400_000
LENGTHS = (10, 100, 1_000)


def main() -> None:
    """Print clusters a second, the cost by length, and the start-up of the command."""
    validator = open_terminology().clusters
    texts = _clusters(validator)
    silent = [text for text in texts if not validator.validate(text).issues]
    found = [text for text in texts if validator.validate(text).issues]
    for name, listed in (("in all", texts), ("without findings", silent), ("with findings", found)):
        pair = in_turn(_each(validator.validate, listed), _each(_split, listed), 5)
        print(
            f"{len(listed):,} different clusters {name}: {len(listed) / pair.ours:,.0f} a second; "
            f"only split at & and /: {len(listed) / pair.other:,.0f}"
        )
    for length in LENGTHS:
        _print_length(validator, length)
    _print_start()


def _clusters(validator: Validator) -> list[str]:
    """Return different clusters of two to four parts whose values the axes admit."""
    chosen = random.Random(3)
    made = []
    for stem, value in random_pairs(validator, PAIRS):
        if validator.axes.axes_of(stem).admitting(value):
            made.append(f"{stem.code}&{value.code}{chosen.choice(['', '&XY0Y'])}")
            made[-1] += chosen.choice(["", "", "/5A11"])
    return list(dict.fromkeys(made))


def _each(function: Callable[[str], object], texts: Sequence[str]) -> Callable[[], None]:
    def run() -> None:
        for text in texts:
            function(text)

    return run


def _split(text: str) -> list[list[str]]:
    return [group.split("&") for group in text.split("/")]


def _print_length(validator: Validator, length: int) -> None:
    text = "&".join(["PA60", *(["XE266", "XE3WK"] * length)][:length])
    start = time.perf_counter()
    for _ in range(20):
        validator.validate(text)
    seconds = (time.perf_counter() - start) / 20
    print(f"{length:,} parts, most of them one too many: {1e6 * seconds / length:.1f} us a part")


def _print_start() -> None:
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder, "hello.py")
        hello.write_text(HELLO)
        ours = [sys.executable, "-c", "from icd11kit.cli.main import main; main()", "cluster"]
        ours += ["validate", "NC32.2&XK8G/PA60", "--home", home_folder()]
        pairs = [(run_command(ours), run_command([sys.executable, str(hello)])) for _ in range(15)]
    ratio = statistics.median(a[0] / b[0] for a, b in pairs)
    print(
        f"start the command, check one: {1000 * statistics.median(a[0] for a, _ in pairs):.0f} ms, "
        f"hello-world in click {1000 * statistics.median(b[0] for _, b in pairs):.0f} ms, "
        f"ratio {ratio:.2f}; peak {max(a[1] for a, _ in pairs):.0f} MiB"
    )
