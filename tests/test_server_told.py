"""All that an ICD-API says of its entities, installed and answered again: invented objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simple_icd_11 import ICDExplorer

from icd11kit.sources.api_json import parse_api
from icd11kit.sources.api_walk import walk
from tests.local_server import serve_api
from tests.prepared_home import answers, prepare, run
from tests.running_server import Server, serving
from tests.small_release import api_objects, tabulation_zip

Json = dict[str, Any]
ENTITY = "http://id.who.int/icd/entity"
MMS = "http://id.who.int/icd/release/11/2025-01/mms"
ROPE, FOG, PENDULUM, BELLS = "700000003", "700000011", "700000022", "700000901"
CHAPTER = "700000001"
ABOUT = (
    "definition", "longDefinition", "fullySpecifiedName", "diagnosticCriteria", "inclusion",
    "exclusion", "codingNote", "indexTerm", "synonym", "narrowerTerm", "foundationChildElsewhere",
    "relatedEntitiesInMaternalChapter", "relatedEntitiesInPerinatalChapter", "releaseDate",
)  # fmt: skip


def say(text: str) -> Json:
    return {"@language": "en", "@value": text}


def term(label: str, concept: str = "", entry: str = "", **more: bool) -> Json:
    made: Json = {"label": say(label)}
    if concept:
        made["foundationReference"] = f"{ENTITY}/{concept}"
    if entry:
        made["linearizationReference"] = f"{MMS}/{entry}"
    return made | more


ROPE_ENTRY: Json = {
    "definition": say("A rope that hangs.\n\nIt is not taut."),
    "longDefinition": say("!markdown\n1. It hangs.\n2. It sways."),
    "fullySpecifiedName": say("Slack rope of a ship"),
    "diagnosticCriteria": say("It hangs  lower\nthan the rail."),
    "codingNote": say("Code the ship\nalso. "),
    "inclusion": [term("sagging rope")],
    "exclusion": [
        term("Morning fog", FOG, FOG),
        term("fog with bells", BELLS, FOG),
        term("rope of another harbour", "700000999"),
        term("Lazy pendulum"),
    ],
    "indexTerm": [
        term("Slack rope"),
        term("sagging rope"),
        term("lax rope", "700000998"),
        term("lax rope", "700000997"),
        term("old rope (deprecated)", deprecated=True),
    ],
    "foundationChildElsewhere": [
        term("Drifting buoy", "700000007", "700000007"),
        term("Rope at residuals", "700000996", "700000002/other"),
    ],
    "relatedEntitiesInMaternalChapter": [f"{ENTITY}/{FOG}", f"{MMS}/{PENDULUM}"],
    "relatedEntitiesInPerinatalChapter": [f"{ENTITY}/{CHAPTER}"],
}
ROPE_CONCEPT: Json = {
    "definition": say("A rope of today's Foundation."),
    "synonym": [term("lax rope"), term("old rope (deprecated)", deprecated=True)],
    "narrowerTerm": [term("lax hawser", deprecated=True)],
    "exclusion": [term("Morning fog", FOG), term("idle PENDULUM", "700000995")],
    "relatedEntitiesInMaternalChapter": [f"{ENTITY}/{FOG}"],
}
PENDULUM_ENTRY: Json = {
    "fullySpecifiedName": say("Lazy pendulum of a clock"),
    "exclusion": [
        term("Evening fog", "700000012", "700000012"),
        term("fog with bells", BELLS, FOG),
    ],
    "indexTerm": [term("Lazy pendulum"), term("idle pendulum", "700000995")],
    "foundationChildElsewhere": [term("Morning fog", FOG, FOG)],
    "relatedEntitiesInMaternalChapter": [f"{ENTITY}/{FOG}"],
}
BELLS_CONCEPT: Json = {
    "definition": say("Fog that rings."),
    "fullySpecifiedName": say("Morning fog in which bells ring"),
    "synonym": [term("ringing fog")],
}


def objects() -> dict[str, Json]:
    """Return the small release with all that an API can say of an entity."""
    made: dict[str, Json] = api_objects()
    made["/icd/release/11/2025-01/mms"]["releaseDate"] = "2025-03-03"
    made["/icd/entity"]["releaseDate"] = "2025-03-03"
    made[f"/icd/release/11/2025-01/mms/{ROPE}"] |= ROPE_ENTRY
    made[f"/icd/release/11/2025-01/mms/{PENDULUM}"] |= PENDULUM_ENTRY
    made[f"/icd/entity/{ROPE}"] |= ROPE_CONCEPT
    made[f"/icd/entity/{BELLS}"] |= BELLS_CONCEPT
    return made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = prepare(tmp_path_factory.mktemp("told") / "home")
    with serve_api(objects()) as api:
        answers(home, "install", "--api", api.url)
        assert f"/icd/entity/{ROPE}" in api.counts
    return home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving(home) as running:
        yield running


def get(server: Server, path: str) -> Json:
    reply = server.get(path)
    assert reply.status == 200, reply.body
    found: Json = reply.json()
    return found


def about(item: Json) -> Json:
    """Return what an object says of its entity beside its place in the tree."""
    return {key: item[key] for key in ABOUT if item.get(key)}


def test_all_that_an_api_says_is_answered_again(server: Server) -> None:
    told = {path: item for path, item in objects().items() if path != "/icd/release/11/mms"}
    assert len(told) > 70
    for path, item in told.items():
        found = about(get(server, f"{path}?include=diagnosticCriteria"))
        if path.endswith(f"/mms/{ROPE}"):
            found["exclusion"][-1] = term("Lazy pendulum")  # what we add, see below
        assert found == about(item), path


def test_an_exclusion_that_refers_to_nothing_refers_to_what_bears_its_words(
    server: Server,
) -> None:
    exclusions = get(server, f"/icd/release/11/2025-01/mms/{ROPE}")["exclusion"]
    assert exclusions[-1] == term("Lazy pendulum", PENDULUM, PENDULUM)


def test_simple_icd_11_follows_the_references(server: Server) -> None:
    explorer = ICDExplorer("en", "", "", "2025-01", f"{server.url}/")
    pendulum = explorer.getEntityFromCode("2A00")
    assert [entity.getCode() for entity in pendulum.getExclusion()] == ["1A11", "1A10"]
    assert [entity.getId() for entity in pendulum.getChildrenElsewhere()] == [FOG]
    assert [entity.getId() for entity in pendulum.getRelatedEntitiesInMaternalChapter()] == [FOG]
    assert pendulum.getIndexTerm() == ["Lazy pendulum", "idle pendulum"]
    assert pendulum.getFullySpecifiedName() == "Lazy pendulum of a clock"


@pytest.mark.parametrize("path", ["/icd/entity", "/icd/release/11/2025-01/mms"])
def test_criteria_are_given_where_they_are_asked_for(server: Server, path: str) -> None:
    found = get(server, f"{path}/{ROPE}")
    asked = get(server, f"{path}/{ROPE}?INCLUDE=ancestor,DiagnosticCriteria")
    assert "diagnosticCriteria" not in found
    assert ("diagnosticCriteria" in asked) == path.endswith("mms")


def test_a_walk_over_our_own_server_reads_the_same_words(server: Server, tmp_path: Path) -> None:
    ours = parse_api(walk(server.url, cache=tmp_path))
    theirs = parse_api(list(objects().values()))
    referring = {note for note in theirs.notes if note.text != "Lazy pendulum"}
    assert {note for note in ours.notes if note.text != "Lazy pendulum"} == referring
    assert (ours.day, theirs.day) == ("2025-03-03", "2025-03-03")


def test_look_up_shows_each_text_once_and_no_links(home: Path) -> None:
    rope, bells = answers(home, "lookup", ROPE, f"{ENTITY}/{BELLS}")
    notes = [tuple(note) for note in rope["notes"]]
    assert len(notes) == len(set(notes))
    assert ("fully_specified_name", "Slack rope of a ship") in notes
    assert ("narrower_term", "lax hawser") in notes
    assert [text for kind, text in notes if kind == "exclusion"] == [
        "Morning fog", "fog with bells", "rope of another harbour", "Lazy pendulum",
        "idle PENDULUM",
    ]  # fmt: skip
    assert not {"child_elsewhere", "related_maternal"} & {kind for kind, _ in notes}
    assert rope["coding_note"] == "Code the ship\nalso. "
    assert ["definition", "Fog that rings."] in bells["notes"]


def test_the_text_of_look_up_stays_one_line_a_note(home: Path) -> None:
    shown = run(home, "lookup", ROPE).stdout.splitlines()
    place = shown.index("  Fully specified name")
    assert shown[place + 1] == "    Slack rope of a ship"
    place = shown.index("  Long definition")
    assert shown[place + 1] == "    !markdown 1. It hangs. 2. It sways."


def test_a_tabulation_installed_again_keeps_what_an_api_said(home: Path, tmp_path: Path) -> None:
    import shutil

    later = tmp_path / "home"
    shutil.copytree(home, later)
    (tmp_path / "table.zip").write_bytes(tabulation_zip())
    answers(later, "install", "--from", str(tmp_path / "table.zip"))
    with serving(later) as server:
        path = f"/icd/release/11/2025-01/mms/{ROPE}"
        found = get(server, f"{path}?include=diagnosticCriteria")
        assert about(found)["indexTerm"] == ROPE_ENTRY["indexTerm"]
        assert about(found).keys() == ROPE_ENTRY.keys()
        assert get(server, "/icd/release/11/2025-01/mms")["releaseDate"] == "2025-03-03"


@pytest.fixture
def pieced(tmp_path: Path) -> Path:
    """A home with a tabulation alone."""
    home = prepare(tmp_path / "pieced")
    (tmp_path / "table.zip").write_bytes(tabulation_zip())
    answers(home, "install", "--from", str(tmp_path / "table.zip"))
    return home


def add(home: Path, *items: Json) -> None:
    path = home.parent / "objects.json"
    path.write_text(json.dumps(items))
    answers(home, "install", "--from", str(path))


def test_words_of_the_foundation_stand_in_for_an_entry_that_was_not_read(pieced: Path) -> None:
    told = objects()
    add(pieced, told[f"/icd/entity/{ROPE}"], told[f"/icd/release/11/2025-01/mms/{PENDULUM}"])
    with serving(pieced) as server:
        found = about(get(server, f"/icd/release/11/2025-01/mms/{ROPE}"))
        assert found == {
            "definition": ROPE_CONCEPT["definition"],
            "exclusion": [
                term("Morning fog", FOG, FOG),
                term("idle PENDULUM", "700000995", PENDULUM),  # the one entry of this name
            ],
            "relatedEntitiesInMaternalChapter": [f"{ENTITY}/{FOG}"],
        }
        assert about(get(server, f"/icd/entity/{ROPE}")) == ROPE_CONCEPT


def test_words_of_an_entry_stand_in_for_an_entity_that_was_not_read(pieced: Path) -> None:
    add(pieced, objects()[f"/icd/release/11/2025-01/mms/{ROPE}"])
    with serving(pieced) as server:
        found = about(get(server, f"/icd/entity/{ROPE}"))
        assert found["definition"] == ROPE_ENTRY["definition"]
        assert found["exclusion"][1] == term("fog with bells", BELLS)
        assert not {"synonym", "narrowerTerm", "codingNote", "indexTerm"} & found.keys()


def test_a_newer_object_takes_the_place_of_an_older_one(pieced: Path) -> None:
    entry = objects()[f"/icd/release/11/2025-01/mms/{ROPE}"]
    add(pieced, entry)
    add(pieced, entry | {"definition": say("It hangs."), "inclusion": [term("low rope")]})
    with serving(pieced) as server:
        found = get(server, f"/icd/release/11/2025-01/mms/{ROPE}")
        assert found["definition"] == say("It hangs.")
        assert found["inclusion"] == [term("sagging rope"), term("low rope")]


@pytest.mark.parametrize(("release", "day"), [("2025-01", "2025-03-03"), ("2024-01", "2025-01-24")])
def test_the_root_of_a_release_tells_its_day(pieced: Path, release: str, day: str) -> None:
    add(pieced, api_objects(release)[f"/icd/release/11/{release}/mms"] | {"releaseDate": day})
    with serving(pieced) as server:
        found = get(server, "/icd/release/11/2025-01/mms")
        assert found["releaseDate"] == day
