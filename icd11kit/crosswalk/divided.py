"""Codes of earlier years that ICD-10-CM has since divided: T40.4X5A, S02.3XXA, T81.32XA.

An earlier code had a placeholder X, or ended, where today's codes tell apart. It is read as
all of today's codes that agree with it in every other place. Nothing else that is no code is
taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from icd11kit.crosswalk.mapping import Alternative, CodeMapping, Evidence, Relation

PLACEHOLDER = "X"
_SHORTEST = 5
"""The first place that can be divided: three characters, the point and one more stand before."""
_MOST_NAMED = 6
_TRUST = 0.8
_VAGUE = (re.compile(r"\bunspecified\b", re.I), re.compile(r"\bother\b", re.I))


def divided_category(code: str) -> str:
    """Return what stands before the first placeholder of a code, "" where it has none.

    >>> divided_category("T40.4X5A"), divided_category("S02.3XXA"), divided_category("S52.531A")
    ('T40.4', 'S02.3', '')
    """
    place = code.find(PLACEHOLDER, _SHORTEST)
    return code[:place].rstrip(".") if place > 0 else ""


def successors(code: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes that agree with an earlier one wherever that has no placeholder.

    >>> successors("T40.4X5A", ["T40.411A", "T40.415A", "T40.495A", "T40.495D"])
    ('T40.415A', 'T40.495A')
    """
    return tuple(
        now
        for now in codes
        if len(now) == len(code)
        and all(old in (new, PLACEHOLDER) for old, new in zip(code, now, strict=True))
    )


def map_divided(code: str, mappings: Sequence[CodeMapping], release: str) -> CodeMapping:
    """Return what an earlier code is, from the mappings of the codes it was divided into.

    That of the vaguest of them is given, since it says least of its own; the others' targets
    are alternatives. Where the targets differ a coder has to decide.
    """
    best = min(mappings, key=lambda m: (_rank(m.source_title), m.source))
    others = {m.target: m for m in reversed(mappings) if m.target not in ("", best.target)}
    names = ", ".join(m.source for m in mappings[:_MOST_NAMED])
    names += f" and {len(mappings) - _MOST_NAMED} more" if len(mappings) > _MOST_NAMED else ""
    said = (
        f"{code} is no code of ICD-10-CM {release}; it agrees with {names}, read as {best.source}"
    )
    return best._replace(
        source=code,
        relation=Relation.RELATED if best.target else Relation.NONE,
        confidence=round(best.confidence * _TRUST, 3),
        evidence=(Evidence("divided code", said), *best.evidence),
        alternatives=tuple(
            Alternative(m.target, Relation.RELATED, m.confidence, f"the target of {m.source}")
            for m in sorted(others.values(), key=lambda m: m.source)
        ),
        ambiguous=best.ambiguous or bool(others),
    )


def _rank(title: str) -> int:
    """Return 0 for an unspecified code, 1 for another of its kind, 2 for a named one."""
    return next((n for n, vague in enumerate(_VAGUE) if vague.search(title)), len(_VAGUE))
