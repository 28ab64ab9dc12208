"""ICD-10 as far as WHO's mapping tables list it: titles, kinds, and what their codes say.

The tables run through ICD-10 in its order, chapters and blocks before what is in them, but say
no parents. What a code itself says is sure: `A00.0` stands below `A00`, `A00` in the narrowest
block whose range holds it, a block in the next wider one, else in the chapter listed last
before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from icd11kit.store.linked import Icd10Row

_KINDS = {"chapter": "chapter", "block": "block"}


class Icd10Entry(NamedTuple):
    """An entry of ICD-10: `parent` is "" where nothing says it for sure, and for a chapter."""

    code: str
    kind: str
    title: str
    parent: str
    children: tuple[str, ...]


def icd10_tree(rows: Iterable[Icd10Row]) -> dict[str, Icd10Entry]:
    """Return the entries by code, in the order of the table.

    >>> rows = [Icd10Row("I", "chapter", "a"), Icd10Row("A00-A09", "block", "b"),
    ...         Icd10Row("A00", "category", "c"), Icd10Row("A00.1", "modifiedcategory", "d")]
    >>> [(entry.code, entry.kind, entry.parent) for entry in icd10_tree(rows).values()]
    [('I', 'chapter', ''), ('A00-A09', 'block', 'I'), ('A00', 'category', 'A00-A09'), \
('A00.1', 'category', 'A00')]
    """
    held = {row.code: row for row in rows if row.code}
    blocks = [row.code for row in held.values() if row.kind == "block"]
    parents, chapter = dict[str, str](), ""
    for row in held.values():
        chapter = row.code if row.kind == "chapter" else chapter
        parents[row.code] = _parent(row, chapter, held, blocks)
    children: dict[str, list[str]] = {}
    for code, parent in parents.items():
        children.setdefault(parent, []).append(code)
    return {
        row.code: Icd10Entry(
            row.code, _KINDS.get(row.kind, "category"), row.title, parents[row.code],
            tuple(children.get(row.code, ())),
        )
        for row in held.values()
    }  # fmt: skip


def _parent(row: Icd10Row, chapter: str, held: Mapping[str, Icd10Row], blocks: list[str]) -> str:
    if row.kind == "chapter":
        return ""
    if row.kind == "block":
        return _narrowest(row.code, blocks) or chapter
    for length in range(len(row.code) - 1, 2, -1):
        if row.code[:length] in held:
            return row.code[:length]
    return "" if "." in row.code else _narrowest(row.code, blocks)


def _narrowest(code: str, blocks: Iterable[str]) -> str:
    """Return the narrowest other block that holds a category or block, "" for none."""
    first, _, last = code.partition("-")
    around = [
        (start, end, block)
        for block in blocks
        if block != code
        for start, _, end in (block.partition("-"),)
        if start <= first and (last or first) <= end
    ]
    return max(around, key=lambda held: (held[0], [-ord(c) for c in held[1]]))[2] if around else ""
