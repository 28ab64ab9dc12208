"""The crosswalk judged by the gold standards at hand, one ingredient after another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from icd11kit.crosswalk.derive import Deriver, Ingredients
from icd11kit.crosswalk.load import load_deriver, read_code
from icd11kit.crosswalk.score import Answer, Gold, Score, parse_gold, score
from icd11kit.store.read import Store, find_pre
from icd11kit.terminology import open_terminology
from icd11kit.vocabulary import System

DATA = Path(os.environ.get("ICD11KIT_TEST_DATA", "../shared/data")) / "gold"
EXPERTS, MONDO = "expert_icd10cm_to_icd11.dev.tsv", "mondo_icd10cm_to_icd11.dev.tsv"
STEPS = {
    "rows of WHO's tables by prefix": Ingredients(False, False, False, False),
    "+ titles and children": Ingredients(True, False, False, False),
    "+ rules for families": Ingredients(True, True, False, False),
    "+ left-over pieces": Ingredients(True, True, True, False),
    "+ curated": Ingredients(True, True, True, True),
}
SHOWN = (
    "stem exact", "stem ignoring residual", "whole expression exact", "cluster exact",
    "added codes precision", "added codes recall",
)  # fmt: skip


def main() -> None:
    """Print the measures by ingredient, then all of them with calibration."""
    icd = open_terminology()
    icd10cm = icd.store(System.ICD10CM)
    gold = {name: _read(name) for name in (EXPERTS, MONDO)}
    deriver = load_deriver(icd.store(System.MMS))
    last: dict[str, Score] = {}
    print("ingredients | " + " | ".join(SHOWN) + " | Mondo stem exact | ignoring residual")
    for name, ingredients in STEPS.items():
        deriver.ingredients = ingredients
        last = {
            file: score(dict(_answers(deriver, icd10cm, gold[file])), gold[file]) for file in gold
        }
        mondo = {m.name: m.share for m in last[MONDO].measures}
        shares = {m.name: m.share for m in last[EXPERTS].measures}
        cells = [f"{shares[each]:.3f}" for each in SHOWN]
        cells += [f"{mondo['stem exact']:.3f}", f"{mondo['stem ignoring residual']:.3f}"]
        print(f"{name} | " + " | ".join(cells))
    _print_rest(last[EXPERTS])


def _read(name: str) -> list[Gold]:
    return parse_gold((DATA / name).read_text("utf-8"), name)


def _answers(deriver: Deriver, icd10cm: Store, gold: list[Gold]) -> Iterator[tuple[str, Answer]]:
    for row in gold:
        pre = find_pre(icd10cm, row.source)
        if pre is not None:
            found = deriver.derive(read_code(icd10cm, pre))
            yield row.source, Answer(found.target, found.confidence)


def _print_rest(found: Score) -> None:
    for each in (*found.groups, found.sure):
        print(f"{each.name}: {each.share:.3f} of {each.of}")
    for part in found.bins:
        print(
            f"confidence from {part.low:.1f}: {part.answers} answers, mean {part.confidence:.2f}, "
            f"right {part.right:.2f}"
        )
    print(f"expected calibration error {found.error:.3f}")
