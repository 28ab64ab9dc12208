"""Recoding of files: every row in its place, faults as one sentence, nothing half written."""

from __future__ import annotations

import csv
import doctest
import gzip
import io
import json
import re
from pathlib import Path

import polars as pl
import pytest

from icd11kit.errors import SourceError
from icd11kit.terminology import Terminology
from icd11kit.transition.answers import answer_cell
from icd11kit.transition.recode.run import recode
from icd11kit.transition.recode.values import Recoded, Request
from tests.prepared_home import answers, run

ADDED = "dx_icd11,dx_relation,dx_confidence,dx_needs_review,dx_outcome"
CLAIMS = b"id,dx\n1,I10\n2,\n3,e119\n4,1.00E+10\n5,what?\n6,I10\n"


def put(folder: Path, data: bytes, name: str = "in.csv") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return str(folder / name)


def go(icd: Terminology, path: str, out: Path, *columns: str, **more: str) -> Recoded:
    return recode(icd, Request(path, str(out), columns or ("dx",), **more))


def expected(icd: Terminology, text: str) -> list[str]:
    """Return the cells that a text gets, from the one place that says so."""
    answer, mapping = answer_cell(icd, text, "icd10cm", "icd11")
    sure = f"{answer.confidence}" if mapping else ""
    review = "true" if answer.needs_review else "false"
    return [answer.target, answer.relation, sure, review, answer.outcome]


def table(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_every_row_has_the_answer_to_its_text(starter: Terminology, tmp_path: Path) -> None:
    done = go(starter, put(tmp_path, CLAIMS), tmp_path / "out.csv")
    rows = table((tmp_path / "out.csv").read_bytes())
    assert rows[0] == ["id", "dx", *ADDED.split(",")]
    assert [row[:2] for row in rows] == table(CLAIMS)
    assert [row[2:] for row in rows[1:]] == [expected(starter, row[1]) for row in rows[1:]]
    assert (done.rows, done.distinct, done.tier) == (6, 4, "starter")
    assert done.columns[0].outcomes == {"empty": 1, "one code": 3, "malformed": 2}
    assert [(each.text, each.rows) for each in done.columns[0].flagged] == [
        ("1.00E+10", 1),
        ("what?", 1),
    ]


def test_codes_that_look_like_numbers_stay_texts(starter: Terminology, tmp_path: Path) -> None:
    data = b"dx,n\n1E30,007\n1A00,1.50\n"
    go(starter, put(tmp_path, data), tmp_path / "out.csv", source="icd11", target="icd10cm")
    rows = table((tmp_path / "out.csv").read_bytes())
    assert [row[:2] for row in rows] == table(data)
    assert rows[2][2] == starter.map("1A00").target != ""
    go(
        starter, put(tmp_path, data), tmp_path / "out.parquet", source="icd11", target="icd10cm"
    )  # fmt: skip
    assert pl.read_parquet(tmp_path / "out.parquet")["dx"].to_list() == ["1E30", "1A00"]


def test_two_columns_share_answers_and_are_counted_apart(
    starter: Terminology, tmp_path: Path
) -> None:
    source = put(tmp_path, b"b,x,a\nI10,1,\nI10,2,E11.9\n")
    done = go(starter, source, tmp_path / "out.csv", "a", "b")
    rows = table((tmp_path / "out.csv").read_bytes())
    assert rows[0][3:] == [
        *ADDED.replace("dx", "a").split(","),
        *ADDED.replace("dx", "b").split(","),
    ]
    assert rows[2][3:] == [*expected(starter, "E11.9"), *expected(starter, "I10")]
    assert [(each.distinct, sum(each.outcomes.values())) for each in done.columns] == [(1, 2)] * 2
    assert done.distinct == 2


@pytest.mark.parametrize("out", ["out.csv", "out.tsv", "out.parquet", "out.csv.gz", "out.tsv.gz"])
@pytest.mark.parametrize("name", ["in.csv", "in.tsv", "in.csv.gz", "in.tsv.gz", "in.parquet"])
def test_all_forms_say_the_same(starter: Terminology, tmp_path: Path, name: str, out: str) -> None:
    mark = b"\t" if "tsv" in name else b","
    data = CLAIMS.replace(b",", mark)
    if name.endswith("parquet"):
        pl.read_csv(CLAIMS, infer_schema=False).write_parquet(tmp_path / name)
    else:
        put(tmp_path, gzip.compress(data) if name.endswith("gz") else data, name)
    go(starter, str(tmp_path / name), tmp_path / out)
    written = (tmp_path / out).read_bytes()
    if out.endswith("parquet"):
        frame = pl.read_parquet(io.BytesIO(written))
        assert frame.schema["dx_confidence"] == pl.Float64
        assert frame.schema["dx_needs_review"] == pl.Boolean
        written = frame.write_csv().encode()
    written = gzip.decompress(written) if out.endswith("gz") else written
    rows = table(written, "\t" if "tsv" in out else ",")
    assert [row[:2] for row in rows] == table(CLAIMS)
    assert [row[2:] for row in rows[1:]] == [expected(starter, row[1]) for row in rows[1:]]


def test_columns_of_parquet_keep_their_types(starter: Terminology, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"n": [1, 2, 3], "dx": pl.Series(["I10", None, "I10"], dtype=pl.Categorical)},
    ).with_columns(pl.date(2024, 1, pl.col("n")).alias("day"))
    frame.write_parquet(tmp_path / "in.parquet")
    go(starter, str(tmp_path / "in.parquet"), tmp_path / "out.parquet")
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert found.select("n", "dx", "day").equals(frame)
    assert found["dx_icd11"].to_list() == ["BA00.Z", None, "BA00.Z"]
    assert found["dx_needs_review"].to_list() == [False, False, False]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\xef\xbb\xbfid,dx\r\n1,I10\r\n", b"1,I10,BA00.Z"),
        (b'id,dx\n"say ""x""",I10\n', b'"say ""x""",I10,BA00.Z'),
        (b'id,dx\n"a,b","I10"\n', b'"a,b","I10",BA00.Z'),
        (b"id,dx\n 1 , I10 \n", b" 1 , I10 ,BA00.Z"),
        (b"id,dx\n1,I10", b"1,I10,BA00.Z"),
        (b"id,dx\n\n1,I10\n\n", b"1,I10,BA00.Z"),
        (b'id,dx\n\n"1",I10\n\n', b"1,I10,BA00.Z"),
        (b'id,dx\n"1\n2",I10\n', b'2",I10,BA00.Z'),
        (b'id,dx\n5" pipe,I10\n', b'"5"" pipe",I10,BA00.Z'),
        (b"id,dx\n\x01,I10\n", b"\x01,I10,BA00.Z"),
        ("id,dx\né,I10\n".encode(), "é,I10,BA00.Z".encode()),
    ],
)
def test_odd_files_are_read_as_they_are_meant(
    starter: Terminology, tmp_path: Path, data: bytes, line: bytes
) -> None:
    done = go(starter, put(tmp_path, data), tmp_path / "out.csv")
    written = (tmp_path / "out.csv").read_bytes()
    assert line in written
    assert written.startswith(data[: data.index(b"dx")])
    assert written.count(b"\r\n") == data.count(b"\r\n")
    rows = [row for row in table(data) if row]
    assert [row[:2] for row in table(written)] == rows
    assert done.rows == 1


