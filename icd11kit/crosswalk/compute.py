"""The whole crosswalk computed, and single expressions mapped back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from icd11kit.crosswalk.backward import Asked, Candidate, joined, map_back, said_facets
from icd11kit.crosswalk.derive import Deriver
from icd11kit.crosswalk.load import all_codes
from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.crosswalk.meaning import CmCode, read_meaning
from icd11kit.store.read import Store
from icd11kit.vocabulary import EXTENSION_CHAPTER

Step = Callable[[int, int], None]
"""Is told how many codes are done, of how many."""
_EVERY = 500

Leading = Callable[[str], Iterable[tuple[CmCode, CodeMapping]]]
"""Gives the codes that lead to a stem, each with its mapping."""


def map_expression(deriver: Deriver, expression: str, leading: Leading) -> CodeMapping:
    """Return what an ICD-11 code or cluster is in ICD-10-CM.

    Groups that the first answer does not say are mapped for themselves; the target then is
    several codes with spaces between them.
    """
    found = _map_whole(deriver, expression, leading)
    for group in expression.split("/")[1:]:
        if found.target and group.split("&")[0] in found.remainder:
            found = joined(found, _map_whole(deriver, group, leading))
    return found


def _map_whole(deriver: Deriver, expression: str, leading: Leading) -> CodeMapping:
    rules, display = deriver.rules, deriver.validator.validate(expression).display
    stem = expression.split("/")[0].split("&")[0]
    named = {row.icd10_code for row in deriver.tables.back.get(stem, ())}
    found = list(leading(stem)) or list(leading(_concept(deriver, stem)))
    candidates = [
        Candidate(
            read_meaning(source, rules.words, rules.wording),
            mapping,
            any(source.code.startswith(code) for code in named),
        )
        for source, mapping in found
    ]
    asked = Asked(
        expression, rules.wording.words(display), display,
        said_facets(expression, rules.facets), deriver.validator.release,
    )  # fmt: skip
    return map_back(asked, _billable_first(candidates))


def _billable_first(candidates: list[Candidate]) -> list[Candidate]:
    """Return the billable candidates, all where none is billable."""
    return [c for c in candidates if c.meaning.source.billable] or candidates


def _concept(deriver: Deriver, stem: str) -> str:
    """Return the terminal code of a stem's concept, or of what stands below it."""
    targets = deriver.targets
    pre = targets.by_code.get(stem)
    if pre is None:
        return stem
    concept = targets.concept(pre)
    return targets.code(targets.terminal(concept)) or stem


def all_forward(
    deriver: Deriver, icd10cm: Store, step: Step
) -> Iterator[tuple[CodeMapping, CmCode]]:
    """Yield the mapping of every ICD-10-CM code, with the code."""
    codes = list(all_codes(icd10cm))
    for done, code in enumerate(codes):
        if done % _EVERY == 0:
            step(done, len(codes))
        yield deriver.derive(code), code
    step(len(codes), len(codes))


def all_backward(
    deriver: Deriver, forward: Iterable[tuple[CodeMapping, CmCode]]
) -> Iterator[CodeMapping]:
    """Yield the mapping back of every stem code."""
    leading: dict[str, list[tuple[CmCode, CodeMapping]]] = defaultdict(list)
    for mapping, source in forward:
        leading[mapping.stem].append((source, mapping))
    for code in stem_codes(deriver):
        yield map_expression(deriver, code, lambda stem: leading.get(stem, ()))


def stem_codes(deriver: Deriver) -> Iterator[str]:
    """Yield the codes of a release that can stand first."""
    for entity in deriver.targets.entities:
        if entity.code and entity.kind == "category" and entity.chapter != EXTENSION_CHAPTER:
            yield entity.code
