"""FHIR clients that know nothing of us: fhirpy, and fhir-kit-client where npm can fetch it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from tests.npm_package import fetched
from tests.running_server import Server

MMS = "http://id.who.int/icd/release/11/mms"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
KIT = "fhir-kit-client@2.0.3"
_KIT_SCRIPT = """
import { Client } from "fhir-kit-client";
const client = new Client({ baseUrl: process.argv[2] });
const say = {};
const system = "http://id.who.int/icd/release/11/mms";
const ask = (name, resourceType, input) =>
  client.operation({ name, resourceType, method: "GET", input });
say.capability = (await client.capabilityStatement()).resourceType;
say.systems = (await client.search({ resourceType: "CodeSystem" })).total;
say.lookup = await ask("$lookup", "CodeSystem", { system, code: "5A11" });
say.valid = await ask("$validate-code", "CodeSystem", { url: system, code: "BA41.0&XK8G" });
say.posted = await client.operation({
  name: "$validate-code", resourceType: "CodeSystem", input: {
    resourceType: "Parameters", parameter: [
      { name: "url", valueUri: system }, { name: "code", valueCode: "5A11" }] } });
say.refused = await ask("$lookup", "CodeSystem", { system, code: "ZZZZ" }).catch(
  (error) => ({ status: error.response.status, type: error.response.data.resourceType }));
console.log(JSON.stringify(say));
"""


@pytest.fixture
def client(starter_server: Server) -> SyncFHIRClient:
    return SyncFHIRClient(f"{starter_server.url}/fhir")


def values(parameters: dict[str, Any], name: str) -> list[Any]:
    """Return the values of a Parameters resource by name, whatever their type."""
    return [
        value
        for item in parameters["parameter"]
        if item["name"] == name
        for kind, value in item.items()
        if kind.startswith("value")
    ]


def properties(parameters: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the property values of a $lookup by property code."""
    found: dict[str, list[Any]] = {}
    for item in parameters["parameter"]:
        if item["name"] == "property":
            part = {each["name"]: each for each in item["part"]}
            value = part.get("value", {})
            held = [v for kind, v in value.items() if kind.startswith("value")]
            found.setdefault(part["code"]["valueCode"], []).extend(held)
    return found


def test_the_capability_statement(client: SyncFHIRClient) -> None:
    said = client.execute("metadata", method="get")
    assert said["resourceType"] == "CapabilityStatement"
    served = {resource["type"] for resource in said["rest"][0]["resource"]}
    assert {"CodeSystem", "ValueSet", "ConceptMap"} <= served
    terms = client.execute("metadata", method="get", params={"mode": "terminology"})
    assert terms["resourceType"] == "TerminologyCapabilities"
    assert {MMS, ICD10CM} <= {system["uri"] for system in terms["codeSystem"]}


@pytest.mark.parametrize("kind", ["CodeSystem", "ValueSet", "ConceptMap"])
def test_search_and_read(client: SyncFHIRClient, kind: str) -> None:
    found = client.resources(kind).fetch_all()
    assert found
    for each in found:
        again = client.reference(kind, each.id).to_resource()
        assert (again["url"], again["id"]) == (each["url"], each["id"])
    wanted = found[0]["url"]
    assert [each["url"] for each in client.resources(kind).search(url=wanted)][:1] == [wanted]
    assert client.resources(kind).search(url="http://example.org/none").fetch_all() == []


def test_what_is_not_there_cannot_be_read(client: SyncFHIRClient) -> None:
    with pytest.raises(ResourceNotFound):
        client.reference("CodeSystem", "none").to_resource()


@pytest.mark.parametrize("method", ["get", "post"])
def test_lookup(client: SyncFHIRClient, method: str) -> None:
    asked: dict[str, str] = {"system": MMS, "code": "BA41.0", "property": "parent"}
    said = operate(client, "CodeSystem/$lookup", method, asked)
    assert values(said, "display") == ["Acute ST elevation myocardial infarction"]
    assert properties(said)["parent"] == ["BA41"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("code", "valid"),
    [("5A11", True), ("GB61.Z/5A11", True), ("5A11&XK8G", False), ("ZZZZ", False), ("XK8G", False)],
)
def test_validate_code(client: SyncFHIRClient, method: str, code: str, valid: bool) -> None:
    said = operate(client, "CodeSystem/$validate-code", method, {"url": MMS, "code": code})
    assert values(said, "result") == [valid]
    assert bool(values(said, "message")) is not valid


