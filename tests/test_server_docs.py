"""docs/server.md: every curl line is run, says what it promises, and every operation has one."""

from __future__ import annotations

import doctest
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Mount

from icd11kit.cli.serve import serve_command
from icd11kit.server.access_log import Entry, format_entry
from icd11kit.server.app import make_app
from icd11kit.server.openapi import openapi_routes
from icd11kit.server.settings import Limits, Settings
from icd11kit.server.workbench import PAGE as WORKBENCH
from tests.local_server import Answer, serve
from tests.npm_package import fetched
from tests.running_server import Server
from tests.test_server_openapi import walk

PAGE = Path(__file__).resolve().parent.parent / "docs" / "server.md"
TEXT = PAGE.read_text("utf-8")
HERE = "http://127.0.0.1:8011"
NO_JSON = {"/", "/metrics", "/workbench/main.js", "/analytics/clientanalytics"}
CURL = shutil.which("curl")


@dataclass(frozen=True, slots=True)
class Example:
    """A curl line of the page, and what the line below it says of the answer."""

    line: str
    status: int
    promised: str
    note: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.line)

    @property
    def url(self) -> str:
        return next(word for word in self.words if word.startswith(HERE))

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"

    @property
    def method(self) -> str:
        words = self.words
        if "-X" in words:
            return words[words.index("-X") + 1]
        return "POST" if {"-d", "-F"} & set(words) else "GET"

    @property
    def needs_release(self) -> bool:
        return self.note.startswith("needs a release")


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def examples() -> list[Example]:
    """Return the curl lines of the page; each has a line below it that says what comes."""
    found = []
    for block in blocks("sh"):
        lines = block.splitlines()
        for line, below in zip(lines, [*lines[1:], ""], strict=True):
            if line.startswith("curl "):
                said = re.fullmatch(r"# (\d{3})?(?: ?-> ([^;]+)(?:; (.+))?)?", below)
                assert said is not None, f"{line}\nis followed by {below!r}"
                status, promised, note = said[1] or "200", said[2] or "", said[3] or ""
                found.append(Example(line, int(status), promised, note))
    return found


EXAMPLES = examples()
RUNS = [
    pytest.param(server, example, id=f"{server.partition('_')[0]} {example.line[5:]}"[:120])
    for server in ("starter_server", "released_server")
    for example in EXAMPLES
    if server == "released_server" or not example.needs_release
]


