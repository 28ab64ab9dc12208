"""What $translate answers: a CodeMapping as matches, in the words of R4 or R5.

A relation always speaks of the code that was given and the code that is returned, also where
it was asked for in reverse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.mapping import Alternative, CodeMapping
from icd11kit.exports.conceptmap import R4, R5
from icd11kit.server.fhir.concept_maps.ways import URLS
from icd11kit.server.fhir.outcome import Json
from icd11kit.server.fhir.parameters import Item, make_parameters

JOINED = " "
"""Stands between the codes that are reported together for one cluster."""


class Answer(NamedTuple):
    """A mapping, where it leads, by which ConceptMap, and titles of its targets' codes."""

    mapping: CodeMapping
    target: str
    version: str
    url: str
    titles: dict[str, str]


def make_translation(answers: Sequence[Answer], refused: Iterable[str], *, is_r5: bool) -> Json:
    """Return the Parameters of a translation: its matches, else why there are none."""
    matches = [item for answer in answers for item in _matches(answer, is_r5=is_r5)]
    said = [reason for answer in answers if (reason := _message(answer.mapping))]
    if not matches:
        said.extend(refused)
    items: list[Item] = [
        ("result", "valueBoolean", bool(matches)),
        ("message", "valueString", "; ".join(dict.fromkeys(said))),
    ]
    return make_parameters([*items, *(("match", "part", match) for match in matches)])


def _message(mapping: CodeMapping) -> str:
    if not mapping.target:
        why = "; ".join(each.detail for each in mapping.evidence) or "nothing fits"
        return f"{mapping.source} has no map: {why}"
    if mapping.ambiguous:
        return f"{mapping.source} has several targets; a coder has to decide"
    return ""


def _matches(answer: Answer, *, is_r5: bool) -> Iterator[tuple[Item, ...]]:
    """Yield the answer and then its alternatives, each target once."""
    mapping = answer.mapping
    if not mapping.target:
        return
    comment = " | ".join(f"{each.kind}: {each.detail}" for each in mapping.evidence)
    lost = f" | not said: {'; '.join(mapping.remainder)}" if mapping.remainder else ""
    best = Alternative(mapping.target, mapping.relation, mapping.confidence, comment + lost)
    yield _match(answer, best, is_r5)
    seen = {mapping.target, *mapping.target.split(JOINED)}
    for other in mapping.alternatives:
        if other.target not in seen:
            seen.add(other.target)
            yield _match(answer, other, is_r5)


def _match(answer: Answer, found: Alternative, is_r5: bool) -> tuple[Item, ...]:
    first, *more = found.target.split(JOINED)
    name = "relationship" if is_r5 else "equivalence"
    return (
        (name, "valueCode", (R5 if is_r5 else R4)[found.relation]),
        ("concept", "valueCoding", _coding(answer, first)),
        *(("product", "part", _product(answer, code, is_r5)) for code in more),
        ("originMap" if is_r5 else "source", "valueUri", answer.url),
        ("confidence", "valueDecimal", found.confidence),
        ("comment", "valueString", found.reason),
    )


def _product(answer: Answer, code: str, is_r5: bool) -> tuple[Item, ...]:
    """Return a further code that is reported together with the first."""
    coding = _coding(answer, code)
    if is_r5:
        return (
            ("attribute", "valueUri", URLS[answer.target]),
            ("value", "valueCoding", coding),
        )
    return (
        ("element", "valueUri", URLS[answer.target]),
        ("concept", "valueCoding", coding),
    )


def _coding(answer: Answer, code: str) -> Json:
    said = (
        ("system", URLS[answer.target]),
        ("version", answer.version),
        ("code", code),
        ("display", answer.titles.get(code, "")),
    )
    return {name: value for name, value in said if value}
