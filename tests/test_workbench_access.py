"""The workbench for everyone: axe finds nothing serious on any view, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.npm_package import fetched
from tests.running_server import Server, serving

pytest.importorskip("playwright", reason="playwright, which drives the browser, is not installed")

from playwright.sync_api import Browser, Page, expect

from tests.test_workbench import STATES
from tests.workbench_page import DESK, PHONE, Workbench, open_workbench

GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core, fetched with npm; skips where it cannot be had."""
    return (fetched("axe-core") / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture
def bench(browser: Browser, starter_server: Server) -> Iterator[Workbench]:
    context, opened = open_workbench(browser, starter_server.url)
    yield opened
    context.close()


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe finds grave in a page, in light and in dark."""
    page.evaluate(axe)
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        result: dict[str, Any] = page.evaluate("axe.run(document)")
        assert result["passes"]
        found += [
            f"{scheme} {each['id']} ({each['impact']}): {node['html'][:200]} {node['any'][:1]}"
            for each in result["violations"]
            if each["impact"] in GRAVE
            for node in each["nodes"]
        ]
    return found


@pytest.mark.parametrize("state", STATES)
def test_nothing_grave_on_any_view(bench: Workbench, axe: str, state: str) -> None:
    page = bench.open(state)
    assert violations(page, axe) == []


@pytest.mark.parametrize(
    "state",
    [
        "#/search?q=ulna&code=NC32.2",
        "#/browse",
        "#/cluster?c=MG50%26XK8G&mode=strict",
        "#/map?q=I10",
    ],
)
def test_nothing_grave_on_a_phone(
    browser: Browser, starter_server: Server, axe: str, state: str
) -> None:
    context, bench = open_workbench(browser, starter_server.url, size=PHONE)
    assert violations(bench.open(state), axe) == []
    context.close()


@pytest.mark.parametrize(
    "state", ["#/entity?code=NC32.2", "#/cluster?c=NC32.Z%26XA8U33", "#/map?q=S52.531A", "#/browse"]
)
def test_nothing_grave_with_real_releases(
    browser: Browser, released_server: Server, axe: str, state: str
) -> None:
    context, bench = open_workbench(browser, released_server.url)
    assert violations(bench.open(state), axe) == []
    context.close()


def test_nothing_grave_where_a_code_is_unknown_or_keys_are_shown(
    bench: Workbench, axe: str
) -> None:
    page = bench.open("#/entity?code=NC32.9")
    assert violations(page, axe) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page, axe) == []


def test_nothing_grave_where_the_server_is_gone(bench: Workbench, axe: str) -> None:
    page = bench.open("#/map?q=I10")
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#map-code").fill("I11")
    page.keyboard.press("Enter")
    expect(page.locator(".trouble")).to_be_visible()
    assert violations(page, axe) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_grave_where_a_token_is_asked_for(
    browser: Browser, tmp_path: Path, axe: str, size: dict[str, int]
) -> None:
    with serving(tmp_path / "home", "--token", "geheim") as server:
        context, bench = open_workbench(browser, server.url, size=size)
        page = bench.page
        page.goto(f"{server.url}/#/entity?code=NC32.2")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page, axe) == []
        page.keyboard.type("falsch")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("does not take")
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.keyboard.press("Escape")
        expect(page.locator(".trouble")).to_be_visible()
        assert violations(page, axe) == []
        page.get_by_role("button", name="Enter the token").click()
        page.keyboard.type("geheim")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Fracture of shaft of ulna")
        expect(page.get_by_role("button", name="Forget token")).to_be_visible()
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        context.close()


def test_axe_sees_what_it_is_to_see(bench: Workbench, axe: str) -> None:
    page = bench.open("#/map")
    page.evaluate("document.querySelector('label[for=map-code]').remove()")
    page.evaluate("document.querySelector('#map-code').placeholder = ''")
    assert any("label" in each for each in violations(page, axe))


def test_motion_is_left_out_where_it_is_not_wanted(
    browser: Browser, starter_server: Server
) -> None:
    moving = {}
    for motion in ("reduce", "no-preference"):
        context = browser.new_context(viewport={"width": DESK["width"], "height": DESK["height"]})
        page = context.new_page()
        page.emulate_media(reduced_motion="reduce" if motion == "reduce" else "no-preference")
        page.goto(f"{starter_server.url}/#/map")
        expect(page.locator("h1")).to_be_visible()
        seconds = "getComputedStyle(document.querySelector('.button')).transitionDuration"
        moving[motion] = page.evaluate(seconds)
        context.close()
    assert moving["reduce"] == "0s"
    assert moving["no-preference"] != "0s"
