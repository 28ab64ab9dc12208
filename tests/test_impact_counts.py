"""Sums over rows, against slow sums that are plainly right; any rows will do."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.transition.impact import counts
from icd11kit.transition.impact.bands import expect_right, shipped_cells
from icd11kit.transition.impact.groups import Before, Pair, count_groups
from icd11kit.transition.impact.pictures import NARROW, WIDE, draw_flows
from icd11kit.transition.impact.scenarios import keep_stems, scenario
from icd11kit.transition.impact.sheets import Table, format_csv, work_table
from icd11kit.transition.impact.software import (
    WIDTHS,
    Weighted,
    measure_lengths,
    measure_software,
)
from icd11kit.transition.impact.trouble import trouble_of
from icd11kit.transition.impact.values import CodeRow, Flow
from icd11kit.transition.impact.words import FEWEST, lean, of_hundred
from icd11kit.transition.outcomes import Outcome
from icd11kit.transition.volumes import parse_volumes

CHAPTERS = ("1", "2", "9", "")
TARGETS = ("5A11", "NC32.5Z", "5A11/GB61.Z", "NC32.5Z&XK9K&XJ44E", "8E47", "XN6P4", "")
REMAINDERS = ("encounter: initial", "laterality: left", "biovar", "what E11.65 adds to E11.6")


@st.composite
def rows(draw: st.DrawFn) -> CodeRow:
    target = draw(st.sampled_from(TARGETS))
    some = Outcome.DETAIL, Outcome.ONE_CODE, Outcome.CLUSTER, Outcome.AMBIGUOUS
    outcome = draw(st.sampled_from(some)) if target else Outcome.NONE
    volume = draw(st.integers(0, 1000))
    doubt = draw(st.booleans())
    trouble = trouble_of(outcome, is_doubtful=doubt)
    basis = draw(st.sampled_from(["", *shipped_cells()]))
    return CodeRow(
        code=draw(st.from_regex(r"[A-D][0-3][0-9](\.[0-9]{1,2})?", fullmatch=True)),
        title="", chapter=draw(st.sampled_from(CHAPTERS)), rows=1, volume=volume,
        outcome=outcome, needs_review=doubt, reason="", target=target, target_title="",
        relation="", confidence=shipped_cells()[basis].confidence if basis else 0.5, basis=basis,
        stem=target.split("&")[0].split("/")[0],
        target_chapter=draw(st.sampled_from(("05", "22"))) if target else "",
        detail="the target is broader" if outcome is Outcome.DETAIL else "",
        remainder=tuple(draw(st.lists(st.sampled_from(REMAINDERS), unique=True, max_size=3))),
        alternatives=(), evidence="", trouble=trouble, cost=trouble * volume,
    )  # fmt: skip


MANY = st.lists(rows(), max_size=25)


@given(MANY)
def test_outcomes_chapters_and_flows_each_hold_all_volume(listed: list[CodeRow]) -> None:
    total = sum(row.volume for row in listed)
    assert sum(each.volume for each in counts.count_outcomes(listed)) == total
    assert sum(each.codes for each in counts.count_outcomes(listed)) == len(listed)
    chapters = counts.count_chapters(listed, (("1", "One"), ("2", "Two"), ("9", "Nine")))
    assert sum(each.volume for each in chapters) == total
    assert all(sum(each.outcomes) == each.volume for each in chapters)
    assert sum(each.review for each in chapters) == counts.volume_to_review(listed)
    flows = counts.count_flows(listed)
    assert sum(flow.volume for flow in flows) == total
    assert [flow.volume for flow in flows] == sorted((f.volume for f in flows), reverse=True)


@given(MANY)
def test_kinds_of_what_is_unsaid_are_those_of_the_rows(listed: list[CodeRow]) -> None:
    slow: Counter[str] = Counter()
    for row in listed:
        kinds = {
            "what a longer code adds" if said.startswith("what ")
            else said.split(":")[0] if ":" in said else "further words of the title"
            for said in row.remainder
        }  # fmt: skip
        if row.outcome is Outcome.NONE:
            kinds = {"the whole code"}
        elif row.outcome is Outcome.DETAIL and not row.remainder:
            kinds = {"not named"}
        slow.update(dict.fromkeys(kinds, row.volume))
    assert {each.kind: each.volume for each in counts.count_unsaid(listed)} == dict(slow)


@given(MANY)
def test_the_work_list_has_all_cost_and_no_more(listed: list[CodeRow]) -> None:
    work = counts.list_work(listed)
    assert sum(row.cost for row in work) == sum(row.cost for row in listed)
    assert all(row.cost for row in work)
    written = "".join(format_csv(work_table(work)))
    read = list(csv.DictReader(io.StringIO(written)))
    assert [int(row["cost"]) for row in read] == [row.cost for row in work]


@given(MANY)
def test_stems_alone_are_never_longer_nor_less_trouble(listed: list[CodeRow]) -> None:
    stems, whole = scenario("s", keep_stems(listed)), scenario("w", listed)
    assert stems.longest <= whole.longest
    assert stems.cost >= whole.cost
    assert sum(stems.outcomes) == sum(whole.outcomes)
    assert stems.band == whole.band
    assert keep_stems(keep_stems(listed)) == keep_stems(listed)


@given(MANY)
def test_a_range_holds_its_share(listed: list[CodeRow]) -> None:
    band = expect_right(listed)
    assert 0 <= band.low <= band.share + 1e-12
    assert band.share <= band.high + 1e-12 <= 1 + 1e-9
    assert 0 <= band.measured <= 1


@given(st.lists(st.tuples(st.sampled_from(TARGETS), st.integers(1, 40)), min_size=1, max_size=12))
def test_lengths_are_those_of_the_strings_written_out(pairs: list[tuple[str, int]]) -> None:
    found = measure_lengths("x", [Weighted(*pair) for pair in pairs])
    spread = sorted(len(text) for text, volume in pairs for _ in range(volume))
    assert found.median == spread[(len(spread) + 1) // 2 - 1]
    assert found.percentile95 == spread[-(-95 * len(spread) // 100) - 1]
    for width, fit in zip(WIDTHS, found.fits, strict=True):
        assert fit.volume == sum(length > width for length in spread)


@given(MANY)
def test_software_counts_codes_of_targets(listed: list[CodeRow]) -> None:
    found = measure_software(listed)
    mapped = [row for row in listed if row.target]
    many = {row.target: row.target.replace("/", "&").split("&") for row in mapped}
    assert found.most_codes == max((len(codes) for codes in many.values()), default=0)
    forms = {form.name: form for form in found.forms}
    numbers = [row for row in mapped if row.target == "8E47"]
    assert forms["reads as a number"].volume == sum(row.volume for row in numbers)
    assert forms["extension code alone"].codes == sum(row.target == "XN6P4" for row in mapped)
    digits = [row for row in mapped if row.target[0] in "0123456789"]
    assert forms["begins with a digit"].codes == len(digits)


RANGES = st.lists(
    st.tuples(
        st.from_regex(r"[A-D][0-3][0-9]?", fullmatch=True),
        st.from_regex(r"[A-D][0-3][0-9]?", fullmatch=True),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@given(MANY, RANGES)
def test_ranges_find_what_they_hold(listed: list[CodeRow], ranges: list[tuple[str, str]]) -> None:
    pair = Pair("block", "", "", "", frozenset(), tuple(ranges))
    found = Before(listed).find(pair)
    assert found == {n for n, row in enumerate(listed) if pair.holds_source(row.code)}


def test_groups_without_volume_are_left_out() -> None:
    from icd11kit import open as open_icd

    entries = open_icd().clusters.entries
    pair = Pair("block", "x", "", "", frozenset({"1"}), (("Z00", "Z99"),))
    assert count_groups((pair,), (), entries) == ()


FLOWS = st.builds(
    Flow, st.sampled_from(CHAPTERS), st.sampled_from(("01", "22", "")), st.just(1),
    st.integers(0, 10_000),
)  # fmt: skip


@given(
    st.lists(FLOWS, max_size=12, unique_by=lambda flow: flow[:2]), st.sampled_from([WIDE, NARROW])
)
def test_ribbons_stack_within_their_bars(flows: list[Flow], frame: object) -> None:
    sources, targets = [(c, c) for c in CHAPTERS if c], [("01", "x"), ("22", "y")]
    picture = draw_flows(flows, tuple(sources), tuple(targets), frame)  # type: ignore[arg-type]
    for side, is_left in (("source", True), ("target", False)):
        heights: Counter[str] = Counter()
        for ribbon in picture.ribbons:
            heights[getattr(ribbon, side)] += ribbon.height
        nodes = {n.name: n.height for n in picture.nodes if (n.anchor == "end") is is_left}
        assert nodes == pytest.approx(dict(heights))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=7))
def test_hundred_is_shared_out_nearly_exactly(volumes: list[int]) -> None:
    shares = of_hundred(volumes)
    total = sum(volumes)
    assert sum(shares) == (100 if total else 0)
    if total:
        parts = zip(shares, volumes, strict=True)
        assert all(abs(share - 100 * volume / total) < 1 for share, volume in parts)


@given(st.floats(0.001, 1000))
def test_leaning_is_even_handed(ratio: float) -> None:
    assert lean(ratio) == pytest.approx(-lean(1 / ratio))
    assert -1 <= lean(ratio) <= 1


@given(
    st.lists(
        st.tuples(st.from_regex(r"[A-Z][0-9]{2}", fullmatch=True), st.integers(0, 10**6)),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_volumes_add_up_whatever_the_order(pairs: list[tuple[str, int]]) -> None:
    text = "".join(f"{code},{count}\n" for code, count in pairs)
    found = parse_volumes(f"dx,n\n{text}", "a.csv", "dx", "n")
    slow: Counter[str] = Counter()
    for code, count in pairs:
        slow[code] += count
    assert {each.text: each.volume for each in found.codes} == dict(slow)
    assert sum(each.rows for each in found.codes) == found.rows == len(pairs)
    turned = "".join(f"{code},{count}\n" for code, count in reversed(pairs))
    assert parse_volumes(f"dx,n\n{turned}", "a.csv", "dx", "n").codes == found.codes


def test_csv_quotes_what_needs_it() -> None:
    table = Table("t", ("a", "b"), (('x,"y"', None), ("line\nbreak", 1.5)))
    read = list(csv.reader(io.StringIO("".join(format_csv(table)))))
    assert read == [["a", "b"], ['x,"y"', ""], ["line\nbreak", "1.5"]]


def test_constants_are_as_documented() -> None:
    assert WIDTHS == (7, 8, 10, 20)
    assert FEWEST == 20
