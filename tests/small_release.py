"""A small release in all of WHO's file kinds, made from a tree of invented entries.

The titles are our own words about invented things; only the forms of the files are WHO's.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

JANUARY_2024, JANUARY_2025 = "2024 Jan 21 - 22:30 UTC", "2025 Jan 24 - 22:30 UTC"
ROOT = "http://id.who.int/icd"
TREE = """\
0 chapter 700000001 01 - Ailments of harbours
1 block 700000002 - BlockL1-1A0 Mooring disorders
2 category 700000003 1A00 - Slack rope
3 category 700000004 1A00.0 - Slack bow rope
3 category 700000005 1A00.1 - Slack stern rope
3 category 700000003/other 1A00.Y - Other specified slack rope
3 category 700000003/unspecified 1A00.Z - Slack rope, unspecified
2 category 700000006 1A01 - Knotted hawser
2 category 700000007 1A02 - Drifting buoy
3 category 700000008 1A02.0 - Drifting buoy at ebb
3 category 700000009 1A02.1 - Drifting buoy at flood
2 category 700000002/other 1A0Y - Other specified mooring disorders
2 category 700000002/unspecified 1A0Z - Mooring disorders, unspecified
1 block 700000010 - BlockL1-1A1 Fog conditions
2 category 700000011 1A10 - Morning fog
2 category 700000012 1A11 - Evening fog
2 category 700000013 1A12 - Whistling fog
2 category 700000010/unspecified 1A1Z - Fog conditions, unspecified
0 chapter 700000020 02 - Ailments of clocks
1 block 700000021 - BlockL1-2A0 Disorders of the pendulum
2 category 700000022 2A00 - Lazy pendulum
3 category 700000023 2A00.0 - Lazy pendulum in winter
3 category 700000024 2A00.1 - Lazy pendulum in summer
2 category 700000025 2A01 - Hasty pendulum
2 category 700000021/other 2A0Y - Other specified disorders of the pendulum
2 category 700000021/unspecified 2A0Z - Disorders of the pendulum, unspecified
1 block 700000026 - BlockL1-2A1 Disorders of the chime
2 category 700000027 2A10 - Hoarse chime
2 category 700000028 2A11 - Silent chime
2 category 700000029 2A12 - Double chime
2 category 700000026/unspecified 2A1Z - Disorders of the chime, unspecified
0 chapter 700000040 X - Extension words
1 block 700000041 - BlockL1-XA0 Where it is
2 category 700000042 XA00 - Quay side
3 category 700000043 XA00.1 - North quay
3 category 700000044 XA00.2 - South quay
2 category 700000045 XA01 - Tower side
1 block 700000046 - BlockL1-XK0 Which side
2 category 700000047 XK00 - Port
2 category 700000048 XK01 - Starboard
"""
SPANISH = {"700000003": "Cabo flojo", "700000022": "Péndulo perezoso"}
"""The titles of the Spanish edition; all others are not translated."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the invented tree; `code` is the chapter number on a chapter."""

    depth: int
    kind: str
    id: str
    code: str
    block_id: str
    title: str
    chapter: str


def entries(extra: int = 0) -> tuple[Entry, ...]:
    """Return the tree in pre-order, with so many more categories in a chapter of their own."""
    return (*_parse(TREE), *_more(extra))


def _parse(text: str) -> Iterator[Entry]:
    chapter = ""
    for line in text.splitlines():
        depth, kind, entity_id, code, block_id, title = line.split(" ", 5)
        chapter = code if kind == "chapter" else chapter
        yield Entry(
            int(depth), kind, entity_id, code.strip("-"), block_id.strip("-"), title, chapter
        )


def _more(count: int) -> Iterator[Entry]:
    if count:
        yield Entry(0, "chapter", "800000000", "05", "", "Numbered ailments", "05")
    for number in range(count):
        series, place = divmod(number, 100 * len(LETTERS))
        code = f"5{LETTERS[place // 100]}{place % 100:02}" + (f".{series - 1}" if series else "")
        title = f"Numbered ailment {number} of pier {number % 97} and lamp {number % 89}"
        yield Entry(1, "category", f"{800000001 + number}", code, "", title, "05")


LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_HEADER = (
    "Foundation URI", "Linearization URI", "Code", "BlockId", "Title", "ClassKind", "DepthInKind",
    "IsResidual", "ChapterNo",
)  # fmt: skip


