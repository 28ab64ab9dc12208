"""What an ICD-10-CM code says, as data: from its titles, its terms and its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.mapping import Facet
from icd11kit.crosswalk.wording import Wording, Words
from icd11kit.errors import SourceError

_CELLS = 5
_SEVENTH = 8
_SIDED = re.compile(r"\b(right|left)\b")


class WordRule(NamedTuple):
    """A pattern in a title that says a facet; `cut` tells what is taken out of the title."""

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
            rules.append(WordRule(kind, value, re.compile(pattern), cut))
        except (ValueError, re.error) as error:
            raise SourceError(f"icd10cm-words.tsv, line {line}", str(error)) from None
    return tuple(rules)


def read_meaning(source: CmCode, rules: Sequence[WordRule], wording: Wording) -> Meaning:
    """Return what a code says.

    >>> rules = parse_word_rules(
    ...     "facet\\tvalue\\tpattern\\tcut\\treason\\n"
    ...     "encounter\\tinitial\\t, initial encounter\\tcut\\t-\\n"
    ...     "laterality\\tright\\t\\\\bright\\\\b\\tside\\t-"
    ... )
    >>> code = CmCode("S60.221A", "Contusion of right hand, initial encounter", ())
    >>> said = read_meaning(code, rules, Wording({}))
    >>> said.kernel, said.value("laterality")
    ('contusion of hand', 'right')
    """
    kernel, facets = split_title(source.title, rules)
    facets += tuple(code_facets(source.code))
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
    """Return a title in lower case without what facets say, and the facets."""
    title, facets = title.lower(), []
    for rule in rules:
        found = rule.pattern.search(title)
        if not found:
            continue
        facets.append(Facet(rule.kind, rule.value, found[0].strip(" ,")))
        if rule.cut == "cut":
            title = _tidy(title[: found.start()] + " " + title[found.end() :])
        elif rule.cut == "side":
            title = _SIDED.sub("", title, count=1) if rule.value in title else title
    return _tidy(title), tuple(facets)


def _tidy(title: str) -> str:
    """Return a title without what a cut leaves: spaces and commas beside and at the ends."""
    return " ".join(title.split()).strip(" ,").replace(" ,", ",")


def code_facets(code: str) -> Iterator[Facet]:
    """Yield what a code's characters say of themselves."""
    plain = code.replace(".", "")
    if len(plain) == _SEVENTH - 1:
        yield Facet("seventh character", plain[-1], plain[-1])
    if re.search(r"X", plain[3:6]):
        yield Facet("placeholder", "X", "X")


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
