"""The page of the impact: self-contained, accessible, and its numbers are the exported ones."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from icd11kit.terminology import Terminology
from icd11kit.transition.impact.page import MOST_FLOWS, MOST_WORK, format_page
from icd11kit.transition.impact.pictures import NARROW, WIDE, draw_flows
from icd11kit.transition.impact.sheets import format_csv, make_tables
from icd11kit.transition.impact.values import Flow, Impact
from icd11kit.transition.outcomes import Outcome
from tests.impact_cases import DOUBLE, VOLUMES, measured, written
from tests.page_reader import Page

CHAPTERS = (("1", "One"), ("2", "Two"))
TARGETS = (("01", "One"), ("02", "Two"))


@pytest.fixture(scope="module")
def impact(starter: Terminology, tmp_path_factory: pytest.TempPathFactory) -> Impact:
    folder = tmp_path_factory.mktemp("page")
    double = written(folder, "double.csv", DOUBLE)
    return measured(starter, folder, double_coded=double)


@pytest.fixture(scope="module")
def page(impact: Impact) -> Page:
    return Page(format_page(impact))


def said(share: float) -> str:
    """Return a share as the page must print it, by other means than the page's own."""
    if share in (0, 1):
        return f"{round(100 * share)} %"
    return "under 0.1 %" if share < 0.0005 else f"{share * 100:.1f} %"


