"""FHIR's own rules for resources, R4B and R5, as fhir.resources knows them."""

from __future__ import annotations

from typing import Any

from fhir.resources import R4B, get_fhir_model_class


def check_shape(resource: dict[str, Any], *, is_r5: bool) -> None:
    """Raise where a resource, or one within it, is not as FHIR's rules want it."""
    find = get_fhir_model_class if is_r5 else R4B.get_fhir_model_class
    model: Any = find(resource["resourceType"])
    model.model_validate(resource)


def values_of(parameters: dict[str, Any], name: str) -> list[Any]:
    """Return the values of a Parameters resource's parameters of a name, parts as dicts."""
    return [value_of(item) for item in parameters["parameter"] if item["name"] == name]


def value_of(item: dict[str, Any]) -> Any:
    """Return the value of a parameter; of one with parts a dict of lists by name."""
    if "part" not in item:
        return next(value for name, value in item.items() if name != "name")
    held: dict[str, list[Any]] = {}
    for part in item["part"]:
        held.setdefault(part["name"], []).append(value_of(part))
    return held
