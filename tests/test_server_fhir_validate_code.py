"""CodeSystem/$validate-code: verdicts, findings in HL7's terms, displays, modes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from icd11kit.postcoordination.issues import Mode
from icd11kit.server.fhir.code_systems.operations import validate_code
from icd11kit.server.fhir.routing import Call
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from tests.fhir_replies import (
    FOUNDATION,
    ICD10CM,
    ICF,
    MMS,
    by_name,
    checked,
    get,
    posted,
    refused,
    said,
    tx_code,
)
from tests.running_server import Server

VALIDATE = "/CodeSystem/$validate-code"
VALID = [
    (MMS, "5A11", "5A11"),
    (MMS, "DD51&XK8G", "DD51&XK8G"),
    (MMS, "2B57.Y&XA8HL5/1C62.3", "2B57.Y&XA8HL5/1C62.3"),
    (MMS, "257068234", "1A00"),
    (MMS, f"{FOUNDATION}/257068234", "1A00"),
    (MMS, f"{MMS}/344162786/other", "1A03.Y"),
    (MMS, "344162786/other", "1A03.Y"),
    (MMS, " DD51  & XK8G ", "DD51&XK8G"),
    (MMS, "DD51%26XK8G", "DD51&XK8G"),
    (FOUNDATION, "257068234", "257068234"),
    (ICD10CM, "E11.9", "E11.9"),
    (ICD10CM, "E11", "E11"),
]
INVALID = [
    (MMS, "5A1X", "invalid-code"),
    (MMS, "5a11", "invalid-code"),
    (MMS, "dd51&XK8G", "invalid-code"),
    (MMS, "DD51&", "invalid-code"),
    (MMS, "DD51&XK0000", "invalid-code"),
    (MMS, "<b>", "invalid-code"),
    (MMS, "E11.9", "invalid-code"),
    (MMS, "b110", "invalid-code"),
    (MMS, "XK8G", "code-rule"),
    (MMS, "XK8G&5A11", "code-rule"),
    (MMS, "MG50", "code-rule"),
    (MMS, "05", "code-rule"),
    (MMS, f"{MMS}/135352227", "code-rule"),
    (MMS, "5A11&XK8G", "code-rule"),
    (FOUNDATION, "344162786/other", "invalid-code"),
    (FOUNDATION, "5A11", "invalid-code"),
    (ICD10CM, "E119", "invalid-code"),
    (ICD10CM, "5A11", "invalid-code"),
    (ICD10CM, "E08-E13", "code-rule"),
]


def issues(answer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = checked(answer["issues"])["issue"]
    return found


@pytest.mark.parametrize(("system", "code", "short"), VALID)
def test_valid_codes(starter_server: Server, system: str, code: str, short: str) -> None:
    answer = said(starter_server, VALIDATE, url=system, code=code)
    assert answer["result"] is True
    assert (answer["code"], answer["system"]) == (short, system)
    assert answer["display"]
    assert answer["version"]
    assert "message" not in answer


@pytest.mark.parametrize(("system", "code", "tx"), INVALID)
def test_invalid_codes(starter_server: Server, system: str, code: str, tx: str) -> None:
    answer = said(starter_server, VALIDATE, url=system, code=code)
    assert answer["result"] is False
    first = next(issue for issue in issues(answer) if issue["severity"] == "error")
    assert tx_code(first) == tx
    assert first["details"]["text"] in answer["message"]
    assert first["expression"] == ["code"]


def test_a_value_outside_the_axes_is_refused_by_name(starter_server: Server) -> None:
    message = said(starter_server, VALIDATE, url=MMS, code="5A11&XK8G")["message"]
    assert "5A11" in message
    assert "XK8G" in message


def test_the_display_of_an_unknown_code_is_not_invented(starter_server: Server) -> None:
    for code in ("5A1X", "DD51&XK0000"):
        assert "display" not in said(starter_server, VALIDATE, url=MMS, code=code)


@pytest.mark.parametrize(
    ("code", "mode", "result"),
    [
        ("MG50", "", False),
        ("MG50", "strict", False),
        ("MG50", "standard", True),
        ("MG50", "lenient", True),
        ("5A11&XK8G", "standard", True),
        ("XK8G", "lenient", False),
        ("05", "lenient", False),
    ],
)
def test_the_mode_decides_and_strict_is_usual(
    starter_server: Server, code: str, mode: str, result: bool
) -> None:
    answer = said(starter_server, VALIDATE, url=MMS, code=code, **({"mode": mode} if mode else {}))
    assert answer["result"] is result
    assert ("issues" in answer) is True


def test_the_server_says_which_mode_is_usual(home: Path) -> None:
    settings = Settings(home=str(home), mode=Mode.STANDARD)
    call = Call({"url": (MMS,), "code": ("MG50",)})
    assert by_name(validate_code(call, Shelf(settings), settings))["result"] is True


def test_an_unknown_mode_is_refused(starter_server: Server) -> None:
    refused(get(starter_server, VALIDATE, url=MMS, code="5A11", mode="loose"), 400)


def test_a_finding_that_is_no_error_is_told(starter_server: Server) -> None:
    answer = said(starter_server, VALIDATE, url=MMS, code="2C25.Z&XK8G&XK8G")
    assert answer["result"] is True
    assert [issue["severity"] for issue in issues(answer)] == ["warning"]


@pytest.mark.parametrize("display", ["Type 2 diabetes mellitus", "type 2  Diabetes MELLITUS"])
def test_a_right_display_passes(starter_server: Server, display: str) -> None:
    assert said(starter_server, VALIDATE, url=MMS, code="5A11", display=display)["result"] is True


def test_a_wrong_display_is_an_error_or_with_leave_a_warning(starter_server: Server) -> None:
    asked = {"url": MMS, "code": "5A11", "display": "Gout"}
    answer = said(starter_server, VALIDATE, **asked)
    assert answer["result"] is False
    assert tx_code(issues(answer)[0]) == "invalid-display"
    assert issues(answer)[0]["expression"] == ["display"]
    assert "Type 2 diabetes mellitus" in answer["message"]
    lenient = said(starter_server, VALIDATE, **asked, **{"lenient-display-validation": "true"})
    assert lenient["result"] is True
    assert issues(lenient)[0]["severity"] == "warning"


def test_unknown_system_and_version_are_refused(starter_server: Server) -> None:
    refused(get(starter_server, VALIDATE, url="http://loinc.org", code="1"), 404)
    refused(get(starter_server, VALIDATE, url=MMS, code="5A11", version="1999-01"), 404)
    refused(get(starter_server, VALIDATE, url=MMS), 400)
    assert said(starter_server, VALIDATE, url=MMS, code="5A11", version="2025-01")["result"]


def coding(system: str, code: str, display: str = "") -> dict[str, str]:
    return {"system": system, "code": code, **({"display": display} if display else {})}


def test_a_coding_carries_system_code_and_display(starter_server: Server) -> None:
    good = {"name": "coding", "valueCoding": coding(MMS, "DD51&XK8G", "Inguinal hernia [Left]")}
    assert posted(starter_server, VALIDATE, good)["result"] is True
    bad = {"name": "coding", "valueCoding": coding(MMS, "DD51", "Gout")}
    answer = posted(starter_server, VALIDATE, bad)
    assert answer["result"] is False
    assert issues(answer)[0]["expression"] == ["Coding.display"]


def test_a_coding_of_another_system_than_asked_is_not_valid(starter_server: Server) -> None:
    items = [
        {"name": "url", "valueUri": MMS},
        {"name": "coding", "valueCoding": coding("http://snomed.info/sct", "5A11")},
    ]
    answer = posted(starter_server, VALIDATE, *items)
    assert answer["result"] is False
    assert "snomed" in answer["message"]


def test_a_concept_is_valid_where_one_coding_is(starter_server: Server) -> None:
    def verdict(*codings: dict[str, str]) -> dict[str, Any]:
        concept = {"name": "codeableConcept", "valueCodeableConcept": {"coding": list(codings)}}
        return posted(starter_server, VALIDATE, {"name": "url", "valueUri": MMS}, concept)

    foreign, wrong, right = coding(ICD10CM, "E11.9"), coding(MMS, "5A1X"), coding(MMS, "5A11")
    both = verdict(foreign, right)
    assert (both["result"], both["code"]) == (True, "5A11")
    assert [issue["severity"] for issue in issues(both)] == ["warning"]
    none = verdict(foreign, wrong)
    assert none["result"] is False
    assert issues(none)[1]["expression"] == ["CodeableConcept.coding[1].code"]
    assert both["codeableConcept"]["coding"] == [foreign, right]


@pytest.mark.parametrize("value", [{}, {"coding": []}, {"coding": [3]}, {"coding": [{"code": 3}]}])
def test_a_concept_without_codings_is_refused(starter_server: Server, value: Any) -> None:
    items = [
        {"name": "url", "valueUri": MMS},
        {"name": "codeableConcept", "valueCodeableConcept": value},
    ]
    body = {"resourceType": "Parameters", "parameter": items}
    refused(starter_server.post(f"/fhir{VALIDATE}", body), 400)


def test_an_instance_answers_for_its_system(starter_server: Server) -> None:
    assert said(starter_server, "/CodeSystem/mms/$validate-code", code="5A11")["result"] is True
    refused(get(starter_server, "/CodeSystem/mms-1999-01/$validate-code", code="5A11"), 404)


def test_a_concept_is_judged_beside_codings_of_unknown_systems(starter_server: Server) -> None:
    foreign, right = coding("http://snomed.info/sct", "44054006"), coding(MMS, "5A11")
    both = posted(starter_server, VALIDATE, concept_of(foreign, right))
    assert (both["result"], both["code"], both["system"]) == (True, "5A11", MMS)
    assert issues(both)[0]["expression"] == ["CodeableConcept.coding[0].code"]
    assert "snomed" in both["message"]
    wrong = posted(starter_server, VALIDATE, concept_of(foreign, coding(MMS, "5A1X")))
    assert (wrong["result"], wrong["system"]) == (False, "http://snomed.info/sct")
    body = {"resourceType": "Parameters", "parameter": [concept_of(foreign)]}
    refused(starter_server.post(f"/fhir{VALIDATE}", body), 404)


def concept_of(*codings: dict[str, str]) -> dict[str, Any]:
    return {"name": "codeableConcept", "valueCodeableConcept": {"coding": list(codings)}}


def test_a_coding_of_another_release_than_asked_is_refused(starter_server: Server) -> None:
    def items(version: str) -> list[dict[str, Any]]:
        return [
            {"name": "url", "valueUri": MMS},
            {"name": "version", "valueString": "2025-01"},
            {"name": "coding", "valueCoding": {**coding(MMS, "5A11"), "version": version}},
        ]

    assert posted(starter_server, VALIDATE, *items("2025-01"))["result"] is True
    body = {"resourceType": "Parameters", "parameter": items("2024-01")}
    issue = refused(starter_server.post(f"/fhir{VALIDATE}", body), 400)
    assert tx_code(issue) == "version-error"


def test_the_icf_s_old_qualifiers_are_no_code(released_server: Server) -> None:
    answer = said(released_server, VALIDATE, url=ICF, code="b110.3")
    assert answer["result"] is False
    assert "display" not in answer
    assert tx_code(issues(answer)[0]) == "invalid-code"