def test_it_needs_no_network_and_no_script(impact: Impact) -> None:
    text = format_page(impact)
    page = Page(text)
    assert not {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import|https?://(?!icd11kit)", text)
    assert page.open == []


def test_it_is_accessible(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in page.elements:
        assert tag != "html" or attrs["lang"] == "en"
        assert tag != "section" or attrs["aria-labelledby"] in ids
        assert tag != "nav" or attrs["aria-label"]
        assert tag != "th" or attrs["scope"] in ("row", "col")
        assert tag != "svg" or attrs.get("aria-hidden") == "true" or attrs["aria-label"]
        assert tag != "a" or (attrs["href"] or "").removeprefix("#") in ids
    tables = [tag for tag, _ in page.elements if tag == "table"]
    assert len(tables) == len(page.tables), "each table has a caption of its own"
    assert "" not in page.tables
    headings = [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == "h1"
    assert set(headings[1:]) == {"h2", "h3"}


def test_every_share_of_the_outcomes_is_that_of_the_rows(impact: Impact, page: Page) -> None:
    total = sum(row.volume for row in impact.rows)
    for name, volume, share, codes, share_of_codes in page.rows("By outcome"):
        outcome = next(each for each in Outcome if name.startswith(each.value))
        those = [row for row in impact.rows if row.outcome is outcome]
        assert volume == f"{sum(row.volume for row in those):,}"
        assert share == said(sum(row.volume for row in those) / total)
        assert codes == f"{len(those):,}"
        assert share_of_codes == said(len(those) / len(impact.rows))


def test_every_share_of_the_chapters_is_that_of_the_rows(impact: Impact, page: Page) -> None:
    titles = {chapter.chapter: chapter.title for chapter in impact.chapters}
    for cells in page.rows("By chapter"):
        code = next(c for c, title in titles.items() if cells[0] == f"{c} {title}".strip())
        those = [row for row in impact.rows if row.chapter == code]
        total = sum(row.volume for row in those)
        assert cells[1] == f"{total:,}"
        places = [(Outcome.ONE_CODE,), (Outcome.CLUSTER,), (Outcome.DETAIL,), tuple(Outcome)[3:]]
        for cell, outcomes in zip(cells[2:6], places, strict=True):
            part = sum(row.volume for row in those if row.outcome in outcomes)
            assert cell == said(part / total)


def test_other_shares_are_those_of_the_exported_values(impact: Impact, page: Page) -> None:
    for caption, kinds in (("Why codes", impact.details), ("What ICD-10-CM says", impact.unsaid)):
        for cells, each in zip(page.rows(caption), kinds, strict=True):
            assert cells[0].startswith(each.kind)
            assert cells[1:3] == [f"{each.volume:,}", said(each.volume / impact.volume)]
    for cells, flow in zip(page.rows("Largest streams"), impact.flows[:MOST_FLOWS], strict=True):
        assert cells[2:4] == [f"{flow.volume:,}", said(flow.volume / impact.volume)]
    for cells, form in zip(page.rows("Form of"), impact.software.forms, strict=True):
        assert cells[1:3] == [f"{form.volume:,}", said(form.volume / impact.volume)]
    for cells, lengths in zip(page.rows("Length"), impact.software.lengths, strict=True):
        assert cells[4:] == [said(fit.volume / impact.volume) for fit in lengths.fits]
    for cells, way in zip(page.rows("What each way"), impact.scenarios, strict=True):
        assert cells[1:4] == [said(part / impact.volume) for part in way.outcomes[:3]]
    for cells, row in zip(page.rows("The 40" if len(impact.work) > MOST_WORK else "Codes by cost"),
                          impact.work[:MOST_WORK], strict=True):  # fmt: skip
        assert cells[0].startswith(row.code)
        assert cells[5] == f"{row.cost:,}"


def test_records_coded_twice_have_their_table(impact: Impact, page: Page) -> None:
    assert impact.double is not None
    for cells, each in zip(page.rows("Ratios by coders"), impact.double.ratios, strict=True):
        assert cells[1:4] == [str(each.before), str(each.after), f"{each.ratio:.2f}"]


def test_it_says_what_it_rests_on(impact: Impact, page: Page) -> None:
    for origin in impact.origins:
        assert origin.value in page.text
    assert "icd11kit impact volumes.csv" in page.text
    assert impact.volumes.sha256 in page.text
    assert "no official map" in page.text.lower()
    assert "This is an approximation" in page.text
    assert not re.search(r"\b(?:nan|NaN|None|inf)\b", page.text)


def test_rows_set_aside_are_listed(page: Page) -> None:
    rows = page.rows("Rows set aside")
    assert rows[0] == ["16", "I50.9", "-3", "the count is below 0"]
    assert len(rows) == 4


def test_bars_fill_their_place(page: Page) -> None:
    widths = [
        float(found[1])
        for _, attrs in page.elements
        if (found := re.fullmatch(r"width: ([\d.]+)%", attrs.get("style") or ""))
    ]
    assert len(widths) > 20
    assert all(0 <= width <= 100 for width in widths)


def test_texts_of_a_file_are_never_markup(starter: Terminology, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    text = f"dx,n\n{evil},5\n{evil},x\nI10,3\n"
    page = Page(format_page(measured(starter, tmp_path, text)))
    assert "script" not in {tag for tag, _ in page.elements}
    assert evil in page.text


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("I10,x\n", "nothing can be said of the move"),
        ("I10,0\n", "nothing can be said of the move"),
        ("I10,5\n", "No code costs anything"),
        ("hello,5\n", "100 hold something that is no code of ICD-10-CM"),
        ("Z79.4,5\n", "100 have no target in ICD-11"),
    ],
)
def test_few_or_odd_rows_make_a_page_too(
    starter: Terminology, tmp_path: Path, rows: str, expected: str
) -> None:
    page = Page(format_page(measured(starter, tmp_path, f"dx,n\n{rows}", "")))
    assert expected in page.text
    assert page.open == []
    assert not re.search(r"\b(?:nan|NaN|None|inf)\b", page.text)


def test_the_tables_have_what_coders_did(impact: Impact) -> None:
    assert impact.double is not None
    (table,) = [each for each in make_tables(impact) if each.name == "coded twice"]
    assert [row[:6] for row in table.rows] == [
        (r.label, r.title, r.counterpart, r.before, r.after, r.ratio) for r in impact.double.ratios
    ]
    bare = make_tables(impact._replace(double=None))
    assert "coded twice" not in {each.name for each in bare}


def test_no_table_claims_a_share_that_was_not_measured(
    starter: Terminology, tmp_path: Path
) -> None:
    few = measured(starter, tmp_path, "dx,n\nI10,30\nhello,70\n", "")
    for name in ("by chapter", "scenarios"):
        (table,) = [each for each in make_tables(few) if each.name == name]
        assert {row[-3:] for row in table.rows} == {(None, None, None)}


def test_what_is_no_code_has_its_place_in_every_share(starter: Terminology, tmp_path: Path) -> None:
    page = Page(format_page(measured(starter, tmp_path, "dx,n\nI10,30\nhello,70\n", "")))
    assert "70.0 %no code of ICD-10-CM" in page.text
    assert "Coder decides, no target or no code" in page.text
    assert "are those of WHO's tables" not in page.text
    few = Page(format_page(measured(starter, tmp_path, "dx,n\nI10,999\nhello,1\n", "")))
    assert "%no code of ICD-10-CM" not in few.text
    assert (
        "Coder decides, or no target"
        in Page(format_page(measured(starter, tmp_path, "dx,n\nI10,30\n", ""))).text
    )


def test_same_input_gives_the_same_bytes(starter: Terminology, tmp_path: Path) -> None:
    pages = {format_page(measured(starter, tmp_path / name)) for name in ("a", "b")}
    assert len(pages) == 1


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_a_picture_keeps_volume(frame: Any) -> None:
    flows = (
        Flow("1", "01", 3, 700), Flow("1", "02", 1, 200), Flow("2", "", 1, 100),
        Flow("2", "02", 1, 0),
    )  # fmt: skip
    picture = draw_flows(flows, CHAPTERS, TARGETS, frame)
    heights = {(node.name, node.text_x < frame.width / 2): node.height for node in picture.nodes}
    left = [height for (_, is_left), height in heights.items() if is_left]
    right = [height for (_, is_left), height in heights.items() if not is_left]
    assert sum(left) == pytest.approx(sum(right))
    assert heights["1", True] == pytest.approx(9 * heights["2", True])
    assert sum(ribbon.height for ribbon in picture.ribbons) == pytest.approx(sum(left))
    mains = [(ribbon.source, ribbon.target) for ribbon in picture.ribbons if ribbon.is_main]
    assert mains == [("1", "01"), ("2", "")]
    assert all(node.y >= 0 and node.y + node.height <= picture.height for node in picture.nodes)


def test_no_target_and_the_largest_chapters_keep_their_labels() -> None:
    targets = tuple((f"{n:02}", "A chapter") for n in range(1, 21))
    small = [Flow("1", code, 1, 2) for code, _ in targets[1:]]
    flows = (Flow("1", "01", 9, 3000), *small, Flow("1", "", 1, 3))
    picture = draw_flows(flows, CHAPTERS, targets, WIDE)
    right = [node for node in picture.nodes if node.anchor == "start"]
    labelled = [node for node in right if node.is_labelled]
    assert {"", "01"} <= {node.name for node in labelled}
    assert len(labelled) < len(right)
    middles = [node.y + node.height / 2 for node in labelled]
    assert all(b - a >= 12 for a, b in itertools.pairwise(middles))


def test_few_chapters_make_a_low_picture() -> None:
    one = draw_flows((Flow("1", "", 2, 7),), CHAPTERS, TARGETS, WIDE)
    assert one.height < 150
    many = tuple(Flow("1", f"{n:02}", 1, 9) for n in range(1, 21))
    targets = tuple((f"{n:02}", "A chapter") for n in range(1, 21))
    assert draw_flows(many, CHAPTERS, targets, WIDE).height > 700


def test_no_flow_is_an_empty_picture() -> None:
    assert draw_flows((), CHAPTERS, TARGETS, WIDE).nodes == ()


def test_tables_hold_all_codes(impact: Impact) -> None:
    tables = {table.name: table for table in make_tables(impact)}
    assert {"summary", "by chapter", "codes", "work list", "flow"} <= set(tables)
    for table in tables.values():
        assert all(len(row) == len(table.header) for row in table.rows)
    assert len(tables["codes"].rows) == len(impact.rows)
    assert len(list(format_csv(tables["work list"]))) == len(impact.work) + 1
    assert VOLUMES.count("\n") > len(impact.rows)
