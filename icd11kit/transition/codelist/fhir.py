"""A FHIR ValueSet, R4 or R5, read as a list of codes: its compose, else its expansion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from icd11kit.errors import SourceError
from icd11kit.transition.codelist.values import Flag, Form, ListEntry

SYSTEMS = frozenset(
    {
        "http://hl7.org/fhir/sid/icd-10-cm",
        "urn:oid:2.16.840.1.113883.6.90",
        "http://id.who.int/icd/release/11/mms",
    }
)
"""The code systems that are read; parts of others are passed over and flagged."""
_BELOW = frozenset({"is-a", "descendent-of", "descendant-of"})
_PROPERTIES = frozenset({"concept", "code", "parent"})


def parse_valueset(text: str, path: str) -> Iterator[ListEntry | Flag]:
    """Yield the entries of a ValueSet.

    Raises SourceError where the text is no JSON, no ValueSet, or says no codes.
    """
    try:
        made = json.loads(text)
    except ValueError as error:
        raise SourceError(path, f"the file is no JSON ({error})") from None
    if not isinstance(made, dict) or made.get("resourceType") != "ValueSet":
        raise SourceError(path, "the JSON is no FHIR ValueSet")
    try:
        found = list(_composed(made.get("compose") or {})) or list(_expanded(_contains(made)))
    except (AttributeError, TypeError):
        raise SourceError(path, "the JSON is not built as a ValueSet is") from None
    if not found:
        raise SourceError(path, "the ValueSet has neither compose.include nor an expansion")
    yield from found


def _contains(made: Any) -> Any:
    return (made.get("expansion") or {}).get("contains") or ()


def _composed(compose: Any) -> Iterator[ListEntry | Flag]:
    for key in ("include", "exclude"):
        for number, part in enumerate(compose.get(key) or ()):
            yield from _part(f"compose.{key}[{number}]", part, key == "exclude")


def _part(where: str, part: Any, is_excluded: bool) -> Iterator[ListEntry | Flag]:
    system = part.get("system", "")
    if system not in SYSTEMS:
        named = system or ", ".join(part.get("valueSet") or ("no system",))
        yield Flag(where, named, "is neither ICD-10-CM nor ICD-11 MMS, so it is passed over")
        return
    concepts, filters = part.get("concept") or (), part.get("filter") or ()
    for number, concept in enumerate(concepts):
        yield ListEntry(
            f"{where}.concept[{number}]", str(concept.get("code", "")), Form.CODE,
            is_excluded=is_excluded,
        )  # fmt: skip
    if len(filters) > 1 or not (concepts or filters):
        yield Flag(where, system, "more than one filter or none cannot be read; list its codes")
        return
    for each in filters:
        yield _filter(f"{where}.filter", each, is_excluded)


def _filter(where: str, made: Any, is_excluded: bool) -> ListEntry | Flag:
    name, operator, value = (str(made.get(key, "")) for key in ("property", "op", "value"))
    if name in _PROPERTIES and operator in _BELOW:
        return ListEntry(where, value, Form.CODE, is_excluded=is_excluded)
    if name in _PROPERTIES and operator == "=":
        return ListEntry(where, value, Form.CODE, is_excluded=is_excluded, is_literal=True)
    said = f"{name} {operator} {value}"
    return Flag(where, said, "is a filter that is not read; is-a, descendent-of and = are")


def _expanded(contains: Any, where: str = "expansion.contains") -> Iterator[ListEntry | Flag]:
    for number, each in enumerate(contains):
        here = f"{where}[{number}]"
        if each.get("system", "") not in SYSTEMS:
            yield Flag(here, str(each.get("code", "")), "is of no code system that is read")
        elif not each.get("abstract"):
            yield ListEntry(here, str(each.get("code", "")), Form.CODE)
        yield from _expanded(each.get("contains") or (), f"{here}.contains")
