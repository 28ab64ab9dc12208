"""Files that are damaged, unsafe or something else: one sentence each, never a crash."""

from __future__ import annotations

import io
import resource
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from icd11kit.errors import SourceError
from icd11kit.sources.documents import MAX_MEMBERS, open_bytes, read_documents
from icd11kit.sources.gather import Gathered, gather
from tests.small_release import entries, tabulation_text, tabulation_workbook, zipped

TEXT = tabulation_text(entries())
WORKBOOK = tabulation_workbook(entries())
ZIP = zipped({"kites.txt": TEXT})
SHEET = "xl/worksheets/sheet1.xml"
ZEROS = bytes(10_000_000)


def _read(folder: Path, data: bytes | bytearray, name: str = "given.zip") -> Gathered:
    """Go the whole way from the bytes of a file to what they hold."""
    path = folder / name
    path.write_bytes(data)
    return gather(read_documents(path), ())


def _sentence(call: Callable[[], object], path: Path) -> str:
    """Return what is said of a path; it must be one sentence of a few words."""
    with pytest.raises(SourceError) as caught:
        call()
    said = str(caught.value)
    assert said.startswith(str(path))
    assert said.isprintable()
    assert len(caught.value.reason) < 250
    return caught.value.reason


def _refused(folder: Path, data: bytes | bytearray, name: str = "given.zip") -> str:
    return _sentence(lambda: _read(folder, data, name), folder / name)


