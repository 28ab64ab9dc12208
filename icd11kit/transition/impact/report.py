"""The impact of the move on a file of volumes: everything the report says, as one value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icd11kit import __version__
from icd11kit.resources import read_text
from icd11kit.store.read import read_children
from icd11kit.store.write import file_digest
from icd11kit.transition.impact import counts
from icd11kit.transition.impact.axes import count_axes
from icd11kit.transition.impact.bands import answers_checked, expect_right
from icd11kit.transition.impact.codes import read_rows
from icd11kit.transition.impact.groups import Pair, count_groups, pairs_of_tables, parse_groups
from icd11kit.transition.impact.places import open_places
from icd11kit.transition.impact.scenarios import CLUSTERS, OWN, STEMS, keep_stems, scenario
from icd11kit.transition.impact.software import measure_software
from icd11kit.transition.impact.values import CodeRow, DoubleCoded, Impact, Origin, Scenario
from icd11kit.transition.volumes import Volumes, read_volumes
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

NAMES = {"icd10cm": "ICD-10-CM", "icd10": "ICD-10"}
WHO_GROUPS = "WHO's tables"
NO_GROUPS = ""


class Wanted(NamedTuple):
    """What is asked for: a file with its columns, its system, and what is set beside it."""

    path: str
    code_column: str = ""
    count_column: str = ""
    source: str = "icd10cm"
    mappings: tuple[str, ...] = ()
    groups: str = ""
    double_coded: str = ""
    seed: int = 1


def measure_impact(icd: Terminology, wanted: Wanted, command: str = "") -> Impact:
    """Return what the move does to the volumes of a file.

    Raises SourceError where a file cannot be read, StoreError where ICD-10 is asked for and
    WHO's tables are not installed.
    """
    volumes = read_volumes(wanted.path, wanted.code_column, wanted.count_column)
    mms = icd.store(System.MMS)
    is_icd10cm = wanted.source == "icd10cm"
    places = open_places(icd.store(System.ICD10CM) if is_icd10cm else mms, is_icd10cm=is_icd10cm)
    shipped = read_rows(icd, volumes.codes, wanted.source, places)
    rows = shipped
    if wanted.mappings:
        icd.use_mappings(*wanted.mappings)
        rows = read_rows(icd, volumes.codes, wanted.source, places)
    pairs, pairs_from = _pairs(icd, wanted)
    return Impact(
        source=wanted.source, source_name=NAMES[wanted.source], volumes=volumes,
        volume=volumes.volume, rows=rows,
        outcomes=counts.count_outcomes(rows), review=counts.volume_to_review(rows),
        band=expect_right(rows), calibration=answers_checked(),
        chapters=counts.count_chapters(rows, places.chapters),
        target_chapters=tuple((e.code, e.title) for e in read_children(mms, -1)),
        details=counts.count_details(rows), flows=counts.count_flows(rows),
        work=counts.list_work(rows),
        axes=count_axes(icd.clusters, rows),
        unsaid=counts.count_unsaid(rows), software=measure_software(rows),
        groups=count_groups(pairs, rows, icd.clusters.entries), groups_from=pairs_from,
        double=_double(icd, wanted, pairs),
        scenarios=tuple(_scenarios(shipped, rows, wanted)),
        origins=tuple(_origins(icd, volumes, wanted)), command=command,
    )  # fmt: skip


def _pairs(icd: Terminology, wanted: Wanted) -> tuple[tuple[Pair, ...], str]:
    """Return the groups to compare, and who named them, "" where there are none."""
    if wanted.groups:
        text = read_text(wanted.groups)
        pairs = parse_groups(text, wanted.groups, icd.clusters.entries)
        return pairs, Path(wanted.groups).name
    pairs = pairs_of_tables(icd.store(System.MMS))
    return pairs, WHO_GROUPS if pairs else NO_GROUPS


def _double(icd: Terminology, wanted: Wanted, pairs: Sequence[Pair]) -> DoubleCoded | None:
    if not wanted.double_coded:
        return None
    from icd11kit.transition.impact.double import compare_double

    return compare_double(wanted.double_coded, pairs, icd.clusters.entries, seed=wanted.seed)


def _scenarios(
    shipped: Sequence[CodeRow], rows: Sequence[CodeRow], wanted: Wanted
) -> Iterator[Scenario]:
    yield scenario(STEMS, keep_stems(shipped))
    yield scenario(CLUSTERS, shipped)
    if wanted.mappings:
        yield scenario(OWN, rows)


def _origins(icd: Terminology, volumes: Volumes, wanted: Wanted) -> Iterator[Origin]:
    yield Origin("icd11kit", __version__)
    yield Origin(f"volumes: {volumes.name}", f"SHA-256 {volumes.sha256}")
    systems = [System.MMS] + ([System.ICD10CM] if wanted.source == "icd10cm" else [])
    for system in systems:
        manifest = icd.manifest(system)
        yield Origin(
            f"{system.value} {manifest['release']}",
            f"{manifest['language']}, tier {manifest['tier']}",
        )
        for source in json.loads(manifest["sources"]):
            yield Origin(source["name"], f"SHA-256 {source['sha256']}")
    for path in (*wanted.mappings, wanted.groups, wanted.double_coded):
        if path:
            yield Origin(Path(path).name, f"SHA-256 {file_digest(path)}")
