"""CodeSystem/$lookup: each sentence of what clients expect."""

from __future__ import annotations

import pytest

from tests.fhir_replies import FOUNDATION, ICD10CM, MMS, get, posted, refused, said, tx_code
from tests.running_server import Server

LOOKUP = "/CodeSystem/$lookup"
CHOLERA = "257068234"
SPELLINGS = (
    "1A00",
    CHOLERA,
    f"{FOUNDATION}/{CHOLERA}",
    f"{MMS}/{CHOLERA}",
    f"{MMS.replace('/mms', '/2025-01/mms')}/{CHOLERA}",
)


@pytest.mark.parametrize("code", SPELLINGS)
def test_code_id_and_uri_go_in_and_the_short_code_comes_out(
    starter_server: Server, code: str
) -> None:
    answer = said(starter_server, LOOKUP, system=MMS, code=code)
    assert answer["display"] == "Cholera"
    assert answer["property"]["code"] == ["1A00"]
    assert answer["property"]["id"] == [CHOLERA]
    assert answer["version"] == "2025-01"


@pytest.mark.parametrize("name", ["url", "system"])
@pytest.mark.parametrize("url", [MMS, MMS.replace("/mms", "/2025-01/mms"), f"{MMS}|2025-01"])
def test_url_and_system_with_or_without_release(
    starter_server: Server, name: str, url: str
) -> None:
    assert said(starter_server, LOOKUP, code="5A11", **{name: url})["version"] == "2025-01"


def test_a_uri_names_its_system_itself(starter_server: Server) -> None:
    assert said(starter_server, LOOKUP, code=SPELLINGS[3])["name"] == "ICD_11_MMS"
    assert said(starter_server, LOOKUP, code=SPELLINGS[2])["name"] == "ICD_11_FOUNDATION"


def test_a_block_by_uri_has_no_code_and_cannot_be_selected(starter_server: Server) -> None:
    uri = f"{MMS}/135352227"
    answer = said(starter_server, LOOKUP, system=MMS, code=uri, base="/fhir/r5")
    assert "code" not in answer
    assert "code" not in answer["property"]
    assert answer["property"]["notSelectable"] == [True]
    assert answer["abstract"] is True


def test_a_residual_is_found_by_its_linearization_and_not_by_the_foundation(
    starter_server: Server,
) -> None:
    residual = "344162786/other"
    assert said(starter_server, LOOKUP, system=MMS, code=residual)["property"]["code"] == ["1A03.Y"]
    assert said(starter_server, LOOKUP, code=f"{MMS}/{residual}")["property"]["code"] == ["1A03.Y"]
    for code in (residual, f"{FOUNDATION}/{residual}"):
        issue = refused(get(starter_server, LOOKUP, system=FOUNDATION, code=code), 404)
        assert "residual" in issue["details"]["text"]


def test_the_foundation_knows_ids_and_foundation_uris_alone(starter_server: Server) -> None:
    answer = said(starter_server, LOOKUP, system=FOUNDATION, code=CHOLERA)
    assert answer["display"] == "Cholera"
    assert answer["property"]["code"] == [CHOLERA]
    assert answer["property"]["foundationUri"] == [f"{FOUNDATION}/{CHOLERA}"]
    for code in ("1A00", f"{MMS}/{CHOLERA}"):
        refused(get(starter_server, LOOKUP, system=FOUNDATION, code=code), 404)


@pytest.mark.parametrize(
    ("system", "code"), [(MMS, "5a11"), (ICD10CM, "e11.9"), (ICD10CM, "E119"), (MMS, "5A1X")]
)
def test_codes_are_taken_as_they_are_written(
    starter_server: Server, system: str, code: str
) -> None:
    issue = refused(get(starter_server, LOOKUP, system=system, code=code), 404)
    assert tx_code(issue) == "invalid-code"


def test_a_code_of_another_system_is_unknown(starter_server: Server) -> None:
    refused(get(starter_server, LOOKUP, system=ICD10CM, code="5A11"), 404)
    refused(get(starter_server, LOOKUP, system=MMS, code="E11.9"), 404)


def test_unknown_system_version_and_language_are_refused(starter_server: Server) -> None:
    issue = refused(get(starter_server, LOOKUP, system="http://snomed.info/sct", code="1"), 404)
    assert tx_code(issue) == "not-found"
    refused(get(starter_server, LOOKUP, code="5A11"), 400)
    refused(get(starter_server, LOOKUP, system=MMS), 400)
    refused(get(starter_server, LOOKUP, system=MMS, code="5A11", version="1999-01"), 404)
    refused(get(starter_server, LOOKUP, system=MMS, code="5A11", displayLanguage="tlh"), 404)
    asked = f"/fhir{LOOKUP}?system={MMS}&code=5A11"
    refused(starter_server.get(asked, Accept_Language="tlh"), 404)
    assert starter_server.get(asked, Accept_Language="tlh, en;q=0.5").status == 200


def test_two_releases_at_once_are_refused(starter_server: Server) -> None:
    issue = refused(get(starter_server, LOOKUP, code=SPELLINGS[4], version="2024-01"), 400)
    assert tx_code(issue) == "version-error"


