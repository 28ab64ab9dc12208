"""The Foundation over the ICD-API's paths, as far as a starter set or a walked API tells it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icd11kit.model import Note
from icd11kit.sources.api_json import parse_api
from icd11kit.sources.api_walk import walk
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import NoteKind
from tests.local_server import serve_api
from tests.prepared_home import answers, prepare
from tests.running_server import Server, serving
from tests.small_release import api_objects

FOUNDATION = "http://id.who.int/icd/entity"
ROPE, FOG, PENDULUM, BELLS = "700000003", "700000011", "700000022", "700000901"
ADDED = {"browserUrl", "source", "codeRange", "foundationChildElsewhere", "parent"}
"""What we answer beyond the invented objects, whose chapters have no parent."""


@pytest.fixture(scope="module")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the small release as an API tells it."""
    home = prepare(tmp_path_factory.mktemp("api") / "home")
    with serve_api(api_objects()) as api:
        answers(home, "install", "--api", api.url)
    with serving(home) as server:
        yield server


def get(server: Server, path: str) -> dict[str, Any]:
    reply = server.get(path)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json()
    return found


def test_the_top_of_the_foundation(starter_server: Server) -> None:
    found = get(starter_server, "/icd/entity")
    assert (found["@id"], found["releaseId"]) == (FOUNDATION, "2025-01")
    assert f"{FOUNDATION}/1435254666" in found["child"]
    assert get(starter_server, "/icd/entity?RELEASEID=2025-01") == found
    assert starter_server.get("/icd/entity?releaseId=2030-01").status == 404


def test_an_entity(starter_server: Server, starter: Terminology) -> None:
    parent = starter.lookup("BlockL2-1A0").id
    assert get(starter_server, "/icd/entity/257068234") == {
        "@context": "http://id.who.int/icd/contexts/contextForFoundationEntity.json",
        "@id": f"{FOUNDATION}/257068234",
        "parent": [f"{FOUNDATION}/{parent}"],
        "browserUrl": "https://icd.who.int/browse/2025-01/foundation/en#257068234",
        "title": {"@language": "en", "@value": "Cholera"},
    }


def test_residuals_are_none_of_the_foundation(starter_server: Server) -> None:
    found = get(starter_server, "/icd/entity/344162786?include=descendant")
    assert all(uri.count("/") == FOUNDATION.count("/") + 1 for uri in found.get("child", ()))
    assert starter_server.get("/icd/entity/344162786/other").status == 404


@pytest.mark.parametrize("entity", ["99999", "1A00", "unnamed-622", "9" * 300])
def test_what_is_not_known(starter_server: Server, entity: str) -> None:
    reply = starter_server.get(f"/icd/entity/{entity}")
    assert reply.status == 404
    assert entity[:20] in reply.json()["error"]


def test_an_entity_below_the_shoreline(api_server: Server) -> None:
    found = get(api_server, f"/icd/entity/{BELLS}?include=ancestor")
    assert found["title"]["@value"] == "Morning fog with bells"
    assert found["parent"] == [f"{FOUNDATION}/{FOG}"]
    assert f"{FOUNDATION}/{PENDULUM}" in found["ancestor"]
    coded = get(api_server, f"/icd/release/11/2025-01/mms/lookup?foundationUri={found['@id']}")
    assert coded["code"] == "1A10"


def test_a_child_elsewhere_refers_to_its_place(api_server: Server) -> None:
    found = get(api_server, f"/icd/release/11/2025-01/mms/{PENDULUM}")
    assert found["foundationChildElsewhere"] == [
        {
            "label": {"@language": "en", "@value": "Morning fog"},
            "foundationReference": f"{FOUNDATION}/{FOG}",
            "linearizationReference": f"http://id.who.int/icd/release/11/2025-01/mms/{FOG}",
        }
    ]


def told(item: dict[str, Any]) -> dict[str, Any]:
    """Return what an object tells: what is empty and the context aside, axes in one order."""
    kept = {key: held for key, held in item.items() if held and key != "@context"}
    if axes := kept.get("postcoordinationScale"):
        kept["postcoordinationScale"] = sorted(axes, key=lambda axis: str(axis["@id"]))
    return kept


def test_every_object_of_an_api_is_answered_as_it_came(api_server: Server) -> None:
    entities = {path: told(item) for path, item in api_objects().items() if "7000" in path}
    assert len(entities) > 60
    for path, item in entities.items():
        found = told(get(api_server, path))
        if path == f"/icd/entity/{PENDULUM}":
            found["child"].remove(f"{FOUNDATION}/{FOG}")  # only the fog names this parent
        assert {key: found.get(key) for key in item} == item
        assert set(found) - set(item) <= ADDED


def test_a_walk_over_our_own_server_reads_the_same_release(
    api_server: Server, tmp_path: Path
) -> None:
    ours = parse_api(walk(api_server.url, cache=tmp_path))
    theirs = parse_api(list(api_objects().values()))
    assert ours.entities == theirs.entities
    assert set(ours.axes) == set(theirs.axes)
    derived = {Note(PENDULUM, NoteKind.CHILD_ELSEWHERE, "Morning fog", FOG, FOG)}
    assert set(ours.notes) == set(theirs.notes) | derived
    assert {(e.id, frozenset(e.parents)) for e in ours.foundation} == {
        (e.id, frozenset(e.parents)) for e in theirs.foundation
    }
    assert (ours.release, ours.language, ours.errors) == ("2025-01", "en", ())