def tabulation_rows(
    tree: Sequence[Entry], version: str = JANUARY_2025, *, spanish: bool = False
) -> list[list[str]]:
    """Return a tabulation as rows of cells, the header (with the version) first."""
    header = list(_HEADER)
    if spanish:
        header.insert(4, "TitleEN")
    rows = [[*header, f"Version:{version}"]]
    for entry in tree:
        cells = _cells(entry)
        if spanish:
            prefix = "- " * entry.depth
            cells.insert(5, prefix + SPANISH[entry.id] if entry.id in SPANISH else "")
        rows.append(cells)
    return rows


def _cells(entry: Entry) -> list[str]:
    residual = "/" in entry.id
    return [
        "" if residual else f"{ROOT}/entity/{entry.id}",
        f"{ROOT}/release/11/mms/{entry.id}",
        "" if entry.kind == "chapter" else entry.code,
        entry.block_id,
        "- " * entry.depth + entry.title,
        entry.kind,
        "1",
        str(residual),
        entry.chapter,
    ]


def tabulation_text(
    tree: Sequence[Entry], version: str = JANUARY_2025, *, spanish: bool = False
) -> bytes:
    """Return a tabulation as WHO's text: byte order mark, tabs, CRLF, titles in quotes."""
    rows = tabulation_rows(tree, version, spanish=spanish)
    lines = ("\t".join(f'"{c}"' if " " in c and n else c for c in r) for n, r in enumerate(rows))
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def tabulation_workbook(tree: Sequence[Entry], version: str = JANUARY_2025) -> bytes:
    """Return a tabulation as a workbook of one sheet."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("SimpleTabulation")
    for row in tabulation_rows(tree, version):
        sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of named bytes, the same at any time of day."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 24, 22, 30, 0)), data)
    return stream.getvalue()


def tabulation_zip(
    version: str = JANUARY_2025, *, extra: int = 0, spanish: bool = False, workbook: bool = False
) -> bytes:
    """Return what WHO offers for download: readme and text, and the workbook if wanted."""
    tree = entries(extra)
    stem = f"SimpleTabulation-ICD-11-MMS-{'es' if spanish else 'en'}"
    members = {"readme.txt": b"Code\t\t:the code of the entity\r\n"}
    members[f"{stem}.txt"] = tabulation_text(tree, version, spanish=spanish)
    if workbook:
        members[f"{stem}.xlsx"] = tabulation_workbook(tree, version)
    return zipped(members)


_PAIRS = (
    ("H10.0", "Loose rope", "700000003"),
    ("H10.1", "Loose rope of the bow", "700000004"),
    ("H20", "Wandering buoy", "700000007"),
    ("C01", "Tired pendulum", "700000022"),
    ("C02", "Croaking chime", "700000027"),
)
SHELLS = "700000900"
"""An entity that stands in the Foundation's table only, below the shoreline."""


def mapping_tables(dated: str = "2025-Jan-21") -> dict[str, bytes]:
    """Return WHO's five mapping tables by file name, with the date in each header's end."""
    by_id = {entry.id: entry for entry in entries()}
    to_eleven, to_ten, foundation_to_eleven, foundation_to_ten = [], [], [], []
    for code, title, entity_id in _PAIRS:
        entry, chapter = by_id[entity_id], code[0]
        foundation, uri = f"{ROOT}/entity/{entity_id}", f"{ROOT}/release/11/mms/{entity_id}"
        eleven = [entry.code, entry.chapter, entry.title]
        ten = [code, chapter, title]
        to_eleven.append(["category", "1", *ten, "category", "1", foundation, uri, *eleven])
        to_ten.append([uri, *eleven, *ten])
        foundation_to_eleven.append(["category", "1", *ten, foundation, entry.title])
        foundation_to_ten.append([foundation, *eleven, code, title])
    foundation_to_ten.append([f"{ROOT}/entity/{SHELLS}", "", "", "Rope of shells", "H10.8", "Rest"])
    head = ["icd10Code", "icd10Chapter", "icd10Title"]
    mms = ["Linearization (release) URI", "icd11Code", "icd11Chapter", "icd11Title"]
    tables = {
        "10To11MapToOneCategory": (
            ["10ClassKind", "10DepthInKind", *head, "11ClassKind", "11DepthInKind",
             "ICD-11 FoundationURI", "Linearization (releaseURI)", *mms[1:]], to_eleven,
        ),
        "10To11MapToMultipleCategories": (
            ["10ClassKind", "Depth", *head, "11ClassKind", "Depth", "ICD-11 Foundation URI", *mms],
            to_eleven,
        ),
        "11To10MapToOneCategory": ([*mms, *head], to_ten),
        "foundation_10To11MapToOneCategory": (
            ["10ClassKind", "10DepthInKind", *head, "ICD-11 FoundationURI", "icd11Title"],
            foundation_to_eleven,
        ),
        "foundation_11To10MapToOneCategory": (
            ["FoundationURI", *mms[1:], "icd10Code", "icd10Title"], foundation_to_ten,
        ),
    }  # fmt: skip
    return {
        f"{name}.txt": _table([*header, dated], rows) for name, (header, rows) in tables.items()
    }


