"""The table of confidences, made from the expert answers at hand: mappings/calibration.tsv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from benchmarks.crosswalk_gold import DATA, EXPERTS
from icd11kit.crosswalk.confidence import DOUBTED, SAID, STATED, UNSAID, kind_of
from icd11kit.crosswalk.derive import Deriver
from icd11kit.crosswalk.load import load_deriver, read_code
from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.crosswalk.meaning import CmCode
from icd11kit.crosswalk.score import parse_gold, stem_of
from icd11kit.crosswalk.stems import Way
from icd11kit.store.read import find_pre
from icd11kit.terminology import open_terminology
from icd11kit.vocabulary import System

_PRIOR, _WEIGHT = 0.8, 2
_UNSEEN = {Way.WITHIN: (0.5, 0.4)}
_GUESSED = (0.7, 0.7)


def main() -> None:
    """Print the share of right stems by way and kind, drawn to 0.8 as by two more answers."""
    icd = open_terminology()
    icd10cm = icd.store(System.ICD10CM)
    deriver = load_deriver(icd.store(System.MMS))
    hits: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in parse_gold((DATA / EXPERTS).read_text("utf-8"), EXPERTS):
        pre = find_pre(icd10cm, row.source)
        if pre is not None:
            code = read_code(icd10cm, pre)
            found = deriver.derive(code)
            hits[_kind(found, code, deriver)].append(stem_of(found.target) == row.stem)
    print("way\tleft_over\tconfidence\tanswers\treason")
    for way, kind in _kinds():
        print("\t".join(_row(way, kind, hits[way.value, kind])))


def _kinds() -> Iterator[tuple[Way, str]]:
    for way in Way:
        if way in (Way.CURATED, Way.CURATED_ABOVE):
            yield from ((way, STATED), (way, DOUBTED))
        elif way not in (Way.USER, Way.NONE):
            yield from ((way, SAID), (way, UNSAID))


def _kind(found: CodeMapping, code: CmCode, deriver: Deriver) -> tuple[str, str]:
    """Return what an answer was found by, as its evidence and its remainder tell."""
    ways = {way.value for way in Way}
    way = next((e.kind for e in reversed(found.evidence) if e.kind in ways), Way.RULE.value)
    if way in (Way.CURATED, Way.CURATED_ABOVE):
        spoken = (code.code, *(each for each, _ in reversed(code.above)))
        row = next(deriver.curated[each] for each in spoken if each in deriver.curated)
        return way, kind_of(row.confidence, is_all_said=True)
    return way, UNSAID if any(":" not in lost for lost in found.remainder) else SAID


def _row(way: Way, kind: str, hits: list[bool]) -> tuple[str, ...]:
    if not hits:
        guess = _UNSEEN.get(way, _GUESSED)[kind in (UNSAID, DOUBTED)]
        return way.value, kind, f"{guess:.2f}", "0", "none in the sample: a guess on the low side"
    share = (sum(hits) + _PRIOR * _WEIGHT) / (len(hits) + _WEIGHT)
    reason = "share of right stems among these answers, drawn to 0.8 as by two more"
    return way.value, kind, f"{share:.2f}", str(len(hits)), reason
