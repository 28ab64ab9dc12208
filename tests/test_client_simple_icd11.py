"""The package simple-icd-11, unmodified, against the running server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from simple_icd_11 import Entity, ICDExplorer

from icd11kit.postcoordination.axes import StemAxis
from icd11kit.terminology import Terminology, open_terminology
from tests.running_server import Server

RELEASE = "2025-01"
MMS = "http://id.who.int/icd/release/11/2025-01/mms"

# as WHO's own ICD-API says it: code, id, title, class, parent's id
KNOWN = (
    ("01", "1435254666", "Certain infectious or parasitic diseases", "chapter", ""),
    ("1A00", "257068234", "Cholera", "category", "135352227"),
    ("BA41", "1334938734", "Acute myocardial infarction", "category", "1829545371"),
    ("5A11", "119724091", "Type 2 diabetes mellitus", "category", "465177735"),
    ("NC32.2", "644715143", "Fracture of shaft of ulna", "category", ""),
    ("XK8G", "271422288", "Left", "category", "1435602785"),
)
RESIDUALS = ("BA41.Z", "2C25.Z", "1H0Z", "KA6Y", "KA6Z")
BLOCKS = ("911707612", "1964269418", "588616678", "465177735")
COMPARED = (
    "01", "11", "26", "V", "X", "1A00", "BA41", "BA41.0", "CA40.0", "FA20", "GB51", "GC08.0",
    "NC72.30", "XA7RE3", "XS2R", *RESIDUALS,
)  # fmt: skip


def explorer_of(server: Server, release: str | None = RELEASE, language: str = "en") -> ICDExplorer:
    return ICDExplorer(language, "", "", release=release, customUrl=f"{server.url}/")


@pytest.fixture(scope="module")
def explorer(released_server: Server) -> ICDExplorer:
    return explorer_of(released_server)


@pytest.fixture(scope="module")
def terminology(released: Path) -> Iterator[Terminology]:
    with open_terminology(released, release=RELEASE, language="en") as icd:
        yield icd


def ids(entities: list[Entity]) -> list[str]:
    return [entity.getId() for entity in entities]


@pytest.mark.parametrize(("code", "number", "title", "kind", "parent"), KNOWN)
def test_an_entity_is_what_who_says(
    explorer: ICDExplorer, code: str, number: str, title: str, kind: str, parent: str
) -> None:
    entity = explorer.getEntityFromCode(code)
    assert (entity.getId(), entity.getCode(), entity.getTitle()) == (number, code, title)
    assert (entity.getClassKind(), entity.getURI()) == (kind, f"{MMS}/{number}")
    assert explorer.getEntityFromId(number).getCode() == code
    above = entity.getParent()
    assert (above is None) == (kind == "chapter")
    assert not parent or (above is not None and above.getId() == parent)


@pytest.mark.parametrize("code", COMPARED)
def test_an_entity_says_what_the_terminology_says(
    explorer: ICDExplorer, terminology: Terminology, code: str
) -> None:
    entity, known = explorer.getEntityFromCode(code), terminology.lookup(code)
    assert (entity.getId(), entity.getTitle()) == (known.id, known.title)
    assert (entity.getClassKind(), entity.isResidual()) == (known.kind, bool(known.residual))
    assert ids(entity.getChildren()) == [step.id for step in known.children]
    assert ids(entity.getAncestors())[::-1] == [step.id for step in known.path[:-1]]
    assert entity.getCodingNote() == known.coding_note


@pytest.mark.parametrize("number", BLOCKS)
def test_a_block_has_no_code_but_a_range(
    explorer: ICDExplorer, terminology: Terminology, number: str
) -> None:
    block, known = explorer.getEntityFromId(number), terminology.lookup(number)
    assert (block.getCode(), block.getClassKind()) == ("", "block")
    assert (block.getTitle(), block.getBlockId()) == (known.title, known.block_id)
    assert [child.getTitle() for child in block.getChildren()] == [s.title for s in known.children]
    first, _, last = block.getCodeRange().partition("-")
    below = terminology.codes_below(number)
    assert (first, last) == (below[0], last)
    assert last in below


def test_a_block_as_who_publishes_it(explorer: ICDExplorer) -> None:
    block = explorer.getEntityFromId("911707612")
    assert (block.getBlockId(), block.getCodeRange()) == ("BlockL1-KA6", "KA60-KA6Z")
    assert ids(block.getChildren()) == [
        "381388700", "1935107489", "1645664101", "528118622", "1945127438", "188684108",
        "911707612/other", "911707612/unspecified",
    ]  # fmt: skip
    assert block.getBrowserUrl().endswith("/2025-01/mms/en#911707612")


def test_ranges_can_be_used_as_codes(released_server: Server) -> None:
    ranged = ICDExplorer("en", "", "", RELEASE, f"{released_server.url}/", True)
    assert ranged.isValidCode("KA60-KA6Z")
    assert ranged.getEntityFromCode("KA60-KA6Z").getId() == "911707612"
    assert not ranged.isValidCode("KA60-KA6Y")


def test_descendants_are_the_whole_subtree(explorer: ICDExplorer, terminology: Terminology) -> None:
    found = [entity.getCode() for entity in explorer.getEntityFromCode("CA40").getDescendants()]
    assert tuple(found) == terminology.codes_below("CA40")


@pytest.mark.parametrize("code", RESIDUALS)
def test_residuals_end_in_their_kind(explorer: ICDExplorer, code: str) -> None:
    entity = explorer.getEntityFromCode(code)
    ending = "other" if code.endswith("Y") else "unspecified"
    assert entity.isResidual()
    assert entity.getURI().endswith(f"/{ending}")
    parent = entity.getParent()
    assert parent is not None
    assert entity.getId() == f"{parent.getId()}/{ending}"


def test_axes_have_names_words_and_roots_that_open(explorer: ICDExplorer) -> None:
    scale = explorer.getEntityFromCode("NC32.2").getPostcoordinationScale()
    axes = {axis.getAxisName(): axis for axis in scale}
    side = axes["laterality"]
    assert side.getAllowMultipleValues() == "NotAllowed"
    assert side.getRequiredPostCoordination() is False
    assert axes["specificAnatomy"].getAllowMultipleValues() == "AllowAlways"
    below = [e.getCode() for root in side.getScaleEntity() for e in [root, *root.getDescendants()]]
    assert {"XK8G", "XK9K", "XK9J"} <= set(below)
    assert "laterality\nIs NOT required" in str(side)


def test_a_required_axis_is_required(explorer: ICDExplorer, terminology: Terminology) -> None:
    stem = next(
        code for code in terminology.codes_below("21")
        if any(a.required for a in axes_of(terminology, code))
    )  # fmt: skip
    required = [
        axis.getAxisName()
        for axis in explorer.getEntityFromCode(stem).getPostcoordinationScale()
        if axis.getRequiredPostCoordination()
    ]
    assert required == ["hasCausingCondition"]


def axes_of(icd: Terminology, code: str) -> tuple[StemAxis, ...]:
    found = icd.clusters.entries[code]
    assert found is not None
    return icd.clusters.axes.axes_of(found).axes


def test_every_axis_of_the_terminology_is_there(
    explorer: ICDExplorer, terminology: Terminology
) -> None:
    for code in ("GB51", "2C25.Z", "NC72.30"):
        known = axes_of(terminology, code)
        axes = explorer.getEntityFromCode(code).getPostcoordinationScale()
        assert {axis.getAxisName() for axis in axes} == {axis.name for axis in known}
        sizes = {axis.name: len(axis.roots) for axis in known}
        assert {axis.getAxisName(): len(axis.getScaleEntity()) for axis in axes} == sizes


@pytest.mark.parametrize(
    ("cluster", "stem"),
    [
        ("BA41.0&XA7RE3", "BA41.0"),
        ("NC32.2&XK8G", "NC32.2"),
        ("2C25.Z&XK8G&XA9HN5", "2C25.Z"),
        ("5A23/5A11", "5A23"),
        ("GB61.Z/5A11", "GB61.Z"),
        ("DD51&XK8G/ME24.2&XT5R", "DD51"),
    ],
)
def test_a_cluster_leads_to_its_stem(explorer: ICDExplorer, cluster: str, stem: str) -> None:
    assert explorer.isValidCode(cluster)
    assert explorer.getEntityFromCode(cluster).getCode() == stem


@pytest.mark.parametrize("code", ["ZZZZ", "BA41.9", "no code", "1A00&", "KA60-KA6Z", "é%&/?"])
def test_what_is_no_code_is_none(explorer: ICDExplorer, code: str) -> None:
    assert not explorer.isValidCode(code)
    with pytest.raises(LookupError):
        explorer.getEntityFromCode(code)


@pytest.mark.parametrize("number", ["1", "1435254667", "abc", "257068234/other", "1A00"])
def test_what_is_no_id_is_none(explorer: ICDExplorer, number: str) -> None:
    assert not explorer.isValidId(number)
    with pytest.raises(LookupError):
        explorer.getEntityFromId(number)


def test_what_the_release_tier_does_not_hold_is_empty(explorer: ICDExplorer) -> None:
    entity = explorer.getEntityFromCode("1A00")
    texts = (entity.getDefinition(), entity.getLongDefinition(), entity.getFullySpecifiedName())
    assert texts == ("", "", "")
    assert entity.getDiagnosticCriteria() == ""
    assert entity.getCodingNote(includeFromUpperLevels=True) == ""
    assert entity.getExclusion() == entity.getInclusion() == []
    assert entity.getChildrenElsewhere() == []
    assert entity.getRelatedEntitiesInMaternalChapter() == []
    assert entity.getRelatedEntitiesInPerinatalChapter() == []


def test_index_terms_name_the_entity(explorer: ICDExplorer) -> None:
    entity = explorer.getEntityFromCode("1A00")
    assert set(entity.getIndexTerm()) <= {"Cholera"}


def test_the_latest_release_is_taken_where_none_is_asked(released_server: Server) -> None:
    latest = explorer_of(released_server, None)
    assert (latest.getRelease(), latest.getLanguage()) == (RELEASE, "en")


def test_another_release_and_language(released_server: Server) -> None:
    spanish = explorer_of(released_server, "2024-01", "es")
    assert spanish.getEntityFromCode("1A00").getTitle() == "Cólera"
    older = explorer_of(released_server, "2022-02")
    assert older.getEntityFromCode("1A00").getURI() == f"{MMS}/257068234".replace(
        RELEASE, "2022-02"
    )


def test_a_release_or_language_that_is_not_installed(released_server: Server) -> None:
    for release, language in (("2019-04", "en"), (RELEASE, "xx"), (RELEASE, "es")):
        with pytest.raises(LookupError):
            explorer_of(released_server, release, language)


def is_numbered(entity_id: str) -> bool:
    return entity_id.partition("/")[0].isdigit()


def test_the_starter_set_answers_too(starter_server: Server, starter: Terminology) -> None:
    explorer = explorer_of(starter_server, None)
    assert explorer.getRelease() == starter.release
    for code in ("01", "1A00", "5A11", "BA41", "BA41.Z", "CA40.0", "XK8G", "GB61.Z/5A11"):
        entity, known = explorer.getEntityFromCode(code), starter.lookup(code.partition("/")[0])
        assert (entity.getTitle(), entity.getId()) == (known.title, known.id)
        # groupings that the starter set holds without WHO's number are passed over
        children = [step.title for step in known.children if is_numbered(step.id)]
        assert set(children) <= {child.getTitle() for child in entity.getChildren()}
        above = [step.title for step in known.path[:-1] if is_numbered(step.id)]
        assert [each.getTitle() for each in entity.getAncestors()][::-1] == above
    assert not explorer.isValidCode("ZZZZ")
    assert not explorer.isValidId("1")
