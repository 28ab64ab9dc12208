"""What a stem leaves unsaid, as extension codes and further stems that its axes admit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.mapping import Facet
from icd11kit.crosswalk.meaning import Meaning
from icd11kit.crosswalk.targets import Targets
from icd11kit.crosswalk.wording import Words
from icd11kit.errors import SourceError

ANATOMY, SUBSTANCE, AGENT = "XA", "XM", "XN"
_CELLS = 6
SITE = "site"
_TISSUES = frozenset("muscl tendon fascia ligament joint".split())
_OTHER_PARTS = re.compile(r"other parts of", re.IGNORECASE)
_JOINT = frozenset({"joint"})
_OF_EVENTS = ("role", "counterpart")
"""Facets whose words stand in titles of events in another meaning: a passenger vehicle."""
_SIDES = frozenset({"right", "left"})
_WITH = re.compile(r"\b(with|due to|associated with|complicated by)\b([^,]*?)(?=\bwith\b|,|$)")
_ASIDE = re.compile(
    r",? \b(including|excluding|except|other than)\b[^,]*|\[[^\]]*\]"
    r"|\b(first|second|third) degree\b"
)
"""What a title says of its borders, of parts that are meant too or are not meant; and degrees."""
_VAGUE = re.compile(r"\s*(other|unspecified|underlying|intra-?(articular|condylar) extension)\b")
"""Clauses that name no condition beside the code's own."""


class Piece(NamedTuple):
    """A code that says something beside the stem: what, as extension (&) or further stem (/)."""

    operator: str
    code: str
    says: str
    words: Words = frozenset()


class FacetRule(NamedTuple):
    """How a facet is said: by an extension on an axis, or by a further stem."""

    kind: str
    value: str
    operator: str
    code: str
    axis: str
    unless: re.Pattern[str] | None


Admits = Callable[[str, str], str]
"""Gives the axis of a stem that admits an extension, "" where none does; both by code."""


def parse_facet_rules(text: str) -> tuple[FacetRule, ...]:
    """Return the rules of a table; raises SourceError with the line that is wrong."""
    rules = []
    for line, row in enumerate(text.splitlines()[1:], 2):
        cells = row.split("\t")
        if len(cells) != _CELLS:
            raise SourceError(f"facet-extensions.tsv, line {line}", f"{_CELLS} cells belong there")
        kind, value, said_by, axis, unless, _ = cells
        operator = "/" if said_by.startswith("/") else "&"
        rules.append(FacetRule(
            kind, value, operator, said_by.lstrip("/"), axis,
            None if unless == "-" else re.compile(unless),
        ))  # fmt: skip
    return tuple(rules)


def facet_pieces(
    meaning: Meaning, stem: str, rules: Sequence[FacetRule], admits: Admits
) -> Iterator[tuple[Facet, Piece]]:
    """Yield the facets of a code that a stem lets say, with what says them."""
    sides = {facet.value for facet in meaning.facets if facet.kind == "laterality"} & _SIDES
    for facet in meaning.facets:
        if facet.value in sides and sides == _SIDES:
            continue  # each side has something else
        for rule in rules:
            if (rule.kind, rule.value) != facet[:2] or _is_left_out(rule, stem):
                continue
            if rule.operator == "/" or admits(stem, rule.code) == rule.axis:
                yield facet, Piece(rule.operator, rule.code, f"{facet.kind}: {facet.value}")


def unsaid_pieces(
    found: Iterable[tuple[Facet, Piece]], stem: str, targets: Targets
) -> Iterator[tuple[Facet, Piece]]:
    """Yield the pieces whose facet a stem's titles do not say in the same words."""
    said = targets.above[pre_of(stem, targets)]
    for facet, piece in found:
        if facet.kind in _OF_EVENTS or not targets.wording.words(facet.words) <= said:
            yield facet, piece


def site_words(targets: Targets) -> Words:
    """Return the words of anatomy and topology, which extension codes can say."""
    return frozenset(
        word
        for word, names in targets.extensions.items()
        if any(targets.code(pre).startswith(("XA", "XK")) for _, pre in names)
    )


def says_no_site(stem: str, rules: Sequence[FacetRule]) -> bool:
    """Return whether the site is left out after a stem."""
    return any(rule.kind == SITE and _is_left_out(rule, stem) for rule in rules)


