"""The whole crosswalk computed, and single expressions mapped back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.backward import Asked, Candidate, joined, map_back, said_facets
from icd11kit.crosswalk.derive import Deriver
from icd11kit.crosswalk.load import all_codes
from icd11kit.crosswalk.mapping import CodeMapping, codes_of
from icd11kit.crosswalk.meaning import CmCode
from icd11kit.store.read import Store
from icd11kit.vocabulary import EXTENSION_CHAPTER

Step = Callable[[int, int], None]
"""Is told how many codes are done, of how many."""
_EVERY = 500


class Built(NamedTuple):
    """A crosswalk that was computed: its file, how many mappings each way, how many have none."""

    path: str
    forward: int
    backward: int
    without: int


class Inverse(NamedTuple):
    """The crosswalk from its other end: mappings by stem, by source, and the codes' own titles."""

    leading: Callable[[str], Sequence[CodeMapping]]
    below: Callable[[str], Sequence[CodeMapping]]
    read: Callable[[str], CmCode | None]


def map_expression(deriver: Deriver, expression: str, inverse: Inverse) -> CodeMapping:
    """Return what an ICD-11 code or cluster is in ICD-10-CM.

    Groups that the first answer does not say are mapped for themselves; the target then is
    several codes with spaces between them.
    """
    found = _map_whole(deriver, expression, inverse)
    for group in expression.split("/")[1:]:
        if found.target and group.split("&")[0] in found.remainder:
            found = joined(found, _map_whole(deriver, group, inverse))
    return found


def _map_whole(deriver: Deriver, expression: str, inverse: Inverse) -> CodeMapping:
    rules, display = deriver.rules, deriver.validator.validate(expression).display
    named = {row.icd10_code for row in deriver.tables.back.get(_stem_of(expression), ())}
    candidates = [
        Candidate(
            deriver.read(source),
            mapping,
            any(source.code.startswith(code) for code in named),
        )
        for mapping in _leading(deriver, expression, named, inverse)
        if (source := inverse.read(mapping.source)) is not None
    ]
    asked = Asked(
        expression, rules.wording.words(display), display,
        said_facets(expression, rules.facets), deriver.validator.release,
    )  # fmt: skip
    return map_back(asked, _billable_first(candidates))


def _leading(
    deriver: Deriver, expression: str, named: Iterable[str], inverse: Inverse
) -> Sequence[CodeMapping]:
    """Return the mappings that may be read backwards for an expression.

    Those that give all its codes where there are such; else those of its stem, of the ICD-10
    codes that WHO's table names, and of what stands above it.
    """
    stem = _stem_of(expression)
    found = list(inverse.leading(stem))
    wanted = codes_of(expression)
    same = [m for m in found if codes_of(m.target) == wanted and not _is_late(m)]
    if same:
        return [mapping for each in same for mapping in _reported(each, inverse)]
    found += [mapping for code in sorted(named) for mapping in inverse.below(code)]
    return found or next(filter(None, map(inverse.leading, _above(deriver, stem))), ())


def _reported(mapping: CodeMapping, inverse: Inverse) -> Sequence[CodeMapping]:
    """Return a mapping, for a category those of the codes below it, which are reported."""
    source = inverse.read(mapping.source)
    return (mapping,) if source is None or source.billable else inverse.below(mapping.source)


def _is_late(mapping: CodeMapping) -> bool:
    return any(lost.startswith(("sequela", "healing")) for lost in mapping.remainder)


def _stem_of(expression: str) -> str:
    return expression.split("/")[0].split("&")[0]


def _billable_first(candidates: list[Candidate]) -> list[Candidate]:
    """Return the billable candidates, all where none is billable."""
    return [c for c in candidates if c.meaning.source.billable] or candidates


def _above(deriver: Deriver, stem: str) -> Iterator[str]:
    """Yield the terminal codes of a stem's concept and of the categories above it."""
    targets = deriver.targets
    if stem in targets.by_code:
        for pre in targets.path(targets.by_code[stem]):
            yield targets.code(targets.terminal(pre))
            yield targets.code(pre)


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
    inverse = inverse_of(forward)
    for code in stem_codes(deriver):
        yield map_expression(deriver, code, inverse)


def inverse_of(forward: Iterable[tuple[CodeMapping, CmCode]]) -> Inverse:
    """Return the other end of mappings in memory, given in the order of their codes."""
    by_stem: dict[str, list[CodeMapping]] = defaultdict(list)
    by_prefix: dict[str, list[CodeMapping]] = defaultdict(list)
    codes: dict[str, CmCode] = {}
    for mapping, source in forward:
        codes[source.code] = source
        by_stem[mapping.stem].append(mapping)
        for length in range(3, len(source.code) + 1):
            by_prefix[source.code[:length]].append(mapping)
    return Inverse(lambda s: by_stem.get(s, ()), lambda c: by_prefix.get(c, ()), codes.get)


def stem_codes(deriver: Deriver) -> Iterator[str]:
    """Yield the codes of a release that can stand first."""
    for entity in deriver.targets.entities:
        if entity.code and entity.kind == "category" and entity.chapter != EXTENSION_CHAPTER:
            yield entity.code
