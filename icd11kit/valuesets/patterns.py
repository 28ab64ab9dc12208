"""Regular expressions that are safe to run over a whole classification, whoever wrote them.

Only what takes a bounded time is read: characters, classes and the point, each repeated at
will but few of them, and alternatives; no groups, no look-around, no back references.
"""

from __future__ import annotations

import re

from icd11kit.codes import shorten
from icd11kit.errors import QueryError

_LONGEST = 200
_MOST_REPEATED = 3
_MOST_ALTERNATIVES = 20
_REPEATED = r"[*+?]|\{\d{1,2}(?:,\d{0,2})?\}"
_ATOM = r"(?:[A-Za-z0-9&/ -]|\\[.dwWD/&-]|\.|\[\^?[A-Za-z0-9.&/-]+\])"
_ALTERNATIVE = rf"(?:{_ATOM}(?:{_REPEATED})?)+"


def compile_pattern(text: str) -> re.Pattern[str]:
    r"""Return a pattern that whole codes are compared with; raises QueryError for an unsafe one.

    >>> bool(compile_pattern(r"5A1\d|X[A-K].*").fullmatch("XA83T2"))
    True
    """
    said = text.removeprefix("^").removesuffix("$")
    alternatives = said.split("|")
    place = 0
    for alternative in alternatives:
        _check(text, alternative, place)
        place += len(alternative) + 1
    if len(text) > _LONGEST or len(alternatives) > _MOST_ALTERNATIVES:
        raise QueryError(
            f"the pattern is too long: at most {_LONGEST} characters and "
            f"{_MOST_ALTERNATIVES} alternatives are read"
        )
    try:
        return re.compile(said, re.ASCII)
    except re.error as error:
        raise QueryError(f"the pattern {shorten(text)!r} is wrong: {error}") from None


def _check(text: str, alternative: str, place: int) -> None:
    """Raise QueryError where an alternative has what is not read, or too much repeated."""
    held = re.match(_ALTERNATIVE, alternative)
    end = held.end() if held else 0
    if end < len(alternative) or not alternative:
        raise QueryError(
            f"the pattern {shorten(text)!r} is not read from position {place + end + 1}: "
            "characters, . and [classes] with * + ? {n,m} and | are"
        )
    if len(re.findall(rf"(?<=.)(?:{_REPEATED})", alternative)) > _MOST_REPEATED:
        raise QueryError(
            f"the pattern {shorten(text)!r} repeats more than {_MOST_REPEATED} things in one "
            "alternative; say it in fewer"
        )
