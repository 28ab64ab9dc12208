"""All operations of the service, room by room."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

from icd11kit.server.fhir.routing import Operation

_PLACE = "icd11kit.server.fhir"
_ROOMS = ("codesystems", "valuesets", "conceptmaps", "metadata")


@lru_cache(maxsize=1)
def all_operations() -> tuple[Operation, ...]:
    """Return the operations of all rooms that there are."""
    found: list[Operation] = []
    for room in _ROOMS:
        if find_spec(f"{_PLACE}.{room}"):
            found += import_module(f"{_PLACE}.{room}").ROUTES
    return tuple(found)
