"""The workbench in a real browser: what people do with it, by mouse and by keys."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from icd11kit.server.workbench import PAGE, POLICY
from tests.npm_package import fetched
from tests.running_server import Server, serving

pytest.importorskip("playwright", reason="playwright, which drives the browser, is not installed")

from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.workbench_page import PHONE, Workbench, open_workbench

STATES = [
    "",
    "#/search?q=fracture+of+ulna&code=NC32.2",
    "#/search?q=left&extensions=1",
    "#/search?q=colles&system=icd10cm",
    "#/search?q=fracture&chapter=22",
    "#/browse?code=NC32.2",
    "#/entity?code=5A11",
    "#/entity?code=S52.531A",
    "#/cluster",
    "#/cluster?c=NC32.2%26XK8G%2FPA60&axis=0.laterality",
    "#/cluster?c=NC32.2&axis=0.laterality&find=left",
    "#/cluster?c=NC32.2%26XK8G%26XK9K&mode=strict",
    "#/map",
    "#/map?q=S52.531A",
    "#/map?q=NC32.50%26XK9K&from=icd11&to=icd10cm",
    "#/compare?a=NC32.2%26XK8G&b=NC32",
    "#/compare?a=NC32",
]


@pytest.fixture
def bench(browser: Browser, starter_server: Server) -> Iterator[Workbench]:
    context, opened = open_workbench(browser, starter_server.url)
    yield opened
    context.close()
    assert opened.complaints == []
    assert {url for url in opened.requests if not url.startswith(starter_server.url)} <= {
        "about:blank"
    }


def test_the_page_says_what_a_browser_may_do(starter_server: Server) -> None:
    for path in ("/", "/workbench/main.js", "/workbench/style/base.css"):
        reply = starter_server.get(path)
        assert reply.status == 200
        assert reply.headers["content-security-policy"] == POLICY
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
    assert starter_server.get("/workbench/main.js").headers["content-type"].startswith("text/javas")
    assert "unsafe" not in POLICY
    assert "'self'" in POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/workbench/../__init__.py",
        "/workbench/%2e%2e/__init__.py",
        "/workbench/..%2f__init__.py",
        "/workbench/%2e%2e%5c__init__.py",
        "/workbench//etc/passwd",
        "/workbench/style",
        "/workbench/style/../../__init__.py",
        "/workbench/none.js",
        "/workbench/main.js%00.css",
    ],
)
def test_no_path_reaches_outside_the_page(starter_server: Server, path: str) -> None:
    reply = starter_server.get(path)
    assert reply.status == 404
    assert b"workbench_routes" not in reply.body


def test_markup_is_never_made_from_text() -> None:
    sources = "".join(path.read_text("utf-8") for path in PAGE.rglob("*.js"))
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in sources
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", (PAGE / "index.html").read_text("utf-8"))


def test_modules_are_small_and_strictly_typed() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node, which runs the type checker, is not installed")
    checker = fetched("typescript@5") / "node_modules" / "typescript" / "bin" / "tsc"
    rules = "--noEmit --allowJs --checkJs --strict --noUnusedLocals --target es2022".split()
    libraries = ["--module", "es2022", "--lib", "es2022,dom,dom.iterable"]
    modules = sorted(str(path) for path in PAGE.glob("*.js"))
    done = subprocess.run(
        [node, str(checker), *rules, *libraries, *modules],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == ""
    assert done.returncode == 0


def test_modules_are_small() -> None:
    for path in PAGE.glob("*.js"):
        lines = path.read_text("utf-8").splitlines()
        assert lines[0] == "// @ts-check"
        assert len(lines) < 250, path.name


def test_search_as_one_types_and_open_by_keys(bench: Workbench) -> None:
    page = bench.open("")
    page.keyboard.press("/")
    bench.type("#search-field", "shaft ulna")
    expect(page.locator(".hit").first).to_contain_text("Fracture of shaft of ulna")
    expect(page.locator("#said")).to_contain_text("for shaft ulna")
    page.keyboard.press("ArrowDown")
    assert "NC32.2" in bench.focused()
    page.keyboard.press("Enter")
    expect(page.locator(".detail h2")).to_have_text("Fracture of shaft of ulna")
    assert bench.link == "#/search?q=shaft+ulna&code=NC32.2"
    page.keyboard.press("Escape")
    assert bench.focused() == "search-field"


def test_enter_opens_what_was_typed_and_not_what_was_shown_before(bench: Workbench) -> None:
    page = bench.open("#/search?q=diabetes")
    page.locator("#search-field").fill("shaft of ulna")
    page.keyboard.press("Enter")
    expect(page.locator(".detail h2")).to_have_text("Fracture of shaft of ulna")


def test_enter_does_not_open_what_words_typed_before_still_bring(bench: Workbench) -> None:
    page, held = bench.page, list[Route]()
    page.clock.install()
    page.goto(f"{bench.url}/")
    page.route("**/api/v1/search?q=diabetes**", lambda route: held.append(route))
    page.locator("#search-field").fill("diabetes")
    with page.expect_request("**/api/v1/search?q=diabetes**"):
        page.clock.run_for(1_000)
    page.locator("#search-field").fill("shaft of ulna")
    page.keyboard.press("Enter")
    held[0].continue_()
    expect(page.locator(".hit").first).to_contain_text("iabetes")
    page.clock.run_for(1_000)
    expect(page.locator(".detail h2")).to_have_text("Fracture of shaft of ulna")


def test_search_shows_by_what_and_where_an_entry_was_found(bench: Workbench) -> None:
    page = bench.open("#/search?q=broken+forearm")
    hit = page.locator(".hit").first
    expect(hit).to_contain_text("Fracture of forearm")
    expect(hit).to_contain_text("Chapter 22: Injury")


def test_nothing_found_and_an_unknown_code_are_answers(
    browser: Browser, starter_server: Server
) -> None:
    context, bench = open_workbench(browser, starter_server.url)
    page = bench.open("#/search?q=qqqqzzzz")
    expect(page.locator(".hits")).to_contain_text("No entry holds these words")
    bench.open("#/entity?code=NC32.9")
    expect(page.locator(".trouble")).to_contain_text("No code NC32.9 in ICD-11 MMS")
    page.locator(".nearest a").first.click()
    expect(page.locator("h1")).to_have_text("Fracture of forearm")
    assert [each for each in bench.complaints if "404" not in each] == []
    context.close()


def test_the_starter_set_is_named_with_its_repair(bench: Workbench) -> None:
    page = bench.open("#/map")
    expect(page.locator("#notice")).to_contain_text("Starter set")
    expect(page.locator("#notice code")).to_have_text("icd11kit install")
    expect(page.locator("#rests")).to_contain_text("ICD-11 MMS2025-01")
    expect(page.locator("#rests")).to_contain_text("starter set")


def test_the_tree_goes_by_keys(bench: Workbench) -> None:
    page = bench.open("#/browse")
    items = page.get_by_role("treeitem")
    items.first.focus()
    page.keyboard.press("End")
    last = bench.focused()
    page.keyboard.press("Home")
    assert bench.focused() != last
    page.keyboard.press("ArrowRight")
    expect(items.first).to_have_attribute("aria-expanded", "true")
    bench.settle()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-level')") == "2"
    page.keyboard.press("Enter")
    expect(page.locator(".detail h2")).not_to_be_empty()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(items.first).to_have_attribute("aria-expanded", "false")


def test_the_tree_opens_the_way_to_an_entry(bench: Workbench) -> None:
    page = bench.open("#/browse?code=NC32.2")
    chosen = page.locator("[role=treeitem][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(chosen).to_contain_text("Fracture of shaft of ulna")
    expect(chosen).to_have_attribute("aria-level", "4")


def test_an_entity_shows_axes_uris_and_ways_on(bench: Workbench) -> None:
    page = bench.open("#/entity?code=8B20")
    expect(page.locator(".axis-list")).to_contain_text("Laterality")
    expect(page.locator(".uris")).to_contain_text("http://id.who.int/icd/entity/")
    expect(page.locator(".path")).to_contain_text("Diseases of the nervous system")
    page.get_by_role("link", name="Build a cluster").click()
    expect(page.locator("#cluster-text")).to_have_value("8B20")


def test_a_cluster_is_built_on_two_axes(bench: Workbench) -> None:
    page = bench.open("#/cluster")
    bench.type(".finder input", "shaft of ulna")
    page.keyboard.press("Enter")
    bench.settle()
    page.locator("[data-axis='0.laterality'] summary").click()
    bench.type("[data-axis='0.laterality'] input", "left")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    bench.settle()
    expect(page.locator("#cluster-text")).to_have_value("NC32.2&XK8G")
    page.locator("[data-axis='0.associatedWith'] summary").click()
    bench.type("[data-axis='0.associatedWith'] input", "fall")
    page.locator("[data-axis='0.associatedWith'] .choice").first.click()
    bench.settle()
    expect(page.locator(".verdict")).to_contain_text("Valid")
    expect(page.locator(".part-line")).to_have_count(3)
    expect(page.locator(".display")).to_contain_text("Fracture of shaft of ulna [Left] / ")
    page.go_back()
    expect(page.locator("#cluster-text")).to_have_value("NC32.2&XK8G")
    page.get_by_role("button", name="Take out XK8G").click()
    expect(page.locator("#cluster-text")).to_have_value("NC32.2")


def test_a_finding_is_marked_and_one_click_repairs_it(bench: Workbench) -> None:
    page = bench.open("#/cluster")
    page.locator("#cluster-text").fill("NC32.2&XK8G&XK9K")
    expect(page.locator(".finding.error")).to_contain_text("too-many-values")
    expect(page.locator(".marked mark.error")).to_have_text("XK9K")
    expect(page.locator(".verdict")).to_contain_text("Not valid")
    expect(page.locator("#said")).to_contain_text("Not valid, 1 finding")
    page.get_by_label("Lenient").check()
    expect(page.locator(".finding.warning")).to_have_count(1)
    expect(page.locator(".verdict")).to_contain_text("Valid")
    page.get_by_role("button", name="at XK9K").click()
    assert page.evaluate("String(getSelection())") == "XK9K"
    page.get_by_role("button", name="Repair: NC32.2&XK8G").click()
    expect(page.locator("#cluster-text")).to_have_value("NC32.2&XK8G")
    expect(page.locator(".findings")).to_have_count(0)
    expect(page.locator(".verdict")).to_be_focused()
    assert bench.link == "#/cluster?c=NC32.2%26XK8G&mode=lenient"


def test_what_is_required_stands_first(bench: Workbench) -> None:
    page = bench.open("#/cluster?c=MG50&mode=strict")
    expect(page.locator(".finding.error")).to_contain_text("required-axis-missing")
    axis = page.locator("details.axis").first
    expect(axis).to_contain_text("Causing condition")
    expect(axis).to_contain_text("required")


@pytest.mark.parametrize(
    ("text", "code", "repair"),
    [("NC32.2&&XK8G", "malformed", "NC32.2&XK8G"), ("XK8G", "extension-alone", "")],
)
def test_a_pasted_text_that_is_no_cluster_is_explained(
    bench: Workbench, text: str, code: str, repair: str
) -> None:
    page = bench.open("#/cluster")
    page.locator("#cluster-text").fill(text)
    expect(page.locator(".finding.error")).to_contain_text(code)
    if repair:
        page.get_by_role("button", name="Repair").click()
        expect(page.locator("#cluster-text")).to_have_value(repair)
        expect(page.locator(".verdict")).to_contain_text("Valid")


def test_a_pasted_cluster_is_explained(bench: Workbench) -> None:
    page = bench.open("#/cluster?c=NC32.2%26xk8g%2FPA60")
    parts = page.locator(".part-line")
    expect(parts).to_have_count(3)
    expect(parts.nth(1)).to_contain_text("Laterality")
    expect(parts.nth(1)).to_contain_text("XK8G")
    expect(parts.nth(2)).to_contain_text("Associated with")
    expect(page.locator(".outcome")).to_contain_text("That is its normal form, too")


def test_the_normal_form_comes_with_its_steps(browser: Browser, released_server: Server) -> None:
    context, bench = open_workbench(browser, released_server.url)
    page = bench.open("#/cluster?c=NC32.Z%26XA8U33%2FPA60")
    expect(page.locator(".finding.warning")).to_contain_text("replicates-precoordinated")
    expect(page.locator(".steps")).to_contain_text("NC32.Z&XA8U33 → NC32.2")
    page.get_by_role("link", name="Take the normal form").click()
    expect(page.locator("#cluster-text")).to_have_value("NC32.2/PA60")
    assert bench.complaints == []
    context.close()


def test_a_code_is_mapped_and_opened_as_a_cluster(bench: Workbench) -> None:
    page = bench.open("#/map")
    page.locator("#map-code").fill("S52.531A")
    page.keyboard.press("Enter")
    bench.settle()
    answer = page.locator(".map-answer")
    expect(answer).to_contain_text("The target is broader")
    expect(page.locator(".lost")).to_contain_text("encounter: initial")
    expect(page.locator(".why")).to_contain_text("says laterality: right")
    other = page.locator(".alternatives li").filter(has_text="NC32.5Y")
    expect(other).to_contain_text("Other specified fracture of lower end of radius")
    page.get_by_role("link", name="Open in the cluster builder").click()
    expect(page.locator("#cluster-text")).to_have_value("NC32.50&XK9K")
    page.go_back()
    page.get_by_role("link", name="Map it back").click()
    expect(page.locator(".side").nth(1)).to_contain_text("S52.531A")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("NC32.2&XK8G", "NC32", "is below"),
        ("NC32", "NC32.2", "is above"),
        ("NC32.2&XK8G", "NC32.2&XK9K", "excludes"),
        ("NC32.Z", "NC32", "says the same as"),
        ("NC32&XK8G", "NC32.2", "overlaps with"),
    ],
)
def test_two_clusters_are_compared(bench: Workbench, first: str, second: str, said: str) -> None:
    page = bench.open("#/compare")
    page.locator("#compare-a").fill(first)
    page.locator("#compare-b").fill(second)
    page.keyboard.press("Enter")
    expect(page.locator(".stands-words")).to_contain_text(said)
    expect(page.locator("table.beside")).to_contain_text("Injuries to the elbow or forearm")


@pytest.mark.parametrize("state", STATES)
def test_every_link_shows_the_same_again(bench: Workbench, state: str) -> None:
    page = bench.open(state)
    before, link = bench.text, bench.link
    assert len(before) > 60
    page.reload()
    bench.settle()
    assert (bench.text, bench.link) == (before, link)


def test_back_and_forward_go_through_what_was_shown(bench: Workbench) -> None:
    page = bench.open("#/search?q=ulna")
    page.locator(".hit").first.click()
    bench.settle()
    page.get_by_role("link", name="Map to ICD-10-CM").click()
    bench.settle()
    mapped = bench.link
    page.go_back()
    expect(page.locator(".detail h2")).not_to_be_empty()
    page.go_back()
    assert bench.link == "#/search?q=ulna"
    expect(page.locator("#search-field")).to_have_value("ulna")
    page.go_forward()
    page.go_forward()
    assert bench.link == mapped


def test_keys_are_listed_and_can_be_switched_off(bench: Workbench) -> None:
    page = bench.open("#/compare")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    sheet.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()
    page.locator("main").focus()
    page.keyboard.press("/")
    assert bench.link == "#/compare"
    page.reload()
    bench.settle()
    page.keyboard.press("?")
    expect(sheet).not_to_be_visible()


def test_the_skip_link_leads_past_the_head(bench: Workbench) -> None:
    page = bench.open("#/map")
    page.keyboard.press("Tab")
    expect(page.locator("#skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#map-code")).to_be_focused()


def test_dark_by_the_system_and_by_choice(browser: Browser, starter_server: Server) -> None:
    context, bench = open_workbench(browser, starter_server.url, "dark")
    page = bench.open("")

    def is_dark() -> bool:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", str(colour))[:3]) < 150

    assert is_dark()
    page.get_by_role("button", name="Colours").click()
    assert not is_dark()
    page.reload()
    assert not is_dark()
    page.get_by_role("button", name="Colours").click()
    assert is_dark()
    assert bench.complaints == []
    context.close()


@pytest.mark.parametrize("state", STATES)
def test_a_phone_is_wide_enough(browser: Browser, starter_server: Server, state: str) -> None:
    context, bench = open_workbench(browser, starter_server.url, size=PHONE)
    page = bench.open(state)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert bench.complaints == []
    context.close()


def test_on_a_phone_the_list_gives_way_to_the_entry(
    browser: Browser, starter_server: Server
) -> None:
    context, bench = open_workbench(browser, starter_server.url, size=PHONE)
    page = bench.open("#/search?q=ulna")
    expect(page.get_by_text("Choose an entry to read it here.")).not_to_be_visible()
    page.locator(".hit").first.click()
    bench.settle()
    expect(page.locator(".pane")).not_to_be_visible()
    expect(page.locator(".detail h2")).to_be_focused()
    page.get_by_role("link", name="Results").click()
    expect(page.locator(".hit").first).to_be_visible()
    context.close()


def test_a_server_that_is_gone_is_said_with_the_repair(
    browser: Browser, starter_server: Server
) -> None:
    context, bench = open_workbench(browser, starter_server.url)
    page = bench.open("#/search?q=ulna")
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#search-field").fill("appendicitis")
    trouble = page.locator(".pane .trouble")
    expect(trouble).to_contain_text("The server does not answer")
    expect(trouble).to_contain_text("icd11kit serve")
    expect(page.locator(".count")).to_be_empty()
    page.unroute("**/api/**")
    trouble.get_by_role("button", name="Try again").click()
    expect(page.locator(".hit").first).to_contain_text("ppendicitis")
    context.close()


def test_text_of_a_link_is_shown_as_text(bench: Workbench) -> None:
    evil = "#/cluster?c=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E"
    page = bench.open(evil)
    expect(page.locator(".verdict")).to_contain_text("Not valid")
    assert page.locator("main img").count() == 0


def test_releases_and_languages_can_be_chosen(browser: Browser, released_server: Server) -> None:
    context, bench = open_workbench(browser, released_server.url)
    page = bench.open("#/entity?code=NC32")
    expect(page.locator("h1")).to_have_text("Fracture of forearm")
    expect(page.locator("#notice")).to_be_empty()
    page.get_by_label("Release and language").select_option("2024-01 es")
    expect(page.locator("h1")).to_have_text("Fractura del antebrazo")
    assert bench.link == "#/entity?code=NC32&release=2024-01&language=es"
    page.reload()
    expect(page.locator("h1")).to_have_text("Fractura del antebrazo")
    expect(page.locator("h1")).to_have_attribute("lang", "es")
    page.get_by_role("link", name="Browse").click()
    expect(page.get_by_role("treeitem").first).to_contain_text("infecciosas")
    assert bench.complaints == []
    context.close()


def test_real_releases_show_map_rows_and_other_releases(
    browser: Browser, released_server: Server
) -> None:
    context, bench = open_workbench(browser, released_server.url)
    page = bench.open("#/entity?code=NC32.2")
    expect(page.locator("table.rows")).to_contain_text("S52.2")
    expect(page.locator(".releases")).to_contain_text("2022-02")
    bench.open("#/search?q=heart+attack")
    expect(page.locator(".hit").first).to_contain_text("myocardial infarction")
    assert bench.complaints == []
    context.close()


TOKEN = "geheim"
REFUSED = "401"


@pytest.fixture(scope="module")
def closed_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the starter set that wants a token."""
    with serving(tmp_path_factory.mktemp("closed") / "home", "--token", TOKEN) as server:
        yield server


