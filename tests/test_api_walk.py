"""A walk over an ICD-API: whole, taken up again after a kill, and careful with credentials."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from icd11kit.errors import NetworkError
from icd11kit.sources.api_walk import walk
from icd11kit.sources.network import api_session
from tests.local_server import (
    TOKEN_PATH,
    Answer,
    LocalServer,
    TokenDesk,
    closed_port,
    serve,
    serve_api,
)
from tests.prepared_home import COMMAND, answers, environment, prepare, run, sentence, state
from tests.small_release import api_objects, entries

CLIENT, SECRET = "client-of-the-test", "secret-of-the-test"
OBJECTS = api_objects()
ROPE = "/icd/release/11/2025-01/mms/700000003"
ENTITIES = len(OBJECTS) - 1


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare(tmp_path / "home")


def test_install_from_an_api_gives_axes_notes_and_parents(home: Path) -> None:
    with serve_api(OBJECTS) as server:
        made = answers(home, "install", "--api", server.url)
        assert max(server.counts.values()) == 1
    assert [(item["key"]["release"], item["tier"], item["in_use"]) for item in made] == [
        ("2025-01", "api", True)
    ]
    assert dict(made[0]["counts"])["entries"] == len(entries())
    rope, fog = answers(home, "lookup", "1A00", "1A10")
    assert (rope["tier"], rope["release"], rope["title"]) == ("api", "2025-01", "Slack rope")
    assert [
        (axis["name"], axis["required"], axis["multiple"], axis["scale"]) for axis in rope["axes"]
    ] == [
        ("specificAnatomy", True, "NOT_ALLOWED", ["700000042"]),
        ("laterality", False, "NOT_ALLOWED", ["700000046"]),
    ]
    assert ["definition", "A rope that hangs."] in rope["notes"]
    assert ["inclusion", "sagging rope"] in rope["notes"]
    assert [child["code"] for child in rope["children"]] == ["1A00.0", "1A00.1", "1A00.Y", "1A00.Z"]
    assert fog["axes"] == []
    (below,) = answers(home, "lookup", "http://id.who.int/icd/entity/700000901")
    assert (below["system"], below["title"]) == ("foundation", "Morning fog with bells")


def test_the_text_of_lookup_names_the_axes(home: Path) -> None:
    with serve_api(OBJECTS) as server:
        assert run(home, "install", "--api", server.url + "/").returncode == 0
    shown = run(home, "lookup", "1A00").stdout
    assert "2025-01 (api)" in shown
    assert "specificAnatomy: required, one value" in shown
    assert "laterality: optional, one value" in shown


def test_a_named_release_is_walked_without_asking_for_the_latest(home: Path) -> None:
    with serve_api(api_objects("2023-01")) as server:
        made = answers(home, "install", "--api", server.url, "--release", "2023-01")
        assert server.count("/icd/release/11/mms") == 0
    assert made[0]["key"] == {"system": "mms", "release": "2023-01", "language": "en"}
    assert made[0]["in_use"] is False


def test_the_walk_is_whole_and_asks_once_for_each(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with serve_api(OBJECTS) as server:
        objects = walk(
            server.url, cache=tmp_path, on_progress=lambda done, known: seen.append((done, known))
        )
        assert set(server.counts.values()) == {1}
        asked = server.counts.total()
        again = walk(server.url, cache=tmp_path)
        assert server.counts.total() == asked + 1, "only the latest release is asked for again"
    whole = {held["@id"] for path, held in OBJECTS.items() if path != "/icd/release/11/mms"}
    assert {item["@id"] for item in objects} == whole
    assert len(objects) == len(again) == ENTITIES
    assert seen[-1] == (ENTITIES, ENTITIES)


def test_an_api_that_is_busy_or_broken_for_a_while_is_asked_again(home: Path) -> None:
    busy = Answer(b"", 429, times=2, headers=(("Retry-After", "0"),))
    faults = {ROPE: busy, "/icd/entity": Answer(b"", 500, times=1)}
    with serve_api(OBJECTS, faults=faults) as server:
        made = answers(home, "install", "--api", server.url)
        assert (server.count(ROPE), server.count("/icd/entity")) == (3, 2)
    assert made[0]["tier"] == "api"


def test_the_api_says_how_long_to_wait(tmp_path: Path) -> None:
    busy = Answer(b"", 429, times=1, headers=(("Retry-After", "1"),))
    with serve_api(OBJECTS, faults={ROPE: busy}) as server:
        began = time.monotonic()
        assert len(walk(server.url, cache=tmp_path)) == ENTITIES
        assert time.monotonic() - began >= 0.9


def test_a_walk_that_broke_off_goes_on_where_it_stopped(home: Path) -> None:
    before = state(home)
    with serve_api(OBJECTS, faults={ROPE: Answer(b"", 403)}) as server:
        said = sentence(run(home, "install", "--api", server.url))
        assert "refuses access (403)" in said
        assert "run the same command again, it goes on from here" in said
        assert state(home) == before
        first = dict(server.counts)
        server.answers.clear()
        assert answers(home, "install", "--api", server.url)[0]["tier"] == "api"
        again = {path for path, count in first.items() if server.counts[path] > count}
    assert again == {ROPE, "/icd/release/11/mms"}


def _install_until(home: Path, server: LocalServer, requests: int) -> None:
    """Start an install and kill it when the server has been asked so often."""
    server.most = requests
    with subprocess.Popen(
        [*COMMAND, "install", "--no-crosswalk", "--api", server.url],
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        end = time.monotonic() + 60
        while not server.is_full() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        assert process.poll() is None, "the walk was over before the kill"
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    server.most = 0


@pytest.mark.parametrize("requests", [2, 29, 70])
def test_after_a_kill_only_what_is_not_cached_is_asked_for(home: Path, requests: int) -> None:
    with serve_api(OBJECTS, delay=0.02) as server:
        _install_until(home, server, requests)
        assert answers(home, "lookup", "1A00")[0]["release"] == "2024-01"
        first = dict(server.counts)
        assert answers(home, "install", "--api", server.url)[0]["tier"] == "api"
        twice = [path for path, count in server.counts.items() if count > 1]
    assert set(server.counts) == set(OBJECTS)
    assert sum(first.values()) >= requests
    assert len(twice) <= 2 * 4, "more than what the four workers had in hand"
    assert answers(home, "lookup", "1A00")[0]["release"] == "2025-01"


def _credentials(server: LocalServer) -> dict[str, str]:
    return {
        "ICD11KIT_CLIENT_ID": CLIENT,
        "ICD11KIT_CLIENT_SECRET": SECRET,
        "ICD11KIT_TOKEN_URL": server.url + TOKEN_PATH,
    }


def _assert_no_secret(home: Path, desk: TokenDesk, *texts: str) -> None:
    words = [SECRET, *desk.given]
    for path in home.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not [word for word in words if word.encode() in data], path
    for text in texts:
        assert not [word for word in words if word in text]


def test_a_token_comes_from_the_environment_and_is_kept_nowhere(home: Path) -> None:
    desk = TokenDesk(CLIENT, SECRET)
    with serve_api(OBJECTS, desk=desk) as server:
        done = run(home, "install", "--api", server.url, **_credentials(server))
        assert done.returncode == 0, done.stderr
        assert server.count(TOKEN_PATH) == 1
        assert (home / "cache" / "api-2025-01-en.sqlite").stat().st_size > 10_000
        _assert_no_secret(home, desk, done.stdout, done.stderr)
        asked = server.counts.total()
        again = run(home, "install", "--api", server.url, "--release", "2025-01")
        assert again.returncode == 0, again.stderr
        assert server.counts.total() == asked, "the cache does not depend on the token"


@pytest.mark.parametrize(
    "lacking", ["ICD11KIT_CLIENT_ID", "ICD11KIT_CLIENT_SECRET", "ICD11KIT_TOKEN_URL"]
)
def test_without_all_three_variables_access_is_refused(home: Path, lacking: str) -> None:
    desk = TokenDesk(CLIENT, SECRET)
    with serve_api(OBJECTS, desk=desk) as server:
        given = {**_credentials(server), lacking: ""}
        said = sentence(run(home, "install", "--api", server.url, **given))
        assert "refuses access (401)" in said
        assert "ICD11KIT_CLIENT_ID and ICD11KIT_CLIENT_SECRET" in said
        assert (server.count(TOKEN_PATH), desk.given) == (0, [])
        _assert_no_secret(home, desk, said)


def test_a_wrong_secret_is_one_sentence_without_it(home: Path) -> None:
    with serve_api(OBJECTS, desk=TokenDesk(CLIENT, "another-secret")) as server:
        before = state(home)
        said = sentence(run(home, "install", "--api", server.url, **_credentials(server)))
    assert TOKEN_PATH in said
    assert "status 400" in said
    assert state(home) == before
    _assert_no_secret(home, TokenDesk(CLIENT, SECRET), said)


def test_a_token_refused_with_401_is_renewed(home: Path) -> None:
    desk = TokenDesk(CLIENT, SECRET, uses=20)
    with serve_api(OBJECTS, desk=desk) as server:
        done = run(home, "install", "--api", server.url, **_credentials(server))
        assert done.returncode == 0, done.stderr
        assert len(desk.given) >= 4
        _assert_no_secret(home, desk, done.stdout, done.stderr)


def test_a_token_is_renewed_when_its_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = TokenDesk(CLIENT, SECRET)
    with (
        serve_api(OBJECTS, desk=desk) as server,
        api_session(tmp_path / "walk.sqlite", "en") as get,
    ):
        for name, value in _credentials(server).items():
            monkeypatch.setenv(name, value)
        get(server.url + "/icd/entity")
        get(server.url + "/icd/release/11/mms")
        assert len(desk.given) == 1
    desk.expires_in = 60  # of which it is held for five seconds
    with (
        serve_api(OBJECTS, desk=desk) as server,
        api_session(tmp_path / "another.sqlite", "en") as get,
    ):
        monkeypatch.setenv("ICD11KIT_TOKEN_URL", server.url + TOKEN_PATH)
        get(server.url + "/icd/entity")
        assert len(desk.given) == 2
        time.sleep(5.1)
        get(server.url + ROPE)
        assert len(desk.given) == 3


def test_whom_the_token_is_sent_to(home: Path) -> None:
    desk = TokenDesk(CLIENT, SECRET)
    with serve_api(OBJECTS, desk=desk) as server, serve() as other:
        stray = {**OBJECTS[ROPE], "child": [other.url + "/icd/entity/1", "https://evil.invalid/1"]}
        faults = {ROPE: Answer(b"", 302, headers=(("Location", other.url + ROPE),))}
        with serve_api({**OBJECTS, ROPE: stray}, desk=desk, faults=faults) as api:
            given = {**_credentials(server), "ICD11KIT_TOKEN_URL": api.url + TOKEN_PATH}
            said = sentence(run(home, "install", "--api", api.url, **given))
            assert "status 302" in said
            api.answers.clear()
            run(home, "install", "--api", api.url, **given)
            assert api.count(TOKEN_PATH) == 2
        assert other.requests == []
        assert server.requests == []
    secret = [r for r in api.requests if "Basic" in r.headers.get("Authorization", "")]
    assert {request.path for request in secret} == {TOKEN_PATH}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(b"<!DOCTYPE html><p>Welcome", kind="text/html"), "this is no ICD-API"),
        (Answer(b'{"hello": "world"}'), "this is no ICD-API"),
        (Answer(b'{"latestRelease": 7}'), "this is no ICD-API"),
        (Answer(b'{"latestRelease": "x"}'), "this is no ICD-API"),
        (Answer(b"[]"), "this is no ICD-API"),
        (Answer(b"", 404), "no such file (404)"),
    ],
)
def test_a_server_that_is_no_icd_api_is_one_sentence(home: Path, answer: Answer, says: str) -> None:
    before = state(home)
    with serve({"/icd/release/11/mms": answer}) as server:
        assert says in sentence(run(home, "install", "--api", server.url))
    assert state(home) == before


def test_nobody_at_the_api_is_one_sentence(home: Path) -> None:
    with closed_port() as port:
        said = sentence(run(home, "install", "--api", f"http://127.0.0.1:{port}"))
    assert "no connection" in said


def test_an_api_without_the_release_is_one_sentence(home: Path) -> None:
    with serve_api(OBJECTS) as server:
        said = sentence(run(home, "install", "--api", server.url, "--release", "2019-04"))
    assert "no such file (404)" in said


def test_a_root_that_is_no_entity_is_one_sentence(tmp_path: Path) -> None:
    odd = {"/icd/release/11/2025-01/mms": {"title": "nothing"}, "/icd/entity": {"@id": "x"}}
    with (
        serve_api(odd) as server,
        pytest.raises(NetworkError, match="the answer is no entity, so this is no ICD-API"),
    ):
        walk(server.url, release="2025-01", cache=tmp_path)


ODD_ROPES = {
    "a circle": {**OBJECTS[ROPE], "child": [f"http://id.who.int{ROPE}"]},
    "a kind that is not known": {**OBJECTS[ROPE], "classKind": "window"},
}


@pytest.mark.parametrize("odd", ODD_ROPES)
def test_a_walk_that_gives_no_whole_tree_changes_no_other_release(home: Path, odd: str) -> None:
    with serve_api({**OBJECTS, ROPE: ODD_ROPES[odd]}) as server:
        before = state(home)
        sentence(run(home, "install", "--api", server.url))
        assert server.count(ROPE) == 1
    assert state(home) == before


def test_the_latest_release_is_asked_for_anew(home: Path) -> None:
    objects = api_objects("2024-01")
    with serve_api(objects) as server:
        assert answers(home, "install", "--api", server.url)[0]["key"]["release"] == "2024-01"
        objects.update(OBJECTS)
        assert answers(home, "install", "--api", server.url)[0]["key"]["release"] == "2025-01"


def test_a_page_in_the_way_once_does_not_stay_in_the_cache(home: Path) -> None:
    page = Answer(b"<!DOCTYPE html><p>Sign in", kind="text/html", times=1)
    with serve_api(OBJECTS, faults={ROPE: page}) as server:
        assert "no ICD-API" in sentence(run(home, "install", "--api", server.url))
        assert answers(home, "install", "--api", server.url)[0]["tier"] == "api"


def test_junk_in_place_of_the_cache_is_one_sentence_or_no_matter(home: Path) -> None:
    (home / "cache").mkdir()
    (home / "cache" / "api-2025-01-en.sqlite").write_bytes(b"junk " * 3000)
    with serve_api(OBJECTS) as server:
        done = run(home, "install", "--api", server.url)
    assert done.returncode == 0 or sentence(done)


def test_a_cache_that_cannot_be_written_is_one_sentence(home: Path) -> None:
    (home / "cache").write_bytes(b"a file where the folder belongs")
    with serve_api(OBJECTS) as server:
        assert "cache" in sentence(run(home, "install", "--api", server.url))


@pytest.mark.parametrize("wrong", [("--language", "中"), ("--api", "http://[::1")])
def test_arguments_no_request_can_carry_are_one_sentence(
    home: Path, wrong: tuple[str, str]
) -> None:
    with serve_api(OBJECTS) as server:
        sentence(run(home, "install", "--api", server.url, *wrong))
