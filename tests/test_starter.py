"""The starter set: its rows fit together, are true, and answer every command."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from icd11kit.cli.commands import icd11kit
from icd11kit.codes import parse_icd10cm, spellings
from icd11kit.edition import Edition
from icd11kit.errors import UnknownCodeError
from icd11kit.model import LinearizationEntity
from icd11kit.starter import starter_icd10cm, starter_mms
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.tree import places
from icd11kit.vocabulary import ClassKind, Residual

MMS, ICD10CM = starter_mms(), starter_icd10cm()
BOTH = pytest.mark.parametrize("edition", [MMS, ICD10CM], ids=lambda e: e.key.system.value)
CHAPTERS = [*(f"{number:02}" for number in range(1, 27)), "V", "X"]
ENDING = {Residual.OTHER: "Y", Residual.UNSPECIFIED: "Z"}


def with_parents(
    edition: Edition,
) -> list[tuple[LinearizationEntity, LinearizationEntity | None]]:
    where = places([entity.depth for entity in edition.entities])
    above = [edition.entities[place.parent] if place.parent >= 0 else None for place in where]
    return list(zip(edition.entities, above, strict=True))


@BOTH
@pytest.mark.parametrize("field", ["id", "code", "block_id"])
def test_ids_codes_and_block_ids_are_unique(edition: Edition, field: str) -> None:
    counts = Counter(getattr(entity, field) for entity in edition.entities)
    counts.pop("", None)
    assert counts
    assert {value for value, count in counts.items() if count > 1} == set()


@BOTH
def test_every_row_has_its_parent_right_above(edition: Edition) -> None:
    depths = [entity.depth for entity in edition.entities]
    jumps = zip([-1, *depths], depths, strict=False)
    assert [pair for pair in jumps if pair[1] > pair[0] + 1] == []


@BOTH
def test_chapters_hold_blocks_and_categories_and_never_the_other_way(edition: Edition) -> None:
    for entity, parent in with_parents(edition):
        assert (entity.kind is ClassKind.CHAPTER) is (parent is None)
        assert entity.chapter == (parent.chapter if parent else entity.code)
        if entity.kind is ClassKind.BLOCK:
            assert parent
            assert parent.kind is not ClassKind.CATEGORY


@BOTH
def test_titles_are_plain_and_only_blocks_lack_a_code(edition: Edition) -> None:
    for entity in edition.entities:
        assert entity.title == " ".join(entity.title.split()) != ""
        assert bool(entity.code) is (entity.kind is not ClassKind.BLOCK)
        assert not entity.block_id or entity.kind is ClassKind.BLOCK


def test_all_chapters_of_the_mms_are_there() -> None:
    found = [entity.code for entity in MMS.entities if entity.kind is ClassKind.CHAPTER]
    assert found == CHAPTERS


def test_every_mms_code_has_the_form_of_one() -> None:
    odd = [e.code for e in MMS.entities if e.code and spellings(e.code)[0] != ("mms", e.code)]
    assert odd == []


def test_an_mms_code_goes_on_from_the_code_above_it() -> None:
    for entity, parent in with_parents(MMS):
        if parent and parent.kind is ClassKind.CATEGORY and entity.chapter != "X":
            assert entity.code.replace(".", "").startswith(parent.code.replace(".", ""))
            assert len(entity.code) > len(parent.code)


def test_an_mms_code_begins_with_its_chapter() -> None:
    """Chapters 1 to 9 give their number, 10 to 26 a letter from A on without I and O."""
    letters = dict(zip(CHAPTERS, "123456789ABCDEFGHJKLMNPQRSVX", strict=False))
    for entity in MMS.entities:
        if entity.kind is ClassKind.CATEGORY and entity.chapter in letters:
            assert entity.code[0] == letters[entity.chapter]


def test_a_residual_is_named_after_its_parent() -> None:
    residuals = [pair for pair in with_parents(MMS) if pair[0].residual]
    assert len(residuals) > 50
    for entity, parent in residuals:
        assert parent
        assert entity.id == f"{parent.id}/{entity.residual}"
        assert entity.code.endswith(ENDING[entity.residual])


def test_axes_belong_to_entries_and_name_ids() -> None:
    assert MMS.axes
    held = {entity.id for entity in MMS.entities}
    for axis in MMS.axes:
        assert axis.entity in held
        assert axis.scale
        assert all(re.fullmatch(r"\d+(/(other|unspecified))?", scale) for scale in axis.scale)


def test_every_icd10cm_category_has_the_form_of_a_code() -> None:
    categories = [e for e in ICD10CM.entities if e.kind is ClassKind.CATEGORY]
    assert [e.code for e in categories if str(parse_icd10cm(e.code)) != e.code] == []
    assert all(e.code == e.id for e in categories)


@pytest.fixture(scope="module")
def package() -> Any:
    """The package simple-icd-10-cm, whose import warns and takes seconds."""
    return pytest.importorskip("simple_icd_10_cm")


def package_title(package: Any, entity: LinearizationEntity) -> str:
    """Return the title in simple-icd-10-cm.

    It writes the range after titles of chapters and blocks, and the note on a 7th character
    after its meaning, parted by a slash and a tab.
    """
    is_block = entity.kind is ClassKind.BLOCK
    first, _, last = entity.id.partition("-")
    code = first if first == last else entity.id
    title = package.get_description(code, prioritize_blocks=is_block)
    return re.sub(r" \([A-Z]\d\w(-[A-Z]\d\w)?\)$", "", title.partition("/\t")[0])


def test_every_icd10cm_row_has_the_title_of_the_package(package: Any) -> None:
    wrong = [e.id for e in ICD10CM.entities if package_title(package, e) != e.title]
    assert wrong == []


def test_every_icd10cm_row_has_the_parent_of_the_package(package: Any) -> None:
    for entity, parent in with_parents(ICD10CM):
        if parent and entity.kind is ClassKind.CATEGORY:
            first, _, last = parent.id.partition("-")
            expected = first if first == last else parent.id
            assert package.get_parent(entity.code) == expected


def test_billable_are_the_leaves_of_the_package(package: Any) -> None:
    categories = [e for e in ICD10CM.entities if e.kind is ClassKind.CATEGORY]
    assert any(entity.billable for entity in categories)
    wrong = [e.code for e in categories if package.is_leaf(e.code) != e.billable]
    assert wrong == []
    assert not any(e.billable for e in ICD10CM.entities if e.kind is not ClassKind.CATEGORY)


def released_entries(released: Path) -> dict[str, LinearizationEntity]:
    """Return the entries of the real release 2025-01 by code and id, those without by title."""
    with open_terminology(released, release="2025-01") as icd:
        entries = list(icd.linearization().entities.values())
    by_title = {f"block {e.title}": e for e in entries if not e.code}
    return by_title | {e.id: e for e in entries} | {e.code: e for e in entries if e.code}


def test_every_mms_row_stands_in_the_real_release(released: Path) -> None:
    real = released_entries(released)
    for entity in MMS.entities:
        found = real.get(entity.code or f"block {entity.title}")
        assert found, entity
        named = entity.id[0].isdigit()
        assert entity._replace(id=found.id, block_id=found.block_id) == found
        assert not named or entity.id == found.id
        assert entity.block_id in ("", found.block_id)


def test_every_mms_row_has_the_parent_of_the_real_release(released: Path) -> None:
    with open_terminology(released, release="2025-01") as icd:
        tree = icd.linearization()
    parents = {
        (tree.entities[child].code, tree.entities[child].title): tree.entities[parent].title
        for parent, child in tree.graph.edges
    }
    for entity, parent in with_parents(MMS):
        if parent:
            assert parents[entity.code, entity.title] == parent.title


def test_the_scales_of_axes_stand_in_the_real_release(released: Path) -> None:
    real = released_entries(released)
    assert [scale for axis in MMS.axes for scale in axis.scale if scale not in real] == []


@BOTH
def test_every_row_can_be_looked_up_by_its_label(starter: Terminology, edition: Edition) -> None:
    lost = []
    for entity in edition.entities:
        is_number = entity.kind is ClassKind.CHAPTER and edition is ICD10CM  # "5" is read as MMS
        try:
            found = starter.lookup(f"cm:{entity.code}" if is_number else entity.label)
        except UnknownCodeError:
            lost.append(entity.label)
        else:
            assert (found.id, found.title, found.tier) == (entity.id, entity.title, "starter")
    assert lost == []


@BOTH
def test_every_row_is_found_by_its_title(starter: Terminology, edition: Edition) -> None:
    missed = []
    for entity in edition.entities:
        if entity.kind is ClassKind.CATEGORY:
            hits = starter.search(
                entity.title, system=edition.key.system, chapter=entity.chapter, limit=3
            )
            if entity.code not in [hit.code for hit in hits]:
                missed.append(entity.label)
    assert missed == []


def test_every_row_stands_once_in_the_tree(starter: Terminology) -> None:
    seen: list[tuple[str, str]] = []
    rest = [starter.tree(depth=20)]
    while rest:
        branch = rest.pop()
        assert branch.hidden == 0
        seen.append((branch.entry.code, branch.entry.title))
        rest.extend(reversed(branch.branches))
    assert seen[1:] == [(entity.code, entity.title) for entity in MMS.entities]


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            (command, label)
            for command in ("lookup", "tree")
            for label in ("5A11", "01", "BlockL2-1A0", "257068234", "S52.531A", "A00-A09", "cm:4")
        ),
        ("tree",),
        ("search", "1A0"),
        ("search", "cholera"),
        ("search", "left", "--extensions"),
        ("search", "cholera", "--system", "icd10cm"),
        ("search", "S52.531A", "--system", "icd10cm"),
    ],
    ids=" ".join,
)
def test_every_command_answers(home: Path, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(icd11kit, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)
    assert "starter set" in done.stderr
