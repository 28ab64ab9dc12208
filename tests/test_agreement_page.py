"""The page of two coders: self-contained, honest in numbers, safe with any text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from icd11kit.cli.agreement import agreement_command
from icd11kit.terminology import Terminology
from icd11kit.transition.agreement.files import FileAgreement, Wanted, compare_files
from icd11kit.transition.agreement.levels import Options
from icd11kit.transition.agreement.page import MOST_RECORDS, format_page
from tests.page_reader import Page

CASES = Path(__file__).parent / "cases"


def compared(icd: Terminology, *, ordered: bool = True) -> FileAgreement:
    paths = str(CASES / "agreement_a.csv"), str(CASES / "agreement_b.csv")
    return compare_files(icd, Wanted(paths), Options(ordered=ordered, resamples=50))


def written(tmp_path: Path, icd: Terminology, rows: str, system: str = "icd11") -> FileAgreement:
    path = tmp_path / "both.csv"
    path.write_text(f"id,a,b\n{rows}", "utf-8")
    wanted = Wanted((str(path),), columns=("a", "b"))
    return compare_files(icd, wanted, Options(system=system, resamples=50))


@pytest.fixture(scope="module")
def page(starter: Terminology) -> Page:
    return Page(format_page(compared(starter)))


def test_it_needs_no_network_and_no_script(starter: Terminology) -> None:
    text = format_page(compared(starter))
    page = Page(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import", text)
    assert page.open == []


def test_it_is_accessible(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in page.elements:
        assert tag != "html" or attrs["lang"] == "en"
        assert tag != "section" or attrs["aria-labelledby"] in ids
        assert tag != "th" or attrs["scope"] in ("row", "col")
        assert tag != "svg" or attrs["aria-hidden"] == "true"
        assert tag != "a" or (attrs["href"] or "").removeprefix("#") in ids
    headings = [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == "h1"
    assert set(headings[1:]) == {"h2"}


def test_every_number_of_a_picture_stands_in_the_text(starter: Terminology, page: Page) -> None:
    agreement = compared(starter).agreement
    text = page.text.replace("\u202f", " ")
    for level in agreement.levels:
        assert f"{100 * (level.share.value or 0):.1f} %" in text
        assert f"{level.agreed} of {level.of}" in text
    for name in (*(kind.name for kind in agreement.kinds), *(c.title for c in agreement.chapters)):
        assert name in text
    for record in agreement.parted:
        assert "; ".join(record.first) in text
        assert "; ".join(record.second) in text
    assert "Records only in A: 1 (20)" in text
    assert "customarily asked of a coder" in " ".join(text.split())


def test_bars_fill_their_place(page: Page) -> None:
    widths = [
        float(found[1])
        for _, attrs in page.elements
        if (found := re.fullmatch(r"width: ([\d.]+)%", attrs.get("style") or ""))
    ]
    assert widths
    assert all(0 <= width <= 100 for width in widths)


def test_texts_of_a_file_are_never_markup(tmp_path: Path, starter: Terminology) -> None:
    evil = "<script>alert(1)</script>"
    page = Page(format_page(written(tmp_path, starter, f"{evil},{evil},5A11\n2,5A11,5A11\n")))
    assert "script" not in {tag for tag, _ in page.elements}
    assert evil in page.text


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1,,\n", "Not to be judged by the target of 95 %: no record to compare."),
        ("1,5A11,5A11\n", "one record says nothing of chance"),
        ("1,5A11,5A11\n2,5A11,5A11\n", "both gave one and the same category throughout"),
        ("1,9ZZZ,9ZZZ\n2,5A11,9ZZY\n", "9ZZY is no code of this release"),
    ],
)
def test_few_or_odd_records_make_a_page_too(
    tmp_path: Path, starter: Terminology, rows: str, said: str
) -> None:
    text = Page(format_page(written(tmp_path, starter, rows))).text
    assert said in text
    assert not re.search(r"\b(?:nan|NaN|None)\b", text)


def test_it_speaks_of_codes_where_there_are_no_stems(tmp_path: Path, starter: Terminology) -> None:
    text = Page(format_page(written(tmp_path, starter, "1,I10,I10\n2,I10,I21.9\n", "icd10cm"))).text
    assert "ICD-10-CM" in text
    assert not re.search(r"\bstems?\b", text)
    assert "World Health Organization" not in text


def test_it_says_that_order_was_not_heeded(starter: Terminology) -> None:
    text = Page(format_page(compared(starter, ordered=False))).text
    assert "order of codes not heeded" in text
    assert "all stems" in text


def test_a_long_list_of_records_is_cut_and_says_so(tmp_path: Path, starter: Terminology) -> None:
    rows = "".join(f"{n},5A11,5A10\n" for n in range(MOST_RECORDS + 7))
    text = Page(format_page(written(tmp_path, starter, rows))).text
    assert "7 further records are in the output of --json" in text


def test_the_command_writes_it_whole(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    paths = [str(CASES / "agreement_a.csv"), str(CASES / "agreement_b.csv")]
    arguments = [*paths, "--home", str(home), "--out", str(out), "--resamples", "20"]
    done = CliRunner().invoke(agreement_command, arguments)
    assert done.exit_code == 0, done.output
    assert out.read_text("utf-8").rstrip().endswith("</html>")
    assert f"the page is in {out}" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["page.html"]
