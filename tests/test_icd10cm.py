"""ICD-10-CM as the package carries it, and tabular lists made here that are odd or broken."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from icd11kit.errors import SourceError
from icd11kit.model import LinearizationEntity, Note
from icd11kit.sources.documents import Document
from icd11kit.sources.icd10cm import (
    Icd10Cm,
    billable_codes,
    package_documents,
    parse_icd10cm_release,
)
from icd11kit.tree import places
from icd11kit.vocabulary import ClassKind, NoteKind


@pytest.fixture(scope="module")
def release() -> Icd10Cm:
    return parse_icd10cm_release(*package_documents())


@pytest.fixture(scope="module")
def by_code(release: Icd10Cm) -> dict[str, LinearizationEntity]:
    return {entity.code: entity for entity in release.entities if entity.code}


def _above(release: Icd10Cm, code: str) -> list[str]:
    """Return the labels from an entry up to its chapter."""
    tree = places([entity.depth for entity in release.entities])
    place = next(n for n, entity in enumerate(release.entities) if entity.code == code)
    labels = []
    while place >= 0:
        labels.append(release.entities[place].label)
        place = tree[place].parent
    return labels


def _notes(release: Icd10Cm, entity: str, kind: NoteKind) -> list[str]:
    return [note.text for note in release.notes if note[:2] == (entity, kind)]


def test_the_package_holds_22_chapters_and_74719_billable_codes(release: Icd10Cm) -> None:
    kinds = Counter(entity.kind for entity in release.entities)
    assert release.release == "2026-04"
    assert (kinds[ClassKind.CHAPTER], kinds[ClassKind.BLOCK]) == (22, 297)
    assert len(billable_codes(release.entities)) == 74_719
    assert len({entity.id for entity in release.entities}) == len(release.entities)


def test_billable_are_the_codes_of_the_list_that_no_other_code_extends(release: Icd10Cm) -> None:
    listed = package_documents()[1].data.decode().split()
    codes = sorted(code for code in listed if "-" not in code and len(code) > 2)
    ends = [code for code, after in pairwise([*codes, ""]) if not after.startswith(code)]
    assert sorted(code.replace(".", "") for code in billable_codes(release.entities)) == ends


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("E11.9", ["E11", "E08-E13", "4"]),
        ("I10", ["I10-I1A", "9"]),
        ("C7A.00", ["C7A.0", "C7A", "C7A-C7A", "2"]),
        ("S52.531A", ["S52.531", "S52.53", "S52.5", "S52", "S50-S59", "19"]),
        ("W61.01XA", ["W61.01", "W61.0", "W61", "W50-W64", "20"]),
    ],
)
def test_an_entry_stands_below_its_longest_beginning(
    release: Icd10Cm, code: str, above: list[str]
) -> None:
    assert _above(release, code) == [code, *above]


@pytest.mark.parametrize(
    ("code", "title", "billable"),
    [
        ("S52.531", "Colles' fracture of right radius", False),
        (
            "S52.531A",
            "Colles' fracture of right radius, initial encounter for closed fracture",
            True,
        ),
        ("W61.01", "Bitten by parrot", False),
        ("W61.01XA", "Bitten by parrot, initial encounter", True),
        ("T42.4X5A", "Adverse effect of benzodiazepines, initial encounter", True),
        ("M1A.00X1", "Idiopathic chronic gout, unspecified site, with tophus (tophi)", True),
        ("E11", "Type 2 diabetes mellitus", False),
        ("E11.9", "Type 2 diabetes mellitus without complications", True),
    ],
)
def test_a_7th_character_ends_title_and_code_with_x_between(
    by_code: dict[str, LinearizationEntity], code: str, title: str, billable: bool
) -> None:
    assert (by_code[code].title, by_code[code].billable) == (title, billable)


@pytest.mark.parametrize("code", ["S06.2X7D", "S06.2X7S", "S06.2X8D", "W61.01A"])
def test_a_code_the_list_lacks_is_not_made(
    by_code: dict[str, LinearizationEntity], code: str
) -> None:
    assert code not in by_code


@pytest.mark.parametrize(
    ("entity", "kind", "text"),
    [
        ("Z85.3", NoteKind.INCLUSION, "Conditions classifiable to C50.-"),
        ("I10", NoteKind.INCLUDES, "high blood pressure"),
        ("E11", NoteKind.EXCLUDES1, "type 1 diabetes mellitus (E10.-)"),
        ("M1A", NoteKind.EXCLUDES2, "acute gout (M10.-)"),
        ("S06", NoteKind.CODE_ALSO, "skull fracture (S02.-)"),
        ("S06", NoteKind.SEVENTH_CHARACTER, "D: subsequent encounter"),
        ("F02", NoteKind.CODE_FIRST, "Huntington's disease (G10)"),
        ("N39.0", NoteKind.USE_ADDITIONAL, "code (B95-B97), to identify infectious agent."),
    ],
)
def test_notes_stand_at_their_entry(
    release: Icd10Cm, entity: str, kind: NoteKind, text: str
) -> None:
    assert text in _notes(release, entity, kind)


def test_notes_of_every_kind_are_read(release: Icd10Cm) -> None:
    assert Counter(note.kind for note in release.notes) == {
        NoteKind.INCLUSION: 12_574,
        NoteKind.EXCLUDES1: 5_407,
        NoteKind.EXCLUDES2: 2_520,
        NoteKind.SEVENTH_CHARACTER: 2_298,
        NoteKind.USE_ADDITIONAL: 1_485,
        NoteKind.INCLUDES: 1_024,
        NoteKind.CODE_FIRST: 809,
        NoteKind.CODE_ALSO: 655,
        NoteKind.NOTE: 180,
    }
    assert all(note.text == " ".join(note.text.split()) != "" for note in release.notes)


TABULAR = """<?xml version="1.0"?><ICD10CM.tabular><chapter>
<name> 1 </name><desc>Ailments of
 kites (A00-A09)</desc><notes><note>Fly low.</note></notes>