@pytest.mark.skipif(CURL is None, reason="curl, which the page's lines call, is not installed")
@pytest.mark.parametrize(("server", "example"), RUNS)
def test_a_curl_line_answers_as_the_page_says(
    server: str, example: Example, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    running: Server = request.getfixturevalue(server)
    body = tmp_path / "body"
    words = [word.replace(HERE, running.url) for word in example.words]
    command = [*words, "--silent", "--noproxy", "*", "--output", str(body), "--write-out"]
    done = subprocess.run(
        [*command, "%{http_code} %{content_type}"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    status, _, kind = done.stdout.partition(" ")
    answered = body.read_text("utf-8") if body.exists() else ""
    assert int(status) == example.status, answered[:500]
    assert example.promised in answered
    assert ("json" in kind) == (example.path not in NO_JSON)
    if "json" in kind:
        json.loads(answered)


def test_every_line_promises_something_particular() -> None:
    assert len(EXAMPLES) == len({example.line for example in EXAMPLES}) > 60
    assert [e.line for e in EXAMPLES if not e.promised and e.status != 204] == []
    assert [word for e in EXAMPLES for word in e.words if "8011" in word and HERE not in word] == []


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[BaseRoute]:
    app: object = make_app(Settings(home=str(tmp_path_factory.mktemp("docs") / "home")))
    while not isinstance(app, Starlette):
        app = getattr(app, "app", None) or app._app  # type: ignore[attr-defined]
    return [*app.routes, *openapi_routes()]


def answering(routes: Iterable[BaseRoute], method: str, path: str, root: str = "") -> str:
    """Return the pattern of the route that a request goes to, "" where none answers it."""
    scope = {"type": "http", "method": method, "path": path, "root_path": root, "headers": []}
    for route in routes:
        match, _ = route.matches(scope)
        if match is not Match.FULL:
            continue
        if isinstance(route, Mount) and route.routes:
            return answering(route.routes, method, path, root + route.path)
        pattern = getattr(route, "path", "")
        return f"{pattern}/{{file}}" if isinstance(route, Mount) else root + pattern
    return ""


def operation(pattern: str) -> str:
    """Return a pattern as all FHIR bases have it, without the forms of its parts."""
    plain = re.sub(r"{(\w+):\w+}", r"{\1}", pattern)
    return re.sub(r"^/fhir/r[45](?=/|$)", "/fhir", plain).rstrip("/") or "/"


def test_every_operation_has_a_curl_line(routes: list[BaseRoute]) -> None:
    there = {operation(path) for _, path in walk(routes)}
    asked = {operation(answering(routes, e.method, unquote(e.path))) for e in EXAMPLES}
    assert len(there) > 60
    assert sorted(there - asked) == []
    assert sorted(asked - there) == []


def test_every_option_is_named() -> None:
    options = {name for option in serve_command.params for name in option.opts if "--" in name}
    assert options - {"--help"} <= set(re.findall(r"--[a-z-]+", TEXT))


def test_options_that_are_named_exist() -> None:
    helped = CliRunner().invoke(serve_command, ["--help"]).output
    for line in re.findall(r"icd11kit serve (--[^`\n]+)", TEXT):
        for option in re.findall(r"--[a-z-]+", line):
            assert option in helped


def test_limits_are_those_that_are_held() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) ", TEXT, re.MULTILINE)
    assert {name: int(number) for name, number in rows} == asdict(Limits())


def test_keys_are_those_of_the_workbench() -> None:
    sheet = (WORKBENCH / "keys.js").read_text("utf-8")
    listed = re.search(r"SHEET = \[(.*?)^\];", sheet, re.MULTILINE | re.DOTALL)
    assert listed is not None
    keys = {key for line in re.findall(r'\["([^"]+)"', listed[1]) for key in line.split()}
    table = re.search(r"\| key \|.*?\n\n", TEXT, re.DOTALL)
    assert table is not None
    assert set(re.findall(r"`([^`]+)`", table[0])) == keys


def test_links_lead_to_views_of_the_workbench() -> None:
    views = re.search(r"VIEWS = \[(.*?)\]", (WORKBENCH / "links.js").read_text("utf-8"))
    assert views is not None
    links = re.findall(r"`/#/(\w+)", TEXT)
    assert links
    assert set(links) <= set(re.findall(r'"(\w+)"', views[1]))


@pytest.mark.parametrize("place", range(len(blocks("python"))))
def test_python_runs_as_it_stands(place: int, starter_server: Server) -> None:
    for package in ("simple_icd_11", "fhirpy"):
        pytest.importorskip(package, reason=f"{package}, a client of the page, is not installed")
    text = blocks("python")[place].replace(HERE, starter_server.url)
    test = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    ran = doctest.DocTestRunner().run(test)
    assert ran.attempted > 2
    assert ran.failed == 0


def test_the_line_of_the_log_is_one_that_is_written() -> None:
    (line,) = blocks("json")
    said = json.loads(line)
    when = datetime.fromisoformat(said["time"]).timestamp()
    entry = Entry(
        said["method"], said["path"], said["status"], said["ms"] / 1000, said["bytes"],
        said["operation"], said["client"],
    )  # fmt: skip
    assert format_entry(entry, when + 0.0001) == line


def test_the_coding_tool_works_as_the_page_embeds_it(starter_server: Server) -> None:
    pytest.importorskip("playwright", reason="playwright, which drives the browser, is missing")
    from playwright.sync_api import sync_playwright

    from tests.coding_tool import PACKAGE, chromium

    program, package = chromium(), fetched(PACKAGE) / "node_modules" / "@whoicd" / "icd11ect"
    (html,) = blocks("html")
    answers = {"/": Answer(html.replace(HERE, starter_server.url).encode(), kind="text/html")}
    for name, kind in (("index.js", "text/javascript"), ("style.css", "text/css")):
        answers[f"/{name}"] = Answer((package / name).read_bytes(), kind=kind)
    with serve(answers) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(site.url)
        page.locator(".ctw-window > *").first.wait_for(state="attached")
        page.locator(".ctw-input.apiInitializationCompleted").press_sequentially("cholera")
        with page.expect_console_message(lambda said: said.text.startswith("1A00")) as chosen:
            page.locator(".entityTitlePointer").first.click()
        written = chosen.value.text
        browser.close()
    assert written == "1A00 Cholera"
