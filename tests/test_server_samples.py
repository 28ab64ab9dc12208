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
NOT_HELD = {
    "fullySpecifiedName", "longDefinition", "diagnosticCriteria", "foundationChildElsewhere",
    "relatedEntitiesInMaternalChapter", "relatedEntitiesInPerinatalChapter",
}  # fmt: skip
"""Fields that an edition does not keep. Children elsewhere need the Foundation's parents, which
come with a walk and not with these files."""
REFERENCES = {"foundationReference", "linearizationReference"}
"""An edition keeps the words of exclusions and index terms, not what they refer to."""
CHANGED = {"availableLanguages": "those installed here", "browserUrl": "WHO's old browser"}


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


def words(terms: list[Json]) -> list[str]:
    return [" ".join(term["label"]["@value"].split()) for term in terms]


def by_axis(scales: list[Json]) -> dict[str, Json]:
    return {scale["axisName"]: scale for scale in scales}


def check_terms(found: list[Json], theirs: list[Json]) -> None:
    """Hold terms against WHO's: the same words in order, and no reference that is not WHO's."""
    assert words(found) == list(dict.fromkeys(words(theirs)))
    told = dict(zip(words(theirs), theirs, strict=True))
    for term, text in zip(found, words(found), strict=True):
        for name in REFERENCES & set(term):
            assert term[name] == told[text].get(name), text


@pytest.mark.parametrize("name", SINGLE)
def test_a_single_answer_in_every_field_held(server: Server, shared_data: Path, name: str) -> None:
    theirs = read(shared_data, name)
    found = ours(server, theirs)
    assert set(theirs) - set(found) <= NOT_HELD
    assert set(found) - set(theirs) <= {"indexTerm", "postcoordinationScale"} & set(found)
    for field in set(theirs) & set(found):
        if field in ("inclusion", "exclusion", "indexTerm"):
            check_terms(found[field], theirs[field])
        elif field == "postcoordinationScale":
            assert by_axis(found[field]) == by_axis(theirs[field])
        else:
            assert found[field] == theirs[field], field


def test_exclusions_refer_to_the_entries_that_they_name(server: Server, shared_data: Path) -> None:
    theirs = read(shared_data, SINGLE[1])
    told = {term["label"]["@value"]: term for term in theirs["exclusion"]}
    found = {term["label"]["@value"]: term for term in ours(server, theirs)["exclusion"]}
    title = "Congenital pneumonia"
    assert found[title] == told[title]
    other = "human immunodeficiency virus [HIV] disease"
    assert set(found[other]) == {"label"}


def test_the_top_level(server: Server, shared_data: Path) -> None:
    theirs = read(shared_data, "mms_2025-01_root.json")
    found = ours(server, theirs)
    assert set(found) == set(theirs)
    for field in set(theirs) - {"availableLanguages"}:
        assert found[field] == theirs[field], field
    assert set(found["availableLanguages"]) <= set(theirs["availableLanguages"])


NOT_IN_ROWS = 17
"""Children that WHO's API names and the tabulation of the same release has no row for."""
NOT_IN_TABULATION = NOT_HELD | {"definition", "inclusion", "exclusion", "codingNote"}


def test_the_chapters_of_an_older_release(server: Server, shared_data: Path) -> None:
    top, *chapters = read(shared_data, "mms_2022-02_chapters_api.json")
    assert ours(server, top)["releaseDate"] == top["releaseDate"]
    assert len(chapters) == 28
    left_out = 0
    for theirs in chapters:
        found = ours(server, theirs)
        assert set(theirs) - set(found) <= NOT_IN_TABULATION
        assert set(found) <= set(theirs)
        for field in set(theirs) & set(found) - {*CHANGED, "child"}:
            assert found[field] == theirs[field], (theirs["@id"], field)
        held = [uri for uri in theirs["child"] if uri in found["child"]]
        assert found["child"] == held
        left_out += len(theirs["child"]) - len(held)
    assert left_out == NOT_IN_ROWS
