"""What the service says of itself, and its code systems as resources."""

from __future__ import annotations

import re

import pytest

from icd11kit.server.fhir.metadata import all_operations
from tests.fhir_replies import FOUNDATION, ICD10CM, MMS, checked, found, get, refused, said
from tests.running_server import Server

BASES = ("/fhir/r4", "/fhir/r5")


@pytest.mark.parametrize("base", BASES)
def test_the_capability_statement_is_one(starter_server: Server, base: str) -> None:
    made = found(starter_server, "/metadata", base=base)
    assert made["fhirVersion"] == ("5.0.0" if base.endswith("r5") else "4.0.1")
    assert made["implementation"]["url"] == starter_server.url + base
    rest = made["rest"][0]
    assert {"code": "batch"} in rest["interaction"]


def test_every_operation_is_stated_and_no_other(starter_server: Server) -> None:
    rest = found(starter_server, "/metadata")["rest"][0]
    stated = {
        f"/{resource['type']}/${operation['name']}"
        for resource in rest["resource"]
        for operation in resource["operation"]
    }
    typed = {each.path for each in all_operations() if each.path.count("/") == 2}
    assert stated == {path for path in typed if "$" in path}


@pytest.mark.parametrize("base", BASES)
def test_the_systems_are_named_with_their_releases(starter_server: Server, base: str) -> None:
    made = found(starter_server, "/metadata", base=base, mode="terminology")
    assert made["resourceType"] == "TerminologyCapabilities"
    systems = {each["uri"]: each for each in made["codeSystem"]}
    assert set(systems) == {MMS, FOUNDATION, ICD10CM}
    version = systems[MMS]["version"][0]
    assert (version["code"], version["isDefault"], version["compositional"]) == (
        "2025-01", True, True,
    )  # fmt: skip
    assert version["language"] == ["en"]


@pytest.mark.parametrize("mode", ["full", "terminology"])
def test_a_statement_has_a_name_for_programs(starter_server: Server, mode: str) -> None:
    made = found(starter_server, "/metadata", mode=mode)
    assert re.fullmatch("[A-Z][A-Za-z0-9_]{0,254}", made["name"])


def test_an_unknown_mode_is_refused(starter_server: Server) -> None:
    refused(get(starter_server, "/metadata", mode="all"), 400)


def test_versions(starter_server: Server) -> None:
    assert said(starter_server, "/$versions")["default"] == "4.0"


@pytest.mark.parametrize("base", BASES)
def test_all_systems_can_be_read(starter_server: Server, base: str) -> None:
    bundle = found(starter_server, "/CodeSystem", base=base)
    assert bundle["total"] == len(bundle["entry"]) == 3
    for entry in bundle["entry"]:
        resource = checked(entry["resource"], is_r5=base.endswith("r5"))
        assert resource["content"] == "not-present"
        assert "concept" not in resource
        path = entry["fullUrl"].removeprefix(starter_server.url + base)
        assert found(starter_server, path, base=base) == resource


def test_a_starter_set_does_not_count_as_the_whole(starter_server: Server) -> None:
    made = found(starter_server, "/CodeSystem/mms")
    assert made["id"] == "mms"
    assert "count" not in made
    assert "starter" in made["description"]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("name", ["mms", "icd-10-cm"])
