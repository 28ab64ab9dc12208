"""`icd11kit coverage` over the starter set: tables, files, what is left out, wrong usage."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from icd11kit.cli.coverage import coverage_command
from icd11kit.errors import Icd11KitError, SourceError, StoreError
from icd11kit.terminology import Terminology
from icd11kit.transition.coverage import picture
from icd11kit.transition.coverage.files import write_coverage
from icd11kit.transition.coverage.formats import format_csv, format_latex
from icd11kit.transition.coverage.study import Request, study_coverage

VOLUMES = "dx,n\nI10,10\nS52.531A,5\nE119,1\nNOPE,4\nE11.9,2\nI50,x\n"
MADE = "icd11kit coverage --made & 100 %_#"


def run(*words: str) -> Result:
    return CliRunner().invoke(coverage_command, words, prog_name="icd11kit coverage")


def said(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def volumes(tmp_path: Path) -> str:
    pytest.importorskip("polars")
    pytest.importorskip("numpy")
    path = tmp_path / "volumes.csv"
    path.write_text(VOLUMES)
    return str(path)


def test_the_whole_of_a_classification_is_counted(starter: Terminology) -> None:
    found = said()
    billable = int(starter.manifest("icd10cm")["billable"])
    assert found["basis"]["population"] == found["basis"]["sampled"] == billable
    extents = [each for each in found["measures"] if each["section"] == "represented"][:4]
    assert sum(each["number"] for each in extents) == billable
    assert all(each["interval"] is None for each in extents)


def test_the_table_fits_and_names_what_it_rests_on(starter: Terminology) -> None:
    lines = run("--group", "block", "--limit", "3").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert starter.release in lines[0]
    assert "tiers starter and starter" in " ".join(lines[1:3])
    assert any(line.startswith("... ") for line in lines)
    assert any("claims of an automatic map" in line for line in lines)


def test_nothing_is_expected_of_the_starter_set() -> None:
    assert not [each for each in said()["figures"] if each["section"] == "trust"]


def test_volumes_add_up_and_what_is_no_code_is_said(volumes: str) -> None:
    given = ("--volumes", volumes, "--code-column", "dx", "--count-column", "n")
    found = said(*given)
    assert found["basis"]["population"] == 3
    assert found["unread"][0]["text"] == "NOPE"
    weight = found["measures"][0]["weight"]
    assert (weight["volume"], weight["of"]) == (13, 18)
    assert "rows set aside: 1 (the count is no number)" in found["remarks"]
    assert len(found["basis"]["volumes_sha256"]) == 64
    printed = run(*given).stdout
    assert "left out (volume 4): NOPE" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_counts_are_found_by_the_name_of_their_column(volumes: str, tmp_path: Path) -> None:
    found = said("--volumes", volumes)
    assert found["measures"][0]["weight"]["of"] == 18
    assert "volumes are the counts in the column 'n'" in found["remarks"]
    bare = tmp_path / "claims.csv"
    bare.write_text("claim,dx\n1,I10\n2,I10\n3,E119\n")
    found = said("--volumes", str(bare), "--code-column", "dx")
    assert found["measures"][0]["weight"]["of"] == 3
    assert any(each.startswith("volumes are numbers of rows") for each in found["remarks"])


def test_no_volume_has_no_share_by_volume(volumes: str, tmp_path: Path) -> None:
    Path(volumes).write_text("dx,n\nI10,0\n")
    found = said("--volumes", volumes, "--group", "chapter")
    assert all(each["weight"] is None for each in found["measures"])
    assert (
        "The volumes of these codes are all 0, so there is no share by volume."
        in (found["remarks"])
    )
    assert "1 code; seed 1" in run("--volumes", volumes).stdout
    for suffix in ("csv", "tex", "png"):
        done = run("--volumes", volumes, "--out", str(tmp_path / f"a.{suffix}"))
        assert done.exit_code == 0, done.output


def test_counts_of_two_columns_of_one_name_are_refused(volumes: str) -> None:
    Path(volumes).write_text("dx,n,n\nI10,1,2\n")
    wrong = run("--volumes", volumes)
    assert isinstance(wrong.exception, SourceError)
    assert "'n' is there twice" in str(wrong.exception)


def test_a_list_takes_its_volumes_from_the_table(volumes: str, tmp_path: Path) -> None:
    codes = tmp_path / "codes.txt"
    codes.write_text("code\nI10\nI50.9\n")
    found = said(
        "--codes", str(codes), "--volumes", volumes, "--code-column", "dx", "--count-column", "n"
    )
    assert found["basis"]["population"] == 2
    assert found["measures"][0]["weight"]["of"] == 10


def test_a_sample_has_intervals_and_follows_its_seed() -> None:
    one, again, other = (said("--sample", "40", "--seed", seed) for seed in ("3", "3", "4"))
    assert one["measures"] == again["measures"] != other["measures"]
    assert one["basis"]["sampled"] == 40
    first = one["measures"][0]
    assert first["interval"]["low"] < first["number"] / 40 < first["interval"]["high"]


@pytest.mark.parametrize(("source", "target"), [("icd10cm", "icd11"), ("icd11", "icd10cm")])
def test_there_and_back(source: str, target: str) -> None:
    found = said("--from", source, "--to", target, "--round-trip")
    back = [each for each in found["measures"] if each["section"] == "round trip"]
    assert sum(each["number"] for each in back) == back[0]["of"] > 0
    assert back[0]["number"] > back[3]["number"]


def test_wrong_usage_and_missing_tables(tmp_path: Path, starter: Terminology) -> None:
    assert run("--from", "icd10", "--to", "icd10cm").exit_code == 2
    assert run("--code-column", "c").exit_code == 2
    wrong = run("--out", str(tmp_path / "table.doc"))
    assert isinstance(wrong.exception, SourceError)
    with pytest.raises(StoreError, match="mapping tables are not installed"):
        study_coverage(starter, Request(source="icd10"))


def test_files_without_a_code(tmp_path: Path, starter: Terminology) -> None:
    empty, strange = tmp_path / "empty.txt", tmp_path / "strange.txt"
    empty.write_text("# nothing\n")
    strange.write_text("NOPE1\n")
    with pytest.raises(SourceError, match="no code"):
        study_coverage(starter, Request(codes=str(empty)))
    with pytest.raises(Icd11KitError, match="none of the codes"):
        study_coverage(starter, Request(codes=str(strange)))


def test_csv_has_every_measure_and_what_it_rests_on(starter: Terminology) -> None:
    found = study_coverage(starter, Request(group="chapter", command=MADE))
    rows = list(csv.DictReader(io.StringIO("".join(format_csv(found)))))
    basis = {row["measure"]: row["text"] for row in rows if row["section"] == "basis"}
    assert basis["command"] == MADE
    assert (basis["target_release"], basis["seed"]) == (starter.release, "1")
    first = next(row for row in rows if row["section"] == "represented")
    assert float(first["share"]) == pytest.approx(found.measures[0].share, abs=1e-6)
    grouped = [row for row in rows if row["section"] == "group"]
    assert len(grouped) == 4 * len(found.groups)


def test_latex_is_a_table_with_every_sign_escaped(starter: Terminology) -> None:
    found = study_coverage(starter, Request(group="chapter", command=MADE))
    text = "".join(format_latex(found))
    for word in ("\\toprule", "\\midrule", "\\bottomrule"):
        assert text.count(word) == 2
    assert "-{}-made \\& 100 \\%\\_\\#" in text
    body = re.sub(r"(?m)^%.*$", "", text)
    assert not re.search(r"(?<!\\)[%#_]", body)
    for table in body.split("\\begin{table}")[1:]:
        rows = re.findall(r"(?m)^(.*) \\\\$", table)
        assert len({len(re.findall(r"(?<!\\)&", row)) for row in rows}) == 1


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")]
)
def test_pictures_are_made_alike_and_say_their_command(
    suffix: str, start: bytes, starter: Terminology, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    found = study_coverage(starter, Request(group="block", sample=60, command=MADE))
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        write_coverage(found, str(path))
    first, second = (path.read_bytes() for path in paths)
    assert first.startswith(start)
    assert first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in paths]
    if suffix != ".pdf":
        assert b"coverage --made" in first


def test_bars_are_whole_and_tell_of_groups_and_volume(starter: Terminology, volumes: str) -> None:
    pytest.importorskip("matplotlib")
    from icd11kit.transition.coverage.picture import bars

    request = Request(
        volumes=volumes, code_column="dx", count_column="n", group="chapter", resamples=50
    )
    made = bars(study_coverage(starter, request))
    assert [bar.name for bar in made[:2]] == ["by code (3)", "by volume (18)"]
    assert len(made) == 5
    assert all(sum(bar.shares) == pytest.approx(1) for bar in made)
    assert made[0].interval is None
    assert made[1].interval is not None


def test_a_place_that_cannot_be_written(starter: Terminology, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = study_coverage(starter, Request(sample=10))
    with pytest.raises(SourceError, match="could not be written"):
        write_coverage(found, str(tmp_path / "no" / "figure.png"))


def test_whos_tables_both_ways(released: Path) -> None:
    import icd11kit

    with icd11kit.open(released) as icd:
        there = study_coverage(icd, Request("icd10", "icd11", sample=300, round_trip=True))
        back = study_coverage(icd, Request("icd11", "icd10", sample=300))
    assert there.basis.source_release.startswith("WHO's table")
    assert there.section("represented")[0].share > 0.2
    assert there.section("round trip")[0].number > 0
    assert {each.name for each in there.figures if each.section == "trust"} == set()
    assert any("state none" in remark for remark in back.remarks)


def test_sections_with_and_without_volumes_have_as_many_cells(volumes: str) -> None:
    given = ("--volumes", volumes, "--code-column", "dx", "--count-column", "n")
    for words, columns in ((given, 5), ((*given, "--sample", "2"), 5), ((), 3)):
        lines = run(*words).stdout.splitlines()
        head = next(line for line in lines if line.startswith("represented"))
        assert len(re.split(r"  +", head)) == columns


def test_a_group_is_left_out_of_a_picture_only_with_a_word(starter: Terminology) -> None:
    pytest.importorskip("matplotlib")

    found = study_coverage(starter, Request(source="icd11", target="icd10cm", group="block"))
    many = found._replace(groups=found.groups * 9)
    assert len(picture.bars(many)) == picture.MOST_GROUPS + 1
    image = picture.draw_coverage(many, ".svg").decode()
    assert f"first {picture.MOST_GROUPS} of {len(many.groups)} groups" in image


def test_classes_beside_those_of_experts(
    starter: Terminology, capsys: pytest.CaptureFixture[str]
) -> None:
    coverage_gold = pytest.importorskip("benchmarks.coverage_gold")
    from icd11kit.crosswalk.score import Gold
    from icd11kit.transition.coverage.values import Extent

    one, part = "1. full map by precoordination", "3. only partial map possible"
    gold = [
        Gold("I10", "BA00.Z", "BA00.Z", one), Gold("E11.9", "5A11", "5A11", part),
        Gold("S52.531A", "NC32.50", "NC32.50&XK9K", part), Gold("A99.9", "1A00", "1A00", one),
    ]  # fmt: skip
    pairs = coverage_gold.read_pairs(starter, gold)
    assert [(pair.expert, pair.case.extent) for pair in pairs] == [
        (Extent.ONE_CODE, Extent.ONE_CODE),
        (Extent.PART, Extent.ONE_CODE),
        (Extent.PART, Extent.PART),
    ]
    coverage_gold.print_pairs(pairs)
    printed = capsys.readouterr().out
    assert "same class: 66.7 %" in printed
    assert "called full by the map and by experts: 50.0 %" in printed


def test_without_a_gold_set_the_benchmark_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    coverage_gold = pytest.importorskip("benchmarks.coverage_gold")
    monkeypatch.setattr(coverage_gold, "DATA", tmp_path)
    coverage_gold.main()
    assert capsys.readouterr().out.startswith("skipped: ")
