"""Whatever is asked, the running server keeps to WHO's description of the ICD-API and to ours."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.parameters import Parameters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, BaseSchema, Case, CheckFunction, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from icd11kit.server.openapi import describe
from tests.running_server import Server

RELEASE = "2025-01"
MMS = "http://id.who.int/icd/release/11/mms"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
NOT_HERE = ("/doris", "/codedit")
"""WHO's engines, which answer 501 by intent."""
EMPTY_IN_STARTER = ("/icd/release/10",)
"""The starter set has no mapping tables, and so no ICD-10."""
ANYWHERE: dict[str, list[Any]] = {
    "releaseId": [RELEASE],
    "linearizationname": ["mms"],
    "lin": ["mms"],
    "id": ["119724091", "1334938734"],
    "residual": ["unspecified"],
    "code": ["5A11", "BA41.0", "NC32.2&XK8G"],
    "include": ["ancestor", "ancestor,descendant"],
    "foundationUri": ["http://id.who.int/icd/entity/119724091"],
    "uri": ["http://id.who.int/icd/release/11/mms/119724091"],
    "q": ["fever", "diab%"],
    "searchText": ["cholera"],
    "chapterFilter": ["01;05", "21"],
    "cluster": ["NC32.2&XK8G", "GB61.Z/5A11", "5A11&XK8G", "no & cluster"],
    "find": ["left"],
    "a": ["BA41"],
    "b": ["BA41.0"],
    "codeA": ["BA41"],
    "codeB": ["BA41.0"],
    "property": ["parent", "child"],
    "filter": ["myocardial"],
    "display": ["Type 2 diabetes mellitus", "something else"],
    "displayLanguage": ["en"],
    "Accept-Language": ["en", "*"],
    "API-Version": ["v2"],
    "file": ["index.html"],
    "depth": [0, 1, 2],
    "limit": [1, 5],
    "count": [0, 3],
    "offset": [0, 2],
}
AT_HAND: dict[str, dict[str, list[Any]]] = {
    "/icd/release/10": {"releaseId": ["mapping-2024-01"], "code": ["I21"]},
    "/residual": {"id": ["1334938734"]},
    "/fhir": {"url": [MMS], "system": [MMS]},
    "/fhir/CodeSystem/{id}": {"id": ["mms-2025-01"], "url": [MMS]},
    "/fhir/ValueSet": {"url": [f"{MMS}?fhir_vs"]},
    "/fhir/ValueSet/{id}": {"id": ["mms-2025-01"]},
    "/fhir/ConceptMap": {"url": [], "code": ["E11.9"], "system": [ICD10CM], "targetSystem": [MMS]},
    "/fhir/ConceptMap/{id}": {"id": ["icd10cm-to-mms-2025-01"]},
    "/api/v1/lookup": {"system": ["mms"], "code": ["5A11", "119724091"]},
    "/api/v1/tree": {"code": ["BA41", "01"]},
    "/api/v1/ancestors": {"code": ["BA41.0"]},
    "/api/v1/search": {"system": ["mms", "icd10cm"]},
    "/api/v1/map": {"code": ["5A11"], "from": ["icd11"], "to": ["icd10cm"]},
}  # fmt: skip
"""What can be asked with success; the longest beginning of a path that fits counts first."""
FEW = settings(
    max_examples=10, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
HUNDREDS = settings(FEW, max_examples=300)

Document = dict[str, Any]


def known(path: str) -> dict[str, list[Any]]:
    """Return what parameters of a path can be told with success."""
    plain = path.replace("/fhir/r4", "/fhir").replace("/fhir/r5", "/fhir")
    found = dict(ANYWHERE)
    for beginning in sorted(AT_HAND, key=len):
        if plain.startswith(beginning):
            found |= AT_HAND[beginning]
    return found


def narrowed(document: Document) -> Document:
    """Return a description that allows only what can be asked with success."""
    held = copy.deepcopy(document)
    paths = held["paths"].items()
    held["paths"] = {path: item for path, item in paths if not path.endswith(NOT_HERE)}
    for path, operations in held["paths"].items():
        for operation in operations.values():
            told = [narrow(item, known(path)) for item in operation.get("parameters", [])]
            operation["parameters"] = [item for item in told if item]
        for operation in operations.values():
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                content["schema"] = narrow_body(content["schema"], media, path, operations)
    return held


def narrow(item: Document, values: dict[str, list[Any]]) -> Document:
    """Return a parameter that is told what is known; an empty one where nothing is."""
    if values.get(item["name"]):
        return {**item, "schema": {"enum": values[item["name"]]}, "required": True}
    is_open = "enum" not in item["schema"] and item["schema"].get("type") != "boolean"
    return {} if is_open else item


def narrow_body(schema: Document, media: str, path: str, operations: Document) -> Document:
    """Return what the body of a POST may be: a FHIR resource, or fields that are known."""
    values = known(path)
    if media != "application/fhir+json":
        fields = schema["properties"].items()
        told = [narrow({"name": name, "schema": field}, values) for name, field in fields]
        made = {item["name"]: item["schema"] for item in told if item}
        return {**schema, "properties": made, "additionalProperties": False}
    if "Bundle" in schema["$ref"]:
        request = {"method": "GET", "url": "metadata"}
        return {
            "const": {"resourceType": "Bundle", "type": "batch", "entry": [{"request": request}]}
        }
    names = {item["name"] for item in operations.get("get", {}).get("parameters", [])}
    asked = [(name, values[name][0]) for name in sorted(names - {"id"}) if values.get(name)]
    plain = [(name, value) for name, value in asked if isinstance(value, str)]
    items = [{"name": name, "valueString": value} for name, value in plain if "-" not in name]
    return {"const": {"resourceType": "Parameters", "parameter": items}}


def loosened(value: Any) -> Any:
    """Return a description's schemas with JSON-LD's names allowed beside those they name."""
    if isinstance(value, list):
        return [loosened(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: loosened(held) for name, held in value.items()}
    if made.get("additionalProperties") is False:
        made["patternProperties"] = {"^@(context|id)$": {}}
    return made


def load(document: Document, server: Server, modes: list[GenerationMode]) -> BaseSchema:
    paths = document["paths"].items()
    held = {path: item for path, item in paths if not path.endswith(NOT_HERE)}
    schema = schemathesis.openapi.from_dict({**document, "paths": held})
    schema.config.update(base_url=server.url)
    schema.config.generation.update(modes=modes)
    return schema


def ask_all(schema: BaseSchema, checks: list[CheckFunction]) -> dict[str, set[int]]:
    """Return with which statuses each operation answers; their answers are checked."""
    operations = [result.ok() for result in schema.get_all_operations()]
    return {operation.label: ask_one(operation, checks) for operation in operations}


def ask_one(operation: APIOperation[Any, Any, Any, Any], checks: list[CheckFunction]) -> set[int]:
    seen: set[int] = set()

    @FEW
    @given(case=operation.as_strategy())
    def ask(case: Case[Any]) -> None:
        seen.add(case.call_and_validate(checks=checks).status_code)

    ask()
    return seen


def never_well(statuses: dict[str, set[int]], apart: tuple[str, ...] = ()) -> list[str]:
    """Return the operations that never answered with success."""
    asked = {label: seen for label, seen in statuses.items() if not any(a in label for a in apart)}
    return [label for label, seen in asked.items() if not seen & {200, 204}]


@pytest.fixture(scope="module")
def who(shared_data: Path) -> Document:
    held = json.loads((shared_data / "api" / "who_icd_api_swagger.json").read_text("utf-8"))
    loose: Document = loosened(held)
    return loose


KEPT = [not_a_server_error, response_schema_conformance]
ALL_KEPT = [*KEPT, status_code_conformance, content_type_conformance]
BOTH = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def test_answers_keep_to_who_s_description(who: Document, released_server: Server) -> None:
    asked = load(narrowed(who), released_server, [GenerationMode.POSITIVE])
    assert never_well(ask_all(asked, KEPT)) == []


def test_answers_keep_to_our_description(starter_server: Server) -> None:
    asked = load(narrowed(describe()), starter_server, [GenerationMode.POSITIVE])
    assert never_well(ask_all(asked, ALL_KEPT), EMPTY_IN_STARTER) == []


def test_icd_10_keeps_to_our_description(released_server: Server) -> None:
    held = narrowed(describe())
    paths = {path: item for path, item in held["paths"].items() if "/release/10" in path}
    asked = load({**held, "paths": paths}, released_server, [GenerationMode.POSITIVE])
    assert never_well(ask_all(asked, ALL_KEPT)) == []


def test_whatever_is_asked_answers_keep_to_who_s_description(
    who: Document, released_server: Server
) -> None:
    assert ask_all(load(who, released_server, BOTH), KEPT)


def test_whatever_is_asked_answers_keep_to_our_description(starter_server: Server) -> None:
    assert ask_all(load(describe(), starter_server, BOTH), ALL_KEPT)


def clusters() -> st.SearchStrategy[str]:
    """Texts near to clusters: codes and rubbish, joined as clusters are, and any text."""
    codes = st.sampled_from(
        ["BA41.0", "BA41", "NC32.2", "5A11", "1A00", "XK8G", "XA7RE3", "XS2R", "01", "BlockL1-1A0",
         "http://id.who.int/icd/entity/257068234", "257068234/unspecified", "E11.9", "b110.3", ""]
    )  # fmt: skip
    part = codes | st.text(max_size=8)
    joined = st.lists(st.tuples(part, st.sampled_from(["&", "/", " & ", " / ", ""])), max_size=6)
    return joined.map(lambda parts: "".join(code + operator for code, operator in parts))


def whole(text: str) -> str:
    """Return a text as it stands in a URL; halves of characters cannot stand there."""
    return quote(text.encode("utf-8", "replace"), safe="")


@pytest.fixture(params=["starter_server", "released_server"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


@HUNDREDS
@given(text=clusters())
def test_any_cluster_has_a_verdict_or_a_reason(server: Server, text: str) -> None:
    system = quote(MMS, safe="")
    path = f"/fhir/CodeSystem/$validate-code?url={system}&code={whole(text)}"
    reply = server.get(path, Accept="application/fhir+json")
    assert reply.status < 500
    if reply.status == 200:
        said = Parameters.model_validate(reply.json())
        assert "result" in {item.name for item in said.parameter or ()}
    else:
        assert OperationOutcome.model_validate(reply.json()).issue


@HUNDREDS
@given(text=clusters())
def test_any_cluster_has_a_code_info_or_a_reason(server: Server, text: str) -> None:
    reply = server.get(f"/icd/release/11/{RELEASE}/mms/codeinfo/{whole(text)}?flexiblemode=true")
    assert reply.status < 500
    said = reply.json()
    assert ("stemId" in said) == (reply.status == 200)
    assert reply.status == 200 or said["error"]
