"""Answers against a gold standard: the measures of the published studies, and calibration."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.mapping import codes_of
from icd11kit.errors import SourceError

_SOURCES = ("icd10cm", "source", "subject_id")
_WHOLE = ("icd11_cluster", "target", "object_id")
_STEMS = ("icd11_stem", "icd11_mms_code", *_WHOLE[1:])
_NEEDED = (
    "columns of ICD-10-CM codes (icd10cm, source or subject_id) and of ICD-11 codes "
    "(icd11_stem, target or object_id) are needed"
)
_RESIDUAL = re.compile(r"(?<=.)[YZ]$")
SURE = 0.9
_BINS = 10


class Gold(NamedTuple):
    """What experts chose for a code: stem, whole expression, and the type of map if told."""

    source: str
    stem: str
    whole: str
    kind: str


class Answer(NamedTuple):
    """What is judged: the target for a code, and the confidence in it."""

    target: str
    confidence: float


class Measure(NamedTuple):
    """A share of a number of codes; `of` is what it is a share of."""

    name: str
    share: float
    of: int


class Bin(NamedTuple):
    """Answers of about one confidence: how many, the mean confidence, the share right."""

    low: float
    answers: int
    confidence: float
    right: float


class Score(NamedTuple):
    """All measures, those by group, and how far confidence can be trusted."""

    measures: tuple[Measure, ...]
    groups: tuple[Measure, ...]
    bins: tuple[Bin, ...]
    error: float
    sure: Measure


def parse_gold(text: str, path: str) -> list[Gold]:
    """Return the rows of a gold standard, a table with a header or SSSOM.

    Raises SourceError where the columns of codes are not there.
    """
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t" if "\t" in "".join(lines[:1]) else ",")
    names = rows.fieldnames or ()
    source = next((name for name in _SOURCES if name in names), "")
    stem = next((name for name in _STEMS if name in names), "")
    if not source or not stem:
        raise SourceError(path, _NEEDED)
    whole = next((name for name in _WHOLE if name in names), stem)
    return [_gold(row, source, stem, whole) for row in rows]


def _gold(row: Mapping[str, str], source: str, stem: str, whole: str) -> Gold:
    code, expression = _code(row[source]), _code(row[whole] or row[stem])
    return Gold(code, stem_of(_code(row[stem])), expression, row.get("map_type") or "")


def _code(text: str | None) -> str:
    """Return the code of a CURIE or of itself, percent signs decoded."""
    from urllib.parse import unquote

    return unquote((text or "").rpartition(":")[2]).replace(" ", "")


def stem_of(expression: str) -> str:
    """Return the first stem of an expression."""
    return re.split("[&/]", expression)[0]


def drop_residual(code: str) -> str:
    """Return a code without the mark of a residual.

    >>> drop_residual("GB60.Z"), drop_residual("1A00")
    ('GB60', '1A00')
    """
    return _RESIDUAL.sub("", code).rstrip(".")


def score(answers: Mapping[str, Answer], gold: Sequence[Gold]) -> Score:
    """Return how good answers are; a code without answer counts as wrong."""
    pairs = [(answers.get(row.source, Answer("", 0.0)), row) for row in gold]
    bins = tuple(_bins(pairs))
    total = sum(each.answers for each in bins) or 1
    error = sum(each.answers * abs(each.confidence - each.right) for each in bins) / total
    sure = [pair for pair in pairs if pair[0].confidence >= SURE]
    return Score(
        tuple(_measures(pairs)),
        tuple(_groups(pairs)),
        bins,
        error,
        _measure(f"stem exact where confidence >= {SURE}", (_is_stem(*pair) for pair in sure)),
    )


def _measure(name: str, hits: Iterable[bool]) -> Measure:
    found = list(hits)
    return Measure(name, sum(found) / len(found) if found else 0.0, len(found))


def _is_stem(answer: Answer, row: Gold) -> bool:
    return stem_of(answer.target) == row.stem


def _is_whole(answer: Answer, row: Gold) -> bool:
    return codes_of(answer.target) == codes_of(row.whole)


def _measures(pairs: Sequence[tuple[Answer, Gold]]) -> Iterable[Measure]:
    yield _measure("covered", (bool(answer.target) for answer, _ in pairs))
    yield _measure("stem exact", (_is_stem(*pair) for pair in pairs))
    yield _measure(
        "stem ignoring residual",
        (drop_residual(stem_of(a.target)) == drop_residual(row.stem) for a, row in pairs),
    )
    yield _measure("stem same 4 characters", (a.target[:4] == row.stem[:4] for a, row in pairs))
    yield _measure("whole expression exact", (_is_whole(*pair) for pair in pairs))
    clustered = [pair for pair in pairs if len(codes_of(pair[1].whole)) > 1]
    yield _measure("cluster exact", (_is_whole(*pair) for pair in clustered))
    added = [(_added(a.target), _added(row.whole)) for a, row in clustered]
    hit, said = sum(len(a & g) for a, g in added), sum(len(a) for a, _ in added)
    due = sum(len(g) for _, g in added)
    yield Measure("added codes precision", hit / said if said else 0.0, said)
    yield Measure("added codes recall", hit / due if due else 0.0, due)


def _added(expression: str) -> frozenset[str]:
    return codes_of(expression) - {stem_of(expression)}


def _groups(pairs: Sequence[tuple[Answer, Gold]]) -> Iterable[Measure]:
    """Yield the stems exact by chapter letter and the whole expressions exact by map type."""
    by_letter, by_kind = defaultdict(list), defaultdict(list)
    for answer, row in pairs:
        by_letter[row.source[:1]].append(_is_stem(answer, row))
        if row.kind:
            by_kind[row.kind].append(_is_whole(answer, row))
    for letter in sorted(by_letter):
        yield _measure(f"stem exact, {letter} codes", by_letter[letter])
    for kind in sorted(by_kind):
        yield _measure(f"whole expression exact, {kind}", by_kind[kind])


def _bins(pairs: Sequence[tuple[Answer, Gold]]) -> Iterable[Bin]:
    listed = defaultdict(list)
    for answer, row in pairs:
        if answer.target:
            place = min(int(answer.confidence * _BINS), _BINS - 1)
            listed[place].append((answer.confidence, _is_stem(answer, row)))
    for place in sorted(listed):
        found = listed[place]
        mean = sum(trust for trust, _ in found) / len(found)
        yield Bin(place / _BINS, len(found), mean, sum(hit for _, hit in found) / len(found))
