"""The frame of the FHIR service: versions, forms of requests, and every refusal in FHIR's form."""

from __future__ import annotations

import asyncio
import json
from http.client import HTTPConnection

import pytest
from starlette.requests import Request

from icd11kit.server.fhir.body import read_body
from icd11kit.server.fhir.outcome import FhirError
from icd11kit.server.fhir.parameters import make_parameters, read_parameters
from icd11kit.server.fhir.routing import Call
from icd11kit.server.settings import Limits
from tests.fhir_replies import MMS, checked, get, posted, refused, said
from tests.running_server import Server

LOOKUP = "/CodeSystem/$lookup"
ASKED = f"/fhir{LOOKUP}?system={MMS}&code=5A11"
R5_ACCEPT = "application/fhir+json; fhirVersion=5.0"
WRONG_BODIES = {
    "no JSON": b"{",
    "no Parameters": b'{"resourceType": "Patient"}',
    "a list": b"[]",
    "a parameter without name": b'{"resourceType": "Parameters", "parameter": [{}]}',
    "no list": b'{"resourceType": "Parameters", "parameter": 3}',
    "two values": b'{"resourceType": "Parameters", "parameter":'
    b' [{"name": "code", "valueCode": "a", "valueString": "b"}]}',
    "half a character": b'{"resourceType": "Parameters", "parameter":'
    b' [{"name": "code", "valueCode": "\\ud800"}]}',
    "a huge number": b'{"resourceType": "Parameters", "parameter":'
    b' [{"name": "code", "valueInteger": 1' + b"0" * 400 + b"}]}",
    "deep parts": b'{"resourceType": "Parameters", "parameter":'
    + b'[{"name": "a", "part": ' * 200
    + b"[]"
    + b"}]" * 200
    + b"}",
    "very deep": b"[" * 100_000,
    "not UTF-8": b'{"resourceType": "Parameters\xff"}',
}


@pytest.mark.parametrize("base", ["/fhir", "/fhir/r4", "/fhir/r5"])
def test_all_bases_answer(starter_server: Server, base: str) -> None:
    answer = said(starter_server, LOOKUP, base=base, system=MMS, code="5A11")
    assert answer["display"] == "Type 2 diabetes mellitus"
    assert ("code" in answer) is base.endswith("r5")


def test_accept_chooses_r5_and_a_prefix_counts_more(starter_server: Server) -> None:
    by_header = starter_server.get(ASKED, Accept=R5_ACCEPT)
    assert by_header.body == starter_server.get(ASKED.replace("/fhir", "/fhir/r5")).body
    r4 = starter_server.get(ASKED.replace("/fhir", "/fhir/r4"), Accept=R5_ACCEPT)
    assert r4.body == starter_server.get(ASKED).body


def test_the_content_type_tells_r5_from_r4(starter_server: Server) -> None:
    kinds = [
        starter_server.get(ASKED, Accept=accept).headers["content-type"]
        for accept in ("application/fhir+json", "application/fhir+json;fhirVersion=4.0", R5_ACCEPT)
    ]
    r5 = "application/fhir+json; fhirVersion=5.0"
    assert kinds == ["application/fhir+json", "application/fhir+json", r5]
    by_format = f"{ASKED}&_format=application/fhir%2Bjson;fhirVersion=5.0"
    assert starter_server.get(by_format).headers["content-type"] == r5
    batch = {"resourceType": "Bundle", "type": "batch"}
    assert starter_server.post("/fhir/r5", batch).headers["content-type"] == r5


def test_a_version_of_fhir_that_is_not_answered_is_refused(starter_server: Server) -> None:
    accept = "application/fhir+json; fhirVersion=3.0"
    issue = refused(starter_server.get(ASKED, Accept=accept), 406)
    assert "4.0 or 5.0" in issue["details"]["text"]
    either = f"{accept}, application/fhir+json; fhirVersion=4.0"
    assert starter_server.get(ASKED, Accept=either).status == 200


def test_get_post_and_form_say_the_same(starter_server: Server) -> None:
    by_get = said(starter_server, LOOKUP, system=MMS, code="DD51&XK8G")
    by_post = posted(
        starter_server,
        LOOKUP,
        {"name": "system", "valueUri": MMS},
        {"name": "code", "valueCode": "DD51&XK8G"},
    )
    form = f"system={MMS}&code=DD51%26XK8G".encode()
    kind = "application/x-www-form-urlencoded"
    by_form = starter_server.post(f"/fhir{LOOKUP}", form, Content_Type=kind)
    assert by_get == by_post
    assert by_form.body == starter_server.get(ASKED.replace("5A11", "DD51%26XK8G")).body


def test_a_cluster_torn_at_its_ampersand_is_not_taken_for_its_stem(starter_server: Server) -> None:
    reply = starter_server.get(ASKED.replace("5A11", "DD51&XK8G"))
    assert "%26" in refused(reply, 400)["details"]["text"]


