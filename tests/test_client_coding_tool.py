"""WHO's Embedded Coding Tool and Embedded Browser, unmodified, against the running server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.coding_tool import BROWSER, CODING_TOOL, opened
from tests.running_server import Server

NEWEST = 'minorVersion: "2025-01"'
SHAFT = "http://id.who.int/icd/release/11/2025-01/mms/644715143"
LEFT = "http://id.who.int/icd/release/11/2025-01/mms/271422288"


@pytest.fixture(params=["starter_server", "released_server"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


def type_in(page: Page, words: str) -> None:
    """Type words once the tool listens."""
    page.locator(".ctw-window > *").first.wait_for(state="attached")
    page.locator(".ctw-input.apiInitializationCompleted").press_sequentially(words, delay=5)


def search(page: Page, words: str) -> None:
    """Type words as a person does, and wait for what is found."""
    type_in(page, words)
    page.locator(".entityInList").first.wait_for()


def open_panel(page: Page, code: str) -> None:
    """Open the panel in which values are added to a hit."""
    hit = page.locator(".entityInList", has_text=code).first
    hit.locator(".circleicon.pacolor").click()
    page.locator(".circleiconWithinDetails.pacolor").first.click()
    page.locator(".postcoordAction").first.wait_for()


def add_by_search(page: Page, axis: str, words: str, code: str) -> None:
    """Search in an axis and take the value with a code."""
    box = page.get_by_placeholder(f"search in axis: {axis}", exact=True)
    box.press_sequentially(words, delay=5)
    found = page.locator(".postcoordSearchResult li", has=page.locator(f'[id="clipboard_{code}"]'))
    found.locator(".clickinh").click()


def add_from_list(page: Page, axis: str, value: str) -> None:
    """Take a value that an axis shows, or has below its one heading."""
    shown = page.locator(".postcoordAction", has=page.locator(".rtitle", has_text=axis))
    wanted = shown.locator(".titleinh", has_text=re.compile(rf"^\s*{value}\s*$"))
    wanted.or_(shown.locator(".collapsed")).first.wait_for()
    if not wanted.count():
        shown.locator(".collapsed").first.click()
    wanted.click()


def select(page: Page, code: str) -> None:
    """Wait until the panel shows a code, and select it."""
    page.locator(f'.postcoordCode[id="clipboard_{code}"]').wait_for()
    page.locator(".postcoordForSelectionRight button").first.click()


def open_node(page: Page, title: str) -> None:
    """Open what stands below an entry of the tree."""
    named = page.locator(".titleinh", has_text=re.compile(rf"^\s*{title}\s*$"))
    item = page.locator(".hierarchy li", has=named).last
    item.locator(".collapsed").first.click()
    item.locator("ul li").first.wait_for()


def test_type_a_word_and_pick_a_hit(server: Server) -> None:
    with opened(server.url, CODING_TOOL) as tool:
        search(tool.page, "cholera")
        tool.page.locator(".entityTitlePointer").first.click()
        entity = tool.picked()
        assert (entity["code"], entity["title"]) == ("1A00", "Cholera")
        assert entity["uri"] == "http://id.who.int/icd/release/11/2025-01/mms/257068234"
        assert entity["foundationUri"] == "http://id.who.int/icd/entity/257068234"
        assert entity["linearizationUri"] == entity["uri"]
        tool.page.wait_for_load_state("networkidle")
        assert "GET /icd/release/11/mms" in tool.asked
        assert "POST /icd/release/11/2025-01/mms/search" in tool.asked
        tool.check()


def test_typing_on_narrows_and_a_word_of_the_list_can_be_taken(released_server: Server) -> None:
    with opened(released_server.url, CODING_TOOL) as tool:
        search(tool.page, "acute myocard")
        tool.page.locator(".wordlist li", has_text=re.compile("^myocardial$")).click()
        expect(tool.page.locator(".ctw-input")).to_have_value(re.compile("acute myocardial"))
        expect(tool.page.locator(".entityTheCode").first).to_contain_text("BA41")
        tool.check()


def test_nothing_found_is_said(server: Server) -> None:
    with opened(server.url, CODING_TOOL) as tool:
        type_in(tool.page, "qqqzzz")
        tool.page.locator(".textNotFound").first.wait_for()
        tool.check()


def test_add_a_side_and_receive_the_cluster(server: Server) -> None:
    with opened(server.url, CODING_TOOL) as tool:
        search(tool.page, "fracture of shaft of ulna")
        open_panel(tool.page, "NC32.2")
        add_from_list(tool.page, "Laterality", "Left")
        select(tool.page, "NC32.2&XK8G")
        entity = tool.picked()
        assert entity["code"] == "NC32.2&XK8G"
        assert entity["uri"] == f"{SHAFT} & {LEFT}"
        tool.check()


def test_take_values_from_the_tree_of_an_axis_and_a_cause_by_search(
    released_server: Server,
) -> None:
    with opened(released_server.url, CODING_TOOL) as tool:
        search(tool.page, "fracture of shaft of ulna")
        open_panel(tool.page, "NC32.2")
        add_from_list(tool.page, "Fracture open or closed", "Closed fracture")
        add_by_search(tool.page, "Has causing condition", "osteoporosis", "FB83.1Z")
        select(tool.page, "NC32.2&XJ44E/FB83.1Z")
        assert tool.picked()["code"] == "NC32.2&XJ44E/FB83.1Z"
        tool.check()


def test_one_code_is_offered_for_what_it_says(released_server: Server) -> None:
    with opened(released_server.url, CODING_TOOL) as tool:
        search(tool.page, "fracture of forearm, unspecified")
        open_panel(tool.page, "NC32.Z")
        add_by_search(tool.page, "Specific anatomy", "ulna", "XA8U33")
        select(tool.page, "NC32.2")
        assert tool.picked()["code"] == "NC32.2"
        tool.check()


def test_a_value_outside_the_axes_is_taken_but_has_no_description(
    released_server: Server,
) -> None:
    with opened(released_server.url, CODING_TOOL) as tool:
        search(tool.page, "fracture of shaft of ulna")
        open_panel(tool.page, "NC32.2")
        add_by_search(tool.page, "Other postcoordination", "severe", "XS25")
        select(tool.page, "NC32.2&XS25")
        assert tool.picked()["code"] == "NC32.2&XS25"
        # the tool asks without flexiblemode, for which the ICD-API says 404
        assert [line[:8] + line.partition("/mms/")[2][:8] for line in tool.failed] == [
            "404 GET describe"
        ]


def test_the_foundation(released_server: Server) -> None:
    with opened(released_server.url, CODING_TOOL, 'source: "foundation"') as tool:
        search(tool.page, "cholera")
        tool.page.locator(".entityTitlePointer").first.click()
        assert tool.picked()["uri"] == "http://id.who.int/icd/entity/257068234"
        tool.page.locator(".showdetails").first.click()
        tool.check()


def test_walk_the_tree_of_the_embedded_browser(released_server: Server) -> None:
    with opened(released_server.url, BROWSER, NEWEST) as tool:
        open_node(tool.page, "Diseases of the circulatory system")
        open_node(tool.page, "Ischaemic heart diseases")
        open_node(tool.page, "Acute ischaemic heart disease")
        open_node(tool.page, "Acute myocardial infarction")
        tool.page.locator(".titleinh", has_text="Acute ST elevation").click()
        expect(tool.page.locator(".browserContent")).to_contain_text("BA41.0")
        tool.page.wait_for_function("window.shown.length > 0")
        assert tool.page.evaluate("window.shown.at(-1).code") == "BA41.0"
        tool.check()


def test_the_embedded_browser_over_the_starter_set(starter_server: Server) -> None:
    with opened(starter_server.url, BROWSER) as tool:
        open_node(tool.page, "Diseases of the circulatory system")
        open_node(tool.page, "Ischaemic heart diseases")
        tree = tool.page.locator(".hierarchy")
        expect(tree).to_contain_text("Acute ischaemic heart disease")
        tool.check()


def test_search_in_the_embedded_browser_and_select(released_server: Server) -> None:
    with opened(released_server.url, BROWSER, f'{NEWEST}, enableSelectButton: "all"') as tool:
        tool.page.locator(".embeddedBrowserSearch input").first.press_sequentially("GB51", delay=5)
        tool.page.locator(".entityTitlePointer", has_text="Acute pyelonephritis").first.click()
        expect(tool.page.locator(".browserContent")).to_contain_text("GB51")
        add_by_search(tool.page, "Laterality", "left", "XK8G")
        select(tool.page, "GB51&XK8G")
        assert tool.picked()["code"] == "GB51&XK8G"
        tool.check()


def test_another_release_and_language(released_server: Server) -> None:
    spanish = 'minorVersion: "2024-01", language: "es"'
    with opened(released_server.url, CODING_TOOL, spanish) as tool:
        search(tool.page, "cólera")
        tool.page.locator(".entityTitlePointer").first.click()
        assert tool.picked()["title"] == "Cólera"
        assert "/icd/release/11/2024-01/mms/search" in " ".join(tool.asked)
        tool.check()


def test_the_functioning_classification(released_server: Server) -> None:
    icf = 'source: "icf"'
    with opened(released_server.url, BROWSER, icf) as tool:
        open_node(tool.page, "ICF Category")
        expect(tool.page.locator(".hierarchy")).to_contain_text("Body functions", ignore_case=True)
        tool.check()
