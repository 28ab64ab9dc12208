"""Store files: written and read back, damaged in every way, read by many at once."""

from __future__ import annotations

import gc
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.edition import Edition, SearchIndex, SourceFile
from icd11kit.errors import (
    Icd11KitError,
    InstallError,
    StoreError,
    UnknownLanguageError,
    UnknownReleaseError,
)
from icd11kit.inventory import list_editions, verify_editions
from icd11kit.model import Axis, EditionKey, Entity, LinearizationEntity, MapRow, Note
from icd11kit.search.terms import search_terms
from icd11kit.starter import starter_mms
from icd11kit.store.build import write_edition
from icd11kit.store.bulk import read_edition
from icd11kit.store.home import Installed, get_installed, installed_editions
from icd11kit.store.read import (
    Connection,
    Store,
    find_foundation,
    find_pre,
    find_span,
    find_title,
    is_leaf,
    open_memory,
    open_store,
    read_axes,
    read_children,
    read_entity,
    read_map_rows,
    read_notes,
    read_path,
    read_placed,
    read_subtree,
    read_told,
)
from icd11kit.store.schema import SCHEMA_VERSION
from icd11kit.store.write import file_digest, write_store
from icd11kit.terminology import open_terminology
from icd11kit.tree import ROOT, places
from icd11kit.vocabulary import ClassKind, Multiple, NoteKind, Residual, Tier

SEED = 20250124
KEY = EditionKey("mms", "2025-01", "en")
SMALL = Edition(
    KEY,
    Tier.API,
    starter_mms().entities[:60],
    (
        Note("257068234", NoteKind.CODING_NOTE, "Ropes first."),
        Note("344162786", NoteKind.INCLUSION, "Ünlaid\n“rope”\t\0"),
        Note("257068234", NoteKind.SYNONYM, "Slack hawser", "700000001", "344162786", True),
        Note("257068234", NoteKind.SYNONYM, "Slack hawser", of_concept=True),
        Note("257068234", NoteKind.RELATED_MATERNAL, "", "700000001"),
        Note("700000001", NoteKind.DEFINITION, "Of hemp.", of_concept=True),
    ),
    (
        Axis("257068234", "hasCausingCondition", False, Multiple.ALWAYS, (), "here"),
        Axis("257068234", "hasSeverity", True, Multiple.NOT_ALLOWED, ("12", "13/other"), "here"),
    ),
    (Entity("700000001", "Frayed rope", ("257068234", "344162786")), Entity("9", "Rope")),
    (MapRow("11To10", 7, "category", "A00", "Cholera", "257068234", "", "1A00", "Cholera"),),
    "2024-01",
    (SourceFile("ropes.txt", "tabulation", "ab" * 32, "2025-01-24", 60, 2),),
    3,
    "2025-01-24",
)  # fmt: skip

TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
WORD = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=6)


def notes(ids: st.SearchStrategy[str]) -> st.SearchStrategy[Note]:
    """Draw notes with all that they can refer to."""
    flag = st.booleans()
    return st.builds(Note, ids, st.sampled_from(NoteKind), TEXT, TEXT, TEXT, flag, flag)


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """Draw an edition whose unordered parts stand in the order in which they are read."""
    ids = draw(st.lists(WORD, min_size=1, max_size=8, unique=True))
    row = st.builds(
        LinearizationEntity, st.just(""), TEXT, TEXT, st.sampled_from(ClassKind),
        st.integers(0, 4), TEXT, TEXT, st.sampled_from(Residual), st.booleans(),
    )  # fmt: skip
    one = st.sampled_from(ids)
    axis = st.builds(
        Axis, one, TEXT, st.booleans(), st.sampled_from(Multiple), st.tuples(WORD, WORD), TEXT
    )
    axes = draw(st.lists(axis, max_size=4, unique_by=lambda item: (item.entity, item.name)))
    entity = st.builds(Entity, WORD, TEXT, st.lists(WORD, max_size=3).map(tuple))
    foundation = draw(st.lists(entity, max_size=4, unique_by=lambda item: item.id))
    source = st.builds(SourceFile, TEXT, TEXT, TEXT, TEXT, st.integers(0), st.integers(0))
    return Edition(
        draw(st.builds(EditionKey, WORD, WORD, WORD)),
        draw(st.sampled_from(Tier)),
        tuple(draw(row)._replace(id=name) for name in ids),
        tuple(draw(st.lists(notes(one), max_size=4))),
        tuple(sorted(axes, key=lambda item: (ids.index(item.entity), item.name))),
        tuple(sorted(foundation)),
        tuple(draw(st.lists(st.builds(MapRow, TEXT, st.integers(1, 2**40), *[TEXT] * 10)))),
        draw(TEXT),
        tuple(draw(st.lists(source, max_size=2))),
        draw(st.integers(0)),
        draw(TEXT),
    )