def _table(header: list[str], rows: list[list[str]]) -> bytes:
    return ("".join("\t".join(cells) + "\r\n" for cells in (header, *rows))).encode()


def mapping_zip(dated: str = "2025-Jan-21") -> bytes:
    """Return the zip of the five mapping tables."""
    return zipped(mapping_tables(dated))


def api_objects(release: str = "2025-01", extra: int = 0) -> dict[str, dict[str, Any]]:
    """Return the tree as ICD-API objects by the path they are asked for.

    Slack rope (1A00) has two axes; Morning fog has a second parent in the Foundation, and
    below it stands an entity that the linearization does not hold.
    """
    tree = entries(extra)
    objects: dict[str, dict[str, Any]] = {}
    mms, foundation = f"/icd/release/11/{release}/mms", "/icd/entity"
    children = _children(tree)
    objects["/icd/release/11/mms"] = {
        "@id": f"{ROOT}/release/11/mms",
        "latestRelease": f"{ROOT}/release/11/{release}/mms",
        "release": [f"{ROOT}/release/11/{release}/mms"],
    }
    for root in (mms, foundation):
        objects[root] = _object(root, "The whole of it", children[""])
    for entry in tree:
        objects[f"{mms}/{entry.id}"] = _linear(mms, entry, children[entry.id])
        if "/" not in entry.id:
            below = [child for child in children[entry.id] if "/" not in child]
            objects[f"{foundation}/{entry.id}"] = _object(
                foundation, entry.title, below, entry.id, (_parent(tree, entry),)
            )
    fog = objects[f"{foundation}/700000011"]
    fog["parent"].append(f"{ROOT}/entity/700000022")
    fog["child"] = [f"{ROOT}/entity/700000901"]
    objects[f"{foundation}/700000901"] = _object(
        foundation, "Morning fog with bells", [], "700000901", ("700000011",)
    )
    return objects


def _children(tree: Sequence[Entry]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {"": [], **{entry.id: [] for entry in tree}}
    for entry in tree:
        children[_parent(tree, entry)].append(entry.id)
    return children


def _parent(tree: Sequence[Entry], entry: Entry) -> str:
    if entry.depth == 0:
        return ""
    if entry.id.startswith("8"):
        return "800000000"
    before = tree[: tree.index(entry)]
    return next(other.id for other in reversed(before) if other.depth == entry.depth - 1)


def _object(
    root: str, title: str, children: Sequence[str], entity_id: str = "", parents: Sequence[str] = ()
) -> dict[str, Any]:
    home = f"http://id.who.int{root}"
    return {
        "@context": "http://id.who.int/icd/contexts/contextForFoundationEntity.json",
        "@id": f"{home}/{entity_id}".rstrip("/"),
        "title": {"@language": "en", "@value": title},
        "parent": [f"{home}/{parent}".rstrip("/") for parent in parents],
        "child": [f"{home}/{child}" for child in children],
    }


def _linear(root: str, entry: Entry, children: Sequence[str]) -> dict[str, Any]:
    made = _object(root, entry.title, children, entry.id)
    made |= {"classKind": entry.kind, "code": entry.code, "blockId": entry.block_id}
    if entry.code == "1A00":
        made["definition"] = {"@language": "en", "@value": "A rope that hangs."}
        made["inclusion"] = [{"label": {"@language": "en", "@value": "sagging rope"}}]
        made["postcoordinationScale"] = [
            _axis(root, entry.id, "specificAnatomy", "700000042", required="true"),
            _axis(root, entry.id, "laterality", "700000046", required="false"),
        ]
    return made


def _axis(root: str, entity_id: str, name: str, scale: str, *, required: str) -> dict[str, Any]:
    home = f"http://id.who.int{root}"
    return {
        "@id": f"{home}/{entity_id}/postcoordinationScale/{name}",
        "axisName": f"{ROOT}/schema/{name}",
        "requiredPostcoordination": required,
        "allowMultipleValues": "NotAllowed",
        "scaleEntity": [f"{home}/{scale}"],
    }
