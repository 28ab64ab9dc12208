"""Batches: each entry is answered on its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from icd11kit.server.fhir.batch import run_batch
from icd11kit.server.fhir.routing import Call
from icd11kit.server.settings import Limits, Settings
from icd11kit.server.shelf import Shelf
from tests.fhir_replies import MMS, by_name, checked, refused
from tests.running_server import Server

VALID = f"CodeSystem/$validate-code?url={MMS}&code=DD51%26XK8G"


def get(url: str) -> dict[str, Any]:
    return {"request": {"method": "GET", "url": url}}


def post(url: str, *items: dict[str, Any]) -> dict[str, Any]:
    body = {"resourceType": "Parameters", "parameter": list(items)}
    return {"request": {"method": "POST", "url": url}, "resource": body}


def batch(*entries: Any, kind: str = "batch") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


@pytest.mark.parametrize("base", ["/fhir/", "/fhir/r4", "/fhir/r5", "/fhir/r5/"])
def test_entries_are_answered_in_order_and_faults_stay_alone(
    starter_server: Server, base: str
) -> None:
    coding = {"name": "coding", "valueCoding": {"system": MMS, "code": "5A1X"}}
    asked = batch(
        get(VALID),
        get("Patient/1"),
        {"request": {"method": "GET"}},
        3,
        post("CodeSystem/$validate-code", coding),
        get(f"CodeSystem/$lookup?system={MMS}&code={'5A11' * 300}"),
        {"request": {"method": "DELETE", "url": "CodeSystem/mms"}},
        get(f"{starter_server.url}{base.rstrip('/')}/CodeSystem/mms"),
        get(f"/CodeSystem/$validate-code?url={MMS}&code=DD51&XK8G"),
        get(f"CodeSystem/%24validate-code?url={MMS}&code=5A11"),
    )
    answer = checked(starter_server.post(base, asked).json(), is_r5="r5" in base)
    assert answer["type"] == "batch-response"
    statuses = [entry["response"]["status"] for entry in answer["entry"]]
    assert statuses == ["200", "404", "400", "400", "200", "400", "405", "200", "400", "200"]
    assert by_name(answer["entry"][0]["resource"])["result"] is True
    assert by_name(answer["entry"][4]["resource"])["result"] is False
    outcome = answer["entry"][1]["response"]["outcome"]
    assert checked(outcome)["resourceType"] == "OperationOutcome"
    assert answer["entry"][7]["resource"]["id"] == "mms"


def test_the_shape_of_the_base_holds_for_its_entries(starter_server: Server) -> None:
    asked = batch(get("metadata"))
    r5 = starter_server.post("/fhir/r5", asked).json()["entry"][0]["resource"]
    assert r5["fhirVersion"] == "5.0.0"
    assert r5["implementation"]["url"] == f"{starter_server.url}/fhir/r5"


def test_an_empty_batch_is_answered(starter_server: Server) -> None:
    answer = checked(starter_server.post("/fhir/", batch()).json())
    assert "entry" not in answer


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (batch(get(VALID), kind="transaction"), 422),
        (batch(*[get(VALID)] * 201), 413),
        ({"resourceType": "Parameters"}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": 3}, 400),
        ([], 400),
        (b"{", 400),
    ],
)
def test_what_is_no_batch_is_refused(starter_server: Server, body: Any, status: int) -> None:
    refused(starter_server.post("/fhir/", body), status)


def test_answers_beyond_the_limit_are_left_out_one_by_one(tmp_path: Path) -> None:
    limits = Limits(batch_answer=4_000)
    settings = Settings(home=str(tmp_path), limits=limits)
    entries = batch(*[get(f"ValueSet/$expand?url={MMS}?fhir_vs=isa/BA41")] * 20)["entry"]
    answered = run_batch(entries, Call({}), Shelf(settings), settings)["entry"]
    statuses = [entry["response"]["status"] for entry in answered]
    given = statuses.count("200")
    assert 1 < given < 10
    assert statuses == ["200"] * given + ["413"] * (20 - given)
    text = answered[-1]["response"]["outcome"]["issue"][0]["details"]["text"]
    assert text == "the answers before this one have more than 4,000 bytes; ask in several batches"


def test_entries_beyond_the_time_are_not_begun(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path), limits=Limits(seconds=0.0))
    answered = run_batch([get(VALID)] * 3, Call({}), Shelf(settings), settings)["entry"]
    assert {entry["response"]["status"] for entry in answered} == {"503"}


def test_a_full_batch_is_answered(starter_server: Server) -> None:
    answer = starter_server.post("/fhir/", batch(*[get(VALID)] * 200)).json()
    assert {entry["response"]["status"] for entry in answer["entry"]} == {"200"}
    assert len(answer["entry"]) == 200