def _packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    """Return a zip whose members are packed by a method."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return bytearray(stream.getvalue())


def _set(data: bytearray, place: int, form: str, value: int) -> bytes:
    """Set a field of the one member, in its local header and in the directory."""
    directory = data.rfind(b"PK\x01\x02")
    struct.pack_into(form, data, place, value)
    struct.pack_into(form, data, directory + place + 2, value)
    return bytes(data)


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_sheet(old: bytes, new: bytes) -> bytes:
    """Return the workbook with a change in the XML of its sheet."""
    members = _members(WORKBOOK)
    assert old in members[SHEET]
    members[SHEET] = members[SHEET].replace(old, new, 1)
    return zipped(members)


def test_a_zip_yields_its_tables_with_name_and_date() -> None:
    members = {"deep/kites.txt": TEXT, "photo.png": b"\x89PNG", "kites.xlsx": WORKBOOK}
    documents = list(open_bytes("all.zip", zipped(members), "2026-01-01"))
    assert [(item.name, item.dated) for item in documents] == [
        ("all.zip!deep/kites.txt", "2025-01-24"),
        ("all.zip!kites.xlsx", "2025-01-24"),
    ]
    assert [item.data for item in documents] == [TEXT, WORKBOOK]


def test_a_workbook_is_one_document_though_it_is_a_zip() -> None:
    assert [item.data for item in open_bytes("kites.xlsx", WORKBOOK)] == [WORKBOOK]


def test_a_folder_yields_the_files_at_any_depth_but_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "a/deep.txt", ".hidden", ".git/config", "c.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(ZIP if name == "c.zip" else b"x")
    names = [item.name.removeprefix(f"{tmp_path}/") for item in read_documents(tmp_path)]
    assert names == ["a/deep.txt", "b.txt", "c.zip!kites.txt"]


def test_an_empty_folder_yields_nothing(tmp_path: Path) -> None:
    assert list(read_documents(tmp_path)) == []


def test_a_damaged_file_in_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_bytes(TEXT)
    (tmp_path / "torn.zip").write_bytes(ZIP[:-9])
    _sentence(lambda: list(read_documents(tmp_path)), tmp_path / "torn.zip")


@pytest.mark.parametrize("name", ["nowhere.zip", "no/where.zip", "given.zip/inside.txt", "k" * 300])
def test_a_missing_path_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "given.zip").write_bytes(ZIP)
    _sentence(lambda: list(read_documents(tmp_path / name)), tmp_path / name)


@pytest.mark.parametrize("length", [2, 4, 21, 100, -100, -1])
def test_a_truncated_zip_is_refused(tmp_path: Path, length: int) -> None:
    assert "damaged or cut off" in _refused(tmp_path, ZIP[:length])


@pytest.mark.parametrize("kept", [0.001, 0.5, 0.9999])
def test_a_truncated_workbook_is_refused(tmp_path: Path, kept: float) -> None:
    length = int(len(WORKBOOK) * kept)
    assert "damaged or cut off" in _refused(tmp_path, WORKBOOK[:length], "kites.xlsx")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_who_does_not_use_are_refused(tmp_path: Path, method: int) -> None:
    assert "packed in a way" in _refused(tmp_path, bytes(_packed({"kites.txt": TEXT}, method)))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damage_inside_a_member_is_refused(tmp_path: Path, method: int) -> None:
    data = _packed({"kites.txt": TEXT}, method)
    for place in range(60, 90):
        data[place] ^= 0xFF
    assert "damaged or cut off" in _refused(tmp_path, bytes(data))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    _refused(tmp_path, _set(_packed({"kites.txt": TEXT}), 6, "<H", 1))


def test_a_packing_method_nobody_knows_is_refused(tmp_path: Path) -> None:
    _refused(tmp_path, _set(_packed({"kites.txt": TEXT}), 8, "<H", 77))


@pytest.mark.parametrize(
    "data",
    [
        _packed({"zeros.txt": ZEROS}),
        _packed({f"zeros{n}.txt": ZEROS[:1_000_000] for n in range(10)}),
        _packed({"zeros.bin": ZEROS}),
        _packed({"xl/workbook.xml": ZEROS}),
        _packed({"kites.xlsx": bytes(_packed({"xl/workbook.xml": ZEROS}))}),
    ],
    ids=["one member", "many members", "unread member", "workbook", "workbook in a zip"],
)
def test_a_zip_bomb_is_refused(tmp_path: Path, data: bytearray) -> None:
    assert "bomb" in _refused(tmp_path, data)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_that_lies_about_its_size_takes_no_memory(tmp_path: Path, method: int) -> None:
    data = _set(_packed({"zeros.txt": ZEROS * 3}, method), 22, "<I", 100_000)
    tracemalloc.start()
    try:
        _refused(tmp_path, data)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("nested", [False, True])
def test_a_zip_of_too_many_members_is_refused(tmp_path: Path, nested: bool) -> None:
    many = zipped({f"{number}.txt": b"" for number in range(MAX_MEMBERS + 1)})
    said = _refused(tmp_path, zipped({"kites.xlsx": many}) if nested else many)
    assert str(MAX_MEMBERS + 1) in said


@pytest.mark.parametrize(
    "name",
    ["../kites.txt", "a/../../kites.txt", "/etc/kites.txt", "..\\kites.txt", "C:\\kites.txt",
     "C:kites.txt", "kites.txt/.."],
)  # fmt: skip
def test_a_name_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert "outside" in _refused(tmp_path, zipped({name: TEXT}))
    assert [path.name for path in tmp_path.iterdir()] == ["given.zip"]


@pytest.mark.parametrize("name", [".", "./.", "", "//"])
def test_a_member_without_a_name_is_no_crash(tmp_path: Path, name: str) -> None:
    with suppress(SourceError):
        assert _read(tmp_path, _packed({name: TEXT})).reads == []


@pytest.mark.parametrize("name", ["inner.xlsx", "inner.txt", "inner.zip"])
def test_a_zip_in_a_zip_is_not_passed_over_unsaid(tmp_path: Path, name: str) -> None:
    _refused(tmp_path, zipped({name: ZIP}))


@pytest.mark.parametrize(
    "page",
    [b"<!DOCTYPE html><title>Not found</title>", b"\xef\xbb\xbf\r\n <html>\n</html>", b"<HTML>"],
)
@pytest.mark.parametrize("name", ["mapping.zip", "kites.xlsx", "page.html"])
def test_a_web_page_in_place_of_a_file_is_refused(tmp_path: Path, page: bytes, name: str) -> None:
    assert "web page" in _refused(tmp_path, page, name)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0\1\2 junk", b"\x1f\x8b\x08\0junk", b"%PDF-1.7\n", b"<feed/>", b"k\t" * 5_000_000,
     b"kite", "Drachen\tSüß".encode("utf-16")],
    ids=["empty", "binary", "gzip", "PDF", "other XML", "10 MB line", "text", "UTF-16"],
)  # fmt: skip
def test_junk_is_of_no_known_kind(tmp_path: Path, data: bytes) -> None:
    gathered = _read(tmp_path, data)
    assert gathered.unknown == [str(tmp_path / "given.zip")]
    assert gathered.reads == []


ENTITIES = (
    '<!DOCTYPE k [<!ENTITY k0 "kite">'
    + "".join(f'<!ENTITY k{n + 1} "{f"&k{n};" * 10}">' for n in range(9))
    + "]>"
).encode()
OUTSIDE = b'<!DOCTYPE k [<!ENTITY k9 SYSTEM "file:///etc/hostname">]>'
RECORD = b'<tryton><record model="gnuhealth.pathology">&k9;</record></tryton>'


@pytest.mark.parametrize("head", [ENTITIES, OUTSIDE], ids=["expanding", "outside"])
def test_entities_in_xml_are_refused(tmp_path: Path, head: bytes) -> None:
    assert "unsafe" in _refused(tmp_path, b'<?xml version="1.0"?>' + head + RECORD, "list.xml")


@pytest.mark.parametrize("head", [ENTITIES, OUTSIDE], ids=["expanding", "outside"])
def test_entities_in_a_workbook_are_refused(tmp_path: Path, head: bytes) -> None:
    sheet = _with_sheet(b"Slack rope", b"&k9;")
    assert "cannot be read" in _refused(tmp_path, sheet, "kites.xlsx")
    with_head = _with_sheet(b"<worksheet", head + b"<worksheet")
    (read,) = _read(tmp_path, with_head).reads
    assert (read.source.rows, read.source.missed) == (len(entries()), 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"</sheetData>", b"</sheet>"), (b"<sheetData>", b"<sheetData"), (b'r="A1"', b'r="!!"')],
)
def test_a_workbook_with_a_broken_sheet_is_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    assert "workbook cannot be read" in _refused(tmp_path, _with_sheet(old, new), "kites.xlsx")


def test_a_workbook_of_nothing_else_is_refused(tmp_path: Path) -> None:
    assert "workbook cannot be read" in _refused(tmp_path, zipped({"xl/workbook.xml": b"<w/>"}))


READ = """
import sys
from pathlib import Path
from icd11kit.errors import SourceError
from icd11kit.sources.documents import read_documents
from icd11kit.sources.gather import gather
try:
    gather(read_documents(Path(sys.argv[1])), ())
