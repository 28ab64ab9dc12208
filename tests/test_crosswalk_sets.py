"""Mapping sets, ours and users': other readers load them, rows are read as people write them.

And what rules, rows and facets of a code give together.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sssom_pydantic

from icd11kit.crosswalk.curated import parse_sssom
from icd11kit.crosswalk.derive import Deriver
from icd11kit.crosswalk.load import load_deriver
from icd11kit.crosswalk.mapping import codes_of
from icd11kit.errors import SourceError
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.vocabulary import System
from tests.crosswalk_answers import mapped

MAPPINGS = Path(__file__).resolve().parents[1] / "mappings"
HEADER = "#mapping_set_id: https://example.org/ours\nsubject_id\tpredicate_id\tobject_id\tcomment\n"


@pytest.fixture(scope="module")
def icd(released: Path) -> Iterator[Terminology]:
    with open_terminology(released, release="2025-01") as found:
        yield found


@pytest.fixture(scope="module")
def deriver(icd: Terminology) -> Deriver:
    return load_deriver(icd.store(System.MMS))


def test_codes_of_a_users_mapping_are_read_as_people_write_them() -> None:
    head = "subject_id\tpredicate_modifier\tpredicate_id\tobject_id\tcomment\n"
    rows = list(
        parse_sssom(
            head
            + "icd10cm:e119\t\tskos:exactMatch\ticd11mms:5a11\tline\u2028break\r\n"
            + "icd10cm:I10\tNot\tskos:exactMatch\ticd11mms:5A11\tdenied\n"
            + f"icd10cm:I11.9\t\tskos:exactMatch\ticd11mms:BA01\t{'x' * 1_000_000}\n",
            "ours.tsv",
        )
    )
    assert [(row.source, row.target) for row in rows] == [("E11.9", "5A11"), ("I11.9", "BA01")]
    assert rows[1].where == "ours.tsv, line 4"


def test_a_mapping_of_no_code_is_refused(released: Path, tmp_path: Path) -> None:
    path = tmp_path / "ours.sssom.tsv"
    path.write_text(HEADER + "icd10cm:Q99.ZZ\tskos:exactMatch\ticd11mms:5A11\tx\n")
    with open_terminology(released, release="2025-01") as icd:
        icd.use_mappings(str(path))
        with pytest.raises(SourceError, match=r"line 3: Q99\.ZZ is no code of ICD-10-CM"):
            icd.map("I10")


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.sssom.tsv")), ids=lambda p: p.stem)
def test_curated_sets_load_by_another_reader(path: Path) -> None:
    read, _, about = sssom_pydantic.read(path)
    assert len(read) == len(list(parse_sssom(path.read_text("utf-8"), path.name)))
    assert {one.justification.identifier for one in read} == {"ManualMappingCuration"}
    assert str(about.id).startswith("https://icd11kit.github.io/mappings/")
    assert about.title
    assert about.license


def test_intent_is_said_whatever_the_substance(deriver: Deriver, icd: Terminology) -> None:
    for code, stem in (("T62.1X3A", "PE95"), ("T56.0X2A", "PD05"), ("T53.0X2A", "PD05"),
                       ("T63.813A", "PE95"), ("T58.04XA", "PH52")):  # fmt: skip
        assert stem in codes_of(mapped(deriver, icd, code).target), code


@pytest.mark.parametrize(
    ("code", "target"),
    [
        ("T31.64", "NE2Z&XJ4B7"),
        ("T32.97", "NE2Z&XJ9JX"),
        ("W05.1XXA", "PA60"),
        ("W05.0XXA", "PA60&XE293"),
        ("V22.49XA", "PA03&XE65U"),
        ("F03.C2", "6D8Z&XS25/6D86.0"),
        ("N18.2", "GB61.1"),
        ("S06.1X7A", "NA07.2Z/NA07.07"),
        ("D83.9", "4A01.0Y"),
        ("A17.81", "1B11.3&XA0V83"),
        ("S10.15XA", "NA20.2&XJ06K"),
        ("T25.239A", "ND97.Z&XA6Q52&XA4LC9"),
        ("A00.0", "1A00&XN8P1"),
        ("H54.42A3", "9D90.6&XK8G&XA7D89"),
        ("K41.00", "DD52&XK9J/ME24.2"),
    ],
)
def test_what_a_row_and_facets_give(
    deriver: Deriver, icd: Terminology, code: str, target: str
) -> None:
    found = mapped(deriver, icd, code)
    assert codes_of(found.target) == codes_of(target), found
