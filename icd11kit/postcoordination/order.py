"""Orders that coding notes fix: an infection before the sepsis it causes.

Both orders of a cluster are valid else: the main condition stands first in morbidity, the
underlying cause in mortality.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from icd11kit.errors import SourceError
from icd11kit.postcoordination.grammar import join_codes
from icd11kit.postcoordination.issues import Issue, IssueCode
from icd11kit.postcoordination.reading import Reading
from icd11kit.resources import read_resource

_CELLS = 3


class OrderRule(NamedTuple):
    """Stems whose codes begin with one of `later` stand after those of `first`."""

    later: tuple[str, ...]
    first: tuple[str, ...]
    source: str


def parse_order_rules(text: str) -> tuple[OrderRule, ...]:
    """Return the rules of a table; raises SourceError with the line that is wrong.

    >>> parse_order_rules("later\\tfirst\\tsource\\n1G40\\t1\\tcoding note")[0].later
    ('1G40',)
    """
    rules = []
    for line, row in enumerate(text.splitlines()[1:], 2):
        cells = row.split("\t")
        if len(cells) != _CELLS:
            raise SourceError(f"order-rules.tsv, line {line}", f"{_CELLS} cells belong there")
        rules.append(OrderRule(tuple(cells[0].split()), tuple(cells[1].split()), cells[2]))
    return tuple(rules)


@lru_cache(maxsize=1)
def shipped_order() -> tuple[OrderRule, ...]:
    """Return the rules that come with the package."""
    return parse_order_rules(read_resource("ontology", "order-rules.tsv"))


def is_ruled(code: str, rules: Sequence[OrderRule]) -> bool:
    """Return whether a stem has to stand after others."""
    return any(code.startswith(rule.later) for rule in rules)


def check_order(reading: Reading, rules: Sequence[OrderRule]) -> Iterator[Issue]:
    """Stems stand in the order that a coding note fixes."""
    codes = [g.stem.entry.code if g.stem.entry else "" for g in reading.groups]
    for place, code in enumerate(codes):
        for rule in rules:
            wrong = _wrong(codes, place, rule) if code.startswith(rule.later) else None
            if wrong is not None:
                part, before = reading.groups[place].stem.part, reading.groups[wrong].stem.part
                message = f"{before.text} belongs before {part.text} ({rule.source})"
                yield Issue(
                    IssueCode.ORDER, message, part.start, part.end, (code, codes[wrong]),
                    repair=_reordered(reading, place, wrong),
                )  # fmt: skip


def _wrong(codes: Sequence[str], place: int, rule: OrderRule) -> int | None:
    """Return the place of a later stem that should stand before."""
    return next(
        (
            n
            for n in range(place + 1, len(codes))
            if codes[n].startswith(rule.first) and not codes[n].startswith(rule.later)
        ),
        None,
    )


def _reordered(reading: Reading, place: int, wrong: int) -> str:
    groups = [[part.text for part in group.parts] for group in reading.cluster.groups]
    groups.insert(place, groups.pop(wrong))
    return join_codes(groups)