def _is_left_out(rule: FacetRule, stem: str) -> bool:
    return rule.unless is not None and bool(rule.unless.search(stem))


def anatomy_pieces(
    meaning: Meaning, stem: str, targets: Targets, admits: Admits, *, has_side: bool
) -> list[Piece]:
    """Return the anatomy that a code says and its stem does not, of the stem's body system.

    `has_side` tells that the side is said already, so that the anatomy need not say it.
    """
    if _OTHER_PARTS.search(targets.title(pre_of(stem, targets))):
        return []
    side = frozenset({meaning.value("laterality")}) & _SIDES
    place = place_of(meaning, targets)
    unsaid = place - sure_words(stem, meaning.words, targets)
    if unsaid <= _TISSUES:
        unsaid = frozenset()
    if not has_side:
        unsaid |= side

    def fits(code: str) -> bool:
        return code.startswith(ANATOMY) and admits(stem, code) == "specificAnatomy"

    known = place | side | (targets.wording.words(targets.title(pre_of(stem, targets))) & _JOINT)
    return cover(unsaid, known, targets, fits, most=2)


def place_of(meaning: Meaning, targets: Targets) -> Words:
    """Return the words of a code but for what it says after "with" or "due to"."""
    return targets.wording.words(_ASIDE.sub("", _WITH.sub("", meaning.kernel)))


def agent_pieces(meaning: Meaning, stem: str, targets: Targets, admits: Admits) -> list[Piece]:
    """Return the infectious agent that a code names and its stem does not."""
    unsaid = meaning.words - targets.above[pre_of(stem, targets)]

    def fits(code: str) -> bool:
        return code.startswith(AGENT) and admits(stem, code) == "infectiousAgent"

    return cover(unsaid, meaning.words, targets, fits, most=1)


def pre_of(stem: str, targets: Targets) -> int:
    """Return the place of the concept of a stem."""
    return targets.concept(targets.by_code[stem])


def sure_words(stem: str, said_words: Words, targets: Targets) -> Words:
    """Return the words that a stem says.

    Those that its title offers for choice ("A or B") count only where the code says all.
    """
    pre = pre_of(stem, targets)
    said = targets.above[pre]
    if targets.wording.words(targets.title(pre)) <= said_words:
        return said
    for words in targets.wording.partial(targets.title(pre)):
        said = said & (words | (targets.above[pre] - targets.wording.words(targets.title(pre))))
    return said


def cover(
    unsaid: Words, known: Words, targets: Targets, fits: Callable[[str], bool], *, most: int
) -> list[Piece]:
    """Return the fewest extension codes whose names say unsaid words and nothing unknown."""
    found: list[Piece] = []
    while unsaid and len(found) < most:
        best = _best(unsaid, known, targets, fits)
        if best is None:
            break
        found.append(best)
        unsaid -= best.words
    return found


def _best(
    unsaid: Words, known: Words, targets: Targets, fits: Callable[[str], bool]
) -> Piece | None:
    ranked = {
        (-len(words & unsaid), -len(words & known), pre, words)
        for word in unsaid
        for words, pre in targets.extensions.get(word, ())
        if words <= known and fits(targets.code(pre))
    }
    if not ranked:
        return None
    _, _, pre, words = min(ranked, key=lambda item: item[:3])
    return Piece("&", targets.code(pre), targets.title(pre), words)


def further_stem(meaning: Meaning, stem: str, targets: Targets) -> Piece | None:
    """Return the condition that a code names after "with" or "due to", if it has a code."""
    said = targets.wording.words(targets.title(targets.by_code[stem]))
    for _, clause, words in joined_clauses(meaning, targets):
        if words <= said:
            continue
        for wanted in (words, words - said):
            code = targets.named(wanted)
            if code and code != stem:
                return Piece("/", code, clause, words)
    return None


def joined_clauses(meaning: Meaning, targets: Targets) -> Iterator[tuple[str, str, Words]]:
    """Yield what a code joins to its condition: "with" or "due to", the clause, its words."""
    for lead, clause in _WITH.findall(meaning.kernel):
        words = targets.wording.words(clause)
        if words and not _VAGUE.match(clause):
            yield lead, clause.strip(), words
