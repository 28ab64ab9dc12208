"""Families of codes whose stem follows from a rule: poisonings, devices, histories.

A rule of `mappings/stem-rules.tsv` gives an expression in which `{row}` stands for the target
of WHO's row, `{class}` for the digit of a drug's class, `{substance}` for the substances the
code names, `{condition}` for the condition after "history of", `{device X}` for the device that
WHO's row names, X where it names none, `{extension}` for the extension code that WHO's row gives
alone. What cannot be filled is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from icd11kit.crosswalk.meaning import Meaning
from icd11kit.crosswalk.pieces import SUBSTANCE, Piece, cover
from icd11kit.crosswalk.targets import Targets
from icd11kit.crosswalk.wording import Words
from icd11kit.errors import SourceError

_RULE_CELLS, _CLASS_CELLS = 5, 3
_LEAD = re.compile(
    r"^(adverse effect of|underdosing of|poisoning by|toxic effect of|"
    r"(contact|exposure) (with|to))\s+"
)
_ACTIONS = frozenset("antagonist inhibitor blocker agonist antidot stimul".split())
"""Stems of words that turn a substance into what acts on it."""
_HISTORY = re.compile(r"history of (?:other )?(.+)$")
_HOLE = re.compile(r"[&/]?\{(row|device|substance|condition|extension)(?: ([^}]*))?\}")
_DEVICES = ("PK", "PL")
_EXTENSION = "X"


class StemRule(NamedTuple):
    """A rule: for codes of a scope that say a facet and fit a pattern, an expression."""

    scope: re.Pattern[str]
    facet: str
    pattern: re.Pattern[str]
    target: str
    reason: str


class DrugClass(NamedTuple):
    """The digit by which codes for exposure to drugs tell their class."""

    scope: re.Pattern[str]
    digit: str


def parse_stem_rules(text: str) -> tuple[StemRule, ...]:
    """Return the rules of a table; raises SourceError with the line that is wrong."""
    return tuple(
        StemRule(re.compile(scope), facet, re.compile(_any(pattern)), target, reason)
        for scope, facet, pattern, target, reason in _rows(text, _RULE_CELLS, "stem-rules.tsv")
    )


def parse_drug_classes(text: str) -> tuple[DrugClass, ...]:
    """Return the classes of a table; raises SourceError with the line that is wrong."""
    rows = _rows(text, _CLASS_CELLS, "drug-classes.tsv")
    return tuple(DrugClass(re.compile(scope), digit) for scope, digit, _ in rows)


def _any(pattern: str) -> str:
    return "" if pattern == "-" else pattern


def _rows(text: str, width: int, name: str) -> list[list[str]]:
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    for line, cells in enumerate(rows, 2):
        if len(cells) != width:
            raise SourceError(f"{name}, line {line}", f"{width} cells belong there")
    return rows


def find_rule(meaning: Meaning, rules: Sequence[StemRule]) -> StemRule | None:
    """Return the first rule that a code fits, None where none does."""
    said = {f"{facet.kind}={facet.value}" for facet in meaning.facets}
    for rule in rules:
        if rule.facet not in ("-", *said) or not rule.scope.match(meaning.source.code):
            continue
        if rule.pattern.search(meaning.kernel):
            return rule
    return None


def fill(
    rule: StemRule, meaning: Meaning, row: str, classes: Sequence[DrugClass], targets: Targets
) -> str:
    """Return a rule's expression with its holes filled, "" where its stem stays empty.

    `row` is the code that WHO's row gives, a stem or an extension alone.
    """
    digit = next((c.digit for c in classes if c.scope.match(meaning.source.code)), "8")
    holes = {
        "row": lambda: "" if row.startswith(_EXTENSION) else row,
        "extension": lambda: row if row.startswith(_EXTENSION) else "",
        "substance": lambda: "&".join(_substances(meaning, targets)),
        "condition": lambda: _condition(meaning, targets),
    }

    def filled(found: re.Match[str]) -> str:
        if found[1] == "device":
            value = row if row.startswith(_DEVICES) else found[2]
        else:
            value = holes[found[1]]()
        operator = found[0][0] if found[0][0] in "&/" else ""
        return operator + value if value else ""

    return _HOLE.sub(filled, rule.target.replace("{class}", digit)).lstrip("&/")


def _substances(meaning: Meaning, targets: Targets) -> list[str]:
    return [piece.code for piece in _named_substances(meaning, targets)]


def _named_substances(meaning: Meaning, targets: Targets) -> list[Piece]:
    words = _substance_words(meaning, targets)
    pieces = cover(words, words, targets, lambda code: code.startswith(SUBSTANCE), most=3)
    acts = words & _ACTIONS
    return [piece for piece in pieces if not acts or acts & piece.words]


def _substance_words(meaning: Meaning, targets: Targets) -> Words:
    return targets.wording.words(_LEAD.sub("", meaning.kernel))


def words_said(rule: StemRule, meaning: Meaning, targets: Targets) -> Words:
    """Return the words of a code that a rule's expression says: all, but for unknown substances.

    Where an extension is all that WHO gives, its title tells what is said.
    """
    if "{extension}" in rule.target:
        return frozenset()
    if "{substance}" not in rule.target:
        return meaning.words
    named = frozenset[str]().union(*(p.words for p in _named_substances(meaning, targets)))
    return meaning.words - (_substance_words(meaning, targets) - named)


def _condition(meaning: Meaning, targets: Targets) -> str:
    """Return the code of the condition that a history is of, "" where none has its name."""
    found = _HISTORY.search(meaning.kernel)
    if not found:
        return ""
    return targets.named(targets.wording.words(found[1]))