def test_a_column_alone_keeps_its_empty_lines(starter: Terminology, tmp_path: Path) -> None:
    done = go(starter, put(tmp_path, b"dx\nI10\n\nI10\n"), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().splitlines()[2] == b",,,,false,"
    assert done.rows == 3


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_a_header_alone_gives_a_header_alone(
    starter: Terminology, tmp_path: Path, out: str
) -> None:
    for data in (b"id,dx\n", b"id,dx"):
        done = go(starter, put(tmp_path, data), tmp_path / out)
        frame = pl.read_csv if out.endswith("csv") else pl.read_parquet
        found = frame(tmp_path / out)
        assert (found.height, found.columns) == (0, ["id", "dx", *ADDED.split(",")])
        assert (done.rows, done.distinct) == (0, 0)


def test_latin_1_is_read_when_it_is_named(starter: Terminology, tmp_path: Path) -> None:
    source = put(tmp_path, "id,dx\nJosé,I10\n".encode("latin-1"))
    go(starter, source, tmp_path / "out.csv", encoding="latin-1")
    assert table((tmp_path / "out.csv").read_bytes())[1][:3] == ["José", "I10", "BA00.Z"]
    wide = put(tmp_path, "id,dx\nJosé,I10\n".encode("utf-16"), "wide.csv")
    go(starter, wide, tmp_path / "out2.csv", encoding="utf-16")
    assert (tmp_path / "out2.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "in.csv", "the file is empty"),
        (b"id,code\n1,I10\n", "in.csv", "no column 'dx'; the columns are 'id', 'code'"),
        (b"id;dx\n1;I10\n", "in.csv", "give --delimiter ';'"),
        (b"id\tdx\n1\tI10\n", "in.csv", "give --delimiter tab"),
        (b"id,dx\n1,I10\n", "in.tsv", "give --delimiter ','"),
        (b"dx,dx_icd11\nI10,x\n", "in.csv", "a column 'dx_icd11' already"),
        (b"dx,dx\nI10,x\n", "in.csv", "'dx' is there twice"),
        (b"id,dx\n1,I10\n2\n", "in.csv", "line 3 has 1 cell and the header 2"),
        (b"id,dx\n1,I10\n\n2,I10,x\n", "in.csv", "line 4 has 3 cells and the header 2"),
        (b'id,dx\n"a\nb",I10\n2\n', "in.csv", "line 4 has 1 cell and the header 2"),
        (b"id,dx\n1,I10\n\xe9,I10\n", "in.csv", "line 3 is not UTF-8 text"),
        (b"id,dx\n\xe9,I10\n", "in.csv", "give --encoding latin-1"),
        (b"\xe9,dx\n1,I10\n", "in.csv", "line 1 is not UTF-8 text"),
        ("id,dx\n1,I10\n".encode("utf-16"), "in.csv", "give --encoding utf-16"),
        (b"id,dx\r1,I10\r", "in.csv", "save it with line feeds"),
        (b"PAR1", "in.parquet", "no whole Parquet file"),
        (gzip.compress(CLAIMS, mtime=0)[:-9], "in.csv.gz", "cannot be unpacked"),
        (CLAIMS, "in.xlsx", "must end in .csv, .tsv, .parquet"),
    ],
)
def test_what_cannot_be_recoded_is_said_in_a_sentence(
    starter: Terminology, tmp_path: Path, data: bytes, name: str, said: str
) -> None:
    (tmp_path / "out").mkdir()
    for out in ("out.csv", "out.parquet"):
        with pytest.raises(SourceError) as raised:
            go(starter, put(tmp_path, data, name), tmp_path / "out" / out)
        assert said in str(raised.value)
        assert "\n" not in str(raised.value)
    assert list((tmp_path / "out").iterdir()) == []


