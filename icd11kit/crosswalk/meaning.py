"""What an ICD-10-CM code says, as data: from its titles, its terms and its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.mapping import Facet
from icd11kit.crosswalk.wording import Wording, Words
from icd11kit.errors import SourceError

UNSPECIFIED = "unspecified"
_CELLS = 5
_SEVENTH = 8
_CUTS = ("cut", "keep", "code")
_ROMAN = re.compile(r"[iv]+")


class WordRule(NamedTuple):
    """A pattern in a title that says a facet.

    `cut` tells whether what it finds is taken out of the title (`cut`) or stays (`keep`), or
    that the pattern is one of codes, not of titles (`code`). In `value`, `\\1` stands for what
    the pattern's group finds.
    """

    kind: str
    value: str
    pattern: re.Pattern[str]
    cut: str


class CmCode(NamedTuple):
    """An ICD-10-CM code as its tabular list gives it: titles from its category down."""

    code: str
    title: str
    above: tuple[tuple[str, str], ...]
    billable: bool = True


class Meaning(NamedTuple):
    """What a code says: its kernel without facets as text and words, and all around it.

    `is_other` and `is_unspecified` speak of the condition itself, not of a detail.
    """

    source: CmCode
    kernel: str
    words: Words
    readings: tuple[Words, ...]
    context: Words
    facets: tuple[Facet, ...]
    is_other: bool
    is_unspecified: bool

    def value(self, kind: str) -> str:
        """Return the value of a facet, "" where the code does not say it."""
        return next((facet.value for facet in self.facets if facet.kind == kind), "")


def parse_word_rules(text: str) -> tuple[WordRule, ...]:
    """Return the rules of a table; raises SourceError with the line that is wrong."""
    rules = []
    for line, row in enumerate(text.splitlines()[1:], 2):
        cells = row.split("\t")
        try:
            kind, value, pattern, cut, _ = cells
            if cut not in _CUTS:
                raise ValueError(f"{cut!r} is none of {', '.join(_CUTS)}")
            rules.append(WordRule(kind, value, re.compile(pattern), cut))
        except (ValueError, re.error) as error:
            raise SourceError(f"icd10cm-words.tsv, line {line}", str(error)) from None
    return tuple(rules)


def read_meaning(source: CmCode, rules: Sequence[WordRule], wording: Wording) -> Meaning:
    """Return what a code says.

    >>> rules = parse_word_rules(
    ...     "facet\\tvalue\\tpattern\\tcut\\treason\\n"
    ...     "encounter\\tinitial\\t, initial encounter\\tcut\\t-\\n"
    ...     "laterality\\tright\\t\\\\bright\\\\b\\tcut\\t-"
    ... )
    >>> code = CmCode("S60.221A", "Contusion of right hand, initial encounter", ())
    >>> said = read_meaning(code, rules, Wording({}))
    >>> said.kernel, said.value("laterality")
    ('contusion of hand', 'right')
    """
    kernel, facets = split_title(source.title, rules)
    facets += tuple(code_facets(source.code, rules))
    return Meaning(
        source,
        kernel,
        wording.words(kernel),
        wording.readings(kernel),
        _context(source, rules, wording),
        facets,
        _is_other(kernel),
        _is_unspecified(kernel, source.code),
    )


def split_title(title: str, rules: Sequence[WordRule]) -> tuple[str, tuple[Facet, ...]]:
    """Return a title in lower case without what facets say, and the facets.

    A facet is unspecified only where no earlier rule tells it.
    """
    title = title.lower()
    facets: list[Facet] = []
    for rule in rules:
        found = None if rule.cut == "code" else rule.pattern.search(title)
        if not found:
            continue
        if rule.value != UNSPECIFIED or all(facet.kind != rule.kind for facet in facets):
            facets.append(Facet(rule.kind, _value(rule, found), found[0].strip(" ,")))
        if rule.cut == "cut":
            title = _tidy(title[: found.start()] + " " + title[found.end() :])
    return _tidy(title), tuple(facets)


def _value(rule: WordRule, found: re.Match[str]) -> str:
    """Return the value that a rule's match says; Roman numerals are written large."""
    if "\\" not in rule.value:
        return rule.value
    value = found.expand(rule.value)
    return value.upper() if _ROMAN.fullmatch(value) else value


def _tidy(title: str) -> str:
    """Return a title without what a cut leaves: spaces and commas beside and at the ends."""
    return " ".join(title.split()).strip(" ,").replace(" ,", ",")


def code_facets(code: str, rules: Sequence[WordRule]) -> Iterator[Facet]:
    """Yield what a code's characters say of themselves, and what its place in the list says."""
    plain = code.replace(".", "")
    if len(plain) == _SEVENTH - 1:
        yield Facet("seventh character", plain[-1], plain[-1])
    if re.search(r"X", plain[3:6]):
        yield Facet("placeholder", "X", "X")
    for rule in rules:
        if rule.cut == "code" and rule.pattern.search(code):
            yield Facet(rule.kind, rule.value, "")


def _context(source: CmCode, rules: Sequence[WordRule], wording: Wording) -> Words:
    """Return the words of the titles above and of inclusion terms.

    Titles that list alternatives ("A or B") are left out: below them only one is meant.
    """
    said: Words = frozenset()
    for _, title in source.above:
        kernel, _ = split_title(title, rules)
        if not re.search(r" (or|and) |/", kernel):
            said |= wording.words(kernel)
    return said


def _is_other(kernel: str) -> bool:
    return bool(re.match(r"other\b|otherwise\b", kernel)) or "elsewhere classified" in kernel


def _is_unspecified(kernel: str, code: str) -> bool:
    tail = kernel.endswith("unspecified") or kernel.startswith("unspecified")
    tail = tail or bool(re.search(r", unspecified,? with(out)?\b", kernel))
    return tail or kernel.endswith(" nos")
