"""Ten million odd inputs to the validator: none may raise, or be judged otherwise than said.

Inputs are real clusters with characters changed, and characters that clusters are made of.
Each verdict is asked for and must be valid exactly where no finding is an error; of each
hundredth input the canonical form must be its own canonical form.
"""

from __future__ import annotations

import random
import time
from collections import Counter

from benchmarks.profile_shares import random_pairs
from icd11kit.postcoordination.issues import Severity
from icd11kit.postcoordination.validate import Validator
from icd11kit.terminology import open_terminology

INPUTS = 10_000_000
SEED = 29
ALPHABET = "5A1NC32.&/%26 XKGY0h:t\u00e9\n;"
MOST = 24


def main() -> None:
    """Print how many inputs were judged, how long it took, and what was found in them."""
    validator = open_terminology().clusters
    chosen = random.Random(SEED)
    pairs = random_pairs(validator, 3_000)
    seeds = [f"{stem.code}&{value.code}/5A11&XY0Y" for stem, value in pairs]
    found: Counter[str] = Counter()
    start = time.perf_counter()
    for number in range(INPUTS):
        text = changed(chosen, seeds) if number % 2 else drawn(chosen)
        found.update(judge(validator, text, deep=number % 100 == 0))
    seconds = time.perf_counter() - start
    print(f"{INPUTS:,} inputs judged in {seconds:.0f} s, seed {SEED}; none raised")
    for code, count in found.most_common():
        print(f"   {code}: {count:,}")


def changed(chosen: random.Random, seeds: list[str]) -> str:
    """Return a cluster with one to three characters replaced, taken away or put in."""
    text = seeds[int(chosen.random() * len(seeds))]
    for _ in range(1 + int(chosen.random() * 3)):
        place = int(chosen.random() * (len(text) + 1))
        char = ALPHABET[int(chosen.random() * len(ALPHABET))]
        text = (
            text[:place] + char * (chosen.random() < 0.7) + text[place + (chosen.random() < 0.6) :]
        )
    return text


def drawn(chosen: random.Random) -> str:
    """Return a text of the characters that clusters are made of."""
    return "".join(chosen.choices(ALPHABET, k=int(chosen.random() * MOST)))


def judge(validator: Validator, text: str, *, deep: bool) -> list[str]:
    """Return the issue codes of a text; stops the run where a verdict contradicts itself."""
    verdict = validator.validate(text)
    errors = [issue for issue in verdict.issues if issue.severity is Severity.ERROR]
    if verdict.valid != (not errors):
        raise SystemExit(f"{text!r}: valid is {verdict.valid}, errors {errors}")
    if deep:
        canonical = verdict.canonical
        if canonical and validator.validate(canonical).canonical != canonical:
            raise SystemExit(f"{text!r}: the canonical form {canonical!r} has another")
    return [issue.code.value for issue in verdict.issues] or ["no finding"]
