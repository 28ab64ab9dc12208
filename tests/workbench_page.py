"""The workbench as people use it: a real browser, without a window, on a running server."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

_NAMES = ("chromium", "chromium-browser", "google-chrome")
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000
"""So many milliseconds a busy machine may take to show what it is to show."""
_QUIET = 3


def find_chromium() -> str:
    """Return where Chromium is; without it the test is skipped."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser is installed ({', '.join(_NAMES)})")
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """Run Chromium until the block ends."""
    path = find_chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass(slots=True)
class Workbench:
    """A page of the workbench, and all that went wrong or elsewhere while it was used."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    pending: set[Request] = field(default_factory=set)

    def open(self, link: str) -> Page:
        """Load a link anew, as from a bookmark, and wait until nothing more is asked for."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}/{link}")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page has all its answers, and asks nothing more for a while."""
        quiet, deadline = 0, time.monotonic() + PATIENCE / 1000
        while quiet < _QUIET:
            assert time.monotonic() < deadline, self.pending
            self.pause(30)
            quiet = 0 if self.pending else quiet + 1
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def pause(self, milliseconds: int) -> None:
        """Wait by the page's own clock: what the page began before has had its turn then."""
        self.page.evaluate(f"new Promise((done) => setTimeout(done, {milliseconds}))")

    def type(self, selector: str, text: str) -> None:
        """Type into a field and wait for what it brings."""
        self.page.locator(selector).press_sequentially(text, delay=5)
        self.pause(350)
        self.settle()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not is_so():
            assert time.monotonic() < deadline
            self.page.wait_for_timeout(30)

    def asked(self, request: Request) -> None:
        """Note what the page asks for."""
        self.requests.append(request.url)
        self.pending.add(request)

    @property
    def link(self) -> str:
        """The part of the address that says what is shown."""
        return "#" + str(self.page.evaluate("location.hash")).removeprefix("#")

    @property
    def text(self) -> str:
        """What can be read in the page's main part, and what stands in its fields."""
        fields = self.page.locator("main input, main select").evaluate_all(
            "all => all.map(each => each.type === 'checkbox' || each.type === 'radio'"
            " ? each.checked : each.value)"
        )
        return f"{self.page.locator('main').inner_text()}\n{fields}"

    def focused(self) -> str:
        """Return the text of what has the focus, or its id where it is a field."""
        answer = self.page.evaluate(
            "document.activeElement.id || document.activeElement.textContent"
        )
        return str(answer)


def open_workbench(
    browser: Browser, url: str, scheme: str = "light", size: dict[str, int] = DESK
) -> tuple[BrowserContext, Workbench]:
    """Return a new page, watched: what it logs as an error, throws, and asks for."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    bench = Workbench(context.new_page(), url)

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            bench.complaints.append(message.text)

    bench.page.on("console", note)
    bench.page.on("pageerror", lambda error: bench.complaints.append(str(error)))
    bench.page.on("request", lambda request: bench.asked(request))
    bench.page.on("requestfinished", lambda request: bench.pending.discard(request))
    bench.page.on("requestfailed", lambda request: bench.pending.discard(request))
    return context, bench