@pytest.fixture
def closed(browser: Browser, closed_server: Server) -> Iterator[Workbench]:
    """A page of it; that it is refused is the only thing a browser may complain of."""
    context, opened = open_workbench(browser, closed_server.url)
    yield opened
    assert [each for each in opened.complaints if REFUSED not in each] == []
    assert [url for url in opened.requests if TOKEN in url] == []
    assert context.cookies() == []
    context.close()


def asked_for_token(bench: Workbench, link: str) -> Locator:
    """Open a link without a token; return the dialog that asks for one."""
    bench.page.goto(f"{bench.url}/{link}")
    dialog = bench.page.get_by_role("dialog", name="This server wants a token")
    expect(dialog).to_be_visible()
    return dialog


def give(page: Page, token: str) -> None:
    """Type a token into the field that has the focus, and send it."""
    expect(page.get_by_label("Token", exact=True)).to_be_focused()
    page.keyboard.type(token)
    page.keyboard.press("Enter")


def kept(page: Page) -> dict[str, object]:
    """Return what the page keeps, by where."""
    script = "({tab: {...sessionStorage}, all: {...localStorage}, cookie: document.cookie})"
    return dict(page.evaluate(script))


def test_a_token_is_asked_for_once_and_the_page_goes_on(closed: Workbench) -> None:
    dialog = asked_for_token(closed, "#/search?q=ulna&code=NC32.2")
    page = closed.page
    closed.wait_until(lambda: sum(REFUSED in each for each in closed.complaints) > 2)
    expect(page.locator("dialog.token")).to_have_count(1)
    field = page.get_by_label("Token", exact=True)
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_attribute("autocomplete", "off")
    expect(page.locator(".trouble")).to_have_count(0)
    give(page, TOKEN)
    expect(dialog).to_have_count(0)
    closed.settle()
    expect(page.locator(".hit").first).to_contain_text("ulna")
    expect(page.locator(".detail h2")).to_have_text("Fracture of shaft of ulna")
    expect(page.locator("#rests")).to_contain_text("starter set")
    assert closed.link == "#/search?q=ulna&code=NC32.2"
    assert kept(page) == {"tab": {"token": TOKEN}, "all": {}, "cookie": ""}


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Type the token"), ("falsch", "does not take"), ("gehe\u00efm \u2713", "does not take")],
)
def test_a_wrong_token_is_said_and_not_kept(closed: Workbench, typed: str, said: str) -> None:
    dialog = asked_for_token(closed, "#/map")
    page = closed.page
    expect(dialog.get_by_role("alert")).to_be_empty()
    give(page, typed)
    expect(dialog.get_by_role("alert")).to_contain_text(said)
    field = page.get_by_label("Token", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    assert kept(page)["tab"] == {}
    give(page, f" {TOKEN} ")
    expect(dialog).to_have_count(0)
    assert kept(page)["tab"] == {"token": TOKEN}


def test_a_server_that_is_gone_is_no_wrong_token(closed: Workbench) -> None:
    dialog = asked_for_token(closed, "#/map")
    closed.page.route("**/api/**", lambda route: route.abort())
    give(closed.page, TOKEN)
    expect(dialog.get_by_role("alert")).to_have_text("The server does not answer.")
    closed.complaints[:] = [each for each in closed.complaints if "ERR_FAILED" not in each]


def test_a_token_holds_in_its_tab_until_it_is_forgotten(closed: Workbench) -> None:
    dialog = asked_for_token(closed, "#/entity?code=NC32.2")
    page = closed.page
    forget = page.get_by_role("button", name="Forget token")
    expect(forget).to_be_hidden()
    give(page, TOKEN)
    expect(page.locator("h1")).to_have_text("Fracture of shaft of ulna")
    page.reload()
    expect(page.locator("h1")).to_have_text("Fracture of shaft of ulna")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("dialog")).to_be_visible()
    other.close()
    forget.click()
    expect(dialog).to_be_visible()
    expect(page.locator("h1")).to_have_count(0)
    expect(forget).to_be_hidden()
    assert kept(page)["tab"] == {}


