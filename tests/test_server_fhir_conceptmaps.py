"""ConceptMap over HTTP: $translate as R4 and R5 ask it, read and search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.fhir_shapes import check_shape, values_of
from tests.running_server import Reply, Server

MMS = "http://id.who.int/icd/release/11/mms"
CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"


def ask(server: Server, path: str, version: str = "r4", **asked: str) -> Reply:
    reply = server.get(f"/fhir/{version}/{path}?{urlencode(asked)}")
    check_shape(reply.json(), is_r5=version == "r5")
    return reply


def translate(server: Server, version: str = "r4", **asked: str) -> dict[str, Any]:
    reply = ask(server, "ConceptMap/$translate", version, **asked)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json()
    return found


def send(server: Server, version: str, *items: dict[str, Any]) -> Reply:
    body = {"resourceType": "Parameters", "parameter": list(items)}
    reply = server.post(f"/fhir/{version}/ConceptMap/$translate", body)
    check_shape(reply.json(), is_r5=version == "r5")
    return reply


def targets(found: dict[str, Any]) -> list[str]:
    return [match["concept"][0]["code"] for match in values_of(found, "match")]


def first(found: dict[str, Any]) -> dict[str, Any]:
    match: dict[str, Any] = values_of(found, "match")[0]
    return match


RELATIONS = [
    ("E11.9", "equivalent", "equivalent"),
    ("A15.9", "wider", "source-is-narrower-than-target"),
    ("U07.1", "narrower", "source-is-broader-than-target"),
    ("A04", "relatedto", "related-to"),
]


@pytest.mark.parametrize(("code", "r4", "r5"), RELATIONS)
def test_a_relation_has_its_direction(starter_server: Server, code: str, r4: str, r5: str) -> None:
    old = translate(starter_server, code=code, system=CM, target=f"{MMS}?fhir_vs")
    new = translate(starter_server, "r5", sourceCode=code, system=CM, targetSystem=MMS)
    assert first(old)["equivalence"] == [r4]
    assert first(new)["relationship"] == [r5]
    assert targets(old) == targets(new)


def test_a_match_says_what_it_rests_on(starter_server: Server) -> None:
    found = translate(starter_server, code="E11.9", system=CM, targetsystem=MMS)
    assert values_of(found, "result") == [True]
    match = first(found)
    concept = match["concept"][0]
    assert concept["system"] == MMS
    assert concept["code"] == "5A11"
    assert concept["display"] == "Type 2 diabetes mellitus"
    assert concept["version"]
    assert 0 < match["confidence"][0] <= 1
    assert "curated mapping" in match["comment"][0]
    maps = ask(starter_server, "ConceptMap", url=match["source"][0]).json()
    assert maps["total"] == 1
    new = translate(starter_server, "r5", sourceCode="E11.9", system=CM, targetSystem=MMS)
    assert first(new)["originMap"] == match["source"]


def test_alternatives_follow_in_order(starter_server: Server) -> None:
    found = translate(starter_server, code="E11.9", system=CM, targetsystem=MMS)
    assert targets(found) == ["5A11", "5A13", "5A14"]
    assert all(match["comment"] for match in values_of(found, "match"))


def test_a_cluster_is_one_code(starter_server: Server) -> None:
    found = translate(starter_server, code="S52.531A", system=CM, targetsystem=MMS)
    concept = first(found)["concept"][0]
    assert concept["code"] == "NC32.50&XK9K"
    assert concept["display"].endswith("[Right]")
    assert "not said: encounter: initial" in first(found)["comment"][0]


def test_no_map_is_a_result_with_a_reason(starter_server: Server) -> None:
    found = translate(starter_server, code="A41", system=CM, targetsystem=MMS)
    assert values_of(found, "result") == [False]
    assert values_of(found, "message")[0].startswith("A41 has no map")
    assert values_of(found, "match") == []


def test_an_unknown_code_is_a_result_with_the_nearest(starter_server: Server) -> None:
    found = translate(starter_server, code="E11.Q", system=CM, targetsystem=MMS)
    assert values_of(found, "result") == [False]
    assert "no code E11.Q" in values_of(found, "message")[0]


WAYS_BACK = [
    {"code": "5A11", "system": MMS, "target": CM},
    {"code": "5A11", "system": MMS, "targetsystem": CM, "reverse": "true"},
    {"code": "5A11", "system": MMS, "source": f"{CM}?fhir_vs", "reverse": "true"},
    {"code": "5A11", "system": MMS, "source": CM, "target": MMS, "reverse": "true"},
]


@pytest.mark.parametrize("asked", WAYS_BACK)
def test_the_way_back_in_r4(starter_server: Server, asked: dict[str, str]) -> None:
    found = translate(starter_server, **asked)
    assert first(found)["concept"][0]["system"] == CM
    assert targets(found)[0] == "E11.9"
    assert first(found)["equivalence"] == ["equivalent"]
    assert values_of(found, "match")[1]["equivalence"] == ["narrower"]
    assert len(targets(found)) == len(set(targets(found)))


def test_the_way_back_in_r5(starter_server: Server) -> None:
    found = translate(starter_server, "r5", targetCode="5A11", system=MMS, targetSystem=CM)
    assert targets(found)[0] == "E11.9"
    assert first(found)["relationship"] == ["equivalent"]
    beside = values_of(found, "match")[1]
    assert beside["relationship"] == ["source-is-broader-than-target"]


def test_a_relation_is_seen_from_the_code_asked_about(starter_server: Server) -> None:
    found = translate(starter_server, "r5", targetCode="DB10.00", system=MMS, targetSystem=CM)
    relations = [match["relationship"] for match in values_of(found, "match")]
    assert relations == [["source-is-broader-than-target"]] * 2
    assert "a coder has to decide" in values_of(found, "message")[0]


@pytest.mark.parametrize("version", ["r4", "r5"])
def test_codes_reported_together_are_products(starter_server: Server, version: str) -> None:
    name = "sourceCode" if version == "r5" else "code"
    asked = {name: "5A11/NC32.2", "system": MMS, "targetsystem": CM}
    match = first(translate(starter_server, version, **asked))
    assert match["concept"][0]["code"] == "E11.9"
    product = match["product"][0]
    kept = product["value" if version == "r5" else "concept"][0]
    assert kept["code"] == "S52"
    assert kept["display"] == "Fracture of forearm"


def test_a_cluster_goes_back(starter_server: Server) -> None:
    found = translate(starter_server, code="NC32.2&XK8G", system=MMS, targetsystem=CM)
    assert targets(found) == ["S52"]
    assert first(found)["equivalence"] == ["relatedto"]


def test_ids_and_uris_are_codes(starter_server: Server) -> None:
    wanted = targets(translate(starter_server, code="5A11", system=MMS, targetsystem=CM))
    for code in ("119724091", "http://id.who.int/icd/entity/119724091"):
        assert targets(translate(starter_server, code=code, system=MMS, targetsystem=CM)) == wanted


def test_codings_and_concepts(starter_server: Server) -> None:
    coding = {"system": CM, "code": "E11.9"}
    concept = {"coding": [{"system": CM, "code": "A41"}, coding]}
    for version, prefix in (("r4", ""), ("r5", "source")):
        names = ("coding", "codeableConcept")
        if prefix:
            names = ("sourceCoding", "sourceCodeableConcept")
        one = send(starter_server, version, {"name": names[0], "valueCoding": coding})
        assert targets(one.json())[0] == "5A11"
        held = {"name": names[1], "valueCodeableConcept": concept}
        several = send(starter_server, version, held)
        assert targets(several.json())[0] == "5A11"
    back = {"name": "targetCoding", "valueCoding": {"system": MMS, "code": "5A11"}}
    assert targets(send(starter_server, "r5", back).json())[0] == "E11.9"


def test_a_map_named_by_url_or_id_needs_no_system(starter_server: Server) -> None:
    bundle = ask(starter_server, "ConceptMap", source=CM).json()
    found = bundle["entry"][0]["resource"]
    by_url = translate(starter_server, url=found["url"], code="E11.9")
    assert targets(by_url)[0] == "5A11"
    path = f"ConceptMap/{found['id']}/$translate"
    assert ask(starter_server, path, code="E11.9").json() == by_url
    back = ask(starter_server, path, code="5A11", reverse="true").json()
    assert targets(back)[0] == "E11.9"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"code": "E11.9", "system": "http://snomed.info/sct"}, 404),
        ({"code": "E11.9", "system": CM, "targetsystem": "http://snomed.info/sct"}, 404),
        ({"code": "E11.9", "system": CM, "targetsystem": ICD10}, 404),
        ({"code": "E11.9", "system": CM, "url": "http://example.org/map"}, 404),
        ({"code": "5A11", "system": MMS, "version": "1999-01", "target": CM}, 404),
        ({"code": "E11.9"}, 400),
        ({"system": CM}, 400),
        ({"code": "A" * 1001, "system": CM}, 400),
        ({"code": "E11.9", "system": CM, "reverse": "perhaps"}, 400),
    ],
)
def test_what_cannot_be_translated_is_refused(
    starter_server: Server, asked: dict[str, str], status: int
) -> None:
    reply = ask(starter_server, "ConceptMap/$translate", **asked)
    assert reply.status == status
    assert reply.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("codings", [[{"system": 1, "code": "E11.9"}], [{}], 7, "E11.9", [None]])
def test_wrong_structures_are_refused(starter_server: Server, codings: Any) -> None:
    concept = {"name": "codeableConcept", "valueCodeableConcept": {"coding": codings}}
    assert send(starter_server, "r4", concept).status == 400


def test_maps_that_are_sent_are_not_read(starter_server: Server) -> None:
    sent = {"resourceType": "ConceptMap", "status": "active"}
    item = {"name": "conceptMap", "resource": sent}
    code = {"name": "code", "valueCode": "E11.9"}
    system = {"name": "system", "valueUri": CM}
    assert send(starter_server, "r4", item, code, system).status == 422


@pytest.mark.parametrize("version", ["r4", "r5"])
def test_maps_are_listed_and_read(starter_server: Server, version: str) -> None:
    bundle = ask(starter_server, "ConceptMap", version).json()
    assert bundle["total"] >= 2
    for entry in bundle["entry"]:
        read = ask(starter_server, f"ConceptMap/{entry['resource']['id']}", version).json()
        assert read == entry["resource"]
        assert read["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert ask(starter_server, "ConceptMap/nothing", version).status == 404
    none = ask(starter_server, "ConceptMap", version, source="http://example.org").json()
    assert none["total"] == 0


def test_icd10_by_whos_tables(released_server: Server) -> None:
    found = translate(released_server, code="E11", system=ICD10, targetsystem=MMS)
    assert targets(found)[0] == "5A11"
    assert "10To11MapToOneCategory" in first(found)["comment"][0]
    back = translate(released_server, code="5A11", system=MMS, targetsystem=ICD10)
    assert targets(back) == ["E11"]
    assert first(back)["concept"][0]["system"] == ICD10
    assert "version" not in first(back)["concept"][0]
    unknown = translate(released_server, code="ZZZ", system=ICD10, targetsystem=MMS)
    assert values_of(unknown, "result") == [False]


def test_the_release_is_pinned(released_server: Server) -> None:
    asked = {"code": "E11.9", "system": CM}
    older = translate(released_server, **asked, targetsystem=f"{MMS}|2024-01")
    assert first(older)["concept"][0]["version"] == "2024-01"
    newest = translate(released_server, **asked, targetsystem=MMS)
    assert first(newest)["concept"][0]["version"] == "2025-01"


def test_the_way_back_waits_for_the_computed_crosswalk(released_server: Server) -> None:
    reply = ask(released_server, "ConceptMap/$translate", code="5A11", system=MMS, targetsystem=CM)
    assert reply.status == 404
    assert "icd11kit crosswalk build" in reply.json()["issue"][0]["details"]["text"]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://snomed.info/sct?fhir_vs", 404),
        ("http://example.org/ValueSet/mine", 404),
        (f"{CM}?fhir_vs", 404),
        (f"{MMS}?fhir_vs=isa/BA41", 422),
    ],
)
@pytest.mark.parametrize(("version", "name"), [("r4", "target"), ("r5", "targetScope")])
def test_codes_of_other_targets_than_asked_are_not_given(
    starter_server: Server, target: str, status: int, version: str, name: str
) -> None:
    asked = {"code": "E11.9", "system": CM, name: target}
    assert ask(starter_server, "ConceptMap/$translate", version, **asked).status == status


@pytest.mark.parametrize(
    "asked",
    [
        {"code": "E11.9", "system": CM, "version": "1999"},
        {"code": "E11.9", "system": f"{CM}|1999"},
        {"code": "E11.9", "system": CM, "target": f"{MMS}|1999-01"},
        {"code": "http://id.who.int/icd/release/11/1999-01/mms/119724091", "system": MMS},
    ],
)
def test_versions_that_are_not_at_hand_are_refused(
    starter_server: Server, asked: dict[str, str]
) -> None:
    assert ask(starter_server, "ConceptMap/$translate", **asked).status == 404


def test_a_map_leads_where_it_leads(starter_server: Server) -> None:
    path = "ConceptMap/icd10cm-to-mms-2025-01/$translate"
    asked = {"code": "E11.9", "system": CM}
    assert ask(starter_server, path, **asked, targetsystem=MMS).status == 200
    assert ask(starter_server, path, **asked, targetsystem=ICD10).status == 404
    assert ask(starter_server, path, **asked, targetsystem=f"{MMS}|2024-01").status == 404


@pytest.mark.parametrize(("system", "code"), [(CM, "e11.9"), (CM, "E119"), (MMS, "5a11")])
def test_codes_are_written_as_they_are(starter_server: Server, system: str, code: str) -> None:
    found = translate(starter_server, code=code, system=system)
    assert values_of(found, "result") == [False]
    right = {CM: "E11.9", MMS: "5A11"}[system]
    assert values_of(found, "message")[0].endswith(f"write {right}")


def test_codings_that_are_not_translated_are_passed_over(starter_server: Server) -> None:
    foreign = {"system": "http://snomed.info/sct", "code": "44054006"}

    def reply(*codings: dict[str, str]) -> Reply:
        concept = {"coding": list(codings)}
        item = {"name": "codeableConcept", "valueCodeableConcept": concept}
        return send(starter_server, "r4", item)

    assert targets(reply(foreign, {"system": CM, "code": "E11.9"}).json())[0] == "5A11"
    none = reply({"system": CM, "code": "A41"}, foreign).json()
    assert values_of(none, "result") == [False]
    assert "snomed" in values_of(none, "message")[0]
    assert reply(foreign).status == 404


def test_the_release_of_a_uri_is_pinned(released_server: Server) -> None:
    code = "http://id.who.int/icd/release/11/2024-01/mms/119724091"
    found = translate(released_server, code=code, system=MMS, target=ICD10)
    newest = translate(released_server, code="5A11", system=MMS, target=ICD10)
    assert "2024-01" in first(found)["source"][0]
    assert "2025-01" in first(newest)["source"][0]
    clash = {"code": code, "system": f"{MMS}|2025-01", "target": ICD10}
    assert ask(released_server, "ConceptMap/$translate", **clash).status == 400
