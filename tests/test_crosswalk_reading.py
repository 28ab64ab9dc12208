"""What is read in ICD-10-CM titles beside the condition, and codes of earlier years."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icd11kit.crosswalk.curated import Curated
from icd11kit.crosswalk.derive import Deriver, Ingredients
from icd11kit.crosswalk.divided import divided_category, map_divided, successors
from icd11kit.crosswalk.load import load_deriver, read_code
from icd11kit.crosswalk.mapping import CodeMapping, Relation, codes_of
from icd11kit.crosswalk.naming import named_facets
from icd11kit.errors import UnknownCodeError
from icd11kit.store.read import find_pre
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.vocabulary import System
from tests.crosswalk_answers import mapped


@pytest.fixture(scope="module")
def icd(released: Path) -> Iterator[Terminology]:
    with open_terminology(released, release="2025-01") as found:
        yield found


@pytest.fixture(scope="module")
def plain(icd: Terminology) -> Deriver:
    return load_deriver(icd.store(System.MMS), ingredients=Ingredients(curated=False))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("S52.531A", {"site": "Radius"}),
        ("B95.62", {"organism": "Staphylococcus aureus"}),
        ("T36.0X1A", {"drug": "Penicillin (any)"}),
        ("E11.21", {"complication": "diabetic nephropathy"}),
        ("A41.02", {"cause": "methicillin resistant staphylococcus aureus"}),
        ("L02.212", {"site": "Back"}),
        ("T46.7X1A", {"drug": "peripheral vasodilators"}),
        ("T63.822A", {"drug": "venomous toad"}),
        ("H35.021", {"site": "Eye"}),
        ("V90.16XA", {"cause": "(nonpowered) inflatable craft sinking"}),
        ("Y28.2XXD", {}),
        ("I10", {}),
    ],
)
def test_what_a_code_names(
    plain: Deriver, icd: Terminology, code: str, said: dict[str, str]
) -> None:
    store = icd.store(System.ICD10CM)
    pre = find_pre(store, code)
    assert pre is not None
    found = named_facets(plain.read(read_code(store, pre)), plain.targets)
    named = {facet.kind: facet.value for facet in found}
    assert said.items() <= named.items()
    assert bool(named) is bool(said)


def test_drugs_are_named_where_codes_are_about_drugs(plain: Deriver, icd: Terminology) -> None:
    store = icd.store(System.ICD10CM)
    for code, has_drug in (("Z79.4", True), ("O24.414", False)):
        pre = find_pre(store, code)
        assert pre is not None
        found = named_facets(plain.read(read_code(store, pre)), plain.targets)
        assert any(facet.kind == "drug" for facet in found) is has_drug, code


@pytest.mark.parametrize(
    ("code", "added", "missing"),
    [
        ("S52.321A", {"XJ5V7", "XJ8PQ", "XK9K"}, set()),
        ("S52.351A", {"XJ1Z6", "XK9K"}, {"XA4BA8"}),
        ("S46.812A", {"XK8G"}, {"XA4Z20", "XA0WU6"}),
        ("V43.53XA", {"XE42A", "XE4DB"}, set()),
        ("V13.4XXA", {"XE65U"}, {"XE42A"}),
        ("H54.0X33", set(), {"XK9K", "XK8G"}),
        ("C43.61", set(), {"XA05J7"}),
        ("T36.5X3A", {"PE88"}, set()),
    ],
)
def test_pieces_of_a_title(
    plain: Deriver, icd: Terminology, code: str, added: set[str], missing: set[str]
) -> None:
    codes = codes_of(mapped(plain, icd, code).target)
    assert added <= codes
    assert not missing & codes


def test_other_x_is_reported_below_x(plain: Deriver, icd: Terminology) -> None:
    ulna = mapped(plain, icd, "S52.091A")
    assert (ulna.stem, ulna.relation) == ("NC32.0", Relation.BROAD)


def test_substances_that_are_not_found_are_said_to_be_lost(
    plain: Deriver, icd: Terminology
) -> None:
    lost = mapped(plain, icd, "T45.521D").remainder
    assert "antithrombotic" in " ".join(lost) or "XM" in mapped(plain, icd, "T45.521D").target


def test_a_title_of_its_own_wins_over_the_row_of_its_category(icd: Terminology) -> None:
    whole = load_deriver(icd.store(System.MMS))
    asthma = Curated("J45", "CA23.3", Relation.BROAD, 0.8, "our row", "ours")
    deriver = Deriver(whole.tables, whole.validator, whole.rules, [asthma])
    found = mapped(deriver, icd, "J45.909")
    assert (found.stem, found.evidence[-1].kind) == ("CA23.32", "same title")
    assert mapped(deriver, icd, "J45.40").evidence[0].detail == "ours: our row"


@pytest.mark.parametrize(
    ("code", "category"),
    [("T40.4X5A", "T40.4"), ("S02.3XXA", "S02.3"), ("T81.32XA", "T81.32"), ("E11.9", "")],
)
def test_what_stands_before_a_placeholder(code: str, category: str) -> None:
    assert divided_category(code) == category


def test_successors_agree_in_every_other_place() -> None:
    now = ["T40.411A", "T40.415A", "T40.495A", "T40.495D", "T40.49"]
    assert successors("T40.4X5A", now) == ("T40.415A", "T40.495A")
    assert successors("T40.4X9A", now) == ()


def test_codes_of_earlier_years(icd: Terminology) -> None:
    narcotics = icd.map("T40.4X5A")
    assert narcotics.source == "T40.4X5A"
    assert narcotics.source_title == icd.lookup("T40.495A").title
    assert narcotics.ambiguous
    assert narcotics.relation is Relation.RELATED
    assert "T40.415A, T40.425A, T40.495A" in narcotics.evidence[0].detail
    assert {other.target for other in narcotics.alternatives} == {
        icd.map("T40.415A").target,
        icd.map("T40.425A").target,
    } - {narcotics.target}
    assert narcotics.confidence < icd.map("T40.495A").confidence


@pytest.mark.parametrize("code", ["E11.9X", "S52.531Z", "S52.XXXA", "Q99.XXXA"])
def test_what_never_was_a_code_is_none(icd: Terminology, code: str) -> None:
    with pytest.raises(UnknownCodeError):
        icd.map(code, source="icd10cm")


def test_the_vaguest_successor_speaks() -> None:
    made = [
        CodeMapping(code, title, target, target, "", target, Relation.EXACT, 0.9, (), (), (),
                    False, "r")
        for code, title, target in (
            ("A00.00", "Named kind", "1A00"), ("A00.09", "Unspecified kind", "1A0Z"),
        )
    ]  # fmt: skip
    found = map_divided("A00.0X", made, "2026-04")
    assert (found.target, found.source, found.confidence) == ("1A0Z", "A00.0X", 0.72)
    assert [other.target for other in found.alternatives] == ["1A00"]
