"""All billable codes mapped: coverage, validity, relations, ambiguity, the round trip, time."""

from __future__ import annotations

import random
import resource
import time
from collections import Counter
from collections.abc import Iterable

from icd11kit.crosswalk.compute import all_backward, all_forward, inverse_of, map_expression
from icd11kit.crosswalk.load import load_deriver
from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.vocabulary import System

CATEGORY = 3
LOOKED_UP = 20_000
STEPS = (0.25, 0.5, 1.0)


def main() -> None:
    """Print what becomes of every billable ICD-10-CM code, there and back."""
    icd = open_terminology()
    mms, icd10cm = icd.store(System.MMS), icd.store(System.ICD10CM)
    start = time.perf_counter()
    deriver = load_deriver(mms)
    loaded = time.perf_counter() - start
    marks: list[tuple[int, float]] = []
    forward = list(
        all_forward(deriver, icd10cm, lambda done, _: marks.append((done, time.perf_counter())))
    )
    done = time.perf_counter() - start
    backward = list(all_backward(deriver, forward))
    whole = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"load {loaded:.1f} s, forward {done - loaded:.1f} s, backward {whole - done:.1f} s, "
          f"peak {peak:.0f} MiB")  # fmt: skip
    _print_growth(marks, start + loaded)
    _print_lookup(icd, [mapping.source for mapping, _ in forward])
    billable = [(mapping, code) for mapping, code in forward if code.billable]
    _print_forward([mapping for mapping, _ in billable], icd.validate)
    _print_backward(backward)
    inverse = inverse_of(forward)
    there = {mapping.source: mapping.target for mapping, _ in billable if mapping.target}
    back = {t: map_expression(deriver, t, inverse).target for t in sorted(set(there.values()))}
    _print_round_trip((source, back[target]) for source, target in there.items())


def _print_lookup(icd: Terminology, codes: list[str]) -> None:
    """Print what one look-up costs in the computed crosswalk, where there is one."""
    if icd.crosswalk.book is None:
        return
    random.Random(1).shuffle(codes)
    start = time.perf_counter()
    for code in codes[:LOOKED_UP]:
        icd.map(code)
    each = 1e6 * (time.perf_counter() - start) / LOOKED_UP
    print(f"a look-up in the computed crosswalk: {each:.1f} us")


def _print_growth(marks: list[tuple[int, float]], start: float) -> None:
    """Print the time for growing parts of the list: it grows with the codes."""
    total = marks[-1][0]
    for part in STEPS:
        done, at = next(mark for mark in marks if mark[0] >= part * total)
        print(f"  {done:,} codes in {at - start:.1f} s, {1e6 * (at - start) / done:.0f} us a code")


def _print_forward(mappings: list[CodeMapping], validate: object) -> None:
    total = len(mappings)
    covered = [mapping for mapping in mappings if mapping.target]
    print(f"{total:,} billable codes, {len(covered):,} with a target ({len(covered) / total:.1%})")
    targets = {mapping.target for mapping in covered}
    assert callable(validate)
    wrong = [target for target in targets if not validate(target).valid]
    print(
        f"{len(targets):,} different targets, {len(wrong)} not valid in standard mode", *wrong[:9]
    )
    for name, count in Counter(str(m.relation) or "none" for m in mappings).most_common():
        print(f"  {name}: {count:,} ({count / total:.1%})")
    clusters = sum("&" in m.target or "/" in m.target for m in covered)
    print(f"clusters: {clusters:,} ({clusters / total:.1%})")
    ambiguous = sum(mapping.ambiguous for mapping in mappings)
    print(f"ambiguous: {ambiguous:,} ({ambiguous / total:.1%})")
    none = Counter(m.source[:CATEGORY] for m in mappings if not m.target)
    print("without target most often:", ", ".join(f"{c} {n}" for c, n in none.most_common(12)))


def _print_backward(mappings: list[CodeMapping]) -> None:
    covered = sum(bool(mapping.target) for mapping in mappings)
    print(f"{len(mappings):,} stem codes back, {covered:,} with a target "
          f"({covered / len(mappings):.1%})")  # fmt: skip


def _print_round_trip(pairs: Iterable[tuple[str, str]]) -> None:
    counts = Counter(_kind(source, target) for source, target in pairs)
    total = sum(counts.values())
    print("round trip:", ", ".join(f"{k} {n:,} ({n / total:.1%})" for k, n in counts.most_common()))


def _kind(source: str, target: str) -> str:
    if target.split(" ")[0] == source:
        return "same code"
    if target[:CATEGORY] == source[:CATEGORY]:
        return "same category"
    return "another category" if target else "lost"
