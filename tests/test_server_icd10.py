"""ICD-10 over the ICD-API's paths: what WHO's mapping tables say, and no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.prepared_home import answers, prepare, write
from tests.running_server import Server, serving
from tests.small_release import mapping_zip

ROOT = "http://id.who.int/icd/release/10"
OURS = "mapping-2025-01"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a small release with mapping tables."""
    folder = tmp_path_factory.mktemp("icd10")
    home = prepare(folder / "home")
    answers(home, "install", "--from", write(folder, "mapping.zip", mapping_zip()))
    with serving(home) as running:
        yield running


def test_the_release_is_named_for_the_tables(server: Server) -> None:
    found = server.get("/icd/release/10").json()
    assert (found["@id"], found["release"]) == (ROOT, [f"{ROOT}/{OURS}"])
    assert found["latestRelease"] == f"{ROOT}/{OURS}"


def test_a_code_and_its_releases(server: Server) -> None:
    found = server.get("/icd/release/10/H10.0").json()
    assert found["release"] == [f"{ROOT}/{OURS}/H10.0"]
    assert found["title"] == {"@language": "en", "@value": "Loose rope"}


def test_parents_that_no_row_tells_are_absent(server: Server) -> None:
    assert server.get(f"/icd/release/10/{OURS}/H10.0").json() == {
        "@id": f"{ROOT}/{OURS}/H10.0",
        "title": {"@language": "en", "@value": "Loose rope"},
        "code": "H10.0",
        "classKind": "category",
    }


@pytest.mark.parametrize(
    "path",
    ["Z99", "2019", "2019/H20", f"{OURS}/Z99", "mapping-2030-01", "%00", f"{OURS}/{'A' * 300}"],
)
def test_what_the_tables_do_not_list(server: Server, path: str) -> None:
    reply = server.get(f"/icd/release/10/{path}")
    assert reply.status == 404
    assert reply.json()["error"]


def test_titles_are_english(server: Server) -> None:
    assert server.get("/icd/release/10/H20", Accept_Language="es").status == 404
    assert server.get("/icd/release/10/H20", Accept_Language="es, en-GB;q=0.2").status == 200


def test_without_tables_there_is_no_icd10(starter_server: Server) -> None:
    for path in ("", "/A00", "/2019", "/2019/A00"):
        reply = starter_server.get(f"/icd/release/10{path}")
        assert reply.status == 404
        assert "mapping tables" in reply.json()["error"]


def test_the_real_tables_from_chapter_to_category(released_server: Server) -> None:
    here = "/icd/release/10/mapping-2024-01"
    top = released_server.get(here).json()
    assert len(top["child"]) == 22
    uri, path = f"{ROOT}/mapping-2024-01/A00.0", []
    while uri != top["@id"]:
        found = released_server.get("/icd" + uri.removeprefix("http://id.who.int/icd")).json()
        path.append((found["code"], found["classKind"]))
        uri = found["parent"]
    assert path == [
        ("A00.0", "category"), ("A00", "category"), ("A00-A09", "block"), ("I", "chapter")
    ]  # fmt: skip