def test_wrong_encodings_are_named(starter: Terminology, tmp_path: Path) -> None:
    source = put(tmp_path, CLAIMS)
    with pytest.raises(SourceError, match="there is no encoding 'klingon'"):
        go(starter, source, tmp_path / "out.csv", encoding="klingon")
    with pytest.raises(SourceError, match="it is not ascii text"):
        go(starter, put(tmp_path, b"\xe9,dx\n1,2\n"), tmp_path / "out.csv", encoding="ascii")


def test_one_row_is_one_row(home: Path, tmp_path: Path) -> None:
    source, out = put(tmp_path, b"dx\nI10\n"), str(tmp_path / "out.csv")
    done = run(home, "recode", source, "--column", "dx", "--out", out)
    assert done.stdout.splitlines()[0] == f"1 row in {out}; 1 different code"


def test_the_command_prints_what_it_did(home: Path, tmp_path: Path) -> None:
    source, out = put(tmp_path, CLAIMS), str(tmp_path / "out.csv")
    done = run(home, "recode", source, "--column", "dx", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "6 rows in" in done.stdout
    assert "malformed        2     33.3 %" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines()[1:])
    (told,) = answers(home, "recode", source, "--column", "dx", "--out", out)
    assert told["columns"][0]["outcomes"] == {"empty": 1, "one code": 3, "malformed": 2}
    assert (told["rows"], told["tier"], told["engine"]) == (6, "starter", "polars")
    assert json.dumps(told["releases"]).count("20") >= 2


def test_the_command_takes_delimiter_encoding_and_mappings(home: Path, tmp_path: Path) -> None:
    source = put(tmp_path, "id;dx\né;I10\n".encode("latin-1"))
    mine = put(
        tmp_path,
        b"subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        b"icd10cm:I10\tskos:broadMatch\ticd11mms:5A11\tsemapv:ManualMappingCuration\n",
        "mine.sssom.tsv",
    )
    out = tmp_path / "out.csv"
    options = ("recode", source, "--column", "dx", "--out", str(out), "--encoding", "latin-1")
    assert "give --delimiter ';'" in run(home, *options).stderr
    done = run(home, *options, "--delimiter", ";", "--mappings", mine)
    assert done.returncode == 0, done.stderr
    assert table(out.read_bytes(), ";")[1][:4] == ["é", "I10", "5A11", "skos:broadMatch"]


def test_wrong_usage_and_faults_of_the_command(home: Path, tmp_path: Path) -> None:
    source, out = put(tmp_path, CLAIMS), str(tmp_path / "out.csv")
    done = run(home, "recode", source, "--column", "nope", "--out", out)
    assert done.returncode == 1
    assert done.stderr.endswith("no column 'nope'; the columns are 'id', 'dx'\n")
    for wrong in (["--to", "icd10cm"], ["--delimiter", "ab"], ["--to", "icd9"]):
        used = run(home, "recode", source, "--column", "dx", "--out", out, *wrong)
        assert used.returncode == 2, (wrong, used.stderr)
    assert not Path(out).exists()


def test_the_page_shows_what_comes_out(starter: Terminology, tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "recode.md").read_text("utf-8")
    before, after = re.findall(r"```csv\n(.*?)```", page, re.DOTALL)
    go(starter, put(tmp_path, before.encode()), tmp_path / "out.csv", "dx1", "dx2")
    assert (tmp_path / "out.csv").read_text() == after


def test_the_page_runs(home: Path) -> None:
    page = Path(__file__).parent.parent / "docs" / "recode.md"
    results = doctest.testfile(str(page), module_relative=False)
    assert results.attempted >= 7
    assert results.failed == 0
