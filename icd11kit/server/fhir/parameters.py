"""Parameters, FHIR's envelope of what goes into an operation and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from icd11kit.server.fhir.outcome import FhirError, Json

Values = Mapping[str, tuple[Any, ...]]
"""Parameters by name, each with its values in the order given."""
Item = tuple[str, str, Any]
"""A parameter to write: its name, `valueString`, `resource`, `part` or the like, its value."""


def read_parameters(resource: Any) -> Values:
    """Return what a Parameters resource says; a parameter with parts has them by name.

    Raises FhirError 400 for what is none.

    >>> read_parameters({"resourceType": "Parameters", "parameter": [
    ...     {"name": "code", "valueCode": "5A11"}]})
    {'code': ('5A11',)}
    """
    if not isinstance(resource, dict) or resource.get("resourceType") != "Parameters":
        raise FhirError(400, "the body is no Parameters resource; POST one, or the query's form")
    return _collect(_read_items(resource.get("parameter", [])))


def gather(pairs: Iterable[tuple[str, Any]]) -> Values:
    """Return the values of each name; names that begin with _ say how to answer, and count too."""
    return _collect(pairs)


def _collect(pairs: Iterable[tuple[str, Any]]) -> Values:
    held: dict[str, tuple[Any, ...]] = {}
    for name, value in pairs:
        held[name] = (*held[name], value) if name in held else (value,)
    return held


def _read_items(items: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(items, list):
        raise FhirError(400, "parameter is no list")
    for place, item in enumerate(items):
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise FhirError(400, f"parameter[{place}] has no name")
        yield item["name"], _value(item, place)


def _value(item: Json, place: int) -> Any:
    """Return the one value of a parameter, whatever its type."""
    if "part" in item:
        return _collect(_read_items(item["part"]))
    found = [value for name, value in item.items() if name == "resource" or name[:5] == "value"]
    if len(found) != 1:
        raise FhirError(400, f"parameter[{place}] has {len(found)} values; give it one")
    return found[0]


def make_parameters(items: Iterable[Item]) -> Json:
    """Return a Parameters resource of the items that say something.

    >>> make_parameters([("result", "valueBoolean", False), ("display", "valueString", "")])
    {'resourceType': 'Parameters', 'parameter': [{'name': 'result', 'valueBoolean': False}]}
    """
    return {"resourceType": "Parameters", "parameter": make_parts(items)}


def make_parts(items: Iterable[Item]) -> list[Json]:
    """Return parameters, or parts of one, without those that say nothing."""
    return [
        {"name": name, kind: make_parts(value) if kind == "part" else value}
        for name, kind, value in items
        if value not in (None, "", ())
    ]