def test_a_system_states_the_filters_that_value_sets_may_use(
    starter_server: Server, base: str, name: str
) -> None:
    made = found(starter_server, f"/CodeSystem/{name}", base=base)
    stated = {each["code"]: each["operator"] for each in made["filter"]}
    assert {"is-a", "descendent-of", "regex"} <= set(stated["concept"])
    assert ("child-of" in stated["concept"]) is base.endswith("r5")
    assert ("billable" in stated) is (name == "icd-10-cm")
    assert ("residual" in stated) is (name == "mms")
    whole = found(starter_server, "/ValueSet/$expand", base=base, url=made["valueSet"], count="1")
    assert whole["expansion"]["total"] > 1
    assert "filter" not in found(starter_server, "/CodeSystem/entity", base=base)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"url": MMS}, ["mms-2025-01"]),
        ({"system": ICD10CM}, ["icd-10-cm-2026-04"]),
        ({"url": MMS, "version": "1999-01"}, []),
        ({"url": f"{MMS}|2025-01"}, ["mms-2025-01"]),
        ({"url": "http://loinc.org"}, []),
        ({"_id": "entity-2025-01"}, ["entity-2025-01"]),
        ({"_id": "mms"}, ["mms"]),
        ({"_id": "icd-10-cm,nothing,mms-2025-01"}, ["icd-10-cm", "mms-2025-01"]),
        ({"_id": "mms", "url": ICD10CM}, []),
        ({"name:exact": "ICD_11_MMS"}, ["mms-2025-01"]),
        ({"name:exact": "icd_11_mms"}, []),
        ({"title:contains": "foundation"}, ["entity-2025-01"]),
        ({"unknown": "x", "_id": "mms"}, ["mms"]),
        ({"_count": "1", "_offset": "1"}, ["entity-2025-01"]),
        ({"_summary": "count"}, []),
    ],
)
def test_search(starter_server: Server, query: dict[str, str], ids: list[str]) -> None:
    reply = starter_server.post(
        "/fhir/CodeSystem/_search",
        "&".join(f"{name}={value}" for name, value in query.items()).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    bundle = checked(reply.json())
    assert [entry["resource"]["id"] for entry in bundle.get("entry", [])] == ids


@pytest.mark.parametrize("name", ["url:below", "name:missing", "version:not"])
def test_a_modifier_that_is_not_read_is_refused(starter_server: Server, name: str) -> None:
    refused(get(starter_server, "/CodeSystem", **{name: "x"}), 400)


@pytest.mark.parametrize("kind", ["CodeSystem", "ConceptMap"])
def test_links_lead_from_page_to_page(starter_server: Server, kind: str) -> None:
    whole = found(starter_server, f"/{kind}")["entry"]
    page = found(starter_server, f"/{kind}", _count="1", unheard="x")
    links = {link["relation"]: link["url"] for link in page["link"]}
    assert links["self"] == f"{starter_server.url}/fhir/{kind}?_count=1"
    walked = page["entry"]
    while "next" in links:
        page = checked(starter_server.get(links["next"].removeprefix(starter_server.url)).json())
        links = {link["relation"]: link["url"] for link in page["link"]}
        walked += page["entry"]
    assert walked == whole
    assert len(whole) > 1


@pytest.mark.parametrize("name", ["mms", "mms-2025-01", "mms-isa-BA41", "icd-10-cm"])
def test_a_value_set_is_found_by_the_id_that_it_is_read_by(
    starter_server: Server, name: str
) -> None:
    (entry,) = found(starter_server, "/ValueSet", _id=name)["entry"]
    assert entry["resource"] == found(starter_server, f"/ValueSet/{name}")
    assert entry["fullUrl"] == f"{starter_server.url}/fhir/ValueSet/{name}"


def test_a_search_is_answered_in_what_language_there_is(starter_server: Server) -> None:
    bundle = starter_server.get("/fhir/CodeSystem?_id=mms", Accept_Language="de").json()
    assert bundle["entry"][0]["resource"]["language"] == "en"


@pytest.mark.parametrize("base", BASES)
def test_both_statements_have_addresses_of_their_own(starter_server: Server, base: str) -> None:
    urls = {
        found(starter_server, "/metadata", base=base, mode=m)["url"]
        for m in ("full", "terminology")
    }
    assert urls == {f"{starter_server.url}{base}/metadata{q}" for q in ("", "?mode=terminology")}


def test_parameters_of_expand_are_stated(starter_server: Server) -> None:
    made = found(starter_server, "/metadata", mode="terminology")
    stated = {each["name"] for each in made["expansion"]["parameter"]}
    assert {"count", "offset", "filter", "displayLanguage", "tx-resource"} <= stated


@pytest.mark.parametrize("base", BASES)
def test_what_maps_are_searched_by_narrows_them(starter_server: Server, base: str) -> None:
    rest = found(starter_server, "/metadata", base=base)["rest"][0]
    stated = {each["type"]: {p["name"] for p in each["searchParam"]} for each in rest["resource"]}
    name = "target-group-system" if base.endswith("r5") else "target-system"
    assert name in stated["ConceptMap"]
    total = found(starter_server, "/ConceptMap", base=base)["total"]
    assert 0 < found(starter_server, "/ConceptMap", base=base, **{name: MMS})["total"] < total


@pytest.mark.parametrize("kind", ["CodeSystem", "ValueSet", "ConceptMap"])
@pytest.mark.parametrize("word", ["name", "title", "status"])
def test_words_narrow_a_search(starter_server: Server, kind: str, word: str) -> None:
    entries = found(starter_server, f"/{kind}")["entry"]
    (first, *_) = entries
    asked = {word: first["resource"][word].lower()}
    fitting = found(starter_server, f"/{kind}", **asked)
    assert first in fitting["entry"]
    assert found(starter_server, f"/{kind}", **{word: "nothing"})["total"] == 0