@pytest.mark.parametrize("form", ["json", "application/json", "application/fhir+json", ""])
def test_json_can_be_asked_for(starter_server: Server, form: str) -> None:
    assert get(starter_server, LOOKUP, system=MMS, code="5A11", _format=form).status == 200


def test_xml_is_not_acceptable(starter_server: Server) -> None:
    for form in ("xml", "application/fhir+xml"):
        refused(get(starter_server, LOOKUP, system=MMS, code="5A11", _format=form), 406)
    refused(starter_server.get(ASKED, Accept="application/fhir+xml"), 406)
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert starter_server.get(ASKED, Accept=browser).status == 200


def test_a_body_of_another_type_is_refused(starter_server: Server) -> None:
    path = f"/fhir{LOOKUP}"
    refused(starter_server.post(path, b"<x/>", Content_Type="application/fhir+xml"), 415)


@pytest.mark.parametrize("body", WRONG_BODIES.values(), ids=WRONG_BODIES)
def test_what_is_no_parameters_is_refused(starter_server: Server, body: bytes) -> None:
    refused(starter_server.post(f"/fhir{LOOKUP}", body), 400)


def test_a_body_too_long_is_refused_before_it_comes(starter_server: Server) -> None:
    connection = HTTPConnection(starter_server.url.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", f"/fhir{LOOKUP}")
    connection.putheader("Content-Length", "1000001")
    connection.endheaders()
    reply = connection.getresponse()
    assert (reply.status, reply.headers["Content-Type"]) == (413, "application/fhir+json")
    assert checked(json.loads(reply.read()))["issue"][0]["code"] == "too-long"
    connection.close()


def test_a_body_of_pieces_is_refused_when_it_is_too_long() -> None:
    async def piece() -> dict[str, object]:
        return {"type": "http.request", "body": b" " * 6, "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": []}, piece)
    with pytest.raises(FhirError) as caught:
        asyncio.run(read_body(request, Limits(body=10)))
    assert caught.value.status == 413


@pytest.mark.parametrize(
    "path",
    ["/fhir/Patient/1", "/fhir/r4/nothing", "/fhir/r5/CodeSystem/none", "/fhir/", "/fhir/r5/"],
)
def test_unknown_paths_and_methods_are_refused_in_form(starter_server: Server, path: str) -> None:
    status = 405 if path.endswith("/") else 404
    refused(starter_server.get(path), status)


def test_other_methods_are_refused_in_form(starter_server: Server) -> None:
    refused(starter_server.ask("DELETE", "/fhir/CodeSystem/mms", None), 405)


def test_what_is_echoed_stays_text(starter_server: Server) -> None:
    reply = get(starter_server, LOOKUP, system='http://x"><script>', code="5A11")
    assert '"><script>' in json.loads(reply.body)["issue"][0]["details"]["text"]


def test_a_call_tells_what_was_given() -> None:
    call = Call({"n": ("7",), "b": (True,), "c": ({"code": "x"}, {"code": "y"}), "t": ("a", "b")})
    assert (call.count("n"), call.flag("b"), call.texts("t")) == (7, True, ("a", "b"))
    assert call.held("c") == {"code": "x"}
    assert len(call.all_held("c")) == 2
    assert call.held("none") is None


@pytest.mark.parametrize("method", ["count", "flag", "held"])
def test_a_value_of_another_type_is_refused(method: str) -> None:
    with pytest.raises(FhirError) as caught:
        getattr(Call({"x": ("maybe",)}), method)("x")
    assert caught.value.status == 400


def test_parameters_survive_writing_and_reading() -> None:
    parts = (("code", "valueCode", "a"), ("value", "valueBoolean", False))
    made = make_parameters([("x", "valueString", "1"), ("p", "part", parts)])
    assert read_parameters(made) == {"x": ("1",), "p": ({"code": ("a",), "value": (False,)},)}


@pytest.mark.parametrize("host", ['x"><script>', "a b", "evil/path", "x" * 300])
def test_a_host_that_is_none_stands_in_no_link(starter_server: Server, host: str) -> None:
    bundle = checked(starter_server.get("/fhir/CodeSystem?_id=mms", Host=host).json())
    assert bundle["entry"][0]["fullUrl"] == "http://localhost/fhir/CodeSystem/mms"


def test_links_name_the_scheme_that_a_proxy_was_asked_by(starter_server: Server) -> None:
    reply = starter_server.get("/fhir/CodeSystem", X_Forwarded_Proto="https", Host="a.example")
    assert reply.json()["entry"][0]["fullUrl"].startswith("https://a.example/fhir/")
    other = starter_server.get("/fhir/CodeSystem", X_Forwarded_Proto="javascript", Host="a.example")
    assert other.json()["entry"][0]["fullUrl"].startswith("http://a.example/fhir/")
