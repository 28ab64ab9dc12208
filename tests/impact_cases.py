"""Volumes of invented counts, and a home whose ICD-11 has rows of WHO's tables."""

from __future__ import annotations

from pathlib import Path

from icd11kit.edition import SearchIndex
from icd11kit.model import MapRow
from icd11kit.starter import starter_icd10cm, starter_mms
from icd11kit.store.home import releases_folder
from icd11kit.store.write import choose, write_store
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.transition.impact.report import Wanted, measure_impact
from icd11kit.transition.impact.values import Impact
from icd11kit.vocabulary import Tier

VOLUMES_FILE = Path(__file__).parent / "cases" / "impact_volumes.csv"
VOLUMES = VOLUMES_FILE.read_text("utf-8")
COUNTED = 985
SET_ASIDE = 4
GROUPS = """\
group,source,target
Diabetes,E08-E13,5A10 5A11
Heart,I10 I50,BA00 BD1Z
Kidney,N18,GB61
"""
DOUBLE = "cm,icd11\n" + "".join(
    f"{source},{target}\n" * times
    for source, target, times in (
        ("E11.9", "5A11", 30), ("E11.65", "5A24", 10), ("I10", "BA00.Z", 40),
        ("N18.9", "GB61.Z&XK9K", 15), ("I50.9", "5A11", 5), ("I10", "9ZZZ", 2), ("I10", "", 1),
    )
)  # fmt: skip
ONE, MANY = "10To11MapToOneCategory", "10To11MapToMultipleCategories"
FOUNDATION = "foundation_10To11MapToOneCategory"
_ICD10 = (
    ("chapter", "IV", "Endocrine", "05", "Equivalent"),
    ("block", "E10-E14", "Diabetes mellitus", "5A11", "Equivalent"),
    ("category", "E10", "Type 1 diabetes", "5A10", "Equivalent"),
    ("category", "E11", "Type 2 diabetes", "5A11", "Equivalent"),
    ("category", "E11.9", "Type 2 diabetes without complications", "5A11", "Subclass"),
    ("chapter", "IX", "Circulatory", "11", "Equivalent"),
    ("block", "I10-I15", "Hypertensive diseases", "BA00", "Subclass"),
    ("category", "I10", "Hypertension", "BA00.Z", "Equivalent"),
    ("category", "I50", "Heart failure", "BD1Z", "Equivalent"),
)
"""Rows of ICD-10: kind, code, title, code in ICD-11, relation; titles are shortened."""


def written(folder: Path, name: str, text: str) -> str:
    """Write a text to a file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def measured(
    icd: Terminology, folder: Path, text: str = VOLUMES, groups: str = GROUPS, **more: str
) -> Impact:
    """Return the impact on volumes, with groups of our own and a command to show."""
    path = written(folder, "volumes.csv", text)
    given = {"groups": written(folder, "groups.csv", groups)} if groups else {}
    asked = Wanted(path, "dx", "n", **given, **more)
    return measure_impact(icd, asked, "icd11kit impact volumes.csv")


def mapped_home(home: Path) -> Terminology:
    """Return a terminology over the starter's entries with rows of WHO's tables beside them."""
    mms, icd10cm = starter_mms(), starter_icd10cm()
    by_code = {entity.code: entity for entity in mms.entities if entity.code}
    rows = []
    for line, (kind, code, title, target, relation) in enumerate(_ICD10, 2):
        entity = by_code[target]
        common = (line, kind, code, title, entity.id, entity.kind.value, target, entity.title)
        rows += [MapRow(ONE, *common), MapRow(FOUNDATION, *common, relation)]
    rows.append(MapRow(MANY, 2, "category", "I50", "Heart failure", by_code["BD11.Z"].id,
                       "category", "BD11.Z", "-"))  # fmt: skip
    rows.append(MapRow(MANY, 3, "category", "I50", "Heart failure", by_code["BD1Z"].id,
                       "category", "BD1Z", "-"))  # fmt: skip
    rows.append(MapRow(MANY, 4, "category", "I50", "Heart failure", by_code["BD10"].id,
                       "category", "BD10", "-"))  # fmt: skip
    made = mms._replace(map_rows=tuple(rows), map_release="2024-01", tier=Tier.RELEASE)
    for edition in (made, icd10cm._replace(tier=Tier.INDEX)):
        write_store(releases_folder(str(home)), edition.key, lambda con, e=edition: _fill(con, e))
    choose(str(home), made.key)
    return open_terminology(home)


def _fill(connection: object, edition: object) -> None:
    from icd11kit.store.build import write_edition

    write_edition(connection, edition, SearchIndex(()))  # type: ignore[arg-type]
