"""Where a definition and its list differ, code by code, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from icd11kit.crosswalk.mapping import CodeMapping, Relation, codes_of
from icd11kit.crosswalk.score import stem_of
from icd11kit.transition.codelist.members import plain
from icd11kit.transition.codelist.values import Difference, Item, Kind, Totals
from icd11kit.transition.codelist.ways import WEAK, is_kin, untold
from icd11kit.transition.codelist.world import Node, Way, World
from icd11kit.transition.outcomes import SURE, needs_review
from icd11kit.vocabulary import System

_NAMED = 3
_AND = {
    "left out": ", which says something else too, so it is left out",
    "weak way back": ", which only overlaps",
    "way back only": ", which itself leads elsewhere",
}
_SIXTH = 6
"""Behind the sixth place of an ICD-10-CM code stands the encounter alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """A list, its mappings, what the definition is, and which codes' targets it finds.

    `found` are codes of ICD-10-CM in the list or not; `titles` are by ICD-10-CM code.
    """

    world: World
    members: Mapping[str, CodeMapping]
    found: frozenset[str]
    items: Sequence[Item]
    titles: Mapping[str, str]
    is_member: Callable[[str], bool]

    def outside(self, target: str) -> tuple[str, ...]:
        """Return the codes outside the list that lead to a target."""
        sources = self.world.by_stem.get(stem_of(target), {}).get(target, ())
        return tuple(source for source in sources if source not in self.members)

    def name(self, code: str) -> str:
        """Return a code with its title."""
        return f"{code} {self.titles.get(code, '')}".rstrip()


def differences(found: Found) -> Iterator[Difference]:
    """Yield what is lost, gained and doubtful, in the order of the codes."""
    yield from _lost(found)
    yield from _gained_codes(found)
    yield from _gained_targets(found)
    yield from _doubtful_members(found)
    yield from _doubtful_targets(found)


def _lost(found: Found) -> Iterator[Difference]:
    for code, mapping in found.members.items():
        why, reason, others = _fate(found, code, mapping)
        if why:
            yield Difference(
                Kind.LOST, System.ICD10CM, code, mapping.source_title, why, reason, others
            )


def _fate(found: Found, code: str, mapping: CodeMapping) -> tuple[str, str, tuple[str, ...]]:
    """Return why a member is lost, in a word and a sentence, and what it cannot be told from."""
    if not mapping.target:
        return "no target", "nothing in ICD-11 is known to say it", ()
    outside = found.outside(mapping.target)
    if not outside:
        if code in found.found:
            return "", "", ()
        return "not found", f"the definition does not find {mapping.target}", ()
    said = f"{mapping.target} also stands for {_some(found, outside)}"
    unsaid = f"; it leaves unsaid: {', '.join(mapping.remainder)}" if mapping.remainder else ""
    if code not in found.found:
        return "left out", f"{said}, so it is left out{unsaid}", outside
    return _cause(code, outside), said + unsaid, outside


def _cause(code: str, others: Sequence[str]) -> str:
    """Return in a word why codes share a target.

    >>> _cause("S72.052A", ("S72.052D",)), _cause("E11.21", ("E11.9",))
    ('encounter', 'same target')
    """
    start = plain(code)[:_SIXTH]
    same = len(plain(code)) > _SIXTH and all(plain(other)[:_SIXTH] == start for other in others)
    return "encounter" if same else "same target"


def _some(found: Found, codes: Sequence[str]) -> str:
    named = ", ".join(found.name(code) for code in codes[:_NAMED])
    more = len(codes) - _NAMED
    return f"{named} and {more} more outside the list" if more > 0 else f"{named}, not in the list"


def _gained_codes(found: Found) -> Iterator[Difference]:
    """Yield the ICD-10-CM codes outside the list whose targets the definition finds."""
    mine: dict[str, list[str]] = {}
    for code, mapping in found.members.items():
        if code in found.found:
            mine.setdefault(mapping.target, []).append(code)
    heads = {stem_of(code) for item in found.items for code in (item.root, *item.codes)}
    for code in sorted(found.found - found.members.keys(), key=plain):
        target = found.world.targets[code]
        same = mine.get(target, [])
        title = found.titles.get(code, "")
        if same:
            why = "encounter" if all(_cause(c, (code,)) == "encounter" for c in same) else ""
            reason = f"{target} says it too, as it says {_some_mine(found, same)}"
            yield Difference(
                Kind.GAINED, System.ICD10CM, code, title, why or "same target", reason, tuple(same)
            )
        else:
            is_further = "/" in target and stem_of(target) not in heads
            why = "further condition" if is_further else "in the definition"
            reason = f"its target {target} says what the definition asks for"
            yield Difference(Kind.GAINED, System.ICD10CM, code, title, why, reason, (target,))


