"""Values to axes: a matching that leaves out as few values as the axes allow.

A value may be legal on several axes (rule 9 of the substance that is medication and object at
once). Each axis offers places: one for each value where it takes many, one in all where it
takes one, one for each block where values of one block exclude each other. A maximum matching
of values to places is the assignment; required axes are served first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from icd11kit.postcoordination.axes import StemAxes, StemAxis
from icd11kit.postcoordination.entries import Entry
from icd11kit.vocabulary import Multiple

Place = tuple[int, str]


def assign(values: Sequence[Entry], axes: StemAxes) -> list[int | None]:
    """Return for each value the place of its axis among a stem's axes, None where none is left."""
    wanted = [[place_of(n, axes.axes[n], v) for n in _by_need(axes, v)] for v in values]
    if len(values) == 1 or all(len(places) <= 1 for places in wanted):
        return _unrivalled(wanted)
    held: dict[Place, int] = {}
    for number, axis in enumerate(axes.axes):
        if axis.required:
            _serve(number, wanted, held)
    served = set(held.values())
    for value in range(len(values)):
        if value not in served:
            _augment(value, wanted, held, set())
    found: list[int | None] = [None] * len(values)
    for (place, _), value in held.items():
        found[value] = place
    return found


def _by_need(axes: StemAxes, value: Entry) -> Iterable[int]:
    return sorted(axes.admitting(value), key=lambda n: not axes.axes[n].required)


def place_of(number: int, axis: StemAxis, value: Entry) -> Place:
    """Return the place a value takes on an axis; two values of one place exclude each other."""
    if axis.multiple is Multiple.NOT_ALLOWED:
        return number, ""
    if axis.multiple is Multiple.EXCEPT_SAME_BLOCK:
        return number, value.block or value.parent
    return number, value.id


def _unrivalled(wanted: Sequence[Sequence[Place]]) -> list[int | None]:
    """Return the assignment where no value has a choice: first come, first served."""
    taken: set[Place] = set()
    found: list[int | None] = []
    for places in wanted:
        free = next((place for place in places if place not in taken), None)
        if free is not None:
            taken.add(free)
        found.append(free[0] if free is not None else None)
    return found


def _serve(axis: int, wanted: Sequence[Sequence[Place]], held: dict[Place, int]) -> None:
    """Give an axis one value if that takes none from an axis served before."""
    if any(number == axis for number, _ in held):
        return
    for value, places in enumerate(wanted):
        mine = [place for place in places if place[0] == axis]
        if mine and value not in held.values():
            held[mine[0]] = value
            return


def _augment(
    value: int, wanted: Sequence[Sequence[Place]], held: dict[Place, int], tried: set[Place]
) -> bool:
    """Find a place for a value, moving others on; return whether there was one."""
    for place in wanted[value]:
        if place in tried:
            continue
        tried.add(place)
        if place not in held or _augment(held[place], wanted, held, tried):
            held[place] = value
            return True
    return False
