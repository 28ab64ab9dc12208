"""What software must change: how long the strings become, and what characters they bring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from icd11kit.transition.impact.values import CodeRow, Fit, Form, Lengths, Software

WIDTHS = (7, 8, 10, 20)
"""Characters of columns that are common for ICD-10 codes, and of some that are wider."""
_FLOAT = re.compile(r"\d+E\d+")
_MIDDLE, _NEARLY_ALL = 0.5, 0.95


class Weighted(NamedTuple):
    """A string and the volume that has it."""

    text: str
    volume: int


def measure_software(rows: Iterable[CodeRow]) -> Software:
    """Return what rows with a target ask of software."""
    mapped = [row for row in rows if row.target]
    codes = [(len(re.split("[&/]", row.target)), row.volume) for row in mapped]
    total = sum(volume for _, volume in codes)
    return Software(
        lengths=tuple(
            measure_lengths(name, [Weighted(text(row), row.volume) for row in mapped])
            for name, text in (
                ("source codes with the point", _source),
                ("stems only", _stem),
                ("whole clusters", _target),
            )
        ),
        forms=tuple(_form(name, means, has, mapped) for name, (means, has) in _FORMS.items()),
        codes_each=sum(n * volume for n, volume in codes) / total if total else 0.0,
        most_codes=max((n for n, _ in codes), default=0),
    )


def measure_lengths(name: str, texts: Sequence[Weighted]) -> Lengths:
    """Return the lengths of texts by volume.

    >>> found = measure_lengths("x", [Weighted("5A11", 9), Weighted("NC32.5Z&XK9K", 1)])
    >>> found.median, found.percentile95, found.longest
    (4, 12, 12)
    """
    longest = max(texts, key=lambda each: (len(each.text), each.volume), default=Weighted("", 0))
    return Lengths(
        name, _quantile(texts, _MIDDLE), _quantile(texts, _NEARLY_ALL),
        len(longest.text), longest.text,
        tuple(_fit(width, texts) for width in WIDTHS),
    )  # fmt: skip


def _quantile(texts: Sequence[Weighted], share: float) -> int:
    """Return the least length that this share of the volume does not exceed."""
    reached, total = 0, sum(each.volume for each in texts)
    for text, volume in sorted(texts, key=lambda each: len(each.text)):
        reached += volume
        if reached >= share * total:
            return len(text)
    return 0


def _fit(width: int, texts: Sequence[Weighted]) -> Fit:
    over = [each for each in texts if len(each.text) > width]
    return Fit(width, sum(each.volume for each in over), len(over))


def _source(row: CodeRow) -> str:
    return row.code


def _stem(row: CodeRow) -> str:
    return row.stem or row.target


def _target(row: CodeRow) -> str:
    return row.target


def is_read_as_number(text: str) -> bool:
    """Return whether a spreadsheet reads a code as a number.

    >>> is_read_as_number("1E10"), is_read_as_number("1E50.0"), is_read_as_number("5A11")
    (True, False, False)
    """
    return _FLOAT.fullmatch(text) is not None


_FORMS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "begins with a digit": (
        "checks that ask for a letter first reject it",
        lambda text: text[:1].isdigit(),
    ),
    "ampersand &": (
        "extension codes after a stem: they need columns or rows of their own, and escaping in "
        "URLs, HTML and XML",
        lambda text: "&" in text,
    ),
    "slash /": (
        "several stems for one diagnosis: a row is no longer one code",
        lambda text: "/" in text,
    ),
    "extension code alone": (
        "no stem: it cannot be reported by itself, a stem has to be found first",
        lambda text: re.match(r"X[A-Z]", text) is not None,
    ),
    "reads as a number": (
        "a spreadsheet makes a number of it unless the column is text",
        is_read_as_number,
    ),
}


def _form(name: str, means: str, has: Callable[[str], bool], rows: Sequence[CodeRow]) -> Form:
    those = [row for row in rows if has(row.target)]
    example = min(those, key=lambda row: (-row.volume, row.code), default=None)
    volume = sum(row.volume for row in those)
    return Form(name, len(those), volume, means, example.target if example else "")