def filler(edition: Edition) -> Callable[[sqlite3.Connection], None]:
    """Return what fills an empty database with an edition."""
    index = SearchIndex(tuple(search_terms(edition)))
    return lambda empty: write_edition(empty, edition, index)


def put(home: Path, edition: Edition = SMALL) -> Installed:
    """Write an edition into a home as an install does."""
    return write_store(str(home / "releases"), edition.key, filler(edition))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a whole store."""
    return Path(put(tmp_path_factory.mktemp("whole")).path).read_bytes()


@pytest.fixture
def stored(home: Path) -> Path:
    """A store file in a home of its own, to be damaged."""
    return Path(put(home).path)


def read_all(path: Path, home: Path) -> None:
    """Read everything a store holds in the ways the commands do."""
    with open_store(str(path)) as store:
        read_edition(store)
    list_editions(home)
    with open_terminology(home) as icd:
        icd.title("1A00")
        icd.lookup("1A03.Z")
        icd.search("cholera infetcion")
        icd.tree("01", depth=5)
        icd.foundation()
        icd.linearization()


def assert_one_sentence(error: Icd11KitError, path: Path) -> None:
    said = str(error)
    assert said.startswith(f"{path}: ")
    assert said.isprintable()
    assert "icd11kit install" in said or "upgrade the package" in said


@given(editions())
def test_what_is_written_is_read_back(edition: Edition) -> None:
    with open_memory(lambda empty: write_edition(empty, edition, SearchIndex(()))) as store:
        assert read_edition(store) == edition


def test_a_file_gives_back_what_was_written(home: Path) -> None:
    expected = SMALL._replace(foundation=tuple(sorted(SMALL.foundation)))
    with open_store(put(home).path) as store:
        assert read_edition(store) == expected
        assert store.manifest["schema"] == str(SCHEMA_VERSION)
        assert (store.manifest["entries"], store.manifest["axes"]) == ("60", "2")


def test_the_same_edition_gives_the_same_bytes_and_the_name_tells_them(
    home: Path, tmp_path: Path, whole: bytes
) -> None:
    one, other = put(home), put(tmp_path / "other")
    assert Path(one.path).read_bytes() == Path(other.path).read_bytes() == whole
    assert Path(one.path).name == f"mms-2025-01-en~{file_digest(one.path)[:16]}.sqlite"


@pytest.fixture(scope="module")
def small() -> Any:
    with open_memory(filler(SMALL)) as store:
        yield store


def test_every_entry_is_found_by_id_code_and_block_id(small: Store) -> None:
    for pre, entity in enumerate(SMALL.entities):
        for label in {entity.id, entity.code, entity.block_id} - {""}:
            assert find_pre(small, label) == pre
            assert find_title(small, label) == entity.title
        assert read_entity(small, pre) == entity


def test_ways_up_and_down_agree_with_the_tree(small: Store) -> None:
    where = places([entity.depth for entity in SMALL.entities])
    for place, entity in zip(where, SMALL.entities, strict=True):
        below = SMALL.entities[place.pre : place.last + 1]
        children = tuple(SMALL.entities[other.pre] for other in where if other.parent == place.pre)
        way = [entity]
        while way[0].depth:
            way.insert(0, SMALL.entities[where[SMALL.entities.index(way[0])].parent])
        assert find_span(small, entity.id) == (place.pre, place.last)
        assert read_subtree(small, (place.pre, place.last), 1) == [entity, *children]
        assert read_subtree(small, (place.pre, place.last), 99) == list(below)
        assert read_children(small, place.pre) == children
        assert read_path(small, place.pre) == tuple(way)
        assert is_leaf(small, place.pre) is (not children)
        assert read_placed(small, place.pre) == (entity, place.parent, not children)
    assert [entity.depth for entity in read_children(small, ROOT)] == [0, 0]


def test_facts_stand_at_their_entry(small: Store) -> None:
    pre = find_pre(small, "1A00")
    assert pre is not None
    assert read_notes(small, pre) == (
        (NoteKind.CODING_NOTE, "Ropes first."), (NoteKind.SYNONYM, "Slack hawser"),
    )  # fmt: skip
    told = [note for note in SMALL.notes if note.entity == "257068234"]
    assert list(read_told(small, "257068234")) == told
    assert [note.text for note in read_told(small, "700000001")] == ["Of hemp."]
    assert read_told(small, "nothing") == ()
    assert [axis.name for axis in read_axes(small, pre)] == ["hasSeverity", "hasCausingCondition"]
    assert read_map_rows(small, "257068234") == SMALL.map_rows
    assert find_foundation(small, "700000001") == SMALL.foundation[0]


def test_what_is_not_held_is_none(small: Store) -> None:
    assert find_pre(small, "nothing") is None
    assert find_span(small, "nothing") is None
    assert find_title(small, "nothing") is None
    assert find_foundation(small, "nothing") is None
    assert read_map_rows(small, "nothing") == ()


def test_a_store_cannot_be_written(stored: Path) -> None:
    with open_store(str(stored)) as store, pytest.raises(sqlite3.OperationalError):
        store.connection.execute("DELETE FROM entity")


@pytest.mark.parametrize("name", ["a b", "50%", "what?", "#1", "ü", "a'b", "%41"])
def test_a_store_opens_under_any_path(tmp_path: Path, name: str) -> None:
    with open_store(put(tmp_path / name).path) as store:
        assert find_title(store, "1A00") == "Cholera"


def other_database(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entity (pre)")
    connection.close()


def set_version(version: int) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[:60] + version.to_bytes(4) + data[64:])

    return change


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "no store of icd11kit"),
    "text": (lambda path: path.write_text("1A00\tCholera\n" * 999), "no store of icd11kit"),
    "one byte": (lambda path: path.write_bytes(b"S"), "no store of icd11kit"),
    "other database": (other_database, "no store of icd11kit"),
    "too new": (set_version(SCHEMA_VERSION + 1), "newer icd11kit; upgrade the package"),
    "far too new": (set_version(2**31 - 1), "newer icd11kit; upgrade the package"),
    "too old": (set_version(SCHEMA_VERSION - 1), "older icd11kit"),
    "zeros": (lambda path: path.write_bytes(bytes(path.stat().st_size)), "no store of icd11kit"),
    "twice": (lambda path: path.write_bytes(path.read_bytes() * 2), "cut off or has grown"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_whole_store_is_one_sentence_everywhere(
    home: Path, stored: Path, damage: str
) -> None:
    change, reason = DAMAGES[damage]
    change(stored)
    with pytest.raises(StoreError, match=reason) as caught:
        open_store(str(stored))
    assert_one_sentence(caught.value, stored)
    with pytest.raises(StoreError, match=reason), open_terminology(home) as icd:
        icd.title("1A00")
    assert [reason in item.problem for item in list_editions(home)] == [True]
    assert [bool(check.problem) for check in verify_editions(home)] == [True]


@pytest.mark.parametrize("name", ["gone.sqlite", "folder.sqlite"])
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(StoreError) as caught:
        open_store(str(tmp_path / name))
    assert_one_sentence(caught.value, tmp_path / name)


def lengths(size: int) -> list[int]:
    """Return random lengths below a size, and all whole pages."""
    return [*random.Random(SEED).sample(range(size), 60), *range(0, size, 4096)]


def test_a_store_cut_off_anywhere_is_one_sentence_on_open(
    home: Path, stored: Path, whole: bytes
) -> None:
    for length in lengths(len(whole)):
        stored.write_bytes(whole[:length])
        with pytest.raises(StoreError) as caught:
            open_store(str(stored))
        assert_one_sentence(caught.value, stored)
        (check,) = verify_editions(home)
        assert check.problem.startswith("its bytes are not those installed")


def flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    return bytes(changed)


def test_verify_finds_any_changed_byte(home: Path, stored: Path, whole: bytes) -> None:
    other = put(home, SMALL._replace(key=KEY._replace(language="es")))
    chance = random.Random(SEED)
    for _ in range(200):
        stored.write_bytes(flipped(whole, chance))
        problems = {check.path: check.problem for check in verify_editions(home)}
        assert problems.pop(other.path) == ""
        assert "not those installed" in problems[str(stored)]


def test_verify_finds_a_file_that_was_written_wrong(home: Path, stored: Path, whole: bytes) -> None:
    """The name promises the bytes that are there, but SQLite finds them broken."""
    stored.unlink()
    broken = whole[: 4096 * 5] + bytes(4096) + whole[4096 * 6 :]
    stored.write_bytes(broken)
    named = stored.with_name(f"{KEY}~{file_digest(stored)[:16]}.sqlite")
    stored.rename(named)
    (check,) = verify_editions(home)
    assert check.problem
    assert check.problem.isprintable()


@pytest.mark.parametrize("part", ["first page", "anywhere"])
@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_byte_gives_answers_or_one_sentence(
    home: Path, stored: Path, whole: bytes, part: str, seed: int
) -> None:
    chance = random.Random(SEED + seed)
    end = 4096 if part == "first page" else len(whole)
    raised = []
    for _ in range(150):
        stored.write_bytes(flipped(whole[:end], chance) + whole[end:])
        try:
            read_all(stored, home)
        except Exception as error:
            raised.append(error)
    assert [repr(error) for error in raised if not isinstance(error, Icd11KitError)] == []
    assert [str(error) for error in raised if not str(error).isprintable()] == []


INSIDE = {
    "a table's text is no text": (b"CREATE TABLE label", b"CR\xe7ATE TABLE label"),
    "a kind that is none": "UPDATE entity SET kind = 'categorz'",
    "a residual that is none": "UPDATE entity SET residual = 'othes'",
    "a note that is none": "UPDATE note SET kind = 'nose'",
    "an axis that is none": "UPDATE axis SET multiple = 'ALLWAYS'",
    "a title that is no text": "UPDATE entity SET title = CAST(x'e7e7' AS TEXT)",
    "a label to nowhere": "UPDATE label SET pre = 999",
    "a manifest without system": "UPDATE manifest SET key = 'sistem' WHERE key = 'system'",
    "a count that is no number": "UPDATE manifest SET value = '6o' WHERE key = 'entries'",
    "sources that are no JSON": "UPDATE manifest SET value = '[{' WHERE key = 'sources'",
}


@pytest.mark.parametrize("damage", INSIDE)
def test_damage_inside_is_one_sentence(home: Path, stored: Path, damage: str) -> None:
    change = INSIDE[damage]
    if isinstance(change, str):
        with sqlite3.connect(stored) as connection:
            connection.execute(change)
        connection.close()
    else:
        stored.write_bytes(stored.read_bytes().replace(*change))
    with pytest.raises(StoreError) as caught:
        read_all(stored, home)
    assert_one_sentence(caught.value, stored)
    assert [bool(check.problem) for check in verify_editions(home)] == [True]


def test_parents_in_a_circle_do_not_keep_a_look_up_for_ever(stored: Path) -> None:
    with sqlite3.connect(stored) as connection:
        connection.execute("UPDATE entity SET parent = 4 WHERE pre = 4")
    connection.close()
    with open_store(str(stored)) as store:
        steps: list[int] = []  # each a thousand of SQLite's machine; a whole path takes none

        def count() -> bool:
            steps.append(1000)
            return len(steps) > 1000

        store.connection.set_progress_handler(count, 1000)
        with suppress(StoreError):
            read_path(store, 4)
    assert len(steps) < 1000


def test_a_connection_that_could_not_be_opened_goes_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So it is where an install removes the file between the look at its header and opening."""
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect("file:/nowhere/x.sqlite?mode=ro", uri=True, factory=Connection)
    gc.collect()
    assert complaints == []


