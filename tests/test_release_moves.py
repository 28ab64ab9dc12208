"""Stored codes between two releases: every kind of move, on the small release and real ones."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from icd11kit.cli.impact import impact_command
from icd11kit.cli.release_moves import MovesWanted, run
from icd11kit.postcoordination.grammar import Part
from icd11kit.store.bulk import all_entities
from icd11kit.terminology import open_terminology
from icd11kit.transition.diff import Change
from icd11kit.transition.release_moves.formats import format_all, format_table, format_work
from icd11kit.transition.release_moves.measure import measure_moves, work_list
from icd11kit.transition.release_moves.page import format_page
from icd11kit.transition.release_moves.parts import read_world, trace_part
from icd11kit.transition.release_moves.values import ACTIONS, MEANS, Action, Kind, ReleaseMoves
from icd11kit.transition.release_moves.words import candidates, reasons, remarks, sentences
from icd11kit.transition.releases import diff_releases
from icd11kit.transition.volumes import CodeVolume, Volumes
from icd11kit.vocabulary import ClassKind
from tests.later_release import prepare_both

_TABLE = (Path(__file__).parent / "cases" / "release_moves.csv").read_text("utf-8")
CASES = list(csv.DictReader(_TABLE.splitlines()))


def measured(home: Path, texts: Iterable[str], before: str, after: str) -> ReleaseMoves:
    codes = tuple(CodeVolume(text, 1, number) for number, text in enumerate(texts, 1))
    volumes = Volumes("stored.csv", "", len(codes), "icd11", "n", codes)
    with (
        open_terminology(home, release=before) as old,
        open_terminology(home, release=after) as new,
    ):
        return measure_moves(old, new, volumes)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_both(tmp_path_factory.mktemp("both") / "home")


@pytest.fixture(scope="module")
def found(both: Path) -> ReleaseMoves:
    return measured(both, (case["stored"] for case in CASES), "2024-01", "2025-01")


@pytest.mark.parametrize("place", range(len(CASES)), ids=lambda place: CASES[place]["stored"])
def test_each_case(found: ReleaseMoves, place: int) -> None:
    case, move = CASES[place], found.moves[place]
    assert (move.text, move.kind.value, move.action.value, move.new) == (
        case["stored"], case["kind"], case["action"], case["store"]
    )  # fmt: skip
    assert case["reason"] in "; ".join(reasons(move))
    is_same = move.kind is Kind.UNCHANGED and move.new == move.text
    assert bool(reasons(move)) != is_same


def test_every_kind_has_a_case() -> None:
    seen = {case["kind"] for case in CASES}
    assert seen == {kind.value for kind in Kind} - {"moved"}
    assert set(ACTIONS) == set(MEANS) == set(Kind)


def test_counts_add_up(found: ReleaseMoves) -> None:
    for counts in (found.kinds, found.actions):
        assert sum(count.codes for count in counts) == len(CASES)
        assert sum(count.volume for count in counts) == found.volume == sum(range(len(CASES) + 1))
    kinds = Counter(case["kind"] for case in CASES)
    assert {count.name: count.codes for count in found.kinds if count.codes} == kinds


def test_a_person_chooses_where_no_string_is_certain(found: ReleaseMoves) -> None:
    for move in found.moves:
        assert bool(move.new) == (move.action is not Action.DECIDE)
        assert (move.new != move.text) == (not move.new) or move.action in {
            Action.REPLACE, Action.LOOK
        }  # fmt: skip


def test_the_work_list_has_decisions_first_and_then_the_largest(found: ReleaseMoves) -> None:
    work = work_list(found.moves)
    order = [(list(Action).index(move.action), -move.volume) for move in work]
    assert order == sorted(order)
    kept = sum(count.codes for count in found.actions if count.name == Action.KEEP)
    assert len(work) == len(CASES) - kept
    assert next(csv.DictReader(format_work(found)))["stored"] == work[0].text


def test_candidates_are_there_for_the_later_release(both: Path, found: ReleaseMoves) -> None:
    by_text = {move.text: move for move in found.moves}
    told = {text: [one.split()[0] for one in candidates(move)] for text, move in by_text.items()}
    assert told["1A02"][:2] == ["1A02.0", "1A02.1"]
    assert told["1A00.Z"][0] == "1A00"
    assert told["1A11"][:2] == ["1A10", "1A12"]
    assert told["1A02/1A00"][0] == "1A02:"
    assert told["1A0X"][0] == "1A00"
    assert told["1A01"] == []
    with open_terminology(both, release="2025-01") as icd:
        for move in found.moves:
            for part in move.parts:
                assert all(icd.title(each.code) == each.title for each in part.candidates)


def test_a_release_against_itself_changes_nothing(both: Path) -> None:
    with open_terminology(both) as icd:
        codes = [*icd.codes_below("01"), *icd.codes_below("02"), *icd.codes_below("X")]
    same = measured(both, codes, "2025-01", "2025-01")
    assert {move.kind for move in same.moves} == {Kind.UNCHANGED}
    assert all(move.new == move.text for move in same.moves)


def test_forth_and_back_gives_the_old_codes(both: Path) -> None:
    texts = ["1A01", "2A11/1A01", " 1A01 & XA00", "2A12"]
    forth = measured(both, texts, "2024-01", "2025-01")
    back = measured(both, (move.new for move in forth.moves), "2025-01", "2024-01")
    assert [move.new for move in back.moves] == texts


def test_tables_hold_what_was_measured(found: ReleaseMoves) -> None:
    rows = list(csv.DictReader(format_all(found)))
    assert [row["stored"] for row in rows] == [case["stored"] for case in CASES]
    assert [row["store"] for row in rows] == [case["store"] for case in CASES]
    sure = list(csv.DictReader(format_table(found)))
    assert {row["stored"]: row["store"] for row in sure} == {
        case["stored"]: case["store"] for case in CASES if case["action"] == "replace"
    }


def test_what_is_not_known_is_said(found: ReleaseMoves) -> None:
    told = list(remarks(found))
    assert told[0].startswith("2025-01 is installed without WHO's mapping tables")
    assert "profile" in told[1]
    assert len(list(sentences(found))) == len(Action)


def test_the_page_stands_alone_and_escapes(both: Path) -> None:
    page = format_page(measured(both, ["1A11", "<b>1A00"], "2024-01", "2025-01"), "icd11kit x")
    assert "&lt;b&gt;1A00" in page
    assert "<b>1A00" not in page
    for outside in ("<script", "src=", "href=", "@import", "url("):
        assert outside not in page


def test_a_number_of_a_spreadsheet_is_called_so(both: Path) -> None:
    found = measured(both, ["2.00E+10", "1A00&&"], "2024-01", "2025-01")
    said = {move.text: move.findings for move in found.moves}
    assert said["2.00E+10"] == ("a spreadsheet has made a number of this cell: 2.00E+10",)
    assert "spreadsheet" not in said["1A00&&"][0]


def test_the_page_counts_rows_set_aside_and_names_its_colours(both: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.html"
    assert asked(both, tmp_path, "--from-release", "2024-01", "--out", str(out)).exit_code == 0
    page = out.read_text("utf-8")
    assert "set aside: 1 row, the row has no code" in page
    assert '<i class="apart"></i>decide' in page


def asked(home: Path, tmp_path: Path, *more: str) -> Result:
    (tmp_path / "stored.csv").write_text("icd11,n\n1A01,7\n1A11,3\n1A00,90\n,1\n", "utf-8")
    given = [str(tmp_path / "stored.csv"), "--count-column", "n", "--home", str(home), *more]
    return CliRunner().invoke(impact_command, given)


def test_the_command_prints_the_answer_in_80_columns(both: Path, tmp_path: Path) -> None:
    done = asked(both, tmp_path, "--from-release", "2024-01")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "2024-01 -> 2025-01: 100 values, 3 codes and clusters"
    assert max(map(len, lines)) <= 80
    assert "set aside: 1 row, the row has no code" in lines
    assert ["1A11", "3", "decide", "?"] in [line.split()[:4] for line in lines]
    assert ["1A01", "7", "replace", "1A03"] in [line.split()[:4] for line in lines]


def test_the_command_writes_its_files(both: Path, tmp_path: Path) -> None:
    files = ("--out", str(tmp_path / "a.html"), "--work-list", str(tmp_path / "b.csv"))
    done = asked(both, tmp_path, "--from-release", "2024-01", "--json", *files)
    told = json.loads(done.stdout)
    assert told["volume"] == 100
    assert [move["new"] for move in told["moves"]] == ["1A00", "1A03", ""]
    assert len((tmp_path / "b.csv").read_text("utf-8").splitlines()) == 3
    assert "icd11kit impact stored.csv --from-release 2024-01 --to-release 2025-01" in (
        tmp_path / "a.html"
    ).read_text("utf-8")


def test_replacements_are_a_table_to_apply(
    both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored, names = tmp_path / "s.csv", [str(tmp_path / name) for name in ("c.csv", "d.csv")]
    stored.write_text("icd11\n1A01\n1A00\n", "utf-8")
    run(MovesWanted(str(stored), "2024-01", "", "", "", "", "", *names), str(both), "", True)
    assert json.loads(capsys.readouterr().out)["volume"] == 2
    assert len((tmp_path / "c.csv").read_text("utf-8").splitlines()) == 3
    assert (tmp_path / "d.csv").read_text("utf-8") == "stored,store\n1A01,1A03\n"


def test_one_release_is_no_move(both: Path, tmp_path: Path) -> None:
    done = asked(both, tmp_path, "--from-release", "2025-01")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "both releases are 2025-01" in done.stderr
    alone = asked(both, tmp_path, "--to-release", "2025-01")
    assert (alone.exit_code, alone.stdout) == (2, "")
    assert "needs --from-release" in alone.stderr


@pytest.fixture(scope="module")
def real(released: Path) -> ReleaseMoves:
    with open_terminology(released, release="2022-02") as icd:
        every = all_entities(icd.store("mms"))
        codes = [one.code for one in every if one.code and one.kind is ClassKind.CATEGORY]
    clusters = ["1C89/1D01.10", "GA43&XK8G/5A11", "1d01.10&XK8G", "5A11&XK8G"]
    return measured(released, [*codes, *clusters], "2022-02", "2025-01")


def test_real_codes_agree_with_the_diff_of_releases(released: Path, real: ReleaseMoves) -> None:
    changed = diff_releases("2022-02", "2025-01", released).changes
    gone = {d.code_before for d in changed if d.change in (Change.REMOVED, Change.BELOW_SHORELINE)}
    single = [move for move in real.moves if len(move.parts) == 1]
    assert {m.text for m in single if Kind.RETIRED in m.kinds} == gone - {""}
    recoded = {
        d.code_before: d.code_after
        for d in changed
        if d.code_before and d.code_after and d.code_before != d.code_after
    }
    assert {m.text: m.new for m in single if Kind.RECODED in m.kinds} == recoded
    retitled = {d.code_before for d in changed if d.change is Change.RETITLED}
    told = {m.text for m in single if {Kind.RETITLED, Kind.RESPELT} & {*m.kinds}}
    assert told == {code for code in retitled if len(code) > len("26")}


def test_real_clusters_are_rewritten_code_by_code(real: ReleaseMoves) -> None:
    told = {move.text: (move.kind, move.new) for move in real.moves[-4:]}
    assert told == {
        "1C89/1D01.10": (Kind.RECODED, "1C8G.0/1F27.10"),
        "GA43&XK8G/5A11": (Kind.RETIRED, ""),
        "1d01.10&XK8G": (Kind.RECODED, "1F27.10&XK8G"),
        "5A11&XK8G": (Kind.UNCHANGED, "5A11&XK8G"),
    }


def test_an_older_foundation_proves_no_shoreline(released: Path, real: ReleaseMoves) -> None:
    told = Counter(part.remark.partition(":")[0] for m in real.moves for part in m.parts)
    assert real.after.foundation == "2024-01"
    assert told["may lie below the shoreline of 2025-01"] > 0
    assert told["not in the Foundation of 2024-01"] > 0
    assert told["below the shoreline"] == 0
    assert any("is not certain" in remark for remark in remarks(real))


def test_what_the_foundation_has_not_is_gone(released: Path) -> None:
    found = measured(released, ["1B11.4", "1D01.1Y", "GA43"], "2022-02", "2024-01")
    assert [part.remark for move in found.moves for part in move.parts] == [
        "not in the Foundation of 2024-01",
        "a residual, which the Foundation does not hold",
        "not in the Foundation of 2024-01",
    ]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ("2025-01", "below the shoreline: in the Foundation of 2025-01"),
        (
            "2024-01",
            "may lie below the shoreline of 2025-01: it is in the Foundation of 2024-01",
        ),
    ],
)
def test_whose_foundation_holds_an_entity_decides_what_is_claimed(
    both: Path, known: str, told: str
) -> None:
    with open_terminology(both, release="2024-01") as old, open_terminology(both) as new:
        before, after = read_world(old), read_world(new)
        holding = replace(after.snapshot, foundation=frozenset({"700000012"}))
        after = after._replace(snapshot=holding, side=after.side._replace(foundation=known))
        assert trace_part(Part("1A11", 0, 4), before, after).remark == told
