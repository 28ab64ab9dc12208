"""The FHIR service over real releases: release pinned, languages, ICF, bindings to axes."""

from __future__ import annotations

import pytest

from tests.fhir_replies import (
    FOUNDATION,
    ICD10CM,
    ICF,
    MMS,
    checked,
    found,
    get,
    refused,
    said,
    value_of,
)
from tests.running_server import Server

LOOKUP, VALIDATE = "/CodeSystem/$lookup", "/CodeSystem/$validate-code"


def test_the_release_is_pinned_in_each_way(released_server: Server) -> None:
    url = MMS.replace("/mms", "/2022-02/mms")
    ways = [
        {"url": MMS, "version": "2022-02"},
        {"url": url},
        {"url": f"{MMS}|2022-02"},
        {"url": MMS, "version": url},
    ]
    for way in ways:
        assert said(released_server, VALIDATE, code="1A00", **way)["version"] == "2022-02"
    assert said(released_server, LOOKUP, code=f"{url}/257068234")["version"] == "2022-02"
    path = "/CodeSystem/mms-2022-02/$validate-code"
    assert said(released_server, path, code="1A00")["version"] == "2022-02"


def test_each_installed_language_answers(released_server: Server) -> None:
    asked = {"system": MMS, "version": "2024-01", "code": "1A00"}
    assert said(released_server, LOOKUP, displayLanguage="es", **asked)["display"] == "Cólera"
    assert said(released_server, LOOKUP, displayLanguage="en", **asked)["display"] == "Cholera"
    query = f"/fhir{LOOKUP}?system={MMS}&version=2024-01&code=1A00"
    assert "Cólera" in released_server.get(query, Accept_Language="es-MX").body.decode()
    refused(released_server.get(query, Accept_Language="fr"), 404)
    other = {**asked, "version": "2022-02"}
    refused(get(released_server, LOOKUP, displayLanguage="es", **other), 404)


def test_a_value_on_two_axes_keeps_both_bindings(released_server: Server) -> None:
    code = "PB20&XM4SL9&XM4SL9&XE729&XE266"
    held = said(released_server, LOOKUP, system=MMS, code=code)["property"]
    assert held["postcoordinationValues"] == [
        [
            ("medication", "XM4SL9"),
            ("objectOrSubstanceProducingInjury", "XM4SL9"),
            ("activityWhenInjured", "XE729"),
            ("placeOfOccurrence", "XE266"),
        ]
    ]


def test_lookup_tells_what_a_code_is_called_in_other_languages(released_server: Server) -> None:
    def designations(**asked: str) -> list[tuple[str, ...]]:
        held = found(released_server, LOOKUP, system=MMS, version="2024-01", **asked)
        return [
            tuple(value_of(part) for part in item["part"])
            for item in held["parameter"]
            if item["name"] == "designation"
        ]

    assert designations(code="1A00") == [("es", "Cólera")]
    assert designations(code="1A00", property="designation") == [("es", "Cólera")]
    assert designations(code="1A00", property="parent") == []
    assert designations(code="1A00", displayLanguage="es") == [("en", "Cholera")]
    ((language, cluster),) = designations(code="NC32.2&XK8G")
    assert (language, cluster.count("[")) == ("es", 1)


@pytest.mark.parametrize("path", ["/CodeSystem/$validate-code", "/ValueSet/$validate-code"])
def test_a_display_of_any_language_held_is_one_unless_a_language_is_said(
    released_server: Server, path: str
) -> None:
    def is_valid(display: str, **asked: str) -> bool:
        url = MMS if path.startswith("/Code") else f"{MMS}?fhir_vs|2024-01"
        version = {"version": "2024-01"} if path.startswith("/Code") else {}
        answer = said(
            released_server, path, url=url, code="1A00", display=display, **version, **asked
        )
        return bool(answer["result"])

    assert is_valid("Cólera")
    assert is_valid("Cholera")
    assert is_valid("Cólera", displayLanguage="es")
    assert not is_valid("Cólera", displayLanguage="en")
    assert not is_valid("Choléra")


def test_groups_have_their_own_values(released_server: Server) -> None:
    code = "NC72.30&XK9K&XJ5V7&XJ44E/PA60&XE3WK&XE266"
    held = said(released_server, LOOKUP, system=MMS, code=code)["property"]
    assert held["stem"] == ["NC72.30", "PA60"]
    first, second = held["postcoordinationValues"]
    assert ("associatedWith", "PA60") in first
    assert second == [("objectOrSubstanceProducingInjury", "XE3WK"), ("placeOfOccurrence", "XE266")]


def test_the_icf_takes_qualifiers_and_no_clusters(released_server: Server) -> None:
    assert said(released_server, VALIDATE, url=ICF, code="d5409.qp3")["result"] is True
    assert "severe" in said(released_server, LOOKUP, url=ICF, code="d5409.qp3")["display"]
    for code in ("d5409&XK8G", "5A11", "b110.3", "D5409"):
        assert said(released_server, VALIDATE, url=ICF, code=code)["result"] is False
    assert said(released_server, VALIDATE, url=MMS, code="b110")["result"] is False
    asked = {"system": ICF, "codeA": "b110", "codeB": "b1100"}
    assert said(released_server, "/CodeSystem/$subsumes", **asked) == {"outcome": "subsumes"}


def test_entities_below_the_shoreline_are_the_foundations_alone(released_server: Server) -> None:
    answer = said(released_server, LOOKUP, system=FOUNDATION, code="1205958647")
    assert answer["property"]["code"] == ["1205958647"]
    refused(get(released_server, LOOKUP, system=MMS, code="1205958647"), 404)


def test_a_precoordinated_code_is_compared_by_what_it_says(released_server: Server) -> None:
    asked = {"system": MMS, "codeA": "NC32.2", "codeB": "NC32.Z&XA8U33"}
    assert said(released_server, "/CodeSystem/$subsumes", **asked) == {"outcome": "equivalent"}


def test_all_systems_and_releases_are_named_and_can_be_read(released_server: Server) -> None:
    made = found(released_server, "/metadata", base="/fhir/r5", mode="terminology")
    releases = {
        each["uri"]: [version["code"] for version in each["version"]] for each in made["codeSystem"]
    }
    assert set(releases) == {MMS, ICF, FOUNDATION, ICD10CM}
    assert releases[MMS] == releases[FOUNDATION] == ["2025-01", "2024-01", "2022-02"]
    for entry in found(released_server, "/CodeSystem")["entry"]:
        resource = checked(entry["resource"])
        path = f"/CodeSystem/{resource['id']}"
        assert found(released_server, path) == resource
        assert ("count" in resource) is (resource["url"] != FOUNDATION)