def failing(error: Exception) -> Callable[[sqlite3.Connection], None]:
    def fill(empty: sqlite3.Connection) -> None:
        filler(SMALL)(empty)
        raise error

    return fill


@pytest.mark.parametrize("error", [sqlite3.OperationalError("odd"), OSError(28, "No space left")])
def test_what_cannot_be_written_is_one_sentence_and_leaves_nothing(
    home: Path, error: Exception
) -> None:
    before = put(home)
    with pytest.raises(InstallError) as caught:
        write_store(str(home / "releases"), KEY, failing(error))
    assert str(caught.value).isprintable()
    assert list((home / "releases").iterdir()) == [Path(before.path)]


def test_an_edition_written_anew_takes_the_place_of_the_old(home: Path) -> None:
    old, new = put(home), put(home, SMALL._replace(untranslated=4))
    assert old.path != new.path
    assert list((home / "releases").iterdir()) == [Path(new.path)]


def test_strangers_in_the_folder_are_passed_over(home: Path, stored: Path) -> None:
    for name in ("notes.txt", "mms-2025-01-en.sqlite", ".mms-2024-01-en~0a.sqlite", "x~0a.sqlite"):
        (stored.parent / name).write_text("stranger")
    (stored.parent / "mms-2019-04-en~0a.sqlite").symlink_to("nowhere")
    assert [item.path for item in installed_editions(str(stored.parent))] == [str(stored)]
    assert installed_editions(str(home / "nowhere")) == []


