"""What columns of codes are asked, whatever holds the column: Polars and Spark ask the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from icd11kit.errors import Icd11KitError
from icd11kit.transition.answers import answer_cell
from icd11kit.transition.recode.cells import Cells, cells_of

if TYPE_CHECKING:
    from icd11kit.postcoordination.validation import Validation
    from icd11kit.terminology import Terminology

Look = Callable[[str], Any]
"""Gives the answer to one text of a column."""
_END_OF_BLOCK = re.compile(r"[0-9A-Z][A-Z][0-9A-Z]")
_DEEPEST_BLOCK = 9
VERDICT_FIELDS = ("valid", "canonical", "display", "issues")


def ask_map(icd: Terminology, source: str, target: str, field: str) -> Look:
    """Return what gives a field of the mapping of a code: target, relation, outcome and so on."""
    _check_field(field, Cells._fields)
    return lambda text: getattr(cells_of(answer_cell(icd, text, source, target)), field)


def ask_validate(icd: Terminology, mode: str, field: str) -> Look:
    """Return what gives a field of the verdict on a cluster: valid, canonical, issues."""
    _check_field(field, VERDICT_FIELDS)
    return lambda text: verdict_field(icd.validate(text, mode), field)


def verdict_field(verdict: Validation, field: str) -> Any:
    """Return a field of a verdict as columns hold it: issues by their codes."""
    if field == "issues":
        return [issue.code.value for issue in verdict.issues]
    return getattr(verdict, field)


def ask_display(icd: Terminology, system: str = "icd11") -> Look:
    """Return what gives the title of a code, or of a cluster the titles of its codes."""
    if system == "icd11":
        return lambda text: icd.validate(text).display or None
    return lambda text: _known(lambda: icd.lookup(text, system=system).title)


def ask_below(icd: Terminology, outer: str) -> Look:
    """Return what tells whether a code is another or stands below it, None for no code.

    `BA4` stands for the block whose id ends so, of several the one whose codes all begin so:
    BlockL2-BA4 and not BlockL1-BA4, to which BA50 belongs too. Raises UnknownCodeError where
    there is nothing to stand below.
    """
    name = _block_named(icd, outer.upper()) or outer
    icd.is_below(name, name)
    return lambda text: _known(lambda: icd.is_below(text, name))


def _block_named(icd: Terminology, text: str) -> str:
    """Return the id of the block that a text is the end of, "" for none."""
    if _END_OF_BLOCK.fullmatch(text) is None:
        return ""
    ids = [f"BlockL{level}-{text}" for level in range(1, _DEEPEST_BLOCK + 1)]
    found = [each for each in ids if icd.clusters.entries[each]]
    if len(found) < 2:
        return "".join(found)
    return next((each for each in found if _all_begin(icd.codes_below(each), text)), "")


def _all_begin(codes: Sequence[str], text: str) -> bool:
    return all(code.startswith(text) for code in codes)


def _known(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except Icd11KitError:
        return None


def _check_field(field: str, there: Sequence[str]) -> None:
    if field not in there:
        raise ValueError(f"there is no field {field!r}; the fields are {', '.join(there)}")
