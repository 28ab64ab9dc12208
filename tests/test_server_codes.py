"""ICD-API paths about codes: what clients ask of codeinfo and describe, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.postcoordination.nested import OTHER_AXIS, nest
from icd11kit.server.api.routing import get_route
from icd11kit.terminology import Terminology
from tests.api_client import REAL, ApiClient, schema_errors

AXIS = "http://id.who.int/icd/schema"


def info(client: ApiClient, path: str) -> dict[str, Any]:
    reply = client.get(path)
    assert reply.status_code == 200, reply.text
    assert reply.headers["API-Version"] == "v2.6.0"
    answer: dict[str, Any] = reply.json()
    return answer


def refused(client: ApiClient, path: str, status: int = 404) -> str:
    reply = client.get(path)
    assert reply.status_code == status, reply.text
    assert reply.headers["API-Version"] == "v2.6.0"
    return str(reply.json()["error"])


def test_a_code_answers_with_its_stem(client: ApiClient, root: str, starter: Terminology) -> None:
    found = info(client, f"{root}/codeinfo/5A11")
    uri = f"http://id.who.int{root}"
    assert found == {
        "@context": "http://id.who.int/icd/contexts/contextForCodeInfo.json",
        "@id": f"{uri}/codeinfo/5A11",
        "code": "5A11",
        "stemId": f"{uri}/{starter.lookup('5A11').id}",
        "stemCode": "5A11",
    }


@pytest.mark.parametrize("written", ["1A03.0%26XA07R2", "1A03.0&XA07R2", "1A03.0%2526XA07R2"])
def test_a_value_fills_its_axis_however_it_is_encoded(
    client: ApiClient, root: str, written: str
) -> None:
    found = info(client, f"{root}/codeinfo/{written}")
    assert found["stemCode"] == "1A03.0"
    assert found["specificAnatomy"] == ["XA07R2"]


@pytest.mark.parametrize("slash", ["/", "%2F", "%2f"])
def test_a_slash_is_part_of_the_code(real: ApiClient, slash: str) -> None:
    found = info(real, f"{REAL}/codeinfo/DD51%26XK8G{slash}ME24.2%26XT5R")
    assert found["laterality"] == ["XK8G"]
    assert found["associatedWith"] == ["ME24.2&XT5R"]
    assert found["@id"].endswith("/codeinfo/DD51%26XK8G%2FME24.2%26XT5R")


def test_the_code_info_of_a_cluster_is_who_s(real: ApiClient, shared_data: Path) -> None:
    path = shared_data / "api" / "codeinfo_2019-04_2C25.Z_XK8G_XA9HN5.json"
    sample = path.read_text("utf-8").replace("2019-04", "2025-01")
    assert info(real, f"{REAL}/codeinfo/2C25.Z%26XK8G%26XA9HN5") == json.loads(sample)


def test_an_extension_code_alone_answers(client: ApiClient, root: str) -> None:
    assert info(client, f"{root}/codeinfo/XK8G")["stemCode"] == "XK8G"


def test_a_code_in_small_letters_is_the_code(client: ApiClient, root: str) -> None:
    found = info(client, f"{root}/codeinfo/5a11")
    assert (found["code"], found["stemCode"]) == ("5A11", "5A11")


def test_a_value_without_axis_needs_flexible_mode(client: ApiClient, root: str) -> None:
    reason = refused(client, f"{root}/codeinfo/5A11%26XK8G")
    assert "no axis of 5A11 takes XK8G" in reason
    assert "flexiblemode" in reason
    found = info(client, f"{root}/codeinfo/5A11%26XK8G?FlexibleMode=true")
    assert found["otherPostcoordination"] == ["XK8G"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("5A1X", "5A1X is no code"),
        ("5A11%26", "nothing stands after &"),
        ("5A11%26%26XK8G", "nothing stands between"),
        ("XK8G%265A11", "stem"),
        ("5A11%26BA41.0", "BA41.0"),
        ("05%26XK8G", "05"),
        ("5A11%26XQ99", "XQ99"),
        ("%3Cscript%3E", "belongs to no code"),
        ("", "empty"),
    ],
)
@pytest.mark.parametrize("mode", ["", "?flexiblemode=true"])
def test_no_cluster_is_not_found_with_the_reason(
    client: ApiClient, root: str, code: str, reason: str, mode: str
) -> None:
    assert reason in refused(client, f"{root}/codeinfo/{code}{mode}")


def test_ids_are_no_codes(client: ApiClient, root: str, starter: Terminology) -> None:
    entity = starter.lookup("5A11").id
    assert "is no code" in refused(client, f"{root}/codeinfo/{entity}")


def test_a_cluster_beyond_the_limit_is_refused(client: ApiClient, root: str) -> None:
    assert "characters" in refused(client, f"{root}/codeinfo/{'5A11/' * 300}5A11", 400)


@pytest.mark.parametrize(
    "path",
    [
        "/icd/release/11/2030-01/mms/codeinfo/5A11",
        "/icd/release/11/2030-01/mms/describe?code=5A11",
        "/icd/release/11/{release}/icf/codeinfo/b110",
        "/icd/release/11/{release}/xyz/codeinfo/5A11",
    ],
)
def test_what_is_not_installed_is_not_found(
    client: ApiClient, starter: Terminology, path: str
) -> None:
    assert "not installed" in refused(client, path.format(release=starter.release))


def test_uris_of_another_release_are_refused(client: ApiClient, root: str) -> None:
    other = "http://id.who.int/icd/release/11/1999-01/mms/119724091"
    told = refused(client, f"{root}/describe?uri={other}", 400)
    assert told.startswith("the URI is of release 1999-01")
    own = other.replace("1999-01", root.split("/")[4])
    for uri in (own, own.replace("/1999-01", ""), "http://id.who.int/icd/entity/119724091"):
        assert client.get(f"{root}/describe", params={"uri": uri}).json()["code"] == "5A11"


def test_an_unknown_language_is_not_found(client: ApiClient, root: str) -> None:
    reply = client.get(f"{root}/codeinfo/5A11", headers={"Accept-Language": "tlh"})
    assert reply.status_code == 404
    again = client.get(f"{root}/codeinfo/5A11", headers={"Accept-Language": "tlh, en;q=0.5"})
    assert again.status_code == 200


def test_head_is_refused(client: ApiClient, root: str) -> None:
    for path in ("codeinfo/5A11", "describe?code=5A11"):
        assert client.request("HEAD", f"{root}/{path}").status_code == 405
    assert get_route("/x", client.get).methods == {"GET"}  # type: ignore[arg-type]


def test_a_shorter_code_is_told(real: ApiClient) -> None:
    found = info(real, f"{REAL}/codeinfo/GC08%26XN6P4")
    assert (found["simplifiedCode"], found["simplifiedStemCode"]) == ("GC08.0", "GC08.0")
    assert "simplifiedCode" not in info(real, f"{REAL}/codeinfo/BA41.0%26XA7RE3")


def test_terminal_codes_are_those_asked_for(real: ApiClient) -> None:
    found = info(real, f"{REAL}/codeinfo/BA41?convertToTerminalCodes=true")
    assert (found["code"], found["stemCode"]) == ("BA41.Z", "BA41.Z")
    assert found["stemId"].endswith("/unspecified")
    assert info(real, f"{REAL}/codeinfo/BA41?convertToTerminalCodes=false")["code"] == "BA41"


def test_the_icf_answers_in_its_own_release(real: ApiClient) -> None:
    root = "/icd/release/11/dev-2022-09-29/icf"
    assert info(real, f"{root}/codeinfo/b110")["stemCode"] == "b110"
    assert "no code of this form" in refused(real, f"{root}/codeinfo/5A11")


def test_describe_tells_stem_and_values(real: ApiClient) -> None:
    found = info(real, f"{REAL}/describe?code=GC08%26XN6P4")
    assert found["code"] == "GC08&XN6P4"
    assert found["stemCode"] == "GC08"
    assert " & http" in found["linearizationUri"]
    assert found["foundationUri"].startswith("http://id.who.int/icd/entity/")
    (axis,) = found["postcoordinationValues"]
    assert axis["axisName"] == f"{AXIS}/infectiousAgent"
    assert [value["code"] for value in axis["values"]] == ["XN6P4"]
    assert found["label"] == f"{found['stemLabel']} [{axis['values'][0]['label']}]"


def test_describe_nests_stems_with_values(real: ApiClient) -> None:
    found = info(real, f"{REAL}/describe?code=DD51%26XK8G%2FME24.2%26XT5R")
    inner = found["postcoordinationValues"][1]["values"][0]
    assert inner["stemCode"] == "ME24.2"
    assert inner["postcoordinationValues"][0]["values"][0]["code"] == "XT5R"
    assert found["linearizationUri"].count(" / ") == 1


def test_describe_takes_its_own_uris_back(real: ApiClient) -> None:
    first = info(real, f"{REAL}/describe?code=DD51%26XK8G%2FME24.2%26XT5R")
    for name in ("linearizationUri", "foundationUri"):
        again = real.get(f"{REAL}/describe", params={"uri": first[name]})
        assert again.json() == first


def test_describe_simplifies_when_asked(real: ApiClient) -> None:
    found = info(real, f"{REAL}/describe?code=GC08%26XN6P4&simplify=true")
    assert found["code"] == "GC08.0"
    assert "stemCode" not in found
    assert "postcoordinationValues" not in found


def test_below_the_shoreline_who_s_cluster_is_described(real: ApiClient) -> None:
    uri = "http://id.who.int/icd/entity/1205958647"
    found = real.get(f"{REAL}/describe", params={"uri": uri}).json()
    assert found["code"] == "1A00&XN8P1"


def test_a_residual_has_no_foundation_uri(real: ApiClient) -> None:
    found = info(real, f"{REAL}/describe?code=BA41.Z")
    assert found["linearizationUri"].endswith("/unspecified")
    assert "foundationUri" not in found


def test_a_block_is_described_by_its_uri_without_a_code(real: ApiClient) -> None:
    block = real.shelf.default.tree("01").branches[0].entry
    found = real.get(f"{REAL}/describe", params={"uri": f"{REAL}/{block.id}"[1:]})
    assert found.status_code == 404, "that is no URI"
    uri = f"http://id.who.int/icd/entity/{block.id}"
    found = real.get(f"{REAL}/describe", params={"uri": uri})
    assert found.json()["label"] == block.title
    assert "code" not in found.json()


@pytest.mark.parametrize("query", ["", "?code=", "?uri=%20"])
def test_describe_wants_something(client: ApiClient, root: str, query: str) -> None:
    assert "code= or uri=" in refused(client, f"{root}/describe{query}", 400)


def test_stems_that_nest_too_deep_are_refused(client: ApiClient, root: str) -> None:
    assert "more than 50" in refused(client, f"{root}/codeinfo/{'/'.join(['5A11'] * 60)}", 400)
    deep = info(client, f"{root}/describe?code={'%2F'.join(['5A11'] * 40)}")
    assert deep["linearizationUri"].count(" / ") == 39


def test_stems_without_axis_stand_with_the_first(starter: Terminology) -> None:
    chain = starter.clusters.read(parse_cluster("5A11/1A03.0&XA07R2/1A03.1"))
    loose = chain._replace(bound=tuple(b._replace(axis=None) for b in chain.bound))
    assert [(axis, value.code) for axis, value in nest(loose).values] == [
        (OTHER_AXIS, "1A03.0&XA07R2"),
        (OTHER_AXIS, "1A03.1"),
    ]


@pytest.mark.parametrize("engine", ["doris", "codedit"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_engines_of_who_are_not_implemented(
    client: ApiClient, starter: Terminology, engine: str, method: str
) -> None:
    reply = client.request(method, f"/icd/release/11/{starter.release}/{engine}")
    assert reply.status_code == 501
    assert engine in reply.json()["error"].lower()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("CodeInfo", "codeinfo/5A11"),
        ("CodeInfo", "codeinfo/NC72.30%26XK9K%26XJ5V7%26XJ44E/PA60%26XE3WK%26XE266"),
        ("CodeInfo", "codeinfo/GC08%26XN6P4"),
        ("CodeInfo", "codeinfo/5A11%26XY0Y"),
        ("PostcoordinationSet", "describe?code=5A11"),
        ("PostcoordinationSet", "describe?code=DD51%26XK8G%2FME24.2%26XT5R"),
        ("PostcoordinationSet", "describe?code=BA41.Z"),
    ],
)
def test_answers_have_the_form_of_the_openapi(
    real: ApiClient, shared_data: Path, name: str, path: str
) -> None:
    assert schema_errors(shared_data, name, info(real, f"{REAL}/{path}")) == []


def test_a_code_info_has_the_code_without_spaces(client: ApiClient, root: str) -> None:
    found = info(client, f"{root}/codeinfo/nc32.2%20%26%20XK8G")
    assert (found["code"], found["laterality"]) == ("NC32.2&XK8G", ["XK8G"])
    assert found["@id"].endswith("/codeinfo/NC32.2%26XK8G")


def test_a_repeated_value_has_its_axis_already(client: ApiClient, root: str) -> None:
    found = info(client, f"{root}/codeinfo/NC32.2%26XK8G%26XK8G")
    assert found["laterality"] == ["XK8G", "XK8G"]
    assert OTHER_AXIS not in found