<section id="A00-A01"><desc>Tails (A00-A01)</desc>%s</section>
<section id="A09"><desc>Frames (A09)</desc><diag><name>A09</name><desc>Frame</desc></diag></section>
</chapter></ICD10CM.tabular>"""
LEAF = "<diag><name>%s</name><desc>Torn tail</desc>%s</diag>"
SEVENTH = '<sevenChrDef><extension char="A">aloft</extension><extension char="S"/></sevenChrDef>'


def _parse(tabular: str | bytes, codes: str = "", name: str = "list-May-2031.txt") -> Icd10Cm:
    data = tabular.encode() if isinstance(tabular, str) else tabular
    return parse_icd10cm_release(Document("kites.xml", data), Document(name, codes.encode()))


def _codes(read: Icd10Cm) -> list[tuple[str, bool]]:
    categories = [item for item in read.entities if item.kind is ClassKind.CATEGORY]
    return [(item.code, item.billable) for item in categories if item.code != "A09"]


def test_titles_lose_their_range_and_a_section_of_one_category_gets_a_range_for_id() -> None:
    read = _parse(TABULAR % "")
    assert [(entity.id, entity.title, entity.depth) for entity in read.entities] == [
        ("1", "Ailments of kites", 0),
        ("A00-A01", "Tails", 1),
        ("A09-A09", "Frames", 1),
        ("A09", "Frame", 2),
    ]
    assert read.notes == (Note("1", NoteKind.NOTE, "Fly low."),)


@pytest.mark.parametrize(
    ("code", "listed", "made"),
    [
        ("A00", "A00XXXA", [("A00", False), ("A00.XXXA", True)]),
        ("A00.1", "A001XXA A001XXS", [("A00.1", False), ("A00.1XXA", True), ("A00.1XXS", True)]),
        ("A00.123", "A00.123S", [("A00.123", False), ("A00.123S", True)]),
        ("A00.12", "A0012 A00123A", [("A00.12", True)]),
        ("A00.1", "", [("A00.1", True)]),
    ],
)
def test_a_leaf_is_billable_unless_the_list_has_it_with_7th_characters(
    code: str, listed: str, made: list[tuple[str, bool]]
) -> None:
    assert _codes(_parse(TABULAR % (LEAF % (code, SEVENTH)), listed)) == made


def test_7th_characters_are_those_of_the_nearest_entry_above() -> None:
    own = '<sevenChrDef><extension char="Z">ashore</extension></sevenChrDef>'
    below = LEAF % ("A00.1", "") + LEAF % ("A00.2", own)
    read = _parse(TABULAR % (LEAF % ("A00", SEVENTH + below)), "A001XXA A002XXA A002XXZ")
    assert _codes(read) == [
        ("A00", False), ("A00.1", False), ("A00.1XXA", True), ("A00.2", False), ("A00.2XXZ", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("inclusionTerm", NoteKind.INCLUSION),
        ("includes", NoteKind.INCLUDES),
        ("excludes1", NoteKind.EXCLUDES1),
        ("excludes2", NoteKind.EXCLUDES2),
        ("codeFirst", NoteKind.CODE_FIRST),
        ("codeAlso", NoteKind.CODE_ALSO),
        ("useAdditionalCode", NoteKind.USE_ADDITIONAL),
        ("sevenChrNote", NoteKind.SEVENTH_CHARACTER),
        ("notes", NoteKind.NOTE),
    ],
)
def test_each_tag_of_notes_has_its_kind(tag: str, kind: NoteKind) -> None:
    notes = f"<{tag}><note>of <b>wet</b>\n paper</note><note> </note><note>of silk</note></{tag}>"
    read = _parse(TABULAR % (LEAF % ("A00", notes)))
    assert _notes(read, "A00", kind) == ["of wet paper", "of silk"]


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("code-list-April-2026.txt", "2026-04"),
        ("code-list-October-1-2025.txt", "2025-10"),
        ("code-list-Octember-2025.txt", ""),
        ("codes.txt", ""),
    ],
)
def test_the_release_is_the_month_in_the_name_of_the_code_list(name: str, release: str) -> None:
    assert _parse(TABULAR % "", name=name).release == release


BROKEN = {
    "empty": b"",
    "not XML": b"A00\tTorn tail",
    "cut off": (TABULAR % "").encode()[:-30],
    "not UTF-8": (TABULAR % (LEAF % ("A00", "\xfc"))).encode("latin-1"),
    "another root": b"<ICD10CM.index/>",
    "a web page": b"<!DOCTYPE html><html></html>",
    "an encoding nobody knows": b'<?xml version="1.0" encoding="kite"?><ICD10CM.tabular/>',
    "a code of no form": (TABULAR % (LEAF % ("kite", ""))).encode(),
    "an entry without code": (TABULAR % "<diag/>").encode(),
    "entries 2,000 deep": (TABULAR % ("<diag><name>A00</name>" * 2000 + "</diag>" * 2000)).encode(),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_tabular_list_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"\Akites\.xml: [^\n]+\Z"):
        _parse(data)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ('<!DOCTYPE k [<!ENTITY k0 "kite"><!ENTITY k "&k0;&k0;&k0;">]>', "&k;"),
        ('<!DOCTYPE k [<!ENTITY k SYSTEM "file:///etc/hostname">]>', "&k;"),
        ('<!DOCTYPE k [<!ENTITY k "kite">]>', "&k;"),
        ('<!DOCTYPE k SYSTEM "http://localhost:1/kite.dtd">', "kite"),
        ("<!DOCTYPE k>", "kite"),
    ],
)
def test_entities_and_document_types_are_refused(head: str, text: str) -> None:
    tabular = TABULAR % (LEAF % ("A00", f"<notes><note>{text}</note></notes>"))
    assert _parse(tabular.replace("&k;", "kite")).entities != ()
    tabular = tabular.replace("?>", f"?>{head}", 1)
    with pytest.raises(SourceError, match=r"\Akites\.xml: [^\n]*unsafe[^\n]*\Z"):
        _parse(tabular)
