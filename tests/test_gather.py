"""Files of any name in any order: what each is, and what editions they make together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import permutations

import pytest

from icd11kit.edition import Edition
from icd11kit.errors import SourceError
from icd11kit.model import Axis, EditionKey, Entity, LinearizationEntity, Note
from icd11kit.sources.api_json import ApiRelease
from icd11kit.sources.assemble import assemble, newest_tables
from icd11kit.sources.documents import Document, open_bytes
from icd11kit.sources.gather import Gathered, gather, read_document
from icd11kit.sources.mapping import MappingTable
from icd11kit.sources.tabulation import Tabulation
from icd11kit.vocabulary import ClassKind, Multiple, NoteKind, Tier
from tests.small_release import (
    JANUARY_2024,
    JANUARY_2025,
    SHELLS,
    SPANISH,
    api_objects,
    entries,
    mapping_tables,
    mapping_zip,
    tabulation_text,
    tabulation_workbook,
    tabulation_zip,
    zipped,
)

TREE = entries()
CHAPTERS = (LinearizationEntity("9001", "01", "Kites", ClassKind.CHAPTER, 0, "01"),)
RECORD = (
    b'<tryton><record model="gnuhealth.pathology" id="1A00"><field name="code">1A00</field>'
    b'<field name="name">Torn tail</field><field name="category" ref="icd11cat1"/>'
    b'<field name="uri">http://id.who.int/icd/entity/7001</field></record></tryton>'
)
API = json.dumps(list(api_objects().values())).encode()
FOG = json.dumps(api_objects()["/icd/entity/700000011"]).encode()
TO_TEN = "11To10MapToOneCategory.txt"
EDITION = EditionKey("mms", "2025-01", "en")
IN_USE = Edition(EditionKey("mms", "2024-01", "en"), Tier.RELEASE, CHAPTERS)


def _gather(*files: tuple[str, bytes], language: str = "") -> Gathered:
    documents = [item for name, data in files for item in open_bytes(name, data, "2026-02-03")]
    return gather(documents, CHAPTERS, language)


def _nothing(key: EditionKey | None) -> Edition | None:
    return None


def _in_use(key: EditionKey | None) -> Edition | None:
    return IN_USE if key in (None, IN_USE.key) else None


def _assembled(*files: tuple[str, bytes], release: str = "") -> list[Edition]:
    return assemble(_gather(*files).reads, release, _nothing)


KINDS = {
    "simple tabulation": (tabulation_text(TREE), Tabulation),
    "workbook": (tabulation_workbook(TREE), Tabulation),
    **{name[:-4]: (data, MappingTable) for name, data in mapping_tables().items()},
    "ICD-API JSON": (API, ApiRelease),
    "code list": (RECORD, Tabulation),
}


@pytest.mark.parametrize("name", ["kites", "mapping.zip", "tabulation.xlsx", "foundation.json"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_known_by_what_it_holds_not_by_its_name(kind: str, name: str) -> None:
    data, value = KINDS[kind]
    read = read_document(Document(name, data), CHAPTERS)
    assert read is not None
    assert isinstance(read.value, value)
    assert read.source.kind == {"workbook": "simple tabulation"}.get(kind, kind)
    assert (read.source.name, read.source.missed) == (name, 0)
    assert read.source.rows > 0


@pytest.mark.parametrize(
    "data",
    [b"", b"kite", b"Code\tTitle\r\n1A00\tTorn tail\r\n", b"\0\1", b"{}", b'{"kite": 1}',
     b"<kites/>", b"<?xml version='1.0'?><ICD10CM.tabular/>", b"\t\t\t\n\t\t"],
)  # fmt: skip
def test_what_is_of_no_known_kind_is_named(data: bytes) -> None:
    gathered = _gather(("kites.txt", data), ("good.txt", tabulation_text(TREE)))
    assert gathered.unknown == ["kites.txt"]
    assert len(gathered.reads) == 1


def test_the_order_of_the_files_does_not_matter() -> None:
    files = [
        ("b.zip", tabulation_zip()),
        ("c.zip", mapping_zip()),
        ("a.zip", tabulation_zip(spanish=True)),
        ("fog.json", FOG),
    ]
    made = [sorted(_assembled(*order), key=lambda e: e.key) for order in permutations(files)]
    assert all(editions == made[0] for editions in made)
    assert [str(edition.key) for edition in made[0]] == ["mms-2025-01-en", "mms-2025-01-es"]


def test_a_source_says_its_file_its_digest_and_its_rows() -> None:
    files = ("/home/k/a.zip", zipped({"deep/kites.txt": tabulation_text(TREE)}))
    (source,) = (read.source for read in _gather(files).reads)
    assert (source.name, source.rows) == ("a.zip!kites.txt", len(TREE))
    assert source.sha256 == Document("", tabulation_text(TREE)).sha256


@pytest.mark.parametrize(
    ("data", "dated"),
    [
        (tabulation_text(TREE, JANUARY_2024), "2024-01-21"),
        (RECORD, "2021-01"),
        (tabulation_text(TREE, "no day"), "2026-02-03"),
        (FOG, "2026-02-03"),
        (mapping_zip(), "2025-01-24"),
    ],
    ids=["tabulation", "code list", "no version", "API", "member of a zip"],
)
def test_a_source_is_dated_by_its_publisher_else_as_a_file(data: bytes, dated: str) -> None:
    assert {read.source.dated for read in _gather(("kites", data)).reads} == {dated}


def test_bad_rows_of_all_files_are_gathered() -> None:
    bad = tabulation_text(TREE) + b"kite\r\n"
    table = mapping_tables()[TO_TEN] + b"kite\r\n"
    gathered = _gather(("a.txt", bad), ("b.txt", table), ("c.json", b"[%s, {}]" % FOG))
    assert [(error.path, error.line) for error in gathered.errors] == [
        ("a.txt", len(TREE) + 2),
        ("b.txt", 7),
        ("c.json", 2),
    ]
    assert [read.source.missed for read in gathered.reads] == [1, 1, 1]


@pytest.mark.parametrize("header", [tabulation_text(()), tabulation_workbook(())])
def test_a_table_that_ends_after_its_header_is_refused(header: bytes) -> None:
    with pytest.raises(SourceError, match=r"\Akites: no row[^\n]*\Z"):
        _gather(("kites", header))


def test_a_workbook_beside_its_text_in_a_zip_is_passed_over() -> None:
    reads = _gather(("kites.zip", tabulation_zip(workbook=True))).reads
    assert [read.source.name for read in reads] == ["kites.zip!SimpleTabulation-ICD-11-MMS-en.txt"]


def test_a_workbook_beside_a_text_that_is_no_table_is_read() -> None:
    members = {"kites.txt": b"See the workbook.", "kites.xlsx": tabulation_workbook(TREE)}
    gathered = _gather(("all.zip", zipped(members)))
    assert [read.source.name for read in gathered.reads] == ["all.zip!kites.xlsx"]
    assert gathered.unknown == ["all.zip!kites.txt"]


def test_only_workbooks_are_passed_over_beside_a_file_of_their_name() -> None:
    members = {"mms.txt": tabulation_text(TREE), "mms.tsv": mapping_tables()[TO_TEN]}
    gathered = _gather(("all.zip", zipped({**members, "mms.json": FOG})))
    assert {read.source.kind for read in gathered.reads} == {
        "simple tabulation", "11To10MapToOneCategory", "ICD-API JSON",
    }  # fmt: skip


def test_texts_of_one_name_in_two_folders_of_a_zip_are_both_read() -> None:
    members = {
        f"{version[:4]}/mms-en.txt": tabulation_text(TREE, version)
        for version in (JANUARY_2024, JANUARY_2025)
    }
    editions = _assembled(("all.zip", zipped(members)))
    assert sorted(edition.key.release for edition in editions) == ["2024-01", "2025-01"]


def test_two_languages_of_a_release_are_two_editions_with_the_same_maps() -> None:
    spanish, english = sorted(
        _assembled(
            ("en.zip", tabulation_zip()),
            ("es.zip", tabulation_zip(spanish=True)),
            ("mapping.zip", mapping_zip()),
        ),
        key=lambda edition: edition.key.language,
        reverse=True,
    )
    assert (english.key.language, spanish.key.language) == ("en", "es")
    assert english.map_rows == spanish.map_rows != ()
    titles = {entity.id: entity.title for entity in spanish.entities}
    assert {titles[entry] for entry in SPANISH} == set(SPANISH.values())
    assert (english.untranslated, spanish.untranslated) == (0, len(TREE) - len(SPANISH))


def test_a_language_given_holds_for_files_that_do_not_tell() -> None:
    (read,) = _gather(("kites.txt", tabulation_text(TREE, spanish=True)), language="es").reads
    assert isinstance(read.value, Tabulation)
    assert read.value.language == "es"


def test_tabulation_and_tables_make_one_edition() -> None:
    (edition,) = _assembled(("en.zip", tabulation_zip()), ("mapping.zip", mapping_zip()))
    assert (edition.key, edition.tier, edition.map_release) == (EDITION, Tier.RELEASE, "2025-01")
    assert len(edition.entities) == len(TREE)
    assert {row.mapping for row in edition.map_rows} == {name[:-4] for name in mapping_tables()}
    assert edition.foundation == (Entity(SHELLS, "Rope of shells"),)
    assert len(edition.sources) == 6


@pytest.mark.parametrize(("older", "newer"), [("a.zip", "b.zip"), ("b.zip", "a.zip")])
def test_the_newest_tables_count(older: str, newer: str) -> None:
    zips = ((older, mapping_zip("2024-Jan-21")), (newer, mapping_zip("2025-Jan-21")))
    reads = _gather(*zips).reads
    assert len(reads) == 10
    kept = [read.value for read in newest_tables(reads)]
    assert [isinstance(v, MappingTable) and v.release for v in kept] == ["2025-01"] * 5


@pytest.mark.parametrize(("api", "table"), [("a", "b"), ("b", "a")])
def test_a_walked_api_is_preferred_to_a_tabulation(api: str, table: str) -> None:
    (edition,) = _assembled((api, API), (table, tabulation_text(TREE)))
    assert (edition.tier, edition.key) == (Tier.API, EDITION)


def test_a_code_list_is_an_index() -> None:
    (listed,) = _assembled(("diseases.xml", RECORD))
    assert (listed.tier, str(listed.key)) == (Tier.INDEX, "mms-2020-09-en")


def test_single_entities_add_to_the_edition_beside_them() -> None:
    (edition,) = _assembled(("a.json", FOG), ("b.txt", tabulation_text(TREE)))
    assert edition.foundation == (Entity("700000011", "Morning fog", ("700000010", "700000022")),)
    assert [source.kind for source in edition.sources] == ["simple tabulation", "ICD-API JSON"]


def test_axes_and_notes_of_single_entities_add_to_the_edition_beside_them() -> None:
    rope = json.dumps(api_objects()["/icd/release/11/2025-01/mms/700000003"]).encode()
    (edition,) = _assembled(("a.json", rope), ("b.txt", tabulation_text(TREE)))
    assert [axis.name for axis in edition.axes] == ["specificAnatomy", "laterality"]
    assert Note("700000003", NoteKind.INCLUSION, "sagging rope") in edition.notes


def test_tables_alone_go_to_the_edition_in_use() -> None:
    (edition,) = assemble(_gather(("mapping.zip", mapping_zip())).reads, "", _in_use)
    assert (edition.key, edition.entities) == (IN_USE.key, CHAPTERS)
    assert edition.map_rows != ()


@pytest.mark.parametrize("file", [("mapping.zip", mapping_zip()), ("fog.json", FOG)])
def test_tables_and_entities_without_an_edition_are_refused(file: tuple[str, bytes]) -> None:
    with pytest.raises(SourceError, match=r"\A(mapping\.zip|fog\.json)[^\n]*tabulation[^\n]*\Z"):
        assemble(_gather(file).reads, "", _nothing)


def test_nothing_makes_no_edition() -> None:
    assert assemble((), "", _nothing) == []
    assert assemble((), "", _in_use) == []


@pytest.mark.parametrize(
    ("version", "asked", "release"),
    [(JANUARY_2025, "2025-01", "2025-01"), (JANUARY_2025, "", "2025-01"), ("", "kite", "kite")],
)
def test_the_release_is_the_files_or_else_the_one_asked_for(
    version: str, asked: str, release: str
) -> None:
    (edition,) = _assembled(("a.txt", tabulation_text(TREE, version)), release=asked)
    assert edition.key.release == release


@pytest.mark.parametrize(("version", "asked"), [(JANUARY_2025, "2024-01"), ("", "")])
def test_a_release_that_the_files_do_not_hold_or_tell_is_refused(version: str, asked: str) -> None:
    with pytest.raises(SourceError, match=r"\Aa\.txt: the file [^\n]*release[^\n]*\Z"):
        _assembled(("a.txt", tabulation_text(TREE, version)), release=asked)


def _again(before: Edition, *files: tuple[str, bytes]) -> Edition:
    """Return the edition that files make where another of its key is installed."""
    (edition,) = assemble(_gather(*files).reads, "", lambda key: before)
    return edition


def test_what_an_installed_edition_knows_more_is_kept() -> None:
    axis = Axis("700000003", "paper", True, Multiple.ALWAYS, ("700000042",), "ICD-API 2025-01")
    (first,) = _assembled(("a.json", API), ("mapping.zip", mapping_zip()))
    before = first._replace(axes=(axis,), notes=(Note("700000003", NoteKind.SYNONYM, "lax rope"),))
    after = _again(before, ("en.zip", tabulation_zip()))
    assert (after.axes, after.notes, after.tier) == (before.axes, before.notes, Tier.API)
    assert (after.map_rows, after.map_release) == (before.map_rows, "2025-01")
    assert set(after.foundation) == set(before.foundation)
    assert {source.kind for source in after.sources} == {
        "simple tabulation", "ICD-API JSON", *(name[:-4] for name in mapping_tables()),
    }  # fmt: skip


def test_parents_once_known_are_kept() -> None:
    alone = json.dumps({**api_objects()["/icd/entity/700000011"], "parent": []}).encode()
    (before,) = _assembled(("a.json", FOG), ("b.txt", tabulation_text(TREE)))
    after = _again(before, ("a.json", alone), ("b.txt", tabulation_text(TREE)))
    assert after.foundation == before.foundation


def test_what_is_brought_again_replaces_what_is_installed() -> None:
    before = _assembled(("en.zip", tabulation_zip()), ("m.zip", mapping_zip("2024-Jan-21")))[0]
    after = _again(before, ("m.zip", mapping_zip("2025-Jan-21")))
    assert after.map_release == "2025-01"
    assert len(after.map_rows) == len(before.map_rows)
    assert len(after.sources) == len(before.sources)


def test_an_edition_installed_twice_is_the_same() -> None:
    files: Sequence[tuple[str, bytes]] = (
        ("a.json", API), ("en.zip", tabulation_zip()), ("m.zip", mapping_zip()), ("f.json", FOG),
    )  # fmt: skip
    (first,) = _assembled(*files)
    assert _again(first, *files) == first
