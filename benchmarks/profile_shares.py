"""What the axis profile admits: real clusters, worked clusters, random pairs, named nonsense.

A cluster is admitted where no value stands outside the axes of its stem or on too few of them;
other findings do not count here.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterable, Iterator

from benchmarks.data import ROOT, need
from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.issues import IssueCode
from icd11kit.postcoordination.validate import Validator
from icd11kit.postcoordination.validation import Validation
from icd11kit.store.read import ask
from icd11kit.terminology import open_terminology
from icd11kit.vocabulary import EXTENSION_CHAPTER

CASES = ROOT / "tests" / "cases"
REFUSALS = frozenset(
    {
        IssueCode.VALUE_OUTSIDE_AXIS, IssueCode.AXIS_NOT_DECLARED, IssueCode.TOO_MANY_VALUES,
        IssueCode.SAME_BLOCK,
    }
)  # fmt: skip
PAIRS = 200_000
SEED = 11
SCALES = {
    "Infectious Agents": "infectiousAgent",
    "Course": "course",
    "Mild Moderate Severe Scale Value": "hasSeverity",
    "Clinical Staging Scale Value": "hasSeverity",
    "Adult Nutritional Status Scale Value": "hasSeverity",
    "Time in Life": "timeInLife",
    "Pattern, Activity, or Clinical Status": "course",
}


def is_refused(found: Validation) -> bool:
    """Return whether a value of the cluster was not taken by the axes."""
    return any(issue.code in REFUSALS for issue in found.issues)


def main() -> None:
    """Print every share."""
    validator = Validator(open_terminology()._mms())
    manifest = validator.store.manifest
    print(f"MMS {manifest['release']}, maps {manifest['map_release']}, tier {manifest['tier']}")
    for mapping in ("10To11MapToOneCategory", "10To11MapToMultipleCategories"):
        _print_real(validator, mapping)
    _print_worked(validator)
    _print_random(validator)
    _print_nonsense(validator)
    _print_scales(validator)


def real_clusters(validator: Validator, mapping: str) -> list[str]:
    """Return the clusters that a WHO table holds, each once, of codes the release still has."""
    rows = ask(
        validator.store,
        "SELECT DISTINCT icd11_code FROM map_row WHERE mapping = ? "
        "AND (icd11_code LIKE '%&%' OR icd11_code LIKE '%/%') ORDER BY icd11_code",
        mapping,
    )
    found = [validator.validate(text) for (text,) in rows]
    return [item.input for item in found if item.canonical]


def _print_real(validator: Validator, mapping: str) -> None:
    clusters = real_clusters(validator, mapping)
    refused = [text for text in clusters if is_refused(validator.validate(text))]
    admitted = len(clusters) - len(refused)
    print(
        f"{mapping}: {admitted} of {len(clusters)} clusters admitted "
        f"({admitted / len(clusters):.1%})"
    )
    print(f"   refused: {', '.join(refused[:20])}")


def _print_worked(validator: Validator) -> None:
    with (CASES / "worked_clusters.csv").open(encoding="utf-8", newline="") as stream:
        clusters = [row["cluster"] for row in csv.DictReader(stream)]
    refused = [text for text in clusters if is_refused(validator.validate(text))]
    print(f"worked clusters: {len(clusters) - len(refused)} of {len(clusters)} admitted {refused}")


def random_pairs(validator: Validator, number: int) -> Iterator[tuple[Entry, Entry]]:
    """Yield random stems with random extensions, type-2 extensions left out."""
    rows = ask(
        validator.store,
        "SELECT pre, chapter FROM entity WHERE kind = 'category' AND code != '' "
        "AND chapter NOT IN ('26', 'V')",
    )
    at = validator.entries.at
    stems = [at(pre) for pre, chapter in rows if chapter != EXTENSION_CHAPTER]
    values = [at(pre) for pre, chapter in rows if chapter == EXTENSION_CHAPTER]
    values = [value for value in values if not value.is_universal]
    chosen = random.Random(SEED)
    for _ in range(number):
        yield chosen.choice(stems), chosen.choice(values)


def _print_random(validator: Validator) -> None:
    refused, by_kind = 0, Counter[str]()
    for stem, value in random_pairs(validator, PAIRS):
        if validator.axes.axes_of(stem).admitting(value):
            by_kind[value.code[:2]] += 1
        else:
            refused += 1
    print(f"random pairs: {refused:,} of {PAIRS:,} refused ({refused / PAIRS:.1%})")
    shares = ", ".join(f"{kind} {number:,}" for kind, number in by_kind.most_common())
    print(f"   admitted by first letters of the value: {shares}")


def _print_nonsense(validator: Validator) -> None:
    with (CASES / "nonsense.csv").open(encoding="utf-8", newline="") as stream:
        clusters = [row["cluster"] for row in csv.DictReader(stream)]
    admitted = [text for text in clusters if not is_refused(validator.validate(text))]
    print(f"named nonsense: {len(clusters) - len(admitted)} of {len(clusters)} refused {admitted}")


def _print_scales(validator: Validator) -> None:
    """Print precision and recall of the profile against WHO's own seven scales."""
    (path,) = need("postcoordination/axis_values_2026-01_seven_scales.tsv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["code_2025-01"]]
    print("stems that have an axis with values of a scale, the profile against WHO's 2026-01 axes")
    for scale in dict.fromkeys(row["scale_root_title"] for row in rows):
        mine = [row for row in rows if row["scale_root_title"] == scale]
        _print_scale(validator, scale, mine)


def _print_scale(validator: Validator, scale: str, rows: Iterable[dict[str, str]]) -> None:
    listed = list(rows)
    who = {row["code_2025-01"] for row in listed}
    root = listed[0]["scale_root_id"]
    values = ask(
        validator.store,
        "SELECT v.pre FROM entity s JOIN entity v ON v.pre BETWEEN s.pre AND s.last "
        "WHERE s.id = ? AND v.code != '' LIMIT 1",
        root,
    )
    value = validator.entries.at(values[0][0])
    stems = ask(
        validator.store,
        "SELECT pre, code FROM entity WHERE kind = 'category' AND code != '' "
        "AND chapter NOT IN ('26', 'V', 'X')",
    )
    ours = {
        code
        for pre, code in stems
        if validator.axes.axes_of(validator.entries.at(pre)).admitting(value)
    }
    both = len(ours & who)
    print(
        f"   {scale}: {len(who)} stems by WHO, {len(ours)} by the profile, {both} by both; "
        f"precision {both / (len(ours) or 1):.0%}, recall {both / (len(who) or 1):.0%}"
    )
