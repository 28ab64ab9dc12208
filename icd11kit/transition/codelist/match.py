"""Patterns over data: what a definition finds, by the rules of `cluster match`.

A pattern finds a cluster where one of its groups says what the pattern says, or says it more
closely, and says none of the pattern's exceptions. Values that no axis takes cannot be compared:
a cluster with such a value is looked at by its first stem alone, a pattern with one finds the
clusters that have all its codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from icd11kit.crosswalk.mapping import codes_of
from icd11kit.crosswalk.score import stem_of
from icd11kit.errors import ClusterSyntaxError, SourceError
from icd11kit.postcoordination.compare import Meaning, is_below, meanings
from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.resources import read_text
from icd11kit.transition.codelist.values import Pattern

if TYPE_CHECKING:
    from icd11kit.postcoordination.validate import Validator


class Meanings:
    """What clusters say, each read once."""

    def __init__(self, validator: Validator) -> None:
        self._validator = validator
        self._known: dict[str, tuple[Meaning, ...] | None] = {}

    def of(self, text: str) -> tuple[Meaning, ...] | None:
        """Return what each group of a cluster says, None where a part says nothing."""
        if text not in self._known:
            self._known[text] = self._read(text)
        return self._known[text]

    def _read(self, text: str) -> tuple[Meaning, ...] | None:
        try:
            return meanings(self._validator.read(parse_cluster(text)), self._validator.same)
        except ClusterSyntaxError:
            return None

    def says(self, text: str, pattern: str) -> bool:
        """Return whether the first group of a cluster says what a pattern says."""
        said, wanted = self.of(text), self.of(pattern)
        if said is None or wanted is None:
            return codes_of(pattern) <= codes_of(text)
        return is_below(said[0], wanted[0])


def matcher(meant: Meanings, patterns: Iterable[Pattern]) -> Callable[[str], bool]:
    """Return a test for clusters that some of the patterns find."""
    by_concept: dict[str, list[tuple[Meaning, Pattern]]] = defaultdict(list)
    unread: list[frozenset[str]] = []
    for pattern in patterns:
        wanted = meant.of(pattern.include)
        if wanted is None:
            unread.append(codes_of(pattern.include))
        else:
            by_concept[wanted[0].concept].append((wanted[0], pattern))

    def finds(group: Meaning) -> bool:
        return any(
            is_below(group, wanted) and not _is_excepted(meant, group, pattern)
            for concept in group.above & by_concept.keys()
            for wanted, pattern in by_concept[concept]
        )

    def matches(text: str) -> bool:
        said = meant.of(text)
        if said is None:
            said = meant.of(stem_of(text)) or ()
        if any(map(finds, said)):
            return True
        return bool(unread) and any(codes <= codes_of(text) for codes in unread)

    return matches


def _is_excepted(meant: Meanings, group: Meaning, pattern: Pattern) -> bool:
    said = filter(None, map(meant.of, pattern.exceptions))
    return any(is_below(group, wanted[0]) for wanted in said)


def format_patterns(patterns: Iterable[Pattern]) -> Iterator[str]:
    """Yield the lines of patterns: what is found, and after `-` what is taken out of it.

    >>> list(format_patterns([Pattern("NC72&XK8G", ("NC72.5",))]))
    ['NC72&XK8G', '- NC72.5']
    """
    for pattern in patterns:
        yield pattern.include
        yield from (f"- {exception}" for exception in pattern.exceptions)


def parse_patterns(lines: Iterable[str], path: str) -> Iterator[Pattern]:
    """Yield the patterns of a file; `#` begins a comment.

    Raises SourceError where an exception stands before any pattern, or a line is no cluster.
    """
    held: Pattern | None = None
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        is_exception = text.startswith("-")
        cluster = _cluster(text[1:].strip() if is_exception else text, f"{path}, line {number}")
        if not is_exception:
            if held:
                yield held
            held = Pattern(cluster)
        elif held is None:
            raise SourceError(f"{path}, line {number}", "an exception stands before any pattern")
        else:
            held = held._replace(exceptions=(*held.exceptions, cluster))
    if held:
        yield held


def _cluster(text: str, where: str) -> str:
    try:
        return parse_cluster(text).text
    except ClusterSyntaxError as error:
        raise SourceError(where, f"{text!r} is no pattern: {error.reason}") from None


def read_matcher(validator: Validator, path: str) -> Callable[[str], bool]:
    """Return a test for clusters that the patterns of a file find.

    Raises SourceError where the file cannot be read or has no pattern.
    """
    patterns = list(parse_patterns(read_text(path).splitlines(), path))
    if not patterns:
        raise SourceError(path, "there is no pattern in the file")
    return matcher(Meanings(validator), patterns)
