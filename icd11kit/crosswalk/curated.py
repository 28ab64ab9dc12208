"""Curated mapping sets in SSSOM: those of the package and those a user brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from icd11kit.crosswalk.mapping import Relation
from icd11kit.errors import ClusterSyntaxError, SourceError
from icd11kit.postcoordination.grammar import parse_cluster

NO_TERM = "sssom:NoTermFound"
_NEEDED = ("subject_id", "predicate_id", "object_id")
_DEFAULT = 0.8
_SUBJECTS, _OBJECTS = "icd10cm", "icd11mms"
_STEM_LENGTH = 3


class Curated(NamedTuple):
    """A row of a mapping set: `target` is "" where it says that there is none.

    `origin` is the set, `where` the file and line.
    """

    source: str
    target: str
    relation: Relation
    confidence: float
    reason: str
    origin: str
    where: str = ""


def parse_sssom(text: str, path: str) -> Iterator[Curated]:
    """Yield the rows of an SSSOM table from ICD-10-CM to ICD-11 MMS.

    Rows that deny a mapping (predicate_modifier Not) are passed over. Raises SourceError with
    the line where a column is missing, a relation is no SKOS mapping relation, a confidence no
    number from 0 to 1, a code not of its system, or a code is sent to two targets.
    """
    lines = [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")]
    start = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    names = lines[start].split("\t") if start < len(lines) else []
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise SourceError(path, f"the SSSOM columns {', '.join(missing)} are missing")
    origin = next(
        (line.split(":", 1)[1].strip() for line in lines[:start] if "mapping_set_id:" in line), path
    )
    seen: dict[str, Curated] = {}
    for number, line in enumerate(lines[start + 1 :], start + 2):
        row = dict(zip(names, line.split("\t"), strict=False))
        if line.strip() and row.get("predicate_modifier", "").lower() != "not":
            made = _curated(row, origin, f"{path}, line {number}")
            first = seen.setdefault(made.source, made)
            if first.target != made.target:
                raise SourceError(made.where, f"{made.source} has another target above: keep one")
            yield made


def _curated(row: Mapping[str, str], origin: str, where: str) -> Curated:
    source = _as_written(_local(row.get("subject_id", ""), _SUBJECTS, where))
    target = _expression(_local(row.get("object_id", ""), _OBJECTS, where), where)
    reason = row.get("comment", "")
    relation = _relation(row.get("predicate_id", ""), where) if target else Relation.NONE
    trust = _confidence(row.get("confidence", ""), where)
    return Curated(source, target, relation, trust, reason, origin, where)


def _relation(text: str, where: str) -> Relation:
    known = [each.value for each in Relation if each.value]
    if text not in known:
        raise SourceError(where, f"the relation {text!r} is none of {', '.join(known)}")
    return Relation(text)


def _confidence(text: str, where: str) -> float:
    try:
        trust = float(text or _DEFAULT)
    except ValueError:
        trust = -1.0
    if not 0 <= trust <= 1:
        raise SourceError(where, f"the confidence {text} is no number from 0 to 1")
    return trust


def _local(curie: str, prefix: str, where: str) -> str:
    """Return the code of a CURIE, "" for SSSOM's mark that there is none."""
    if curie == NO_TERM and prefix == _OBJECTS:
        return ""
    found, _, code = curie.strip().partition(":")
    if not code or found.lower() != prefix:
        raise SourceError(where, f"{curie!r} does not begin with {prefix}:")
    return unquote(code).upper()


def _as_written(code: str) -> str:
    """Return an ICD-10-CM code with its point.

    >>> _as_written("E119"), _as_written("I10"), _as_written("S52.531A")
    ('E11.9', 'I10', 'S52.531A')
    """
    plain = code.replace(".", "").replace(" ", "")
    head, rest = plain[:_STEM_LENGTH], plain[_STEM_LENGTH:]
    return f"{head}.{rest}" if rest else head


def _expression(target: str, where: str) -> str:
    try:
        return target and parse_cluster(target) and target
    except ClusterSyntaxError as error:
        raise SourceError(where, f"object_id {target!r}: {error}") from None