except SourceError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "place",
    ['r="XFD1048576"', "r='XFD1048576'", 'r = "XFD1048576"', 'r="xfd1048576"', 'r="XFD99999"',
     'r="XFD01048576"'],
)  # fmt: skip
def test_a_cell_at_the_far_end_of_a_sheet_does_not_kill_the_process(
    tmp_path: Path, place: str
) -> None:
    _assert_survived(tmp_path / "kites.xlsx", _with_sheet(b"</sheetData>", _far(place)))


def test_nor_does_one_in_a_sheet_in_another_folder(tmp_path: Path) -> None:
    members = _members(_with_sheet(b"</sheetData>", _far('r="XFD1048576"')))
    members["xl/elsewhere/sheet1.xml"] = members.pop(SHEET)
    links = members["xl/_rels/workbook.xml.rels"]
    members["xl/_rels/workbook.xml.rels"] = links.replace(b"worksheets/", b"elsewhere/")
    _assert_survived(tmp_path / "kites.xlsx", zipped(members))


def _far(place: str) -> bytes:
    return f'<row><c {place} t="inlineStr"><is><t>k</t></is></c></row></sheetData>'.encode()


def _assert_survived(path: Path, data: bytes) -> None:
    """Assert that a process of little memory says one sentence of a file and ends well."""
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000)),
    )
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stderr[:300]
    assert done.stdout.startswith(str(path))


@pytest.mark.parametrize(
    "data",
    [
        b'{"@id": "http://id.who.int/icd/entity/9001",',
        b'["http://id.who.int/icd/entity/9001", ' + b"[" * 100_000,
        b'["http://id.who.int/icd/entity/9001", \xff]',
        b'["http://id.who.int/icd/entity/9001", ' + b"9" * 10_000 + b"]",
    ],
    ids=["cut off", "100,000 brackets", "not UTF-8", "10,000 digits"],
)
def test_broken_json_is_refused(tmp_path: Path, data: bytes) -> None:
    assert "JSON cannot be read" in _refused(tmp_path, data, "kites.json")
