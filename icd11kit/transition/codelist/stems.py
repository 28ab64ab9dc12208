"""Which clusters of one stem are the list's: what they must say beside the stem.

The members' clusters of a stem are told from others by the fewest pieces that no other says;
where a member's cluster says nothing that others do not, the others' pieces are excepted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

Says = Callable[[str, str], bool]
"""Tells whether a cluster says what a pattern says."""
Pieces = tuple[str, ...]


class Choice(NamedTuple):
    """What must be said beside a stem, and what must not; whose clusters it finds."""

    pieces: Pieces
    exceptions: tuple[Pieces, ...]
    targets: tuple[str, ...]


def pieces_of(target: str) -> Pieces:
    """Return what a cluster says beside its first stem, each piece as it is appended.

    >>> pieces_of("5A11&XS25/9B71.0Z&XK8G")
    ('&XS25', '/9B71.0Z', '/9B71.0Z&XK8G')
    """
    first, *further = target.split("/")
    made = [f"&{code}" for code in first.split("&")[1:]]
    for group in further:
        stem, *extensions = group.split("&")
        made += [f"/{stem}", *(f"/{stem}&{code}" for code in extensions)]
    return tuple(dict.fromkeys(made))


def join(stem: str, pieces: Iterable[str]) -> str:
    """Return the cluster of a stem and pieces.

    >>> join("5A11", ("/9B71.0Z", "/9B71.0Z&XK8G", "&XS25"))
    '5A11&XS25/9B71.0Z&XK8G'
    """
    extensions = [piece for piece in pieces if piece.startswith("&")]
    groups: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.startswith("/"):
            further, *codes = re.split("&", piece)
            groups.setdefault(further, []).extend(codes)
    joined = ("&".join([further, *codes]) for further, codes in groups.items())
    return stem + "".join(extensions) + "".join(joined)


def tell_apart(
    stem: str, members: Sequence[str], others: Sequence[str], says: Says
) -> tuple[Choice, ...]:
    """Return what finds all members' clusters of a stem and none of the others'."""
    if not others:
        return (Choice((), (), tuple(members)),)
    apart = tuple(_apart(stem, members, others, says))
    if len(apart) == 1:
        return apart
    most = sum(1 + len(choice.exceptions) for choice in apart) - 2
    as_one = _with_exceptions(stem, members, others, says, most)
    return apart if as_one is None else (as_one,)


def _apart(
    stem: str, members: Sequence[str], others: Sequence[str], says: Says
) -> Iterator[Choice]:
    """Yield choices without exceptions, then each cluster left over with exceptions of its own."""
    covered: set[str] = set()
    for choice in _cover(stem, members, others, says):
        covered.update(choice.targets)
        yield choice
    for target in members:
        if target not in covered:
            found = _with_exceptions(stem, (target,), others, says, len(others))
            yield found or Choice(pieces_of(target), (), (target,))


def _cover(
    stem: str, members: Sequence[str], others: Sequence[str], says: Says
) -> Iterator[Choice]:
    """Yield choices without exceptions, those that find most of what is left first."""
    candidates = _candidates(members, others)
    left = set(members)
    while left:
        hits = {pieces: found & left for pieces, found in candidates.items() if found & left}
        if not hits:
            return
        pieces = min(hits, key=lambda p: (-len(hits[p]), len(p), p))
        pattern = join(stem, pieces)
        if any(says(other, pattern) for other in others):
            del candidates[pieces]
            continue
        yield Choice(pieces, (), tuple(sorted(hits[pieces])))
        left -= hits[pieces]


def _candidates(members: Sequence[str], others: Sequence[str]) -> dict[Pieces, frozenset[str]]:
    """Return what is told by one or two pieces, or all, that no other has, with who has them."""
    holding: dict[Pieces, set[str]] = defaultdict(set)
    for target in members:
        for pieces in _subsets(pieces_of(target)):
            holding[pieces].add(target)
    for target in others:
        for pieces in _subsets(pieces_of(target)):
            holding.pop(pieces, None)
    return {pieces: frozenset(found) for pieces, found in holding.items()}


def _subsets(pieces: Pieces) -> Iterator[Pieces]:
    """Yield every piece, every two, and all of them; what says less comes first."""
    yield from combinations(pieces, 1)
    yield from combinations(pieces, 2)
    if len(pieces) > 2:
        yield pieces


def _with_exceptions(
    stem: str, members: Sequence[str], others: Sequence[str], says: Says, most: int
) -> Choice | None:
    """Return the choice of what clusters have in common, what others add being excepted.

    None where another says no more than they do, or more than `most` exceptions are needed.
    """
    first, *rest = map(pieces_of, members)
    own = tuple(piece for piece in first if all(piece in pieces for pieces in rest))
    common = join(stem, own)
    left = {other: set(pieces_of(other)) - {*own} for other in others if says(other, common)}
    patterns = {p: join(stem, (*own, p)) for pieces in left.values() for p in pieces}
    free = [p for p, text in patterns.items() if not any(says(each, text) for each in members)]
    exceptions: list[Pieces] = []
    while left and len(exceptions) < most:
        counts = Counter(piece for pieces in left.values() for piece in pieces)
        piece = min(free, key=lambda p: (-counts[p], p), default="")
        if not counts[piece]:
            return None
        exceptions.append((*own, piece))
        left = {other: pieces for other, pieces in left.items() if piece not in pieces}
    return None if left else Choice(own, tuple(exceptions), tuple(members))
