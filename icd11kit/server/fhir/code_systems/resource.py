"""A code system as a resource: what it is and what can be asked of it, without its concepts."""

from __future__ import annotations

from collections.abc import Iterator

from icd11kit.server.fhir.code_systems.properties import name_of, property_kinds
from icd11kit.server.fhir.code_systems.systems import Source, id_of
from icd11kit.server.fhir.outcome import Json
from icd11kit.valuesets.conditions import operators_known
from icd11kit.vocabulary import SYSTEM_NAME, System, Tier

_STANDARD_PROPERTIES = "http://hl7.org/fhir/concept-properties"
_R5_OPERATORS = ("child-of", "descendent-leaf")
_BOOLEANS = ("isLeaf", "billable", "notSelectable")
_NOT_OF_ALL = frozenset({"billable", "residual"})
_STANDARD = ("parent", "child", "notSelectable")


def describe_system(source: Source, name: str = "", *, is_r5: bool = False) -> Json:
    """Return a code system as a resource with an id; `content` says that no concept is in it.

    `count` is left out where not all is held: in the starter set and of the Foundation.
    """
    made: Json = {
        "resourceType": "CodeSystem",
        "id": name or id_of(source.system, source.release),
        "language": source.language,
        "url": source.url,
        "version": source.release,
        "name": name_of(source),
        "title": f"{_title(source)} {source.release}",
        "status": "draft" if source.release.startswith("dev") else "active",
        "experimental": False,
        "description": held(source),
        "caseSensitive": True,
        "hierarchyMeaning": "is-a",
        "compositional": is_compositional(source),
        "versionNeeded": False,
        "content": "not-present",
        "property": [_property(name, kind) for name, kind in property_kinds(source).items()],
    }
    if not source.is_foundation:
        made["valueSet"] = f"{source.url}?fhir_vs"
        made["filter"] = list(_filters(source, is_r5=is_r5))
    return {**made, **_count(source)}


def _filters(source: Source, *, is_r5: bool) -> Iterator[Json]:
    """Yield by what value sets choose codes; operators that R4 lacks are read but not stated."""
    left_out = _NOT_OF_ALL - set(property_kinds(source))
    for name, operators in operators_known().items():
        if name not in left_out:
            known = [each for each in operators if is_r5 or each not in _R5_OPERATORS]
            yield {"code": name, "operator": known, "value": _filter_value(name)}


def _filter_value(name: str) -> str:
    if name in ("concept", "parent", "child"):
        return "a code; with in and not-in several, parted by commas; with regex a pattern"
    return "true or false" if name in _BOOLEANS else "one of its values, with in several"


def manifest_of(source: Source) -> dict[str, str]:
    """Return what the edition says of itself that answers on a system rest on."""
    return source.terminology.manifest(System.MMS if source.is_foundation else source.system)


def held(source: Source) -> str:
    """Return in a sentence what answers rest on."""
    says = manifest_of(source)
    beyond = " and the entities below them that are known" if source.is_foundation else ""
    return f"Answers rest on {int(says['codes']):,} codes{beyond} (tier {says['tier']})."


def _title(source: Source) -> str:
    if source.is_foundation:
        return "ICD-11 Foundation as known from the MMS"
    known = {str(system): name for system, name in SYSTEM_NAME.items()}
    return known.get(source.system, f"ICD-11 {source.system}")


def _count(source: Source) -> Json:
    says = manifest_of(source)
    is_part = says["tier"] == Tier.STARTER or source.is_foundation
    return {} if is_part else {"count": int(says["codes"])}


def is_compositional(source: Source) -> bool:
    """Whether codes can be joined or qualified."""
    return source.system in (System.MMS, System.ICF)


def _property(name: str, kind: str) -> Json:
    known = {"uri": f"{_STANDARD_PROPERTIES}#{name}"} if name in _STANDARD else {}
    return {"code": name, **known, "type": kind}
