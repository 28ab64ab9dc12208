"""What the service can do: CapabilityStatement and TerminologyCapabilities, for R4 and R5."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from icd11kit import __version__
from icd11kit.server.fhir.bundles import searched_by
from icd11kit.server.fhir.code_systems.properties import property_kinds
from icd11kit.server.fhir.code_systems.resource import is_compositional
from icd11kit.server.fhir.code_systems.systems import Source, all_editions, open_source
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.parameters import make_parameters
from icd11kit.server.fhir.resources import RESOURCE_OPERATIONS
from icd11kit.server.fhir.routing import FHIR_JSON, R4, R5, Call, Operation
from icd11kit.server.fhir.value_sets.expansion import EXPANSION_PARAMETERS
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf

_CHANGED = "2026-11-25"
"""When what is said here was last changed; FHIR wants a date."""
_FULL_VERSION = {R4: "4.0.1", R5: "5.0.0"}
_RESOURCES = ("CodeSystem", "ValueSet", "ConceptMap")
_DEFINITIONS = "http://hl7.org/fhir/OperationDefinition"
_MODES = ("full", "normative", "terminology")


def metadata(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the statement of what the service can do, or with mode=terminology of its systems."""
    mode = call.text("mode") or "full"
    if mode not in _MODES:
        raise FhirError(400, f"mode is {', '.join(_MODES)}, not {mode[:20]!r}")
    if mode == "terminology":
        return _terminology(call, shelf)
    return _capability(call)


def versions(call: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the FHIR versions whose shapes are answered, and the default."""
    listed = [("version", "valueCode", version) for version in (R4, R5)]
    return make_parameters([*listed, ("default", "valueCode", R4)])


def _capability(call: Call) -> Json:
    return {
        "resourceType": "CapabilityStatement",
        **_head(call, "metadata", "Icd11kitCapabilities", "icd11kit: FHIR terminology service"),
        "fhirVersion": _FULL_VERSION[call.version],
        "format": [FHIR_JSON, "json"],
        "rest": [
            {
                "mode": "server",
                "resource": [_resource(name, call) for name in _RESOURCES if _paths(name)],
                "interaction": [{"code": "batch"}],
                "operation": _operations("/$"),
            }
        ],
    }


def _head(call: Call, path: str, name: str, title: str) -> Json:
    return {
        "url": f"{call.base}/{path}",
        "version": __version__,
        "name": name,
        "title": title,
        "status": "active",
        "date": _CHANGED,
        "kind": "instance",
        "software": {"name": "icd11kit", "version": __version__},
        "implementation": {"description": title, "url": call.base},
    }


def _paths(resource: str) -> list[str]:
    return [each.path for each in all_operations() if each.path.startswith(f"/{resource}")]


def _resource(name: str, call: Call) -> Json:
    """Return what can be done with a kind of resource, as its routes tell it."""
    paths = _paths(name)
    made: Json = {"type": name}
    if f"/{name}/{{id}}" in paths:
        made["interaction"] = [{"code": "read"}]
    if f"/{name}" in paths:
        made.setdefault("interaction", []).append({"code": "search-type"})
        searched = searched_by(name, is_r5=call.is_r5)
        made["searchParam"] = [{"name": key, "type": kind} for key, kind in searched.items()]
    return {**made, "operation": _operations(f"/{name}/$")}


def _operations(prefix: str) -> list[Json]:
    """Return the operations of a resource type, or of the service, by their names."""
    kind = prefix.strip("/$") or "CapabilityStatement"
    paths = [each.path for each in all_operations() if each.path.startswith(prefix)]
    return [
        {"name": name, "definition": f"{_DEFINITIONS}/{kind}-{name}"}
        for name in (path.removeprefix(prefix) for path in paths)
    ]


def _terminology(call: Call, shelf: Shelf) -> Json:
    path = "metadata?mode=terminology"
    made = _head(call, path, "Icd11kitTerminology", "icd11kit: the code systems")
    sources = [open_source(*edition, "", shelf) for edition in all_editions(shelf)]
    return {
        "resourceType": "TerminologyCapabilities",
        **made,
        "codeSystem": list(_code_systems(sources, call, shelf)),
        "expansion": {
            "hierarchical": False,
            "paging": True,
            "incomplete": False,
            "parameter": [{"name": name} for name in EXPANSION_PARAMETERS],
        },
        "codeSearch": "explicit",
        "validateCode": {"translations": True},
        "translation": {"needsMap": False},
    }


def _code_systems(sources: Iterable[Source], call: Call, shelf: Shelf) -> Iterator[Json]:
    """Yield each system with its releases, the first of which answers where none is named."""
    by_url: dict[str, list[Source]] = {}
    for source in sources:
        by_url.setdefault(source.url, []).append(source)
    for url, listed in by_url.items():
        made: Json = {"uri": url, "version": [_version(each, shelf) for each in listed]}
        yield {**made, "subsumption": True, **({"content": "not-present"} if call.is_r5 else {})}


def _version(source: Source, shelf: Shelf) -> Json:
    system = "mms" if source.is_foundation else source.system
    in_use = shelf.default.manifest(system)["release"]
    return {
        "code": source.release,
        "isDefault": source.release == in_use,
        "compositional": is_compositional(source),
        "language": list(shelf.languages(system, source.release)),
        "property": list(property_kinds(source)),
    }


ROUTES = (
    Operation("/metadata", metadata, methods=("GET",)),
    Operation("/$versions", versions),
)


def all_operations() -> tuple[Operation, ...]:
    """Return all that the service can do: with resources, and of itself."""
    return (*RESOURCE_OPERATIONS, *ROUTES)
