"""Entities of a release and of all releases over the ICD-API's paths of the running server."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from icd11kit.terminology import Terminology, open_terminology
from tests.running_server import Server
from tests.swagger import read_swagger

RELEASE = "2025-01"
ROOT = "http://id.who.int/icd/release/11"
MMS = f"{ROOT}/{RELEASE}/mms"
HERE = f"/icd/release/11/{RELEASE}/mms"
CHOLERA = "257068234"
ECOLI = "344162786"
DRAWN = 150


def get(server: Server, path: str, **headers: str) -> dict[str, Any]:
    """Return an answer that must be one."""
    reply = server.get(path, **headers)
    assert reply.status == 200, reply.body
    assert reply.headers["api-version"] == "v2.6.0"
    found: dict[str, Any] = reply.json()
    return found


def path_of(uri: str) -> str:
    return "/icd" + uri.removeprefix("http://id.who.int/icd")


def text(words: str, language: str = "en") -> dict[str, str]:
    return {"@language": language, "@value": words}


def test_a_category(starter_server: Server, starter: Terminology) -> None:
    found = get(starter_server, f"{HERE}/{CHOLERA}")
    parent = starter.lookup("BlockL2-1A0").id
    scales = found.pop("postcoordinationScale")
    assert found == {
        "@context": "http://id.who.int/icd/contexts/contextForLinearizationEntity.json",
        "@id": f"{MMS}/{CHOLERA}",
        "parent": [f"{MMS}/{parent}"],
        "browserUrl": f"https://icd.who.int/browse/{RELEASE}/mms/en#{CHOLERA}",
        "code": "1A00",
        "source": f"http://id.who.int/icd/entity/{CHOLERA}",
        "classKind": "category",
        "title": text("Cholera"),
    }
    (agent,) = [axis for axis in scales if axis["@id"].endswith("/infectiousAgent")]
    assert agent["@id"] == f"{MMS}/{CHOLERA}/postcoordinationScale/infectiousAgent"
    assert agent["axisName"] == "http://id.who.int/icd/schema/infectiousAgent"
    assert agent["requiredPostcoordination"] == "false"
    assert agent["allowMultipleValues"] == "AllowAlways"
    assert all(uri.startswith(f"{MMS}/") for uri in agent["scaleEntity"])


def test_a_residual(starter_server: Server) -> None:
    found = get(starter_server, f"{HERE}/{ECOLI}/other")
    assert (found["@id"], found["code"]) == (f"{MMS}/{ECOLI}/other", "1A03.Y")
    assert found["parent"] == [f"{MMS}/{ECOLI}"]
    assert "source" not in found
    assert found["@id"] in get(starter_server, f"{HERE}/{ECOLI}")["child"]


def test_a_block(starter_server: Server, starter: Terminology) -> None:
    block = starter.lookup("BlockL2-1A0")
    found = get(starter_server, f"{HERE}/{block.id}")
    assert (found["code"], found["classKind"], found["blockId"]) == ("", "block", "BlockL2-1A0")
    assert found["codeRange"] == "1A00-1A0Z"


def test_a_chapter_stands_below_the_top_level(starter_server: Server) -> None:
    top = get(starter_server, HERE)
    assert (top["@id"], top["releaseId"], top["availableLanguages"]) == (MMS, RELEASE, ["en"])
    assert len(top["child"]) == 28
    chapter = get(starter_server, path_of(top["child"][0]))
    assert (chapter["classKind"], chapter["code"], chapter["parent"]) == ("chapter", "01", [MMS])
    assert "codeRange" not in chapter


def test_the_day_of_a_release_is_told_where_it_is_known(
    starter_server: Server, released_server: Server
) -> None:
    assert "releaseDate" not in get(starter_server, HERE)
    days = {
        release: get(released_server, f"/icd/release/11/{release}/mms")["releaseDate"]
        for release in (RELEASE, "2024-01", "2022-02")
    }
    assert days == {RELEASE: "2025-01-24", "2024-01": "2024-01-21", "2022-02": "2022-02-07"}


@pytest.mark.parametrize("name", ["include", "INCLUDE", "Include"])
def test_ancestors_and_descendants_are_included_where_asked_for(
    starter_server: Server, name: str
) -> None:
    path = f"{HERE}/{ECOLI}"
    assert not {"ancestor", "descendant"} & set(get(starter_server, path))
    found = get(starter_server, f"{path}?{name}=Ancestor,descendant,diagnosticCriteria,kites")
    assert found["ancestor"][0] == found["parent"][0]
    assert found["ancestor"][-1] == f"{MMS}/1435254666"
    assert found["descendant"] == found["child"]
    assert "descendant" not in get(starter_server, f"{path}?include=ancestor")


def lookup(server: Server, entity: str, name: str = "foundationUri") -> dict[str, Any]:
    return get(server, f"{HERE}/lookup?{name}=http://id.who.int/icd/entity/{entity}")


def test_lookup_answers_the_category(starter_server: Server, starter: Terminology) -> None:
    direct = get(starter_server, f"{HERE}/{CHOLERA}")
    assert lookup(starter_server, CHOLERA) == direct
    assert lookup(starter_server, CHOLERA, "FOUNDATIONURI") == direct
    block = starter.lookup("BlockL2-1A0").id
    residual = lookup(starter_server, block)
    assert (residual["@id"], residual["code"]) == (f"{MMS}/{block}/unspecified", "1A0Z")


def test_lookup_below_the_shoreline(released_server: Server) -> None:
    assert lookup(released_server, "1205958647")["code"] == "1A00"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{HERE}/99999", 404),
        (f"{HERE}/{CHOLERA}/other", 404),
        (f"{HERE}/{CHOLERA}/kites", 404),
        (f"{HERE}/1A00", 404),
        (f"{HERE}/unnamed-622", 404),
        (f"{HERE}/{'9' * 500}", 404),
        (f"{HERE}/%D9%A1%D9%A2%D9%A3", 404),
        (f"{HERE}/%22%3E%00", 404),
        (f"{HERE}/lookup", 400),
        (f"{HERE}/lookup?foundationUri=kite", 400),
        (f"{HERE}/lookup?foundationUri=http://id.who.int/icd/entity/99999", 404),
        (
            f"{HERE}/lookup?foundationUri=http://id.who.int/icd/release/11/2024-01/mms/{CHOLERA}",
            400,
        ),
        ("/icd/release/11/2030-01/mms", 404),
        (f"/icd/release/11/2030-01/mms/{CHOLERA}", 404),
        (f"/icd/release/11/{RELEASE}/kites", 404),
        (f"/icd/release/11/{RELEASE}/icd10cm", 404),
        (f"/icd/release/11/{RELEASE}/icf", 404),
        ("/icd/release/11/kites", 404),
        ("/icd/release/11/icd10cm", 404),
        ("/icd/release/11/Mms", 404),
        ("/icd/release/11/mms/99999", 404),
        ("/icd/release/11/mms/1A00", 404),
        (f"/icd/release/11/mms/{CHOLERA}/kites", 404),
        ("/icd/release/12", 404),
        ("/icd/release/11/a-b", 404),
        ("/icd/", 404),
        ("/icd", 404),
        ("/icd/entity/", 404),
    ],
)
def test_what_is_not_held_is_one_object_that_says_so(
    starter_server: Server, path: str, status: int
) -> None:
    reply = starter_server.get(path)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/json")
    assert isinstance(reply.json()["error"], str)


@pytest.mark.parametrize(
    "path",
    [
        "/icd/entity", f"/icd/entity/{CHOLERA}", "/icd/release/11/mms",
        f"/icd/release/11/mms/{CHOLERA}", f"/icd/release/11/mms/{ECOLI}/other", HERE,
        f"{HERE}/{CHOLERA}", f"{HERE}/{ECOLI}/other", f"{HERE}/lookup", "/icd/release/10",
        "/icd/release/10/A00", "/icd/release/10/2019", "/icd/release/10/2019/A00",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE"])
def test_every_path_is_for_get_alone(starter_server: Server, path: str, method: str) -> None:
    reply = starter_server.ask(method, path, None)
    assert reply.status == 405
    assert reply.headers["api-version"] == "v2.6.0"
    assert reply.headers["allow"] == "GET"
    if method != "HEAD":
        assert reply.json()["error"]


def test_errors_say_the_version_too(starter_server: Server) -> None:
    for path in (f"{HERE}/99999", "/icd/kites", f"{HERE}/lookup", "/icd/release/10"):
        assert starter_server.get(path).headers["api-version"] == "v2.6.0"


def test_a_language_that_is_not_installed_is_not_found(starter_server: Server) -> None:
    for path in (f"{HERE}/{CHOLERA}", HERE, "/icd/release/11/mms", "/icd/entity"):
        assert starter_server.get(path, Accept_Language="sv").status == 404
        assert starter_server.get(path, Accept_Language="sv, en;q=0.5").status == 200


def test_languages_and_releases_side_by_side(released_server: Server) -> None:
    spanish = get(released_server, f"/icd/release/11/2024-01/mms/{CHOLERA}", Accept_Language="es")
    assert spanish["title"] == text("Cólera", "es")
    assert spanish["browserUrl"].endswith(f"/2024-01/mms/es#{CHOLERA}")
    english = get(released_server, f"/icd/release/11/2024-01/mms/{CHOLERA}", Accept_Language="en")
    assert english["title"] == text("Cholera")
    assert released_server.get(f"{HERE}/{CHOLERA}", Accept_Language="es").status == 404
    top = get(released_server, "/icd/release/11/2024-01/mms")
    assert top["availableLanguages"] == ["en", "es"]
    versions = get(released_server, "/icd/release/11/mms", Accept_Language="es")
    assert versions["release"] == [f"{ROOT}/2024-01/mms"]


def test_the_releases_of_a_linearization_and_of_an_entity(released_server: Server) -> None:
    found = get(released_server, "/icd/release/11/mms")
    uris = [f"{ROOT}/{release}/mms" for release in (RELEASE, "2024-01", "2022-02")]
    assert (found["latestRelease"], found["release"]) == (uris[0], uris)
    assert found["@id"] == f"{ROOT}/mms"
    cholera = get(released_server, f"/icd/release/11/mms/{CHOLERA}")
    assert cholera == {
        "@context": "http://id.who.int/icd/contexts/contextForMultiVersion.json",
        "@id": f"{ROOT}/mms/{CHOLERA}",
        "title": text("Cholera"),
        "latestRelease": f"{uris[0]}/{CHOLERA}",
        "release": [f"{uri}/{CHOLERA}" for uri in uris],
    }
    residual = get(released_server, f"/icd/release/11/mms/{ECOLI}/unspecified")
    assert residual["latestRelease"] == f"{MMS}/{ECOLI}/unspecified"


def test_an_entity_of_newer_releases_only(released: Path, released_server: Server) -> None:
    with (
        open_terminology(released, release="2022-02", language="en") as old,
        open_terminology(released, release=RELEASE) as new,
    ):
        held = {entity.id for entity in old.linearization().entities.values()}
        fresh = next(i for i in new.linearization().entities if i not in held and "/" not in i)
    releases = get(released_server, f"/icd/release/11/mms/{fresh}")["release"]
    assert f"{ROOT}/2022-02/mms/{fresh}" not in releases
    assert f"{MMS}/{fresh}" in releases
    assert released_server.get(f"/icd/release/11/2022-02/mms/{fresh}").status == 404


def test_the_icf_is_served_by_the_name_of_its_edition(released_server: Server) -> None:
    (uri,) = get(released_server, "/icd/release/11/icf")["release"]
    top = get(released_server, path_of(uri))
    assert (top["@id"], top["releaseId"]) == (uri, "dev-2022-09-29")
    found = get(released_server, f"{path_of(uri)}/1060289548/other")
    assert (found["code"], found["parent"]) == ("b1108", [f"{uri}/1060289548"])
    assert found["browserUrl"].startswith("https://icd.who.int/dev11/l-icf/en#/http")
    assert "postcoordinationScale" not in found


def test_the_icf_has_its_own_languages(released_server: Server) -> None:
    assert released_server.get("/icd/release/11/icf", Accept_Language="es").status == 404
    assert released_server.get("/icd/release/11/icf", Accept_Language="*").status == 200


def drawn(icd: Terminology, system: str = "mms") -> list[str]:
    """Return ids of entries that a fixed seed draws, of each kind some."""
    entities = [e for e in icd.linearization(system).entities.values() if e.id[0].isdigit()]
    kinds: dict[Any, list[str]] = {}
    for entity in entities:
        kinds.setdefault((entity.kind, bool(entity.residual), entity.chapter), []).append(entity.id)
    chosen = random.Random(11)
    some = [chosen.choice(ids) for ids in kinds.values()]
    return [*some, *chosen.sample([entity.id for entity in entities], DRAWN)]


def test_whos_description_holds_for_the_starter(
    starter_server: Server, starter: Terminology, shared_data: Path
) -> None:
    swagger = read_swagger(shared_data)
    for entity in drawn(starter):
        found = get(starter_server, f"{HERE}/{entity}?include=ancestor,descendant")
        assert swagger.errors("LinearizationEntity", found) == []
        assert {"title", "classKind", "browserUrl", "parent", "code"} <= set(found)


def test_whos_description_holds_for_releases(
    released: Path, released_server: Server, shared_data: Path
) -> None:
    swagger = read_swagger(shared_data)
    with open_terminology(released, release=RELEASE) as icd:
        places = [(HERE, entity) for entity in drawn(icd)]
        (icf,) = get(released_server, "/icd/release/11/icf")["release"]
        places += [(path_of(icf), entity) for entity in drawn(icd, "icf")]
    for here, entity in places:
        found = get(released_server, f"{here}/{entity}?include=ancestor")
        assert swagger.errors("LinearizationEntity", found) == []
        number = entity.partition("/")[0]
        concept = get(released_server, f"/icd/entity/{number}") if here == HERE else {}
        assert swagger.errors("FoundationEntity", concept) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (HERE, "TopLevelLinearization"),
        ("/icd/entity", "TopLevelFoundation"),
        ("/icd/release/11/mms", "MultiVersion"),
        (f"/icd/release/11/mms/{CHOLERA}", "MultiVersion"),
        ("/icd/release/10", "MultiVersion"),
        ("/icd/release/10/A00", "MultiVersion"),
        ("/icd/release/10/mapping-2024-01", "TopLevel"),
        ("/icd/release/10/mapping-2024-01/I", "ICD10Entity"),
        ("/icd/release/10/mapping-2024-01/A00-A09", "ICD10Entity"),
        ("/icd/release/10/mapping-2024-01/A00.0", "ICD10Entity"),
    ],
)
def test_whos_description_holds_for_the_rest(
    released_server: Server, shared_data: Path, path: str, name: str
) -> None:
    assert read_swagger(shared_data).errors(name, get(released_server, path)) == []


def test_the_way_up_is_the_way_down(starter_server: Server, starter: Terminology) -> None:
    for entity in drawn(starter)[::4]:
        uri = f"{MMS}/{entity}"
        while uri != MMS:
            (above,) = get(starter_server, path_of(uri))["parent"]
            assert uri in get(starter_server, path_of(above))["child"]
            uri = above


def test_scales_of_the_release_tier_lead_to_entities(
    released: Path, released_server: Server
) -> None:
    with open_terminology(released, release=RELEASE) as icd:
        stems = [icd.lookup(code).id for code in ("NC72.30", "PA60", "MG50.3", "2C25.Z", "1A00")]
    scales = {
        axis["axisName"]: axis
        for stem in stems
        for axis in get(released_server, f"{HERE}/{stem}")["postcoordinationScale"]
    }
    assert f"{HERE}/laterality".rpartition("/")[2] in {n.rpartition("/")[2] for n in scales}
    for axis in scales.values():
        assert axis["scaleEntity"]
        for uri in axis["scaleEntity"]:
            assert get(released_server, path_of(uri))["@id"] == uri


def test_a_required_axis_says_so_as_text(released: Path, released_server: Server) -> None:
    with open_terminology(released, release=RELEASE) as icd:
        found = get(released_server, f"{HERE}/{icd.lookup('MG50.3').id}")
    required = {
        a["axisName"]: a["requiredPostcoordination"] for a in found["postcoordinationScale"]
    }
    assert required["http://id.who.int/icd/schema/hasCausingCondition"] == "true"
    assert required["http://id.who.int/icd/schema/specificAnatomy"] == "false"
