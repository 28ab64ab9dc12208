"""What an ICD-10-CM code names beside its condition, in the words of ICD-11's extension codes.

Side, encounter and the like follow from fixed phrases (`meaning.py`); sites, organisms and drugs
are too many for that, so a code names one where it has all the words of a code of chapter X.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from icd11kit.crosswalk.mapping import Facet
from icd11kit.crosswalk.meaning import Meaning
from icd11kit.crosswalk.pieces import (
    AGENT,
    ANATOMY,
    SUBSTANCE,
    Piece,
    cover,
    joined_clauses,
    place_of,
)
from icd11kit.crosswalk.targets import Targets
from icd11kit.crosswalk.wording import Words

_DRUGS = re.compile(r"T(3[6-9]|[45]|6[0-5])|Z(79|88|91\.0)|Z92\.2|O35\.5|P04|F1[0-9]")
"""Codes that are about a drug or another substance; elsewhere its name is the name of a test."""
_HARM = re.compile(
    r"(?:adverse effect of|underdosing of|poisoning by|toxic effect of(?: contact with)?)"
    r" (?!unspecified )((?:other )?.+)"
)
_EVENTS = re.compile(r"[V-Y]")
"""Codes of events: what they join by "with" took part in them."""
_MEETS = re.compile(r"\b(contact|collision|colliding|exposure) $")
_ORGAN = re.compile(r"\b(eye|ear)")
_MOST_SITES = 2


def named_facets(meaning: Meaning, targets: Targets) -> tuple[Facet, ...]:
    """Return the sites, organism, drug, complications and cause that a code names.

    A value is the title of an extension code of the release; for a complication or cause, the
    clause of the code's title that says it.
    """
    place = place_of(meaning, targets) | _sided_organ(meaning, targets)
    return (
        *_named(meaning, targets, "site", ANATOMY, place),
        *_named(meaning, targets, "organism", AGENT, meaning.words),
        *_drugs(meaning, targets),
        *_clauses(meaning, targets),
    )  # fmt: skip


def _sided_organ(meaning: Meaning, targets: Targets) -> Words:
    """Return the words of the eye or ear whose side is cut out of the title with its name."""
    found = _ORGAN.search(" ".join(f.words for f in meaning.facets if f.kind == "laterality"))
    return targets.wording.words(found[0]) if found else frozenset()


def _drugs(meaning: Meaning, targets: Targets) -> Iterator[Facet]:
    """Yield the drug or other substance: the release's name of it, else the title's own."""
    if not _DRUGS.match(meaning.source.code):
        return
    named = tuple(_named(meaning, targets, "drug", SUBSTANCE, meaning.words))
    yield from named
    found = _HARM.match(meaning.kernel)
    if not named and found:
        yield Facet("drug", found[1], found[1])


def _clauses(meaning: Meaning, targets: Targets) -> Iterator[Facet]:
    is_event = bool(_EVENTS.match(meaning.source.code))
    for lead, clause, _ in joined_clauses(meaning, targets):
        kind = "cause" if lead == "due to" else "complication"
        words = f"{lead} {clause}"
        if kind == "cause" or not (is_event or _MEETS.search(meaning.kernel.split(words)[0])):
            yield Facet(kind, clause, words)


def _named(
    meaning: Meaning, targets: Targets, kind: str, prefix: str, words: Words
) -> Iterator[Facet]:
    """Yield the facets of a kind, each the extension code that says most of the words."""

    def fits(code: str) -> bool:
        return code.startswith(prefix)

    most = _MOST_SITES if kind == "site" else 1
    for piece in cover(words, words, targets, fits, most=most):
        yield Facet(kind, piece.says, _words_of(piece, meaning))


def _words_of(piece: Piece, meaning: Meaning) -> str:
    """Return the words of a code's title that name what a piece says."""
    from icd11kit.crosswalk.wording import stem
    from icd11kit.words import fold_words

    found = [word for word in fold_words(meaning.kernel) if stem(word) in piece.words]
    return " ".join(dict.fromkeys(found)) or piece.says
