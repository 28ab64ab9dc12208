"""WHO's own answers beside ours, field by field, over homes that hold what WHO answered.

The real files are a single category, block and chapter, the top level of 2025-01, and all
chapters of 2022-02. What our editions do not hold is listed here; nothing else may lack.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icd11kit.installation import install
from icd11kit.sources.obtain import Wanted
from tests.running_server import Server, serving

Json = dict[str, Any]
SINGLE = (
    "mms_2025-01_1A00_257068234.json",
    "mms_2025-01_block_KA6_911707612.json",
    "mms_2025-01_chapter01_1435254666.json",
)
CHANGED = {"availableLanguages": "those installed here", "browserUrl": "WHO's old browser"}
"""Fields that are ours and not WHO's."""
SUBTREE = "foundation/foundation_api_json_2026-01_subtree_334423054.json"
TABULATION = "mms/SimpleTabulation-ICD-11-MMS-en_2022-02.zip"


@pytest.fixture(scope="module")
def server(
    released: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server over real releases with WHO's answers installed into 2025-01."""
    home = tmp_path_factory.mktemp("samples") / "home"
    shutil.copytree(released, home)
    install(Wanted(sources=tuple(str(shared_data / "api" / name) for name in SINGLE)), home)
    with serving(home) as running:
        yield running


def read(data: Path, name: str) -> Any:
    return json.loads((data / "api" / name).read_text("utf-8"))


def ours(server: Server, theirs: Json) -> Json:
    reply = server.get("/icd" + theirs["@id"].removeprefix("http://id.who.int/icd"))
    assert reply.status == 200, reply.body
    found: Json = reply.json()
    return found


def by_axis(scales: list[Json]) -> dict[str, Json]:
    return {scale["axisName"]: scale for scale in scales}


def close(text: str) -> str:
    """Return a label as an edition keeps it, without doubled spaces."""
    return " ".join(text.split())


def tidy(field: str, held: Any) -> Any:
    """Return a field so that it can be compared: axes in no order, labels without odd spaces."""
    if field == "postcoordinationScale":
        return by_axis(held)
    if isinstance(held, list) and held and isinstance(held[0], dict):
        say = [term["label"] for term in held]
        return [
            term | {"label": label | {"@value": close(label["@value"])}}
            for term, label in zip(held, say, strict=True)
        ]
    return held


@pytest.mark.parametrize("name", SINGLE)
def test_a_single_answer_in_every_field(server: Server, shared_data: Path, name: str) -> None:
    theirs = read(shared_data, name)
    found = ours(server, theirs)
    assert set(found) == set(theirs)
    for field in theirs:
        assert tidy(field, found[field]) == tidy(field, theirs[field]), field


def test_the_top_level(server: Server, shared_data: Path) -> None:
    theirs = read(shared_data, "mms_2025-01_root.json")
    found = ours(server, theirs)
    assert set(found) == set(theirs)
    for field in set(theirs) - {"availableLanguages"}:
        assert found[field] == theirs[field], field
    assert set(found["availableLanguages"]) <= set(theirs["availableLanguages"])


NOT_IN_ROWS = 17
"""Children that WHO's API names and the tabulation of the same release has no row for."""
NOT_IN_TABULATION = {
    "definition", "inclusion", "exclusion", "codingNote", "foundationChildElsewhere",
    "relatedEntitiesInPerinatalChapter",
}  # fmt: skip


def compare_chapters(server: Server, data: Path, not_held: set[str]) -> None:
    """Hold the top level and all chapters of 2022-02 against WHO's, but for what is not held."""
    top, *chapters = read(data, "mms_2022-02_chapters_api.json")
    assert ours(server, top)["releaseDate"] == top["releaseDate"]
    assert len(chapters) == 28
    left_out = 0
    for theirs in chapters:
        found = ours(server, theirs)
        assert set(theirs) - set(found) <= not_held
        assert set(found) <= set(theirs)
        for field in set(theirs) & set(found) - {*CHANGED, "child"}:
            assert tidy(field, found[field]) == tidy(field, theirs[field]), (theirs["@id"], field)
        held = [uri for uri in theirs["child"] if uri in found["child"]]
        assert found["child"] == held
        left_out += len(theirs["child"]) - len(held)
    assert left_out == NOT_IN_ROWS


def test_the_chapters_of_an_older_tabulation(server: Server, shared_data: Path) -> None:
    compare_chapters(server, shared_data, NOT_IN_TABULATION)


@pytest.fixture(scope="module")
def pieced(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the tabulation of 2022-02 with WHO's chapters and a part of the Foundation."""
    home = tmp_path_factory.mktemp("pieced")
    names = (TABULATION, "api/mms_2022-02_chapters_api.json", SUBTREE)
    install(Wanted(sources=tuple(str(shared_data / name) for name in names)), home)
    with serving(home) as running:
        yield running


def test_the_chapters_of_an_older_api(pieced: Server, shared_data: Path) -> None:
    compare_chapters(pieced, shared_data, set())


NOT_OURS = {"level", "child", "title", "browserUrl"}
"""The file's own level; children outside it; what the release installed says itself."""


def test_a_part_of_the_foundation(pieced: Server, shared_data: Path) -> None:
    held = json.loads((shared_data / SUBTREE).read_text("utf-8"))
    entities = {item["@id"]: item for item in (held if isinstance(held, list) else held.values())}
    assert len(entities) == 1_955
    for theirs in entities.values():
        found = ours(pieced, theirs)
        assert set(found) - set(theirs) <= {"child"}
        for field in set(theirs) - NOT_OURS:
            assert tidy(field, found.get(field)) == tidy(field, theirs[field]), field
