"""How fast clusters are checked: those without findings, those with, and by length."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from benchmarks.profile_shares import random_pairs
from benchmarks.timing import in_turn
from icd11kit.postcoordination.validate import Validator
from icd11kit.terminology import open_terminology

PAIRS = 400_000
LENGTHS = (10, 100, 1_000)


def main() -> None:
    """Print clusters a second, and the cost by length."""
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
