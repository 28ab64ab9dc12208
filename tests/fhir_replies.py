"""What tests ask of the FHIR service, and its answers checked by a model that is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlencode

from tests.running_server import Reply, Server

MMS = "http://id.who.int/icd/release/11/mms"
ICF = "http://id.who.int/icd/release/11/icf"
FOUNDATION = "http://id.who.int/icd/entity"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
TX = "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type"
Json = dict[str, Any]


def checked(resource: Json, *, is_r5: bool = False) -> Json:
    """Return a resource that the published model of its kind accepts."""
    place = "fhir.resources" if is_r5 else "fhir.resources.R4B"
    kind = resource["resourceType"]
    model = getattr(import_module(f"{place}.{kind.lower()}"), kind)
    model.model_validate(resource)
    return resource


def get(server: Server, path: str, /, *, base: str = "/fhir", **parameters: str) -> Reply:
    """Return the answer to a GET; _ at the end of a name is taken off."""
    query = urlencode(
        {name.rstrip("_"): value for name, value in parameters.items()}, quote_via=quote
    )
    reply = server.get(f"{base}{path}?{query}")
    assert reply.headers["content-type"].partition(";")[0] == "application/fhir+json"
    return reply


def found(server: Server, path: str, /, *, base: str = "/fhir", **parameters: str) -> Json:
    """Return the checked resource of a GET that must succeed."""
    reply = get(server, path, base=base, **parameters)
    assert reply.status == 200, reply.body
    return checked(reply.json(), is_r5=base.endswith("r5"))


def said(server: Server, path: str, /, *, base: str = "/fhir", **parameters: str) -> Json:
    """Return the parameters of the answer to a GET that must succeed, by name."""
    return by_name(found(server, path, base=base, **parameters))


def posted(server: Server, path: str, *items: Json, base: str = "/fhir") -> Json:
    """Return the parameters of the answer to a POST of Parameters that must succeed."""
    reply = server.post(f"{base}{path}", {"resourceType": "Parameters", "parameter": list(items)})
    assert reply.status == 200, reply.body
    return by_name(checked(reply.json(), is_r5=base.endswith("r5")))


def by_name(resource: Json) -> Json:
    """Return the parameters of a resource by name, `property` as lists by its code."""
    made: Json = {}
    for item in resource["parameter"]:
        if item["name"] == "property":
            parts = {part["name"]: value_of(part) for part in item["part"] if "part" not in part}
            values = made.setdefault("property", {}).setdefault(parts["code"], [])
            values.append(parts["value"] if "value" in parts else bindings(item))
        else:
            made[item["name"]] = value_of(item)
    return made


def value_of(item: Json) -> Any:
    """Return the value of a parameter, whatever its type."""
    return next(value for name, value in item.items() if name != "name")


def bindings(item: Json) -> list[tuple[str, str]]:
    """Return the subproperties of a property as (axis, value)."""
    subs = [part["part"] for part in item["part"] if part["name"] == "subproperty"]
    return [(sub[0]["valueCode"], sub[1]["valueCode"]) for sub in subs]


def refused(reply: Reply, status: int) -> Json:
    """Return the one issue of the OperationOutcome by which a request is refused."""
    assert reply.status == status, reply.body
    assert reply.headers["content-type"] == "application/fhir+json"
    outcome = checked(reply.json())
    assert outcome["resourceType"] == "OperationOutcome"
    issue: Json = outcome["issue"][0]
    assert issue["severity"] == "error"
    return issue


def tx_code(issue: Mapping[str, Any]) -> str:
    """Return HL7's terminology issue type of an issue."""
    coding = issue["details"]["coding"][0]
    assert coding["system"] == TX
    return str(coding["code"])
