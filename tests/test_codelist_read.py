"""Lists as people keep them: text, tables, value sets; and the codes that they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icd11kit.errors import SourceError, UnknownCodeError
from icd11kit.transition.codelist.fhir import parse_valueset
from icd11kit.transition.codelist.members import Catalog, expand, plain
from icd11kit.transition.codelist.read import parse_lines, parse_table, read_list
from icd11kit.transition.codelist.values import Flag, Form, ListEntry
from icd11kit.transition.codelist.volumes import parse_volumes, unweighed

CODES = {
    "E11": False, "E11.2": False, "E11.21": True, "E11.22": True, "E11.9": True,
    "I20": False, "I20.0": True, "I21": False, "I21.4": True, "I25": False, "I25.10": True,
    "I26": False, "I26.99": True, "C7A": False, "C7A.00": True, "C80": False, "C80.1": True,
    "S06": False, "S06.0": False, "S06.0X": False, "S06.0X0A": True, "S06.0X0D": True,
    "S06.0X1A": True, "QA0": False, "QA0.0": True,
}  # fmt: skip
CATALOG = Catalog(
    {plain(code): code for code in CODES},
    tuple(sorted(map(plain, CODES))),
    frozenset(code for code, is_billable in CODES.items() if is_billable),
    {},
)


def named(text: str) -> tuple[str, ...]:
    if text == "E08-E13":
        return ("E11.21", "E11.22", "E11.9")
    raise UnknownCodeError(text, f"no code {text}", ("E11.9",))


def meant(*lines: str, below: bool = True) -> tuple[str, ...]:
    entries = [each for each in parse_lines(lines) if isinstance(each, ListEntry)]
    return expand(entries, CATALOG, named, below=below).codes


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("E11.9", "E11.9"),
        ("e119", "E11.9"),
        ("E11.9  Type 2 diabetes mellitus", "E11.9"),
        ("E11.9 - Type 2 diabetes", "E11.9"),
        ('"E11.9", Diabetes', "E11.9"),
        ("E11.9, I20.0; I21.4", "E11.9 I20.0 I21.4"),
        ("E11.21 E11.22", "E11.21 E11.22"),
        ("E11*", "E11.21 E11.22 E11.9"),
        ("E11%", "E11.21 E11.22 E11.9"),
        ("E11.x", "E11.21 E11.22 E11.9"),
        ("E11.-", "E11.21 E11.22 E11.9"),
        ("E11.2X", "E11.21 E11.22"),
        ("E11", "E11.21 E11.22 E11.9"),
        ("E08-E13", "E11.21 E11.22 E11.9"),
        ("S06.0X", "S06.0X0A S06.0X0D S06.0X1A"),
        ("S06.0X?A", "S06.0X0A S06.0X1A"),
        ("S06*A", "S06.0X0A S06.0X1A"),
        ("S06.0X0?", "S06.0X0A S06.0X0D"),
        ("I20-I25", "I20.0 I21.4 I25.10"),
        ("I20.0 – I21.4", "I20.0 I21.4"),
        ("I20 to I21", "I20.0 I21.4"),
        ("C7A-C80", "C7A.00 C80.1"),
        ("QA0.0", "QA0.0"),
        ("# all of it", ""),
        ("", ""),
    ],
)
def test_what_a_line_means(line: str, wanted: str) -> None:
    assert " ".join(meant(line)) == wanted


@pytest.mark.parametrize("mark", ["-", "!", "– "])
def test_exclusions_count_wherever_they_stand(mark: str) -> None:
    assert meant(f"{mark}E11.2", "E11*") == ("E11.9",)
    assert meant("E11*", f"{mark}E11.2x") == ("E11.9",)


def test_a_category_alone_is_flagged_where_nothing_below_is_wanted() -> None:
    entries = [ListEntry("line 1", "E11", Form.CODE), ListEntry("line 2", "E11.9", Form.CODE)]
    found = expand(entries, CATALOG, named, below=False)
    assert found.codes == ("E11.9",)
    assert [(flag.where, flag.text) for flag in found.flags] == [("line 1", "E11")]


def test_what_names_nothing_is_flagged_with_the_nearest() -> None:
    entries = [
        each for each in parse_lines(["E99.9", "Z00-Z99", "Q*"]) if isinstance(each, ListEntry)
    ]
    found = expand(entries, CATALOG, named)
    assert [(f.where, f.text, f.nearest) for f in found.flags] == [
        ("line 1", "E99.9", ("E11.9",)), ("line 2", "Z00-Z99", ()),
    ]  # fmt: skip
    assert found.codes == ("QA0.0",)


def test_blocks_go_through_look_up() -> None:
    entry = ListEntry("line 1", "E08-E13", Form.CODE)
    assert len(expand([entry], CATALOG, named).codes) == 3


def test_prose_is_flagged_not_dropped() -> None:
    (flag,) = parse_lines(["this sentence names no code whatever"])
    assert isinstance(flag, ListEntry)
    (flag,) = parse_lines(["extraordinarily long words of prose"])
    assert isinstance(flag, Flag)


@pytest.mark.parametrize(
    "text",
    [
        "code,title\nE11.9,Diabetes\nI20-I25,Heart\n",
        "ICD-10-CM Code\tTitle\nE11.9\tDiabetes\nI20-I25\tHeart\n",
        "Title;DX\nDiabetes;E11.9\nHeart;I20-I25\n",
        "E11.9,Diabetes\nI20-I25,Heart\n",
    ],
)
def test_tables_by_their_column_of_codes(text: str) -> None:
    found = [each.text for each in parse_table(text, "list.csv")]
    assert found == ["E11.9", "I20"]


def test_a_named_column_is_taken_and_a_missing_one_said() -> None:
    text = "code,mine\nE11.9,I20.0\n"
    (entry,) = parse_table(text, "list.csv", "mine")
    assert (entry.where, entry.text) == ("row 2", "I20.0")
    with pytest.raises(SourceError, match="no column 'yours'; there are code, mine"):
        list(parse_table(text, "list.csv", "yours"))
    with pytest.raises(SourceError, match="--column"):
        list(parse_table("a,b\n1,2\n", "list.csv"))


SYSTEM = "http://hl7.org/fhir/sid/icd-10-cm"


def valueset(**more: Any) -> str:
    return json.dumps({"resourceType": "ValueSet", "status": "active", **more})


def test_a_value_set_is_its_compose() -> None:
    compose = {
        "include": [
            {"system": SYSTEM, "concept": [{"code": "I20.0"}, {"code": "I21.4"}]},
            {"system": SYSTEM, "filter": [{"property": "concept", "op": "is-a", "value": "E11"}]},
            {"system": "http://snomed.info/sct", "concept": [{"code": "1"}]},
            {"system": SYSTEM, "filter": [{"property": "code", "op": "=", "value": "E11"}]},
            {"system": SYSTEM, "filter": [{"property": "x", "op": "regex", "value": "E.*"}]},
        ],
        "exclude": [{"system": SYSTEM, "concept": [{"code": "E11.9"}]}],
    }
    found = list(parse_valueset(valueset(compose=compose), "vs.json"))
    flags = [each for each in found if isinstance(each, Flag)]
    entries = [each for each in found if isinstance(each, ListEntry)]
    members = expand(entries, CATALOG, named)
    assert members.codes == ("E11.21", "E11.22", "I20.0", "I21.4")
    assert [flag.where for flag in flags] == ["compose.include[2]", "compose.include[4].filter"]
    assert [flag.where for flag in members.flags] == ["compose.include[3].filter"]


def test_an_expansion_serves_where_there_is_no_compose() -> None:
    inner = [{"system": SYSTEM, "code": "E11.9"}]
    contains = [
        {"system": SYSTEM, "code": "E11", "abstract": True, "contains": inner},
        {"system": "urn:other", "code": "1"},
    ]
    found = list(parse_valueset(valueset(expansion={"contains": contains}), "vs.json"))
    assert [each.text for each in found] == ["E11.9", "1"]
    assert isinstance(found[1], Flag)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is no JSON"),
        ('{"resourceType": "Patient"}', "is no FHIR ValueSet"),
        (valueset(), "neither compose.include nor an expansion"),
        (valueset(compose=[1]), "not built as a ValueSet"),
        (valueset(compose={"include": [7]}), "not built as a ValueSet"),
    ],
)
def test_a_broken_value_set_is_one_sentence(text: str, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        list(parse_valueset(text, "vs.json"))


def test_files_are_read_by_what_they_hold(tmp_path: Path) -> None:
    texts = {
        "a.txt": "E11.9\n", "b.csv": "code\nE11.9\n", "c.json": valueset(
            compose={"include": [{"system": SYSTEM, "concept": [{"code": "E11.9"}]}]}
        ), "d.txt": "\ufeffE11.9\n",
    }  # fmt: skip
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text, "utf-8")
        found = read_list(str(path))
        assert [entry.text for entry in found.entries] == ["E11.9"]
        assert (found.name, len(found.digest)) == (name, 64)


@pytest.mark.parametrize("data", [None, b"\xff\xfe\x00E"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "list.txt"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceError, match=r"list\.txt"):
        read_list(str(path))


def test_volumes_add_up_and_unknown_ones_are_flagged() -> None:
    volumes = parse_volumes("Code;Records\nE11.9;10\nE119;5\n\nE11;7\nX9;1\n", "v.csv")
    assert volumes == {"E119": 15, "E11": 7, "X9": 1}
    (flag,) = unweighed(volumes, CATALOG)
    assert flag.text == "E11, X9"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\n1,2\n", "columns code and count"),
        ("", "there are none"),
        ("code,count\nE11.9,many\n", "row 2"),
        ("code,count\nE11.9\n", "row 2"),
        ("code,count\nE11.9,-4\n", "not below 0"),
    ],
)
def test_wrong_volumes_are_one_sentence(text: str, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        parse_volumes(text, "v.csv")
