"""What a new release asks of stored ICD-11 codes and clusters.

Every different stored text is followed code by code, by entity, from the release it was coded
in to a later one, and judged in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from icd11kit.postcoordination.issues import Mode
from icd11kit.transition.release_moves.clusters import trace_stored
from icd11kit.transition.release_moves.parts import World, read_world
from icd11kit.transition.release_moves.values import (
    Action,
    Count,
    Kind,
    ReleaseMoves,
    StoredMove,
)

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology
    from icd11kit.transition.volumes import CodeVolume, Volumes


def measure_moves(
    before: Terminology, after: Terminology, volumes: Volumes, mode: str = "standard"
) -> ReleaseMoves:
    """Return what becomes of every stored text of a file in the move to another release."""
    worlds = read_world(before), read_world(after)
    moves = tuple(trace_all(volumes.codes, *worlds, Mode(mode)))
    return ReleaseMoves(
        worlds[0].side, worlds[1].side, volumes._replace(codes=()), moves,
        tuple(_count(kind, (m for m in moves if m.kind is kind)) for kind in Kind),
        tuple(_count(action, (m for m in moves if m.action is action)) for action in Action),
    )  # fmt: skip


def trace_all(
    stored: Iterable[CodeVolume], before: World, after: World, mode: Mode = Mode.STANDARD
) -> Iterator[StoredMove]:
    """Yield the move of each stored text, in their order."""
    for each in stored:
        yield trace_stored(each, before, after, mode)


def _count(name: str, moves: Iterable[StoredMove]) -> Count:
    counted = list(moves)
    return Count(
        str(name),
        len(counted),
        sum(move.rows for move in counted),
        sum(move.volume for move in counted),
    )


def work_list(moves: Iterable[StoredMove]) -> tuple[StoredMove, ...]:
    """Return what is not simply kept: what a person decides first, then the largest volumes."""
    order = list(Action)
    wanted = (move for move in moves if move.action is not Action.KEEP)
    return tuple(sorted(wanted, key=lambda m: (order.index(m.action), -m.volume, m.text)))
