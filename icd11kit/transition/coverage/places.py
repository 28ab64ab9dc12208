"""Where the codes of a classification stand, and which of them are reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from icd11kit.crosswalk.tables import ONE
from icd11kit.model import LinearizationEntity, MapRow
from icd11kit.transition.coverage.values import Place
from icd11kit.vocabulary import ClassKind

_CATEGORY = 3
_CATEGORY_DEPTH = 2


def entity_places(entities: Iterable[LinearizationEntity]) -> dict[str, Place]:
    """Return the place of every code of a linearization, given in pre-order.

    The block is the nearest one above.
    """
    above: list[LinearizationEntity] = []
    found: dict[str, Place] = {}
    for entity in entities:
        while above and above[-1].depth >= entity.depth:
            above.pop()
        if entity.kind is ClassKind.CATEGORY:
            found[entity.code] = _place(above, entity.depth)
        else:
            above.append(entity)
    return found


def _place(above: list[LinearizationEntity], depth: int) -> Place:
    if not above:
        return Place(depth=depth)
    chapter, block = above[0], above[-1] if len(above) > 1 else None
    if block is None:
        return Place(chapter.code, chapter.title, depth=depth)
    return Place(chapter.code, chapter.title, block.label, block.title, depth)


def icd10_places(rows: Iterable[MapRow]) -> dict[str, Place]:
    """Return the place of every ICD-10 code that WHO's one-category table has, in its order.

    Levels are counted as in ICD-10-CM: a category of three characters stands on the second.
    """
    chapter = block = ("", "")
    found: dict[str, Place] = {}
    for row in rows:
        if row.mapping != ONE:
            continue
        if row.icd10_kind == "chapter":
            chapter, block = (row.icd10_code, row.icd10_title), ("", "")
        elif row.icd10_kind == "block":
            block = (row.icd10_code, row.icd10_title)
        elif row.icd10_kind.endswith("category"):
            depth = len(row.icd10_code.replace(".", "")) - _CATEGORY + _CATEGORY_DEPTH
            found[row.icd10_code] = Place(*chapter, *block, depth)
    return found


def without_narrower(codes: Iterable[str]) -> Iterator[str]:
    """Yield the codes that no longer code of the list refines.

    >>> list(without_narrower(["A00", "A00.0", "A00.01", "B03"]))
    ['A00.01', 'B03']
    """
    every = list(codes)
    refined = {code[:end].rstrip(".") for code in every for end in range(_CATEGORY, len(code))}
    return (code for code in every if code not in refined)


def place_of(places: dict[str, Place], code: str) -> Place:
    """Return the place of a code, else of the longest beginning of it that has one."""
    for end in range(len(code), _CATEGORY - 1, -1):
        found = places.get(code[:end].rstrip("."))
        if found is not None:
            return found
    return Place()
