"""A FHIR client that knows nothing of this server."""

from __future__ import annotations

from typing import Any

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from tests.fhir_replies import MMS
from tests.running_server import Server


@pytest.fixture
def client(starter_server: Server) -> Any:
    return SyncFHIRClient(f"{starter_server.url}/fhir/r4")


def test_it_reads_the_statement(client: Any) -> None:
    made = client.execute("metadata", method="get")
    assert made["resourceType"] == "CapabilityStatement"


def test_it_reads_and_searches_code_systems(client: Any) -> None:
    found = client.resources("CodeSystem").search(url=MMS).first()
    assert found["version"] == "2025-01"
    assert client.reference("CodeSystem", "mms").to_resource()["url"] == MMS


def test_it_looks_codes_up(client: Any) -> None:
    asked = {"system": MMS, "code": "DD51&XK8G"}
    made = client.execute("CodeSystem/$lookup", method="get", params=asked)
    said = {item["name"]: item for item in made["parameter"]}
    assert said["display"]["valueString"] == "Inguinal hernia [Left]"


def test_it_understands_refusals(client: Any) -> None:
    with pytest.raises(ResourceNotFound):
        client.execute("CodeSystem/$lookup", method="get", params={"system": MMS, "code": "5A1X"})
    with pytest.raises(OperationOutcome):
        client.execute("CodeSystem/$lookup", method="get", params={"system": MMS})