HELD = [
    Installed(EditionKey(*parts.split()), parts, "")
    for parts in ("icd10cm 2026-04 en", "icf dev-2022-09-29 en", "mms 2024-01 en",
                  "mms 2024-01 es", "mms 2025-01 en")
]  # fmt: skip


@pytest.mark.parametrize(
    ("release", "language", "expected"),
    [
        ("2025-01", "", "mms 2025-01 en"),
        ("2024-01", "", "mms 2024-01 en"),
        ("2024-01", "es", "mms 2024-01 es"),
        ("mms-2024-01-es", "", "mms 2024-01 es"),
        ("mms-2024-01", "", "mms 2024-01 en"),
        ("mms", "", "mms 2025-01 en"),
        ("mms", "es", "mms 2024-01 es"),
        ("icf", "", "icf dev-2022-09-29 en"),
        ("2026", "", "icd10cm 2026-04 en"),
    ],
)
def test_a_release_is_named_in_full_or_in_part(release: str, language: str, expected: str) -> None:
    assert get_installed(HELD, release, language).path == expected


@pytest.mark.parametrize(("release", "language"), [("", ""), ("1999", ""), ("2025-01", "es")])
def test_a_release_that_is_not_held_is_one_sentence(release: str, language: str) -> None:
    with pytest.raises(UnknownReleaseError, match="is not installed") as caught:
        get_installed(HELD, release, language)
    assert str(caught.value).isprintable()


