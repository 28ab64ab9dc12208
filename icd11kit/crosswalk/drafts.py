"""An answer in the making: an expression, what it says, what it leaves unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.curated import Curated
from icd11kit.crosswalk.mapping import Evidence, Facet, Relation
from icd11kit.crosswalk.meaning import UNSPECIFIED, Meaning
from icd11kit.crosswalk.stems import FREE, Choice, Way
from icd11kit.crosswalk.tables import FOUNDATION, Anchor
from icd11kit.crosswalk.targets import Targets
from icd11kit.crosswalk.wording import Words, stem
from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.words import fold_words

_SILENT_FACETS = frozenset({"seventh character", "placeholder", "detail"})
"""Facets that say nothing of the patient beside the words of the title."""


class Draft(NamedTuple):
    """An expression in the making, and what it rests on.

    `stated` is the confidence that a curated row states, None where none is behind it.
    """

    expression: str
    concept: str
    way: Way
    words: Words
    evidence: tuple[Evidence, ...]
    said: frozenset[Facet] = frozenset()
    stated: float | None = None


NOTHING = Draft("", "", Way.NONE, frozenset(), (Evidence("none", "nothing fits"),))


KIND = "what makes it a kind of the target, as WHO's table has it"
"""The remainder of a code that WHO calls a kind of what its title seems to equal."""


def is_kind(anchors: Sequence[Anchor], meaning: Meaning) -> bool:
    """Return whether WHO's table calls the code's own ICD-10 code a kind of its target.

    "Unspecified" codes are no kinds: the table counts the category's kinds from the concept.
    """
    own = [a.row for a in anchors if a.is_exact and a.row.mapping == FOUNDATION]
    return not meaning.is_unspecified and any(row.relation == "Subclass" for row in own)


def stem_of(expression: str) -> str:
    """Return the first stem of an expression."""
    return re.split("[&/]", expression)[0]


def curated_draft(row: Curated, way: Way) -> Draft:
    """Return what a curated row says."""
    concept = parse_cluster(row.target).groups[0].stem.code if row.target else ""
    evidence = Evidence(way.value, f"{row.origin}: {row.reason}")
    return Draft(row.target, concept, way, frozenset(), (evidence,), stated=row.confidence)


def why(choice: Choice) -> Iterable[Evidence]:
    """Yield what a choice rests on: the row of WHO's table, and the name that fits."""
    if choice.anchor is not None:
        row = choice.anchor.row
        relation = f" ({row.relation})" if row.relation else ""
        yield Evidence(
            "WHO's table",
            f"{row.mapping}, line {row.line}: {row.icd10_code} {row.icd10_title} -> "
            f"{row.icd11_code or row.entity} {row.icd11_title}{relation}",
        )
    yield Evidence(choice.way.value, choice.name)


def kept_rest(choice: Choice, meaning: Meaning, targets: Targets) -> str:
    """Return what a row's cluster adds to its stem, "" where the code does not say it.

    A row of a shorter code may name what a longer code divides: W05 is a fall from a wheelchair,
    W05.1 one from a scooter.
    """
    if choice.way not in (Way.SAME_ROW, Way.ROW, Way.PREFIX) or choice.anchor is None:
        return ""
    if choice.anchor.is_exact:
        return choice.rest
    row = targets.wording.words(choice.anchor.row.icd10_title)
    known = meaning.context | targets.wording.words(meaning.source.title)
    added = [targets.by_code[c] for c in re.split("[&/]", choice.rest) if c in targets.by_code]
    told = (targets.wording.words(targets.title(pre)) & row for pre in added)
    return "" if any(words and words.isdisjoint(known) for words in told) else choice.rest


def unsaid_facets(meaning: Meaning, draft: Draft, targets: Targets) -> tuple[str, ...]:
    """Return the facets of a code that its answer does not say.

    What still stands in the title's kernel is judged by its words, not as a facet.
    """
    said = _words_of(draft.expression, targets)
    return tuple(
        f"{facet.kind}: {facet.value}"
        for facet in meaning.facets
        if facet.kind not in _SILENT_FACETS
        and facet.value != UNSPECIFIED
        and facet not in draft.said
        and facet.words not in meaning.kernel
        and not (facet.value != "other" and targets.wording.words(facet.words) <= said)
        and not (facet.kind == "intent" and draft.way is Way.RULE)
    )


def unsaid_words(meaning: Meaning, draft: Draft, targets: Targets) -> tuple[str, ...]:
    """Return the words of a code that no part of its answer says.

    What ICD-10-CM puts in brackets does not matter to the code (ICD-10-CM guidelines, I.A.7).
    """
    said = draft.words | FREE | _words_of(draft.expression, targets)
    said = said.union(*(targets.wording.words(facet.words) for facet in draft.said))
    left = meaning.readings[-1] - said
    return tuple(word for word in dict.fromkeys(fold_words(meaning.kernel)) if stem(word) in left)


def _words_of(expression: str, targets: Targets) -> Words:
    """Return the words of all titles of an expression and of those above them."""
    codes = (code for code in re.split("[&/]", expression) if code in targets.by_code)
    return frozenset[str]().union(*(targets.above[targets.by_code[code]] for code in codes))


def relation_of(
    draft: Draft, remainder: Sequence[str], meaning: Meaning, targets: Targets
) -> Relation:
    """Return how a code stands to its answer: exact only where nothing is left unsaid."""
    if not draft.expression:
        return Relation.NONE
    if remainder:
        return Relation.BROAD
    last = targets.entities[targets.by_code[stem_of(draft.expression)]]
    if last.residual.value == "other":
        return Relation.RELATED if meaning.is_other else Relation.BROAD
    if meaning.is_other:
        return Relation.BROAD
    exact = (Way.SAME_ROW, Way.SAME_TITLE, Way.DESCENT)
    return Relation.EXACT if draft.way in exact else Relation.BROAD