def test_who_has_no_token_is_told_and_may_come_back(closed: Workbench) -> None:
    dialog = asked_for_token(closed, "#/map?q=I10")
    page = closed.page
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".trouble")).to_contain_text("This server wants a token")
    page.locator("#map-code").fill("I11")
    page.keyboard.press("Enter")
    closed.settle()
    expect(dialog).to_have_count(0)
    enter = page.get_by_role("button", name="Enter the token")
    enter.click()
    page.get_by_role("button", name="Not now").click()
    expect(enter).to_be_focused()
    page.keyboard.press("Enter")
    give(page, TOKEN)
    expect(page.locator("#rests")).to_contain_text("starter set")
    expect(page.locator(".trouble")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()


def test_single_keys_do_nothing_beside_the_token(closed: Workbench) -> None:
    dialog = asked_for_token(closed, "#/map")
    page = closed.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Not now")).to_be_focused()
    page.keyboard.press("?")
    page.keyboard.press("/")
    assert closed.link == "#/map"
    expect(page.locator("dialog[open]")).to_have_count(1)
    expect(dialog).to_be_visible()


def test_a_token_that_is_no_longer_taken_is_asked_for_anew(closed: Workbench) -> None:
    dialog = asked_for_token(closed, "#/cluster")
    page = closed.page
    page.evaluate("sessionStorage.setItem('token', 'of-yesterday')")
    page.reload()
    expect(dialog.get_by_role("alert")).to_contain_text("no longer takes the token")
    assert kept(page)["tab"] == {}
    give(page, TOKEN)
    expect(page.locator("#rests")).to_contain_text("starter set")


def test_a_question_too_long_for_an_address_bears_the_token(closed: Workbench) -> None:
    cluster = "NC32.2" + "&XK8G" * 300
    asked_for_token(closed, f"#/cluster?c={cluster.replace('&', '%26')}")
    give(closed.page, TOKEN)
    closed.settle()
    expect(closed.page.locator(".trouble").first).to_contain_text("at most 1,000 are read")
    closed.complaints[:] = [each for each in closed.complaints if "400" not in each]


@pytest.mark.parametrize(
    "link", ["#/entity?code=NC32.2", "#/cluster?c=NC32.2", "#/map?q=I10", "#/compare?a=NC32&b=NC32"]
)
def test_answers_as_json_are_links_only_without_a_token(
    bench: Workbench, closed: Workbench, link: str
) -> None:
    source = bench.open(link).locator(".source")
    address = str(source.get_by_role("link").get_attribute("href"))
    assert json.loads(bench.page.request.get(f"{bench.url}/{address}").text())
    asked_for_token(closed, link)
    give(closed.page, TOKEN)
    guarded = closed.page.locator(".source")
    expect(guarded).to_have_text(f"As JSON, for programs that send the token: {address}")
    expect(guarded.get_by_role("link")).to_have_count(0)


def test_a_server_without_a_token_is_asked_without_one(bench: Workbench) -> None:
    page = bench.page
    sent: list[str] = []
    page.on("request", lambda request: sent.extend(request.headers))
    bench.open("#/search?q=ulna")
    expect(page.get_by_role("button", name="Forget token")).to_be_hidden()
    assert "user-agent" in sent
    assert "authorization" not in sent
