"""Installs that are killed, run out of disk or run at once: what was there before stays whole."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from icd11kit.installation import install
from icd11kit.inventory import verify_editions
from icd11kit.model import EditionKey
from icd11kit.sources.obtain import Wanted
from icd11kit.store.write import write_store
from icd11kit.terminology import open_terminology
from icd11kit.vocabulary import System
from tests.prepared_home import (
    COMMAND,
    answers,
    environment,
    left_over,
    prepare,
    run,
    sentence,
    state,
    store_files,
    write,
)
from tests.small_release import JANUARY_2024, mapping_zip, tabulation_zip

BIG = 3000
"""So many numbered entries make the writing last long enough to be hit."""
SEED = 20250124


@dataclass(frozen=True, slots=True)
class Measured:
    """How long an install lasts, and when in it the file begins and ends to be written."""

    source: str
    whole: float
    begins: float
    ends: float


class Moment(NamedTuple):
    """When to kill an install: seconds from its start or its writing; if a half file is to stay."""

    seconds: float
    while_writing: bool = False
    leaves_half: bool = False


def _start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "install", "--no-crosswalk", *arguments],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for_writing(process: subprocess.Popen[str], home: Path) -> None:
    """Return when the install has begun to write, or is over."""
    while process.poll() is None and not any((home / "releases").glob(".building-*")):
        time.sleep(0.002)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("measured")
    home = prepare(folder / "home")
    source = write(folder, "big.zip", tabulation_zip(extra=BIG))
    began = time.monotonic()
    with _start(home, "--from", source) as process:
        _wait_for_writing(process, home)
        begins = time.monotonic() - began
        while process.poll() is None and left_over(home):
            time.sleep(0.002)
        ends = time.monotonic() - began
        process.communicate()
    whole = time.monotonic() - began
    assert process.returncode == 0
    assert 0 < begins < ends <= whole
    return Measured(source, whole, begins, ends)


def _assert_answers(home: Path, releases: tuple[str, ...] = ("2024-01",)) -> None:
    """Assert that a home answers from one of the releases and that every file is whole."""
    with open_terminology(home) as icd:
        found = icd.lookup("1A00")
    assert found.title == "Slack rope"
    assert found.release in releases
    checks = list(verify_editions(home))
    assert len(checks) >= 2
    assert [check.problem for check in checks if check.problem] == []
    held = [path.name for path in store_files(home)]
    assert any(name.startswith("mms-2024-01-en~") for name in held)


def _killed(home: Path, measured: Measured, moment: float, *, while_writing: bool) -> bool:
    """Kill an install after a time, counted from its start or its writing; return if it hit."""
    with _start(home, "--from", measured.source) as process:
        if while_writing:
            _wait_for_writing(process, home)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


def _kill_case(folder: Path, measured: Measured, moment: Moment) -> None:
    """Kill an install at a moment, a bit earlier as long as that is too late to hit it.

    How long an install lasts on a busy machine is not how long another one lasted.
    """
    seconds = moment.seconds
    for _ in range(30):
        home = prepare(folder / "home")
        hit = _killed(home, measured, seconds, while_writing=moment.while_writing)
        _assert_answers(home, ("2024-01", "2025-01"))
        if hit and (left_over(home) or not moment.leaves_half):
            return
        shutil.rmtree(home)
        seconds *= 0.85
    raise AssertionError(f"no kill hit an install at {moment}")


def _repair_case(folder: Path, measured: Measured) -> None:
    """Assert that an install after a kill works and sweeps what the kill left."""
    home = folder / "home"
    done = run(home, "install", "--from", measured.source)
    assert (done.returncode, done.stderr) == (0, "")
    assert left_over(home) == []
    _assert_answers(home, ("2025-01",))
    assert len(store_files(home, "mms-2025-01-en")) == 1


def _moments(measured: Measured) -> Iterator[Moment]:
    """Yield 24 moments spread over a whole install, then 32 over its writing and a bit longer."""
    chance = random.Random(SEED)
    for number in range(24):
        yield Moment(measured.whole * (number + chance.random()) / 24)
    for number in range(32):
        part = 1.2 * (number + chance.random()) / 32
        yield Moment((measured.ends - measured.begins) * part, True, part < 0.7)


def test_after_a_kill_at_any_moment_all_that_was_installed_is_whole(
    tmp_path: Path, measured: Measured
) -> None:
    folders = [tmp_path / f"kill-{number}" for number in range(56)]
    for folder in folders:
        folder.mkdir()
    moments = list(_moments(measured))
    with ThreadPoolExecutor(2) as pool:
        cases = [
            pool.submit(_kill_case, folder, measured, moment)
            for folder, moment in zip(folders, moments, strict=True)
        ]
        for case in cases:
            case.result()
        halves = [folder for folder in folders if left_over(folder)]
        assert len(halves) >= 15, "the kills did not hit the writing"
        list(pool.map(lambda folder: _repair_case(folder, measured), [*halves[::3], folders[5]]))


def test_kills_in_a_row_in_one_home(tmp_path: Path, measured: Measured) -> None:
    home = prepare(tmp_path / "home")
    chance = random.Random(SEED)
    for _ in range(6):
        moment = (measured.ends - measured.begins) * chance.random()
        _killed(home, measured, moment, while_writing=True)
        _assert_answers(home, ("2024-01", "2025-01"))
    _repair_case(tmp_path, measured)


def test_what_a_dead_process_left_is_swept_and_a_live_one_keeps_its_file(
    tmp_path: Path, measured: Measured
) -> None:
    home = prepare(tmp_path / "home")
    with subprocess.Popen(["true"]) as dead:
        pass
    swept = home / "releases" / f".building-{dead.pid}-0a0b0c0d.sqlite"
    kept = home / "releases" / f".building-{os.getpid()}-0a0b0c0d.sqlite"
    for path in (swept, kept):
        path.write_bytes(b"half")
    assert [item["release"] for item in answers(home, "releases")] == ["2026-04", "2024-01"]
    source = write(tmp_path, "en.zip", tabulation_zip())
    assert run(home, "install", "--from", source).returncode == 0
    assert left_over(home) == [kept.name]


def test_what_a_dead_process_left_beside_current_is_swept_too(tmp_path: Path) -> None:
    home = prepare(tmp_path / "home")
    with subprocess.Popen(["true"]) as dead:
        pass
    (home / f".building-{dead.pid}-0a0b0c0d").write_bytes(b"mms-")
    source = write(tmp_path, "en.zip", tabulation_zip())
    assert run(home, "install", "--from", source).returncode == 0
    assert left_over(home) == []


def test_of_two_files_of_one_edition_the_younger_counts(tmp_path: Path) -> None:
    home = prepare(tmp_path / "home")
    before = {path.name: path.read_bytes() for path in store_files(home, "mms")}
    source = write(tmp_path, "mapping.zip", mapping_zip())
    assert run(home, "install", "--from", source).returncode == 0
    for name, data in before.items():
        path = home / "releases" / name
        path.write_bytes(data)
        os.utime(path, (1, 1))
    assert len(store_files(home, "mms")) == 2
    assert open_terminology(home).lookup("1A00").who_maps
    again = write(tmp_path, "en.zip", tabulation_zip(JANUARY_2024))
    assert run(home, "install", "--from", again).returncode == 0
    assert len(store_files(home, "mms")) == 1


@pytest.mark.parametrize("size", [0, 10, 4096, 20_000, 100_000, 400_000])
def test_a_full_disk_is_one_sentence(tmp_path: Path, measured: Measured, size: int) -> None:
    home = prepare(tmp_path / "home")
    before = state(home)
    done = subprocess.run(
        [*COMMAND, "install", "--no-crosswalk", "--from", measured.source],
        env={**environment(home), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    said = sentence(done)
    assert "could not be written" in said
    assert "nothing installed before was touched" in said
    assert state(home) == before
    assert left_over(home) == []
    _assert_answers(home)


@contextmanager
def _small_disk(folder: Path, options: str) -> Iterator[Path]:
    """Give a folder that is a disk of its own; skip where it cannot be mounted."""
    if os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("size", ["1m", "2m"])
def test_a_disk_that_fills_up_is_one_sentence(
    tmp_path: Path, measured: Measured, size: str
) -> None:
    small = write(tmp_path, "en.zip", tabulation_zip(JANUARY_2024))
    prepared = prepare(tmp_path / "prepared")
    with _small_disk(tmp_path / "disk", f"size={size}") as disk:
        home = disk / "home"
        (home / "releases").mkdir(parents=True)
        mms = store_files(prepared, "mms")[0]
        (home / "releases" / mms.name).write_bytes(mms.read_bytes())
        icd10cm = store_files(prepared, "icd10cm")[0]
        (home / "releases" / icd10cm.name).symlink_to(icd10cm)
        (home / "current").write_text("mms-2024-01-en\n")
        filler = disk / "filler"
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        filler.write_bytes(bytes(max(free - 400_000, 0)))
        before = state(home)
        said = sentence(run(home, "install", "--from", measured.source))
        assert "the disk is full" in said
        assert state(home) == before
        assert left_over(home) == []
        _assert_answers(home)
        filler.write_bytes(b"")
        done = run(home, "install", "--from", small)
        assert done.returncode == 0, done.stderr
        _assert_answers(home)


def test_a_disk_that_is_read_only_is_one_sentence_and_still_answers(tmp_path: Path) -> None:
    source = write(tmp_path, "en.zip", tabulation_zip())
    with _small_disk(tmp_path / "disk", "ro,size=1m") as disk:
        assert "Read-only file system" in sentence(run(disk, "install", "--from", source))
        assert run(disk, "lookup", "5A11").returncode == 0


@pytest.mark.parametrize("place", ["afile/home", "afile/home/deep"])
def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path, place: str) -> None:
    source = write(tmp_path, "en.zip", tabulation_zip())
    write(tmp_path, "afile", b"not a folder")
    home = tmp_path / place
    assert "could not be written" in sentence(run(home, "install", "--from", source))
    assert run(home, "lookup", "5A11").returncode == 0


def test_a_home_of_another_user_is_one_sentence(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    home = prepare(tmp_path / "home")
    before = state(home)
    (home / "releases").chmod(0o555)
    try:
        source = write(tmp_path, "en.zip", tabulation_zip())
        assert "could not be written" in sentence(run(home, "install", "--from", source))
    finally:
        (home / "releases").chmod(0o755)
    assert state(home) == before


def _at_once(home: Path, sources: list[str]) -> None:
    """Start an install of every source at the same time and assert that all succeed."""
    processes = [_start(home, "--from", source) for source in sources]
    said = [process.communicate(timeout=100)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(sources), said
    assert said == [""] * len(sources)
    assert left_over(home) == []
    assert [check.problem for check in verify_editions(home) if check.problem] == []


@pytest.mark.parametrize("count", [2, 4])
def test_installs_of_different_releases_at_once(tmp_path: Path, count: int) -> None:
    home = prepare(tmp_path / "home")
    versions = [f"202{number} Jan 24 - 22:30 UTC" for number in range(5, 5 + count)]
    sources = [
        write(tmp_path, f"{version[:4]}.zip", tabulation_zip(version, extra=500))
        for version in versions
    ]
    _at_once(home, sources)
    held = {item["release"] for item in answers(home, "releases") if item["system"] == "mms"}
    assert held == {"2024-01", *(f"{version[:4]}-01" for version in versions)}
    assert answers(home, "lookup", "1A00")[0]["release"] in held


@pytest.mark.parametrize("count", [2, 4])
def test_installs_of_the_same_release_at_once(
    tmp_path: Path, measured: Measured, count: int
) -> None:
    home = prepare(tmp_path / "home")
    _at_once(home, [measured.source] * count)
    assert len(store_files(home, "mms-2025-01-en")) == 1
    assert answers(home, "lookup", "1A00")[0]["release"] == "2025-01"


def test_first_installs_at_once_in_an_empty_home(tmp_path: Path) -> None:
    source = write(tmp_path, "en.zip", tabulation_zip())
    home = tmp_path / "home"
    _at_once(home, [source] * 2)
    assert len(store_files(home)) == 2


def test_installs_of_one_release_from_different_files_at_once(tmp_path: Path) -> None:
    home = prepare(tmp_path / "home")
    for number in range(4):
        sources = [
            write(tmp_path, f"{number}-{extra}.zip", tabulation_zip(extra=extra))
            for extra in (200 + number, 210 + number)
        ]
        _at_once(home, sources)
        assert len(store_files(home, "mms-2025-01-en")) == 1
        assert answers(home, "lookup", "1A00")[0]["release"] == "2025-01"


def _fill(number: int) -> Callable[[sqlite3.Connection], None]:
    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE t (n)")
        connection.execute("INSERT INTO t VALUES (?)", (number,))
        connection.commit()

    return fill


def test_of_stores_written_at_once_one_is_always_left(tmp_path: Path) -> None:
    key = EditionKey(System.MMS, "2025-01", "en")
    with ThreadPoolExecutor(8) as pool:
        for turn in range(25):
            write = [
                pool.submit(write_store, str(tmp_path), key, _fill(8 * turn + n)) for n in range(8)
            ]
            written = {done.result().path for done in write}
            left = [str(path) for path in tmp_path.iterdir()]
            assert len(left) == 1
            assert left[0] in written


def test_a_store_written_after_the_clock_was_set_back_counts(tmp_path: Path) -> None:
    key = EditionKey(System.MMS, "2025-01", "en")
    first = write_store(str(tmp_path), key, _fill(1))
    ahead = time.time() + 9_000
    os.utime(first.path, (ahead, ahead))
    second = write_store(str(tmp_path), key, _fill(2))
    assert [str(path) for path in tmp_path.iterdir()] == [second.path]


def test_look_ups_go_on_while_a_release_is_replaced(tmp_path: Path) -> None:
    home = prepare(tmp_path / "home")
    held = open_terminology(home)
    assert held.lookup("1A00").title == "Slack rope"
    source = write(tmp_path, "mapping.zip", mapping_zip())
    install(Wanted(sources=(source,)), home)
    assert held.lookup("1A01").title == "Knotted hawser"
    assert held.search("lazy pendulum")[0].entity.code == "2A00"
    assert open_terminology(home).lookup("1A00").who_maps


def test_what_was_replaced_before_it_was_opened_is_found_again(tmp_path: Path) -> None:
    home = prepare(tmp_path / "home")
    held = open_terminology(home)
    install(Wanted(sources=(write(tmp_path, "mapping.zip", mapping_zip()),)), home)
    assert held.lookup("1A00").who_maps
