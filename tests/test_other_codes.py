"""Codes that clusters of the release do not have: ICF codes with qualifiers, moved codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.postcoordination.issues import IssueCode, Mode
from icd11kit.postcoordination.moved import find_moved
from icd11kit.postcoordination.order import check_order, parse_order_rules
from icd11kit.postcoordination.qualifiers import find_qualified, is_icf
from icd11kit.store.bulk import all_entities
from icd11kit.store.read import find_pre
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.vocabulary import System
from tests.prepared_home import run


@pytest.fixture(scope="module")
def icd(released: Path) -> Iterator[Terminology]:
    with open_terminology(released, release="2025-01") as found:
        yield found


@pytest.mark.parametrize(
    ("text", "valid", "codes", "display"),
    [
        ("d5409", True, set(), "Dressing, unspecified"),
        ("d5409.qp3", True, set(), "Dressing, unspecified [performance: severe]"),
        ("d5409.qp3.qc2", True, set(),
         "Dressing, unspecified [performance: severe] [capacity: moderate]"),
        ("b110.3", False, {"qualifier-not-coded"}, None),
        ("d5409.qp3.qp2", False, {"too-many-values"}, None),
        ("d5409.qz3", True, {"unknown-qualifier"}, None),
        ("b110.qp3", True, {"unknown-qualifier"}, None),
        ("d000.qp3", False, {"unknown-code"}, None),
        ("d540&d550", False, {"cluster-not-allowed"}, None),
        ("d540/d550", False, {"cluster-not-allowed"}, None),
    ],
)  # fmt: skip
def test_icf_codes_are_judged_by_the_icf(
    icd: Terminology, text: str, valid: bool, codes: set[str], display: str | None
) -> None:
    found = icd.validate(text)
    assert (found.valid, {issue.code.value for issue in found.issues}) == (valid, codes)
    assert found.release.startswith("dev-")
    if display is not None:
        assert found.display == display
        assert found.canonical == text


def test_where_a_qualifier_is_wrong(icd: Terminology) -> None:
    (issue,) = icd.validate(" d5409.qz3 ").issues
    assert " d5409.qz3 "[issue.start : issue.end] == "qz3"
    (issue,) = icd.validate("b110.3").issues
    assert "b110.3"[issue.start : issue.end] == ".3"


def test_without_the_icf_its_codes_are_unknown(starter: Terminology) -> None:
    assert [i.code for i in starter.validate("d5409.qp3").issues] == [IssueCode.UNKNOWN_CODE]


def test_the_commands_take_icf_codes(released: Path) -> None:
    done = run(released, "cluster", "describe", "d5409.qp3", "--json")
    assert json.loads(done.stdout)["display"] == "Dressing, unspecified [performance: severe]"
    looked = json.loads(run(released, "lookup", "d5409.qp3", "--json").stdout)
    assert (looked["system"], looked["code"]) == ("icf", "d5409")


@given(st.text(alphabet="bdes0123456789.qpcz& /", max_size=14))
def test_any_text_has_a_form_or_none(text: str) -> None:
    found = find_qualified(text)
    if found is not None:
        assert text.strip().lower().startswith(found.code)
        assert all(text[q.start : q.end] == q.text for q in found.qualifiers)
        assert is_icf(text) == text.strip()[0].islower()


def test_a_code_of_another_release_is_followed(icd: Terminology, released: Path) -> None:
    """Every code of 2022-02 that 2025-01 has not is said to have moved or to be retired."""
    here = icd.store(System.MMS)
    with open_terminology(released, release="2022-02") as old:
        gone = [
            entity.code
            for entity in all_entities(old.store(System.MMS))
            if entity.code and find_pre(here, entity.code) is None
        ]
        assert len(gone) > 20
        moved = 0
        for code in gone:
            found = find_moved(code, here, [old.store(System.MMS)])
            assert found is not None
            (issue,) = (i for i in icd.validate(code).issues if i.code is IssueCode.MOVED_CODE)
            assert (issue.start, issue.end) == (0, len(code))
            if found.now:
                moved += 1
                assert issue.repair == found.now
                assert icd.lookup(issue.repair).code == found.now
            else:
                assert "no more" in issue.message
        assert 0 < moved < len(gone)


def test_a_moved_code_is_an_error_in_every_mode(icd: Terminology, released: Path) -> None:
    with open_terminology(released, release="2022-02") as old:
        here = icd.store(System.MMS)
        code = next(
            e.code for e in all_entities(old.store(System.MMS))
            if e.code and find_pre(here, e.code) is None
        )  # fmt: skip
    for mode in Mode:
        assert not icd.validate(code, mode).valid


def test_orders_are_put_right(icd: Terminology) -> None:
    rules = parse_order_rules("later\tfirst\tsource\n1G40\t1\tnote")
    from icd11kit.postcoordination.grammar import parse_cluster

    def found(text: str) -> list[str]:
        reading = icd.clusters.read(parse_cluster(text))
        return [issue.repair for issue in check_order(reading, rules)]

    assert found("1G40/5A11/1A07.Z&XN8P1") == ["1A07.Z&XN8P1/1G40/5A11"]
    assert found("1A07.Z/1G40") == []
    assert found("1G40/1G40") == []


def test_whos_map_sets_clusters_beside_entities(icd: Terminology, released: Path) -> None:
    found = icd.normalize("1A00&XN8P1").entity
    assert found is not None
    assert (found.entity, "A00.0" in found.evidence) == ("1205958647", True)
    back = icd.clusters.expand_entity("http://id.who.int/icd/entity/1205958647")
    assert back == found
    assert icd.normalize("5A11").entity is None
    assert icd.clusters.expand_entity("5A11") is None
    done = run(released, "cluster", "expand", "1205958647", "--release", "2025-01", "--json")
    assert json.loads(done.stdout)["cluster"] == "1A00&XN8P1"


def test_found_values_stand_below_what_is_above_them(icd: Terminology) -> None:
    axes = {axis.axis: axis for axis in icd.clusters.suggest("NC32.2", "olecranon process")}
    (choice,) = (c for c in axes["specificAnatomy"].choices if c.code == "XA5VA1")
    assert choice.path[-1] == "Ulna"


def test_rows_of_a_file_as_json(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("id,dx\n1,NC32.2&XK8G\n2,5A11\n3,NC32.2\n")
    done = run(
        tmp_path, "cluster", "match", "NC32", "--file", str(path), "--column", "dx", "--json"
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["row"], row["cells"]["id"]) for row in rows] == [(1, "1"), (3, "3")]