def test_subsumes(client: SyncFHIRClient) -> None:
    asked = {"system": MMS, "codeA": "BA41", "codeB": "BA41.0"}
    said = operate(client, "CodeSystem/$subsumes", "get", asked)
    assert values(said, "outcome") == ["subsumes"]


def test_expand_in_pages(client: SyncFHIRClient) -> None:
    asked = {"url": f"{MMS}?fhir_vs", "filter": "myocardial", "count": "2"}
    first = operate(client, "ValueSet/$expand", "get", asked)["expansion"]
    assert len(first["contains"]) == 2
    assert first["total"] > 2
    second = operate(client, "ValueSet/$expand", "get", {**asked, "offset": "2"})["expansion"]
    codes = [item["code"] for item in (*first["contains"], *second["contains"])]
    assert len(codes) == len(set(codes))
    assert all(item["system"] == MMS for item in first["contains"])


def test_translate_in_both_versions(client: SyncFHIRClient) -> None:
    asked = {"system": ICD10CM, "code": "E11.9", "target": f"{MMS}?fhir_vs"}
    said = operate(client, "ConceptMap/$translate", "get", asked)
    assert values(said, "result") == [True]
    assert "5A11" in json.dumps(said)
    newer = SyncFHIRClient(f"{client.url}/r5")
    asked = {"sourceCode": "E11.9", "system": ICD10CM, "targetSystem": MMS}
    said = operate(newer, "ConceptMap/$translate", "get", asked)
    assert values(said, "result") == [True]
    assert "relationship" in json.dumps(said)


def test_a_refusal_is_an_outcome(client: SyncFHIRClient) -> None:
    with pytest.raises(ResourceNotFound) as unknown:
        operate(client, "CodeSystem/$lookup", "get", {"system": "http://example.org", "code": "1"})
    said = json.loads(str(unknown.value))
    assert said["resourceType"] == "OperationOutcome"
    assert "example.org" in said["issue"][0]["details"]["text"]
    with pytest.raises(OperationOutcome) as incomplete:
        operate(client, "CodeSystem/$lookup", "get", {"system": MMS})
    assert "code" in str(incomplete.value)


def test_a_batch(client: SyncFHIRClient) -> None:
    asked = [f"CodeSystem/$lookup?system={MMS}&code={code}" for code in ("5A11", "ZZZZ")]
    entries = [{"request": {"method": "GET", "url": url}} for url in asked]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    said = client.execute("", method="post", data=bundle)
    assert said["type"] == "batch-response"
    assert [entry["response"]["status"][:1] for entry in said["entry"]] == ["2", "4"]


def operate(client: SyncFHIRClient, path: str, method: str, asked: dict[str, str]) -> Any:
    """Return an operation's answer, asked for by query or by a Parameters resource."""
    if method == "get":
        return client.execute(path, method="get", params=asked)
    items = [{"name": name, "valueString": value} for name, value in asked.items()]
    return client.execute(path, data={"resourceType": "Parameters", "parameter": items})


def test_fhir_kit_client(starter_server: Server, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; fhir-kit-client runs in it")
    (tmp_path / "node_modules").symlink_to(fetched(KIT) / "node_modules")
    script = tmp_path / "ask.mjs"
    script.write_text(_KIT_SCRIPT, "utf-8")
    command = [node, str(script), f"{starter_server.url}/fhir"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["capability"] == "CapabilityStatement"
    assert said["systems"] > 1
    assert values(said["lookup"], "display") == ["Type 2 diabetes mellitus"]
    assert values(said["valid"], "result") == [False]
    assert values(said["posted"], "result") == [True]
    assert said["refused"] == {"status": said["refused"]["status"], "type": "OperationOutcome"}
    assert 400 <= said["refused"]["status"] < 500