def _some_mine(found: Found, codes: Sequence[str]) -> str:
    more = f" and {len(codes) - 1} more" if len(codes) > 1 else ""
    return found.name(codes[0]) + more


def _gained_targets(found: Found) -> Iterator[Difference]:
    """Yield the ICD-11 codes of the definition that lead back to a code outside the list."""
    for code, title in _plain_codes(found):
        way = found.world.back.get(code)
        if way and way.target and not found.is_member(way.target):
            reason = f"it leads back to {found.name(way.target)}, outside the list"
            yield Difference(
                Kind.GAINED, System.MMS, code, title, "leads back", reason, (way.target,)
            )


def _plain_codes(found: Found) -> Iterator[tuple[str, str]]:
    """Yield the single codes of the definition with their titles."""
    tree = found.world.tree
    for item in found.items:
        if not item.pieces:
            for code in item.codes:
                yield code, tree.nodes[tree.places[code]].title


def _doubtful_members(found: Found) -> Iterator[Difference]:
    for code, mapping in found.members.items():
        if mapping.target and needs_review(mapping):
            why, reason = _doubt(mapping)
            others = (mapping.target, *(other.target for other in mapping.alternatives))
            yield Difference(
                Kind.DOUBTFUL, System.ICD10CM, code, mapping.source_title, why, reason, others
            )


def _doubt(mapping: CodeMapping) -> tuple[str, str]:
    """Return why a mapping needs a look, the gravest first."""
    if mapping.relation is Relation.RELATED:
        return "related", f"{mapping.target} only overlaps with it"
    if mapping.ambiguous:
        named = [other.target for other in mapping.alternatives[:_NAMED]]
        against = f": {', '.join(named)}" if named else ""
        return "ambiguous", f"{mapping.target} is one of several that are as good{against}"
    return "confidence", f"{mapping.target} with confidence {mapping.confidence:.2f} < {SURE}"


def _doubtful_targets(found: Found) -> Iterator[Difference]:
    """Yield ICD-11 codes taken in or left out though little is known of them."""
    for code, title in _plain_codes(found):
        way = found.world.back.get(code)
        if code not in found.world.by_stem and not (way and way.target):
            reason = "it is in the definition as what is around it; no code leads there or back"
            yield Difference(Kind.DOUBTFUL, System.MMS, code, title, "no way back", reason)
    said = {part for item in found.items for code in item.codes for part in codes_of(code)}
    for code, way in sorted(found.world.back.items()):
        node = untold(found.world, code) if way.target and found.is_member(way.target) else None
        why = _way_back(found, node, way, is_in=code in said) if node else ""
        if node and why:
            reason = f"no code leads to it; it leads back to {found.name(way.target)}{_AND[why]}"
            yield Difference(
                Kind.DOUBTFUL, System.MMS, code, node.title, why, reason, (way.target,)
            )


def _way_back(found: Found, node: Node, way: Way, *, is_in: bool) -> str:
    """Return in words why a way back into the list is doubtful, "" where it is not."""
    if not is_in:
        return "left out"
    if way.relation is WEAK:
        return "weak way back"
    return "" if is_kin(found.world, node, way.target) else "way back only"


def totals(found: Found, weigh: Callable[[str], int], *, knows_others: bool) -> Totals:
    """Return how many codes or records become what; `weigh` gives those of a code."""
    apart = blurred = lost = 0
    for code, mapping in found.members.items():
        if code not in found.found:
            lost += weigh(code)
        elif found.outside(mapping.target):
            blurred += weigh(code)
        else:
            apart += weigh(code)
    gained = sum(weigh(code) for code in found.found - found.members.keys())
    listed = apart + blurred + lost
    return Totals(listed, apart, blurred, lost, gained if knows_others else None)


def weighed(
    found: Iterator[Difference], weigh: Callable[[str], int] | None, system: System
) -> Iterator[Difference]:
    """Yield differences with the records of the codes of the system that is counted."""
    for each in found:
        is_counted = weigh is not None and each.system == system
        yield each._replace(records=weigh(each.code)) if weigh and is_counted else each
