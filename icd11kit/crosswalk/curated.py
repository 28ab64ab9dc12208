"""Curated mapping sets in SSSOM: those of the package and those a user brings."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from icd11kit.crosswalk.mapping import Relation
from icd11kit.errors import SourceError

NO_TERM = "sssom:NoTermFound"
_NEEDED = ("subject_id", "predicate_id", "object_id")
_DEFAULT = 0.8
_PREFIXES = ("icd10cm", "icd11mms")


class Curated(NamedTuple):
    """A row of a mapping set: `target` is "" where it says that there is none."""

    source: str
    target: str
    relation: Relation
    confidence: float
    reason: str
    origin: str


def parse_sssom(text: str, path: str) -> Iterator[Curated]:
    """Yield the rows of an SSSOM table from ICD-10-CM to ICD-11 MMS.

    Raises SourceError with the line where a column is missing, a relation is no SKOS mapping
    relation, or a confidence no number from 0 to 1.
    """
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = csv.DictReader(lines[start:], delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise SourceError(path, f"the SSSOM columns {', '.join(missing)} are missing")
    origin = next(
        (line.split(":", 1)[1].strip() for line in lines[:start] if "mapping_set_id:" in line), path
    )
    for line, row in enumerate(rows, start + 2):
        yield _curated(row, origin, f"{path}, line {line}")


def _curated(row: dict[str, str], origin: str, where: str) -> Curated:
    subject, target = (_local(row[name] or "", where) for name in ("subject_id", "object_id"))
    try:
        relation = Relation(row["predicate_id"])
        confidence = float(row.get("confidence") or _DEFAULT)
    except ValueError as error:
        raise SourceError(where, f"{error}") from None
    if not 0 <= confidence <= 1:
        raise SourceError(where, f"the confidence {confidence} is not between 0 and 1")
    if not target:
        relation = Relation.NONE
    return Curated(subject, target, relation, confidence, row.get("comment") or "", origin)


def _local(curie: str, where: str) -> str:
    """Return the code of a CURIE, "" for SSSOM's mark that there is none."""
    if curie == NO_TERM:
        return ""
    prefix, _, code = curie.partition(":")
    if not code or prefix.lower() not in _PREFIXES:
        raise SourceError(where, f"{curie!r} begins with neither icd10cm: nor icd11mms:")
    return unquote(code)
