"""The two classifications of a coverage study: all codes of the one, mapped to the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from icd11kit.crosswalk.book import Direction
from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.crosswalks import all_of
from icd11kit.errors import StoreError, UnknownRouteError
from icd11kit.routes import ICD10, ICD10CM, ICD11, ROUTES
from icd11kit.store.bulk import all_entities, all_map_rows
from icd11kit.transition.coverage.places import entity_places, icd10_places, without_narrower
from icd11kit.transition.coverage.values import Place, Return
from icd11kit.vocabulary import EXTENSION_CHAPTER, ClassKind, System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

_STORES = {ICD10CM: System.ICD10CM, ICD11: System.MMS}
_CATEGORY = {ICD10CM: 3, ICD10: 3, ICD11: 4}
"""How many characters name a category."""
NAMES = {ICD10CM: "ICD-10-CM", ICD10: "ICD-10", ICD11: "ICD-11 MMS"}


def check_route(icd: Terminology, source: str, target: str) -> None:
    """Raise UnknownRouteError or StoreError where nothing leads from one to the other."""
    if (source, target) not in ROUTES:
        raise UnknownRouteError(source, target, tuple(ROUTES))
    mms = icd.store(System.MMS)
    if ICD10 in (source, target) and mms.manifest["map_rows"] == "0":
        reason = "WHO's mapping tables are not installed; `icd11kit install --from mapping.zip`"
        raise StoreError(mms.path or "starter set", reason)


def read_places(icd: Terminology, system: str) -> dict[str, Place]:
    """Return where every code of a system stands, in the order of the classification."""
    if system == ICD10:
        return icd10_places(all_map_rows(icd.store(System.MMS)))
    return entity_places(all_entities(icd.store(_STORES[system])))


def all_reported(icd: Terminology, source: str, target: str) -> Iterator[CodeMapping]:
    """Yield the mapping of every code of the source that records bear.

    Those are billable codes of ICD-10-CM, stem codes of ICD-11, and ICD-10 codes that no other
    refines in WHO's table.
    """
    if source == ICD10CM:
        entities = all_entities(icd.store(System.ICD10CM))
        billable = {entity.code for entity in entities if entity.billable}
        every = all_of(icd.crosswalk, Direction.FORWARD)
        yield from (mapping for mapping in every if mapping.source in billable)
    elif target == ICD10CM:
        yield from all_of(icd.crosswalk, Direction.BACKWARD)
    else:
        yield from _by_tables(icd, source)


def _by_tables(icd: Terminology, source: str) -> Iterator[CodeMapping]:
    from icd11kit.crosswalk.who import from_icd10, to_icd10

    mms = icd.store(System.MMS)
    if source == ICD10:
        codes: Iterator[str] = without_narrower(read_places(icd, ICD10))
        found = (from_icd10(mms, code) for code in codes)
    else:
        found = (to_icd10(mms, code) for code in stem_codes(icd))
    yield from filter(None, found)


def stem_codes(icd: Terminology) -> Iterator[str]:
    """Yield the codes of ICD-11 that can stand first."""
    for entity in all_entities(icd.store(System.MMS)):
        if entity.kind is ClassKind.CATEGORY and entity.chapter != EXTENSION_CHAPTER:
            yield entity.code


def way_back(icd: Terminology, source: str, target: str) -> Callable[[str], str]:
    """Return what leads an answer of a route back: the source's code for it, "" for none."""
    from icd11kit.crosswalk.who import from_icd10, to_icd10

    mms = icd.store(System.MMS)
    if source == ICD10CM:
        return lambda code: icd.crosswalk.backward(code).target
    if target == ICD10CM:
        return lambda code: _target(icd.crosswalk.forward(_first(code)))
    if source == ICD10:
        return lambda code: _target(to_icd10(mms, _first(code)))
    return lambda code: _target(from_icd10(mms, code))


def _target(mapping: CodeMapping | None) -> str:
    return mapping.target if mapping else ""


def _first(expression: str) -> str:
    return re.split("[&/ ]", expression)[0]


def compare_back(source: str, code: str, back: str) -> Return:
    """Return how what came back stands to the code sent; of several codes the first counts.

    >>> compare_back("icd10cm", "S52.531A", "S52.539A T42.4X5A").value
    'same category'
    """
    if not back:
        return Return.LOST
    if code in (back, back.split(" ")[0]):
        return Return.SAME_CODE
    length = _CATEGORY[source]
    same = code[:length] == back[:length]
    return Return.SAME_CATEGORY if same else Return.ANOTHER
