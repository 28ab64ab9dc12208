"""ValueSet over HTTP: $expand, $validate-code, read and search, in R4's and R5's shape."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.fhir_shapes import check_shape, values_of
from tests.running_server import Reply, Server

MMS = "http://id.who.int/icd/release/11/mms"
CM = "http://hl7.org/fhir/sid/icd-10-cm"
ULNA = f"{MMS}/644715143/postcoordinationScale/laterality"
ISSUE_TYPES = "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type"
VERSIONS = pytest.mark.parametrize("version", ["r4", "r5"])


def ask(server: Server, path: str, version: str = "r4", **asked: str) -> Reply:
    query = urlencode({name.replace("_", "-"): value for name, value in asked.items()})
    reply = server.get(f"/fhir/{version}/{path}?{query}")
    check_shape(reply.json(), is_r5=version == "r5")
    return reply


def send(server: Server, path: str, *items: dict[str, Any], version: str = "r4") -> Reply:
    body = {"resourceType": "Parameters", "parameter": list(items)}
    reply = server.post(f"/fhir/{version}/{path}", body)
    check_shape(reply.json(), is_r5=version == "r5")
    return reply


def expand(server: Server, url: str, version: str = "r4", **asked: str) -> dict[str, Any]:
    reply = ask(server, "ValueSet/$expand", version, url=url, **asked)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json()["expansion"]
    return found


def expand_sent(server: Server, *items: dict[str, Any], **more: Any) -> list[str]:
    """Return the codes of a value set that is sent along."""
    sent = {"resourceType": "ValueSet", "status": "active", "compose": more}
    reply = send(server, "ValueSet/$expand", {"name": "valueSet", "resource": sent}, *items)
    assert reply.status == 200, reply.body
    return codes(reply.json()["expansion"])


def codes(expansion: dict[str, Any]) -> list[str]:
    return [item["code"] for item in expansion.get("contains", [])]


def reason(reply: Reply) -> str:
    text: str = reply.json()["issue"][0]["details"]["text"]
    return text


@VERSIONS
def test_an_expansion_says_all_of_itself(starter_server: Server, version: str) -> None:
    found = expand(starter_server, f"{MMS}?fhir_vs=isa/5A21", version)
    assert codes(found) == ["5A21", "5A21.0", "5A21.1", "5A21.Z"]
    assert found["total"] == 4
    assert found["offset"] == 0
    assert found["identifier"].startswith("urn:uuid:")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", found["timestamp"])
    first = found["contains"][0]
    assert first["system"] == MMS
    assert re.fullmatch(r"\d{4}-\d\d", first["version"])
    assert first["display"]
    used = {"name": "used-codesystem", "valueUri": f"{MMS}|{first['version']}"}
    assert used in found["parameter"]
    assert found["extension"][0]["valueBoolean"] is True  # clusters are not listed


def test_all_of_a_system(starter_server: Server) -> None:
    mms, cm = expand(starter_server, f"{MMS}?fhir_vs"), expand(starter_server, f"{CM}?fhir_vs")
    assert {"5A11", "NC32.2", "XK8G", "01"} <= set(codes(mms))
    assert {"E11.9", "A00"} <= set(codes(cm))
    assert len(codes(mms)) == mms["total"]
    assert "extension" not in cm
    abstract = {item["code"] for item in mms["contains"] if item.get("abstract")}
    assert {"01", "05", "X"} <= abstract
    assert "5A11" not in abstract


def test_pages_make_the_whole_and_share_an_identifier(starter_server: Server) -> None:
    url = f"{MMS}?fhir_vs=isa/05"
    whole = expand(starter_server, url)
    pages = [
        expand(starter_server, url, offset=str(start), count="10")
        for start in range(0, whole["total"] + 10, 10)
    ]
    assert [code for page in pages for code in codes(page)] == codes(whole)
    assert {page["total"] for page in pages} == {whole["total"]}
    assert {page["identifier"] for page in pages} == {whole["identifier"]}
    assert pages[1]["offset"] == 10
    assert {"name": "count", "valueInteger": 10} in pages[1]["parameter"]
    assert "contains" not in pages[-1]


def test_count_zero_only_counts(starter_server: Server) -> None:
    found = expand(starter_server, f"{MMS}?fhir_vs=isa/05", count="0")
    assert found["total"] > 10
    assert "contains" not in found


def test_a_filter_gives_what_fits_the_best_first(starter_server: Server) -> None:
    found = expand(starter_server, f"{MMS}?fhir_vs", filter="type 2 diabetes")
    assert codes(found)[0] == "5A11"
    assert found["total"] == len(codes(found))
    assert {"name": "filter", "valueString": "type 2 diabetes"} in found["parameter"]
    assert codes(expand(starter_server, f"{MMS}?fhir_vs=isa/22", filter="diabetes")) == []


def test_a_filter_of_a_word_that_many_say_misses_none(starter_server: Server) -> None:
    url = f"{MMS}?fhir_vs"
    titles = {
        item["code"]: item["display"].casefold() for item in expand(starter_server, url)["contains"]
    }
    saying = {code for code, title in titles.items() if "unspecified" in title.split()}
    found = expand(starter_server, url, filter="unspecified")
    assert len(saying) > 60
    assert saying <= set(codes(found))
    assert found["total"] == len(codes(found)) == len(set(codes(found)))
    second = expand(starter_server, url, filter="unspecified", count="20", offset="70")
    assert codes(second) == codes(found)[70:90]


@VERSIONS
def test_a_scale_expands_and_is_searched(starter_server: Server, version: str) -> None:
    found = expand(starter_server, ULNA, version)
    assert {"XK9J", "XK8G", "XK9K", "XK70"} <= set(codes(found))
    assert "extension" not in found
    assert codes(expand(starter_server, ULNA, version, filter="left")) == ["XK8G"]
    release = found["contains"][0]["version"]
    pinned = ULNA.replace("/11/mms", f"/11/{release}/mms")
    assert codes(expand(starter_server, pinned, version)) == codes(found)


def test_a_scale_from_the_profile_says_so(starter_server: Server) -> None:
    made = ask(starter_server, "ValueSet/$expand", url=ULNA, includeDefinition="true").json()
    assert "approximates" in made["description"]
    again = expand_sent(starter_server, **made["compose"])
    assert again == codes(made["expansion"])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (ULNA.replace("laterality", "colour"), "has no axis 'colour'"),
        (ULNA.replace("644715143", "1"), "has no axis"),
        (f"{MMS}?fhir_vs=isa/5A1Q", "nearest: 5A10"),
        (f"{MMS}?fhir_vs=refset", "no value set"),
        ("http://example.org/vs", "no value set"),
        (f"{MMS}?fhir_vs|1999-01", "1999-01"),
        ("http://id.who.int/icd/release/11/neurology?fhir_vs", "not known"),
    ],
)
def test_value_sets_nobody_knows_are_not_found(starter_server: Server, url: str, said: str) -> None:
    reply = ask(starter_server, "ValueSet/$expand", url=url)
    assert reply.status == 404
    assert said in reason(reply)


def test_no_value_set_named_is_refused(starter_server: Server) -> None:
    assert ask(starter_server, "ValueSet/$expand").status == 400


def test_the_foundation_is_not_listed(starter_server: Server) -> None:
    reply = ask(starter_server, "ValueSet/$expand", url="http://id.who.int/icd/entity?fhir_vs")
    assert reply.status == 422
    assert reply.json()["issue"][0]["code"] == "not-supported"


def test_unknown_language_is_refused(starter_server: Server) -> None:
    reply = ask(starter_server, "ValueSet/$expand", url=ULNA, displayLanguage="xx")
    assert reply.status == 404
    assert "xx" in reason(reply)


def test_flags_are_taken_and_said(starter_server: Server) -> None:
    asked = {"activeOnly": "true", "excludeNested": "true", "displayLanguage": "en"}
    found = expand(starter_server, ULNA, **asked)
    assert {"name": "activeOnly", "valueBoolean": True} in found["parameter"]
    assert {"name": "excludeNested", "valueBoolean": True} in found["parameter"]
    assert {"name": "displayLanguage", "valueCode": "en"} in found["parameter"]
    assert not any("contains" in item for item in found["contains"])
    assert ask(starter_server, "ValueSet/$expand", url=ULNA, activeOnly="perhaps").status == 400
    assert ask(starter_server, "ValueSet/$expand", url=ULNA, count="-1").status == 400


def rule(value: str, op: str = "is-a", name: str = "concept") -> dict[str, Any]:
    return {"system": MMS, "filter": [{"property": name, "op": op, "value": value}]}


def test_an_inline_value_set_includes_and_excludes(starter_server: Server) -> None:
    found = expand_sent(
        starter_server,
        include=[
            rule("5A21"),
            {"system": CM, "concept": [{"code": "E11.9", "display": "our words"}]},
            {"system": MMS, "concept": [{"code": "NC32.2&XK8G"}, {"code": "no such"}]},
        ],
        exclude=[{"system": MMS, "concept": [{"code": "5A21.Z"}]}],
    )
    assert found == ["5A21", "5A21.0", "5A21.1", "NC32.2&XK8G", "E11.9"]


def test_a_value_sets_own_words_are_shown(starter_server: Server) -> None:
    concepts = [{"code": "5A11", "display": "our words"}, {"code": "5A10"}]
    sent = {
        "resourceType": "ValueSet",
        "status": "draft",
        "compose": {"include": [{"system": MMS, "concept": concepts}]},
    }
    reply = send(starter_server, "ValueSet/$expand", {"name": "valueSet", "resource": sent})
    shown = [item["display"] for item in reply.json()["expansion"]["contains"]]
    assert shown == ["our words", "Type 1 diabetes mellitus"]


def test_value_sets_are_imported_by_url(starter_server: Server) -> None:
    both = {"valueSet": [f"{MMS}?fhir_vs=isa/05", f"{MMS}?fhir_vs=isa/5A21"]}
    assert expand_sent(starter_server, include=[both]) == ["5A21", "5A21.0", "5A21.1", "5A21.Z"]
    narrowed = {**rule("^5A21.*", "regex", "code"), "valueSet": [f"{MMS}?fhir_vs=isa/5A21.0"]}
    assert expand_sent(starter_server, include=[narrowed]) == ["5A21.0"]


def test_value_sets_sent_along_are_used(starter_server: Server) -> None:
    ours = {
        "resourceType": "ValueSet",
        "url": "http://example.org/ours",
        "status": "active",
        "compose": {"include": [rule("5A21.0")]},
    }
    item = {"name": "tx-resource", "resource": ours}
    assert expand_sent(
        starter_server, item, include=[{"valueSet": ["http://example.org/ours"]}]
    ) == ["5A21.0"]
    url = {"name": "url", "valueUri": "http://example.org/ours"}
    reply = send(starter_server, "ValueSet/$expand", item, url)
    assert codes(reply.json()["expansion"]) == ["5A21.0"]
    assert reply.json()["url"] == "http://example.org/ours"


def test_value_sets_that_import_themselves_end(starter_server: Server) -> None:
    own = {
        "resourceType": "ValueSet",
        "url": "http://example.org/own",
        "status": "active",
        "compose": {"include": [{"valueSet": ["http://example.org/own"]}]},
    }
    url = {"name": "url", "valueUri": "http://example.org/own"}
    reply = send(starter_server, "ValueSet/$expand", {"name": "tx-resource", "resource": own}, url)
    assert reply.status == 422
    assert reply.json()["issue"][0]["code"] == "too-costly"


@pytest.mark.parametrize(
    ("compose", "status"),
    [
        (None, 422),
        ({}, 422),
        ({"include": []}, 422),
        ({"include": [{}]}, 422),
        ({"include": [{"system": MMS, "concept": [{"code": "5A11"}], **rule("5A11")}]}, 422),
        ({"include": [rule("5A11", "exists")]}, 400),
        ({"include": [rule("(a+)+", "regex", "code")]}, 400),
        ({"include": [{"system": "http://snomed.info/sct"}]}, 404),
        ({"include": [{"system": MMS}] * 201}, 422),
        ({"include": [{"system": MMS, "filter": [{"property": "concept"}]}]}, 422),
        ({"include": "all"}, 400),
        ({"include": ["all"]}, 400),
        ({"include": [{"system": 1}]}, 400),
    ],
)
def test_definitions_that_cannot_be_read_are_refused(
    starter_server: Server, compose: Any, status: int
) -> None:
    sent = {"resourceType": "ValueSet", "status": "active", "compose": compose}
    item = {"name": "valueSet", "resource": sent}
    assert send(starter_server, "ValueSet/$expand", item).status == status


def test_versions_are_preferred_and_forced(starter_server: Server) -> None:
    release = expand(starter_server, ULNA)["contains"][0]["version"]
    url = f"{MMS}?fhir_vs=isa/5A21"
    for name in ("system-version", "force-system-version", "check-system-version"):
        found = expand(starter_server, url, **{name: f"{MMS}|{release}"})
        assert {"name": name, "valueUri": f"{MMS}|{release}"} in found["parameter"]
    for name in ("system-version", "force-system-version"):
        reply = ask(starter_server, "ValueSet/$expand", url=url, **{name: f"{MMS}|1999-01"})
        assert reply.status == 404
    assert ask(starter_server, "ValueSet/$expand", url=url, system_version=MMS).status == 400


def validate(server: Server, version: str = "r4", **asked: str) -> dict[str, Any]:
    reply = ask(server, "ValueSet/$validate-code", version, **asked)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json()
    return found


MEMBERS = [
    (f"{MMS}?fhir_vs=isa/05", "5A11", True),
    (f"{MMS}?fhir_vs=isa/05", "1A00", False),
    (f"{MMS}?fhir_vs=isa/NC32", "NC32.2&XK8G", True),
    (f"{MMS}?fhir_vs=isa/05", "NC32.2&XK8G", False),
    (f"{MMS}?fhir_vs=isa/NC32.2&XK8G", "NC32.2&XK8G", True),
    (f"{MMS}?fhir_vs=isa/NC32.2&XK8G", "NC32.2&XK9K", False),
    (f"{MMS}?fhir_vs", "NC32.2&XK8G", True),
    (ULNA, "XK8G", True),
    (ULNA, "XA07R2", False),
    (ULNA, "NC32.2&XK8G", False),
    (ULNA.replace("laterality", "associatedWith"), "NC32.2&XK8G", True),
    (f"{MMS}?fhir_vs", "XK8G", False),
    (f"{MMS}?fhir_vs=isa/05", "5A1Q", False),
    (f"{MMS}?fhir_vs=isa/05", "5a11", False),
]


@VERSIONS
@pytest.mark.parametrize(("url", "code", "expected"), MEMBERS)
def test_a_code_is_in_a_value_set_or_not(
    starter_server: Server, version: str, url: str, code: str, expected: bool
) -> None:
    found = validate(starter_server, version, url=url, code=code, system=MMS)
    assert values_of(found, "result") == [expected]
    if expected:
        assert values_of(found, "display")
        return
    assert values_of(found, "message")
    coded = [issue["details"] for issue in values_of(found, "issues")[0]["issue"]]
    assert {each["coding"][0]["system"] for each in coded} == {ISSUE_TYPES}


def test_what_is_expanded_is_valid(starter_server: Server) -> None:
    for code in codes(expand(starter_server, ULNA)):
        found = validate(starter_server, url=ULNA, code=code, system=MMS)
        assert values_of(found, "result") == [True]


def test_not_in_the_set_is_said_so(starter_server: Server) -> None:
    found = validate(starter_server, url=f"{MMS}?fhir_vs=isa/05", code="1A00", system=MMS)
    issue = values_of(found, "issues")[0]["issue"][0]
    assert issue["code"] == "code-invalid"
    assert issue["details"]["coding"][0]["code"] == "not-in-vs"
    assert "1A00 is not in the value set" in values_of(found, "message")[0]


def test_a_wrong_display_is_said_so(starter_server: Server) -> None:
    asked = {"url": f"{MMS}?fhir_vs", "code": "5A11", "system": MMS, "display": "Gout"}
    assert values_of(validate(starter_server, **asked), "result") == [False]
    lenient = validate(starter_server, **asked, lenient_display_validation="true")
    assert values_of(lenient, "result") == [True]
    assert "Type 2 diabetes mellitus" in values_of(lenient, "message")[0]


def test_a_code_alone_is_of_the_sets_only_system(starter_server: Server) -> None:
    assert values_of(validate(starter_server, url=ULNA, code="XK8G"), "system") == [MMS]
    assert ask(starter_server, "ValueSet/$validate-code", url=ULNA).status == 400
    long = "NC32.2&XK8G" * 200
    assert ask(starter_server, "ValueSet/$validate-code", url=ULNA, code=long).status == 400


def test_another_system_is_not_in_the_set(starter_server: Server) -> None:
    unknown = validate(starter_server, url=ULNA, code="1", system="http://snomed.info/sct")
    assert values_of(unknown, "result") == [False]
    assert values_of(unknown, "x-caused-by-unknown-system") == ["http://snomed.info/sct"]
    other = validate(starter_server, url=ULNA, code="E11.9", system=CM)
    assert values_of(other, "result") == [False]
    assert values_of(other, "system") == [CM]
    assert values_of(other, "x-caused-by-unknown-system") == []


@VERSIONS
def test_codings_and_concepts(starter_server: Server, version: str) -> None:
    url = {"name": "url", "valueUri": f"{MMS}?fhir_vs=isa/05"}
    coding = {"system": MMS, "code": "5A11"}
    path = "ValueSet/$validate-code"
    item = {"name": "coding", "valueCoding": coding}
    found = send(starter_server, path, url, item, version=version).json()
    assert values_of(found, "result") == [True]
    several = {"coding": [{"system": CM, "code": "E11.9"}, coding]}
    item = {"name": "codeableConcept", "valueCodeableConcept": several}
    found = send(starter_server, path, url, item, version=version).json()
    assert values_of(found, "result") == [True]
    assert values_of(found, "code") == ["5A11"]
    assert values_of(found, "codeableConcept") == [several]
    none = {"coding": [{"system": CM, "code": "E11.9"}, {"system": MMS, "code": "1A00"}]}
    item = {"name": "codeableConcept", "valueCodeableConcept": none}
    found = send(starter_server, path, url, item, version=version).json()
    assert values_of(found, "result") == [False]
    assert "E11.9" in values_of(found, "message")[0]
    assert "1A00" in values_of(found, "message")[0]


def test_mode_decides_on_abstract_stems(starter_server: Server) -> None:
    asked = {"url": f"{MMS}?fhir_vs", "code": "5A11&XK8G", "system": MMS}
    strict = validate(starter_server, **asked)
    lenient = validate(starter_server, **asked, mode="lenient")
    assert values_of(strict, "result") == [False]
    assert values_of(lenient, "result") == [True]
    assert ask(starter_server, "ValueSet/$validate-code", **asked, mode="loud").status == 400


def test_inline_value_sets_are_asked_too(starter_server: Server) -> None:
    sent = {"resourceType": "ValueSet", "status": "active", "compose": {"include": [rule("05")]}}
    items = (
        {"name": "valueSet", "resource": sent},
        {"name": "code", "valueCode": "5A11"},
        {"name": "system", "valueUri": MMS},
    )
    found = send(starter_server, "ValueSet/$validate-code", *items).json()
    assert values_of(found, "result") == [True]


@VERSIONS
def test_value_sets_are_listed_and_read_by_stable_ids(starter_server: Server, version: str) -> None:
    bundle = ask(starter_server, "ValueSet", version).json()
    ids = [entry["resource"]["id"] for entry in bundle["entry"]]
    assert bundle["total"] == len(ids) == len(set(ids))
    assert {entry["resource"]["url"] for entry in bundle["entry"]} >= {
        f"{MMS}?fhir_vs",
        f"{CM}?fhir_vs",
    }
    for name in ids:
        read = ask(starter_server, f"ValueSet/{name}", version)
        assert read.status == 200
        assert read.json()["id"] == name


@pytest.mark.parametrize("url", [ULNA, f"{MMS}?fhir_vs=isa/5A21"])
def test_sets_found_by_url_are_read_and_expanded_by_id(starter_server: Server, url: str) -> None:
    bundle = ask(starter_server, "ValueSet", url=url).json()
    assert bundle["total"] == 1
    found = bundle["entry"][0]["resource"]
    assert found["url"] == url
    assert ask(starter_server, f"ValueSet/{found['id']}").json()["compose"] == found["compose"]
    by_id = ask(starter_server, f"ValueSet/{found['id']}/$expand").json()["expansion"]
    assert codes(by_id) == codes(expand(starter_server, url))


def test_searches_that_find_nothing(starter_server: Server) -> None:
    assert ask(starter_server, "ValueSet", url="http://example.org/vs").json()["total"] == 0
    assert ask(starter_server, "ValueSet", url=f"{MMS}?fhir_vs=isa/5A1Q").json()["total"] == 0
    for query in ("_id=nothing", "version=1999-01", "status=retired"):
        assert starter_server.get(f"/fhir/ValueSet?{query}").json()["total"] == 0
    for name in ("nothing", "mms-isa-5A1Q", "mms-scale-1-laterality"):
        assert ask(starter_server, f"ValueSet/{name}").status == 404


def test_a_whole_release_is_too_much_without_pages(released_server: Server) -> None:
    url = f"{MMS}?fhir_vs"
    for more in ({}, {"count": "20000"}):
        reply = ask(released_server, "ValueSet/$expand", url=url, **more)
        assert reply.status == 422
        assert reply.json()["issue"][0]["code"] == "too-costly"
        assert "10,000" in reason(reply)


def test_a_late_page_of_a_whole_release_costs_no_more_than_its_first(
    released_server: Server,
) -> None:
    spent: dict[str, list[float]] = {"0": [], "20000": []}
    for _ in range(9):
        for offset, times in spent.items():
            query = urlencode({"url": f"{MMS}?fhir_vs", "count": "1000", "offset": offset})
            start = time.perf_counter()
            reply = released_server.get(f"/fhir/ValueSet/$expand?{query}")
            times.append(time.perf_counter() - start)
            assert len(reply.json()["expansion"]["contains"]) == 1000
    assert min(spent["20000"]) < 4 * min(spent["0"])


def test_other_languages_are_designations(released_server: Server) -> None:
    url = ULNA.replace("/11/mms", "/11/2024-01/mms")
    found = expand(released_server, url, includeDesignations="true")
    spanish = {item["code"]: item["designation"] for item in found["contains"]}
    assert spanish["XK8G"] == [{"language": "es", "value": "Izquierdo"}]
    shown = expand(released_server, url, displayLanguage="es")
    assert "Izquierdo" in {item["display"] for item in shown["contains"]}


def test_releases_are_pinned_and_preferred(released_server: Server) -> None:
    url = f"{MMS}?fhir_vs=isa/5A11"
    newest = expand(released_server, url)["contains"][0]["version"]
    assert newest == "2025-01"
    older = expand(released_server, url, system_version=f"{MMS}|2024-01")
    assert older["contains"][0]["version"] == "2024-01"
    pinned = f"{url}|2022-02"
    kept = expand(released_server, pinned, system_version=f"{MMS}|2024-01")
    assert kept["contains"][0]["version"] == "2022-02"
    forced = expand(released_server, pinned, force_system_version=f"{MMS}|2024-01")
    assert forced["contains"][0]["version"] == "2024-01"
    found = validate(released_server, url=pinned, code="5A11", system=MMS)
    assert values_of(found, "version") == ["2022-02"]
    other = validate(released_server, url=pinned, code="5A11", system=MMS, systemVersion="2024-01")
    assert values_of(other, "result") == [False]


def test_icf_expands(released_server: Server) -> None:
    found = expand(released_server, "http://id.who.int/icd/release/11/icf?fhir_vs=isa/d450")
    assert codes(found)[0] == "d450"


@pytest.mark.parametrize("root", [MMS, "http://id.who.int/icd/entity"])
def test_a_value_of_a_scale_is_in_it_by_uri_too(starter_server: Server, root: str) -> None:
    found = validate(starter_server, url=ULNA, code=f"{root}/271422288", system=MMS)
    assert values_of(found, "result") == [True]
    assert values_of(found, "code") == ["XK8G"]


def coded(name: str, code: str, display: str = "") -> dict[str, Any]:
    said = {"system": MMS, "code": code, "display": display}
    coding = {key: value for key, value in said.items() if value}
    if name == "coding":
        return {"name": name, "valueCoding": coding}
    return {"name": name, "valueCodeableConcept": {"coding": [coding]}}


@pytest.mark.parametrize(
    ("name", "place"), [("coding", "Coding"), ("codeableConcept", "CodeableConcept.coding[0]")]
)
def test_findings_say_where_they_are_as_in_code_systems(
    starter_server: Server, name: str, place: str
) -> None:
    url = {"name": "url", "valueUri": f"{MMS}?fhir_vs=isa/05"}
    for item, part in ((coded(name, "1A00"), "code"), (coded(name, "5A11", "Gout"), "display")):
        found = send(starter_server, "ValueSet/$validate-code", url, item).json()
        (outcome,) = values_of(found, "issues")
        assert outcome["issue"][0]["expression"] == [f"{place}.{part}"]


def test_what_a_set_lacks_is_told_with_the_release(starter_server: Server) -> None:
    asked = {"url": f"{MMS}?fhir_vs=isa/05", "code": "1A00", "system": MMS}
    (message,) = values_of(validate(starter_server, **asked), "message")
    assert f"{MMS}|2025-01#1A00 is not in the value set {MMS}?fhir_vs=isa/05|2025-01" in message


def test_sets_that_are_sent_have_expansions_of_their_own(starter_server: Server) -> None:
    def identifier(code: str, count: int = 9) -> str:
        compose = {"include": [rule(code)]}
        sent = {"resourceType": "ValueSet", "status": "active", "compose": compose}
        page = {"name": "count", "valueInteger": count}
        reply = send(
            starter_server, "ValueSet/$expand", {"name": "valueSet", "resource": sent}, page
        )
        found: str = reply.json()["expansion"]["identifier"]
        return found

    assert identifier("05") == identifier("05", count=1)
    assert identifier("05") != identifier("11")


def test_named_sets_are_of_the_version_that_is_checked(released_server: Server) -> None:
    url, older = f"{MMS}?fhir_vs=isa/5A11", f"{MMS}|2024-01"
    checked = ask(released_server, "ValueSet/$expand", url=url, check_system_version=older).json()
    assert checked["version"] == checked["expansion"]["contains"][0]["version"] == "2024-01"
    forced = ask(released_server, "ValueSet/$expand", url=url, force_system_version=older).json()
    assert (forced["version"], forced["id"]) == ("2024-01", "mms-2024-01-isa-5A11")
    asked = {"url": f"{url}|2022-02", "check_system_version": older}
    assert ask(released_server, "ValueSet/$expand", **asked).status == 422


def both_systems() -> dict[str, Any]:
    """Return what is asked of a value set that has codes of two systems."""
    listed = [
        {"system": system, "concept": [{"code": code} for code in held]}
        for system, held in ((MMS, ["5A11"]), (CM, ["E11.9"]))
    ]
    vs = {"resourceType": "ValueSet", "status": "active", "compose": {"include": listed}}
    return {"name": "valueSet", "resource": vs}


@pytest.mark.parametrize(("code", "system"), [("5A11", MMS), ("E11.9", CM)])
def test_a_system_is_inferred_from_the_set(starter_server: Server, code: str, system: str) -> None:
    told = {"name": "inferSystem", "valueBoolean": True}
    asked = {"name": "code", "valueCode": code}
    reply = send(starter_server, "ValueSet/$validate-code", both_systems(), asked, told)
    assert values_of(reply.json(), "result") == [True]
    assert values_of(reply.json(), "system") == [system]
    refused = send(starter_server, "ValueSet/$validate-code", both_systems(), asked)
    assert refused.status == 400
    assert "name the system" in reason(refused)


def test_a_code_of_no_system_of_the_set_is_not_in_it(starter_server: Server) -> None:
    told = {"name": "inferSystem", "valueBoolean": True}
    asked = {"name": "code", "valueCode": "1A00"}
    made = send(starter_server, "ValueSet/$validate-code", both_systems(), asked, told).json()
    assert values_of(made, "result") == [False]
    assert values_of(made, "system") == []
    assert "no system" in values_of(made, "message")[0]


def test_a_coding_without_system_is_no_code(starter_server: Server) -> None:
    coding = {"name": "coding", "valueCoding": {"code": "5A11"}}
    made = send(starter_server, "ValueSet/$validate-code", both_systems(), coding).json()
    assert values_of(made, "result") == [False]
    assert values_of(made, "message") == ["5A11 has no system"]


def test_a_concept_without_codings_is_refused(starter_server: Server) -> None:
    concept = {"name": "codeableConcept", "valueCodeableConcept": {"text": "diabetes"}}
    refused = send(starter_server, "ValueSet/$validate-code", both_systems(), concept)
    assert refused.status == 400
    assert reason(refused).startswith("which code is asked about?")


def test_designations_of_a_set_that_is_sent_come_back_where_wished_for(
    starter_server: Server,
) -> None:
    said = [{"language": "de", "value": "Zucker"}]
    listed: list[dict[str, Any]] = [
        {"code": code, "designation": said} for code in ("5A11", "NC32.2&XK8G")
    ]
    compose = {"include": [{"system": MMS, "concept": listed}]}
    vs = {"resourceType": "ValueSet", "status": "active", "compose": compose}
    items: list[dict[str, Any]] = [{"name": "valueSet", "resource": vs}]
    bare = send(starter_server, "ValueSet/$expand", *items).json()["expansion"]["contains"]
    assert [item.get("designation") for item in bare] == [None, None]
    items.append({"name": "includeDesignations", "valueBoolean": True})
    told = send(starter_server, "ValueSet/$expand", *items).json()["expansion"]["contains"]
    assert [item["designation"] for item in told] == [said, said]
    listed[0]["designation"] = "Zucker"
    assert send(starter_server, "ValueSet/$expand", *items).status == 400
