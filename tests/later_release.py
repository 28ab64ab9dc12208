"""The small release a year later: what can become of a code has become of one of its codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tests.prepared_home import prepare, run, write
from tests.small_release import Entry, entries, tabulation_text, zipped

_RECODED = {"700000006": "1A03", "700000028": "2A0A", "700000029": "6A12", "700000045": "2A13"}
_RETITLED = {"700000011": "Dawn fog", "700000025": "Hasty, pendulum"}
_RETIRED = frozenset({"700000012", "700000003/unspecified"})
_FRAYED = Entry(2, "category", "700000050", "1A01", "", "Frayed hawser", "01")
_SHRILL = Entry(3, "category", "700000051", "1A12.0", "", "Shrill fog", "01")


def later_entries() -> tuple[Entry, ...]:
    """Return the tree of the later release.

    Knotted hawser leaves its code to a new entity; Silent chime moves to the pendulums, Tower
    side from the extension codes to the chimes; Drifting buoy becomes a block.
    """
    here = {entry.id: _changed(entry) for entry in entries() if entry.id not in _RETIRED}
    silent, tower = here.pop("700000028"), here.pop("700000045")
    after = {
        "700000003/other": [_FRAYED],
        "700000013": [_SHRILL],
        "700000025": [silent],
        "700000029": [replace(tower, chapter="02")],
    }
    return tuple(_listed(here.values(), after))


def _changed(entry: Entry) -> Entry:
    entry = replace(
        entry,
        code=_RECODED.get(entry.id, entry.code),
        title=_RETITLED.get(entry.id, entry.title),
    )
    if entry.id == "700000007":
        return replace(entry, kind="block", code="", block_id="BlockL2-1A0")
    return entry


def _listed(tree: Iterable[Entry], after: dict[str, list[Entry]]) -> Iterator[Entry]:
    for entry in tree:
        yield entry
        yield from after.get(entry.id, [])


def prepare_both(home: Path) -> Path:
    """Return a new home with the small release 2024-01 and the one a year later, in use."""
    prepare(home)
    data = zipped({"SimpleTabulation-ICD-11-MMS-en.txt": tabulation_text(later_entries())})
    done = run(home, "install", "--from", write(home.parent, "later.zip", data))
    assert done.returncode == 0, done.stderr
    return home
