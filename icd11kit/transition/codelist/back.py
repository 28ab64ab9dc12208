"""A list of ICD-11 codes and clusters in ICD-10-CM: the codes it leads back to, and doubts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.crosswalk.mapping import CodeMapping, Relation
from icd11kit.crosswalk.score import stem_of
from icd11kit.transition.codelist.differences import weighed
from icd11kit.transition.codelist.members import expand, plain, read_catalog
from icd11kit.transition.codelist.origin import Options, named_in, provenance
from icd11kit.transition.codelist.read import read_list
from icd11kit.transition.codelist.values import Difference, Kind, Target, Totals, Translation
from icd11kit.transition.codelist.volumes import read_volumes, unweighed
from icd11kit.transition.codelist.world import World, read_world
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

_NAMED = 3


class _Led(NamedTuple):
    """The list's mappings by their target, the other ICD-11 codes that lead there, and titles."""

    mapped: Mapping[str, CodeMapping]
    outside: Mapping[str, tuple[str, ...]]
    world: World
    titles: Mapping[str, str]

    def name(self, code: str) -> str:
        """Return a code with its title."""
        return f"{code} {self.titles.get(code, '')}".rstrip()


def translate_back(icd: Terminology, path: str, options: Options) -> Translation:
    """Return what an ICD-11 code list is in ICD-10-CM: the enumerated definition alone.

    Raises SourceError where a file cannot be read.
    """
    listed = read_list(path, options.column)
    volumes = read_volumes(options.volumes) if options.volumes else {}
    mms, icd10cm = (read_catalog(icd.store(end)) for end in (System.MMS, System.ICD10CM))
    members = expand(listed.entries, mms, named_in(icd, System.MMS, mms), below=options.below)
    world = read_world(icd, icd10cm.reported)
    mapped = {code: icd.map(code, source="icd11", target="icd10cm") for code in members.codes}
    outside: dict[str, list[str]] = defaultdict(list)
    for code, way in world.back.items():
        if way.target and code in mms.reported and code not in mapped:
            outside[way.target].append(code)
    led = _Led(mapped, {c: tuple(v) for c, v in outside.items()}, world, mms.titles)

    def weigh(code: str) -> int:
        return volumes.get(plain(code), 0)

    knows_others = any(weigh(code) for code in mms.reported if code not in mapped)
    counted = weigh if volumes else None
    return Translation(
        provenance(icd, listed, options.command, System.MMS, System.ICD10CM),
        members.codes,
        (*listed.flags, *members.flags, *unweighed(volumes, mms)),
        tuple(_targets(led, counted)),
        (),
        tuple(weighed(_differences(led), counted, System.MMS)),
        _totals(led, lambda code: 1, knows_others=True),
        _totals(led, weigh, knows_others=knows_others) if volumes else None,
    )


def _targets(led: _Led, weigh: Callable[[str], int] | None) -> Iterator[Target]:
    by_target: dict[str, list[CodeMapping]] = defaultdict(list)
    for mapping in led.mapped.values():
        by_target[mapping.target].append(mapping)
    for target in sorted(filter(None, by_target)):
        codes = tuple(mapping.source for mapping in by_target[target])
        title = by_target[target][0].target_display
        records = sum(map(weigh, codes)) if weigh else None
        yield Target(target, title, codes, led.outside.get(target, ()), records)


def _differences(led: _Led) -> Iterator[Difference]:
    for code, mapping in led.mapped.items():
        outside = led.outside.get(mapping.target, ()) if mapping.target else ()
        title = mapping.source_title
        if not mapping.target:
            reason = "no ICD-10-CM code is known to say it"
            yield Difference(Kind.LOST, System.MMS, code, title, "no target", reason)
        elif outside:
            reason = f"{mapping.target} also stands for {_some(led, outside)}"
            yield Difference(Kind.LOST, System.MMS, code, title, "same target", reason, outside)
    for target in sorted({m.target for m in led.mapped.values()} & led.outside.keys()):
        for code in led.outside[target]:
            reason = f"{target} says it too"
            yield Difference(
                Kind.GAINED, System.MMS, code, led.titles.get(code, ""), "same target", reason,
                (target,),
            )  # fmt: skip
    yield from _doubts(led)


def _doubts(led: _Led) -> Iterator[Difference]:
    for code, mapping in led.mapped.items():
        if not mapping.target:
            continue
        why, reason = _doubt(led, mapping)
        if why:
            others = (mapping.target, *(other.target for other in mapping.alternatives))
            yield Difference(
                Kind.DOUBTFUL, System.MMS, code, mapping.source_title, why, reason, others
            )


def _doubt(led: _Led, mapping: CodeMapping) -> tuple[str, str]:
    """Return why a way back is doubtful, "" where it is not; its confidence is not calibrated."""
    if mapping.relation is Relation.RELATED:
        return "related", f"{mapping.target} only overlaps with it"
    if mapping.ambiguous:
        named = ", ".join(other.target for other in mapping.alternatives[:_NAMED])
        return "ambiguous", f"{mapping.target} is one of several that are as good: {named}"
    ahead = led.world.targets.get(mapping.target, "")
    if ahead and stem_of(ahead) != stem_of(mapping.source):
        return "leads elsewhere", f"{mapping.target} itself leads to {ahead}"
    return "", ""


def _some(led: _Led, codes: tuple[str, ...]) -> str:
    named = ", ".join(led.name(code) for code in codes[:_NAMED])
    more = len(codes) - _NAMED
    return f"{named} and {more} more outside the list" if more > 0 else f"{named}, not in the list"


def _totals(led: _Led, weigh: Callable[[str], int], *, knows_others: bool) -> Totals:
    apart = blurred = lost = 0
    for code, mapping in led.mapped.items():
        if not mapping.target:
            lost += weigh(code)
        elif led.outside.get(mapping.target):
            blurred += weigh(code)
        else:
            apart += weigh(code)
    reached = {m.target for m in led.mapped.values()} & led.outside.keys()
    gained = sum(weigh(code) for target in reached for code in led.outside[target])
    return Totals(apart + blurred + lost, apart, blurred, lost, gained if knows_others else None)