def test_a_release_that_is_held_in_other_languages_is_not_said_to_be_missing() -> None:
    with pytest.raises(UnknownLanguageError) as caught:
        get_installed(HELD, "2025-01", "es")
    assert str(caught.value) == "language 'es' is not installed (installed: mms-2025-01-en)"


def answers(home: Path) -> list[str]:
    with open_terminology(home) as icd:
        return [str(icd.lookup(e.code)) for e in SMALL.entities if e.code] + [
            str(icd.search(e.title)) for e in SMALL.entities[::7]
        ]


def test_many_threads_read_one_file(home: Path, stored: Path) -> None:
    expected = answers(home)
    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(answers, [home] * 16)] == [expected] * 16


def test_many_threads_share_one_store(stored: Path) -> None:
    labels = [entity.id for entity in SMALL.entities] * 20
    with open_store(str(stored)) as store, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda label: find_title(store, label), labels))
    assert found == [entity.title for entity in SMALL.entities] * 20


def test_many_processes_read_one_file(home: Path, stored: Path) -> None:
    code = "import icd11kit; print(*(icd11kit.open().title('1A00') for _ in range(50)))"
    command = [sys.executable, "-W", "error", "-c", code]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    said = [process.communicate(timeout=100)[0] for process in started]
    assert said == [" ".join(["Cholera"] * 50) + "\n"] * 6


def test_readers_never_fail_while_an_edition_is_replaced(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    few = [SMALL._replace(entities=SMALL.entities[:9], untranslated=n) for n in (0, 1)]
    put(home, few[0])
    done: list[bool] = []

    def read() -> set[str]:
        said = set()
        while not done:
            try:
                with open_terminology(home) as icd:
                    said.add(icd.title("1A00"))
            except Exception as error:
                said.add(f"{type(error).__name__}: {error}"[-60:])
        return said

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        for number in range(80):
            put(home, few[number % 2])
        done.append(True)
        said = set().union(*(reader.result() for reader in readers))
    assert said == {"Cholera"}
    assert complaints == []
