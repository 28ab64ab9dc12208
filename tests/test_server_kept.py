"""Answers that are kept are those that would be made anew, for each way of asking."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.fhir_replies import MMS
from tests.running_server import Server

VALIDATE = f"/fhir/CodeSystem/$validate-code?url={quote(MMS)}&code="


def test_the_same_words_get_the_same_answer(starter_server: Server) -> None:
    replies = [starter_server.get(f"{VALIDATE}NC32.2%26XK8G").body for _ in range(3)]
    posted = starter_server.post(
        "/fhir/CodeSystem/$validate-code",
        {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "url", "valueUri": MMS},
                {"name": "code", "valueCode": "NC32.2&XK8G"},
            ],
        },
    )
    assert {*replies, posted.body} == {replies[0]}


@pytest.mark.parametrize("turn", range(2))
def test_headers_tell_ways_of_asking_apart(starter_server: Server, turn: int) -> None:
    path = f"/fhir/CodeSystem/$lookup?system={quote(MMS)}&code=5A11"
    r4 = starter_server.get(path).json()
    r5 = starter_server.get(path, Accept="application/fhir+json; fhirVersion=5.0").json()
    assert json.dumps(r4) != json.dumps(r5)
    assert starter_server.get(path, Accept="application/fhir+xml").status == 406
    assert starter_server.get(path, Accept_Language="tlh").status == 404
    assert starter_server.get(path).status == 200


@pytest.mark.parametrize("turn", range(2))
def test_modes_and_instances_are_told_apart(starter_server: Server, turn: int) -> None:
    said = {
        mode: starter_server.get(f"{VALIDATE}XK8G&mode={mode}").json()["parameter"][0]
        for mode in ("strict", "lenient")
    }
    assert said["strict"]["valueBoolean"] is False
    ids = ("mms", "icd-10-cm")
    answers = [starter_server.get(f"/fhir/CodeSystem/{i}/$lookup?code=A00") for i in ids]
    assert [reply.status for reply in answers] == [404, 200]


def test_what_is_too_long_to_be_kept_is_answered_too(starter_server: Server) -> None:
    cluster = "NC32.2" + "%26XK8G%26XK9K" * 30
    assert starter_server.get(VALIDATE + cluster).json()["parameter"][0]["valueBoolean"] is False


def test_code_infos_are_those_of_their_release_and_options(starter_server: Server) -> None:
    root = "/icd/release/11/2025-01/mms/codeinfo"
    for _ in range(2):
        plain = starter_server.get(f"{root}/5A11&XK8G")
        flexible = starter_server.get(f"{root}/5A11&XK8G?flexiblemode=true")
        assert (plain.status, flexible.status) == (404, 200)
        assert starter_server.get(f"{root}/5A11", Accept_Language="tlh").status == 404
        assert starter_server.get(f"{root}/5A11").json()["stemCode"] == "5A11"
        assert flexible.headers["api-version"] == "v2.6.0"
