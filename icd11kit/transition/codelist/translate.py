"""A list of codes in another classification: what defines the same cohort, and what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.crosswalk.mapping import CodeMapping, codes_of
from icd11kit.crosswalk.score import stem_of
from icd11kit.transition.codelist.differences import Found, differences, totals, weighed
from icd11kit.transition.codelist.items import literal_items, make_items
from icd11kit.transition.codelist.match import Meanings, matcher
from icd11kit.transition.codelist.members import (
    Catalog,
    Members,
    Named,
    expand,
    plain,
    read_catalog,
    starting,
)
from icd11kit.transition.codelist.origin import Options, named_in, provenance
from icd11kit.transition.codelist.read import read_list
from icd11kit.transition.codelist.sides import Sides, take_sides
from icd11kit.transition.codelist.values import (
    CodeList,
    Flag,
    Item,
    Shared,
    Target,
    Translation,
)
from icd11kit.transition.codelist.volumes import read_volumes, unweighed
from icd11kit.transition.codelist.world import World, read_world
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology


class _Asked(NamedTuple):
    """What is translated: a list, its codes, what is not used, counts of records, and how."""

    listed: CodeList
    members: Members
    flags: tuple[Flag, ...]
    volumes: Mapping[str, int]
    options: Options


def translate(icd: Terminology, path: str, options: Options | None = None) -> Translation:
    """Return what an ICD-10-CM code list is in ICD-11.

    Raises SourceError where a file cannot be read.

    >>> import icd11kit
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "copd.txt"
    ...     _ = path.write_text("J44*")
    ...     made = translate(icd11kit.open(), str(path))
    >>> [item.text for item in made.definition], made.codes.apart
    (['CA22'], 2)
    """
    options = options or Options()
    catalog = read_catalog(icd.store(System.ICD10CM))
    named = named_in(icd, System.ICD10CM, catalog)
    asked = _ask(path, options, catalog, named)
    members, volumes = asked.members, asked.volumes
    world = read_world(icd, catalog.reported)
    meant = Meanings(icd.clusters)
    sides = take_sides(
        world, _member_test(catalog, members.codes), _taking(members, options.shared, volumes),
        meant.says,
    )  # fmt: skip
    items = _items(icd, sides, meant, options.most_outside)
    mapped = {code: icd.map(code, source="icd10cm") for code in members.codes}
    codes = _codes_found(world, items, meant)
    found = Found(world, mapped, codes, items, catalog.titles, sides.is_member)
    return _translation(icd, asked, sides, found)


def _ask(path: str, options: Options, catalog: Catalog, named: Named) -> _Asked:
    listed = read_list(path, options.column)
    volumes = read_volumes(options.volumes) if options.volumes else {}
    members = expand(listed.entries, catalog, named, below=options.below)
    flags = (*listed.flags, *members.flags, *unweighed(volumes, catalog))
    return _Asked(listed, members, flags, volumes, options)


def _member_test(catalog: Catalog, codes: tuple[str, ...]) -> Callable[[str], bool]:
    """Return whether a code is in a list; a category is where all that is below it is."""
    members = frozenset(codes)
    known: dict[str, bool] = {}

    def is_member(code: str) -> bool:
        if code in catalog.reported:
            return code in members
        if code not in known:
            below = catalog.reported.intersection(
                catalog.codes[each] for each in starting(catalog, plain(code))
            )
            known[code] = bool(below) and members.issuperset(below)
        return known[code]

    return is_member


def _taking(
    members: Members, shared: Shared, volumes: Mapping[str, int]
) -> Callable[[str, tuple[str, ...]], bool]:
    """Return whether a target is taken for the list, by the codes that lead to it."""
    codes = frozenset(members.codes)

    def is_taken(target: str, sources: tuple[str, ...]) -> bool:
        inside = [source for source in sources if source in codes]
        if not inside or len(inside) == len(sources) or shared is Shared.KEEP:
            return bool(inside)
        if shared is Shared.DROP:
            return False
        counts = {source: volumes.get(plain(source), 0) for source in sources}
        return 2 * sum(counts[source] for source in inside) >= sum(counts.values())

    return is_taken


def _items(
    icd: Terminology, sides: Sides, meant: Meanings, most_outside: float
) -> tuple[Item, ...]:
    """Return the definition; what its subtrees do not find for once is added as it is written."""

    def say(text: str) -> str:
        return icd.validate(text).display

    items = make_items(sides, most_outside, lambda text: meant.of(text) is not None, say)
    matches = _matcher(items, meant)
    taken = sorted(target for split in sides.splits.values() for target in split.taken)
    missed = (target for target in taken if not matches(target))
    return (*items, *literal_items(sides, missed, say))


def _matcher(items: tuple[Item, ...], meant: Meanings) -> Callable[[str], bool]:
    return matcher(meant, (pattern for item in items for pattern in item.patterns))


def _codes_found(world: World, items: tuple[Item, ...], meant: Meanings) -> frozenset[str]:
    """Return the ICD-10-CM codes whose targets the definition finds."""
    matches = _matcher(items, meant)
    near = frozenset(_near(world, items))
    known = {
        target: not near.isdisjoint(codes_of(target)) and matches(target)
        for target in set(world.targets.values())
        if target
    }
    return frozenset(code for code, target in world.targets.items() if known.get(target))


def _near(world: World, items: tuple[Item, ...]) -> Iterator[str]:
    """Yield every code at or below what the patterns of a definition begin with."""
    tree = world.tree
    roots = {stem_of(pattern.include) for item in items for pattern in item.patterns}
    for root in roots & tree.places.keys():
        place = tree.places[root]
        yield from (tree.nodes[each].label for each in range(place, tree.nodes[place].last + 1))


def _translation(icd: Terminology, asked: _Asked, sides: Sides, found: Found) -> Translation:
    def weigh(code: str) -> int:
        return asked.volumes.get(plain(code), 0)

    counted = weigh if asked.volumes else None
    knows_others = any(weigh(c) for c in found.world.targets if c not in found.members)
    return Translation(
        provenance(icd, asked.listed, asked.options.command, System.ICD10CM, System.MMS),
        asked.members.codes,
        asked.flags,
        tuple(_targets(sides, found, counted)),
        tuple(found.items),
        tuple(weighed(differences(found), counted, System.ICD10CM)),
        totals(found, lambda code: 1, knows_others=True),
        totals(found, weigh, knows_others=knows_others) if counted else None,
    )


def _targets(sides: Sides, found: Found, weigh: Callable[[str], int] | None) -> Iterator[Target]:
    """Yield the enumerated definition by code."""
    led: dict[str, list[CodeMapping]] = {}
    for mapping in found.members.values():
        led.setdefault(mapping.target, []).append(mapping)
    taken = {target for split in sides.splits.values() for target in split.taken}
    for target in sorted(taken):
        codes = tuple(mapping.source for mapping in led[target])
        records = sum(map(weigh, codes)) if weigh else None
        title = led[target][0].target_display
        yield Target(target, title, codes, found.outside(target), records)
