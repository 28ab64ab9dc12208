"""WHO's Embedded Coding Tool and Browser in a real Chromium, watched while it is used."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response, expect, sync_playwright
from playwright.sync_api import Request as Asked

from tests.local_server import Answer, serve
from tests.npm_package import fetched

PACKAGE = "@whoicd/icd11ect@1.8.0"
_PATIENCE = 30_000
_PAGE = """<!doctype html><meta charset="utf-8"><title>coding tool</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">
{markup}
<script src="/index.js"></script>
<script>
window.picked = [];
window.shown = [];
ECT.Handler.configure(
  {{apiServerUrl: "{api}", apiSecured: false, language: "en", autoBind: true{settings}}},
  {{selectedEntityFunction: (entity) => window.picked.push(entity),
    browserLoadedFunction: () => {{}},
    browserChangedFunction: (content) => window.shown.push(content)}});
</script>
"""
CODING_TOOL = """<input type="text" class="ctw-input" autocomplete="off" data-ctw-ino="1">
<div class="ctw-window" data-ctw-ino="1"></div>"""
BROWSER = '<div class="ctw-eb-window" data-ctw-ino="1"></div>'


@dataclass(slots=True)
class Watched:
    """A page with what it asked of the API, how that was answered, and what it complained of."""

    page: Page
    api: str
    asked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def picked(self, number: int = 0) -> dict[str, Any]:
        """Return what the page's callback was given, once it was."""
        self.page.wait_for_function(f"window.picked.length > {number}")
        found: dict[str, Any] = self.page.evaluate(f"window.picked[{number}]")
        return found

    def check(self) -> None:
        """Fail where a request failed, went elsewhere, or the page complained."""
        self.page.wait_for_load_state("networkidle")
        wrong = [*self.failed, *self.complaints, *self.elsewhere]
        assert not wrong, "\n".join(wrong)


def chromium() -> str:
    """Return the path of the system's Chromium; skips where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium is installed; WHO's coding tool runs in one")


@contextmanager
def opened(api: str, markup: str, settings: str = "") -> Iterator[Watched]:
    """Open a page with the tool on it that asks the given API, and watch it."""
    program, package = chromium(), fetched(PACKAGE) / "node_modules" / "@whoicd" / "icd11ect"
    html = _PAGE.format(markup=markup, api=api, settings=f", {settings}" if settings else "")
    answers = {
        "/": Answer(html.encode(), kind="text/html"),
        "/index.js": Answer((package / "index.js").read_bytes(), kind="text/javascript"),
        "/style.css": Answer((package / "style.css").read_bytes(), kind="text/css"),
    }
    with serve(answers) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            page = browser.new_page()
            page.set_default_timeout(_PATIENCE)
            expect.set_options(timeout=_PATIENCE)
            watched = Watched(page, api)
            _watch(watched, site.url)
            page.goto(site.url)
            yield watched
        finally:
            browser.close()


def _watch(watched: Watched, site: str) -> None:
    def ask(request: Asked) -> None:
        if request.url.startswith(watched.api):
            watched.asked.append(f"{request.method} {request.url.removeprefix(watched.api)}")
        elif not request.url.startswith((site, "data:")):
            watched.elsewhere.append(request.url)

    def answer(response: Response) -> None:
        if response.status >= 400:
            watched.failed.append(f"{response.status} {response.request.method} {response.url}")

    def say(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            watched.complaints.append(message.text)

    watched.page.on("request", ask)
    watched.page.on("response", answer)
    watched.page.on("requestfailed", lambda r: watched.failed.append(f"{r.failure} {r.url}"))
    watched.page.on("console", say)
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