def test_only_the_properties_asked_for_come(starter_server: Server) -> None:
    answer = said(starter_server, LOOKUP, system=MMS, code="1A00", property="parent")
    assert set(answer["property"]) == {"parent"}
    none = said(starter_server, LOOKUP, system=MMS, code="1A00", property="nothing")
    assert "property" not in none
    two = posted(
        starter_server,
        LOOKUP,
        {"name": "coding", "valueCoding": {"system": MMS, "code": "1A00"}},
        {"name": "property", "valueCode": "id"},
        {"name": "property", "valueCode": "code"},
    )
    assert set(two["property"]) == {"id", "code"}


def test_code_id_parent_and_child_are_codes(starter_server: Server) -> None:
    reply = get(starter_server, LOOKUP, system=MMS, code="BA41").json()
    parts = [item["part"] for item in reply["parameter"] if item["name"] == "property"]
    kinds = {part[0]["valueCode"]: set(part[1]) - {"name"} for part in parts}
    for name in ("code", "id", "parent", "child"):
        assert kinds[name] == {"valueCode"}
    assert kinds["notSelectable"] == {"valueBoolean"}


def test_parents_and_children_can_be_looked_up_in_turn(starter_server: Server) -> None:
    code, steps = "BA41.0", 0
    while True:
        held = said(starter_server, LOOKUP, system=MMS, code=code)["property"]
        if "parent" not in held:
            break
        above = said(starter_server, LOOKUP, system=MMS, code=held["parent"][0])["property"]
        assert code in above["child"]
        code, steps = held["parent"][0], steps + 1
    assert (code, steps >= 3) == ("11", True)


def test_a_cluster_says_its_stem_and_binds_each_value(starter_server: Server) -> None:
    answer = said(starter_server, LOOKUP, system=MMS, code="2B57.Y&XA8HL5/1C62.3")
    assert answer["display"] == (
        "Kaposi sarcoma of other specified primary sites [Soft palate] / "
        "HIV disease clinical stage 4 without mention of tuberculosis or malaria"
    )
    assert answer["property"] == {
        "code": ["2B57.Y&XA8HL5/1C62.3"],
        "stem": ["2B57.Y", "1C62.3"],
        "postcoordinationValues": [[("specificAnatomy", "XA8HL5"), ("associatedWith", "1C62.3")]],
    }


def test_a_repeated_value_keeps_both_bindings(starter_server: Server) -> None:
    answer = said(starter_server, LOOKUP, system=MMS, code="2C25.Z&XK8G&XK8G")
    twice = [("laterality", "XK8G"), ("laterality", "XK8G")]
    assert answer["property"]["postcoordinationValues"] == [twice]


def test_descriptors_stand_without_axis(starter_server: Server) -> None:
    held = said(starter_server, LOOKUP, system=MMS, code="PK80.30&XY9R&XY7V")["property"]
    names = [axis for axis, _ in held["postcoordinationValues"][0]]
    assert names == ["otherPostcoordination", "otherPostcoordination"]


def test_the_uri_form_of_a_cluster_answers_the_same(starter_server: Server) -> None:
    codes = said(starter_server, LOOKUP, system=MMS, code="DD51&XK8G")
    ids = [
        said(starter_server, LOOKUP, system=MMS, code=code)["property"]["id"][0]
        for code in ("DD51", "XK8G")
    ]
    for root in (MMS, FOUNDATION, MMS.replace("/mms", "/2025-01/mms")):
        uris = " & ".join(f"{root}/{each}" for each in ids)
        assert said(starter_server, LOOKUP, system=MMS, code=uris) == codes


def test_a_value_outside_the_axes_is_refused_by_name(starter_server: Server) -> None:
    issue = refused(get(starter_server, LOOKUP, system=MMS, code="5A11&XK8G"), 422)
    assert "5A11" in issue["details"]["text"]
    assert "XK8G" in issue["details"]["text"]
    assert get(starter_server, LOOKUP, system=MMS, code="5A11&XK8G", mode="lenient").status == 200


def test_a_cluster_of_unknown_or_miswritten_codes_is_unknown(starter_server: Server) -> None:
    for code in ("DD51&XK0000", "dd51&XK8G", "DD51&xk8g", "DD51&"):
        refused(get(starter_server, LOOKUP, system=MMS, code=code), 404)


def test_an_extension_code_and_an_abstract_stem_can_be_looked_up(starter_server: Server) -> None:
    assert said(starter_server, LOOKUP, system=MMS, code="XK8G")["display"] == "Left"
    assert get(starter_server, LOOKUP, system=MMS, code="MG50").status == 200


def test_icd10cm_says_what_is_billable(starter_server: Server) -> None:
    answer = said(starter_server, LOOKUP, system=ICD10CM, code="E11.9")
    assert answer["property"]["billable"] == [True]
    assert answer["property"]["parent"] == ["E11"]
    assert "id" not in answer["property"]


def test_a_long_code_is_refused(starter_server: Server) -> None:
    refused(get(starter_server, LOOKUP, system=MMS, code="5A11&" * 250), 400)


def test_an_instance_answers_for_its_system(starter_server: Server) -> None:
    for name in ("mms", "mms-2025-01"):
        assert said(starter_server, f"/CodeSystem/{name}/$lookup", code="5A11")["display"]
    refused(get(starter_server, "/CodeSystem/icd-10-cm/$lookup", code="5A11"), 404)


def test_an_entity_that_only_another_system_has_is_not_said_to_be_nowhere(
    starter_server: Server,
) -> None:
    uri = "http://id.who.int/icd/entity/999999999"
    issue = refused(get(starter_server, LOOKUP, system=MMS, code=uri), 404)
    assert issue["details"]["text"] == f"no entity {uri} in {MMS} 2025-01"
