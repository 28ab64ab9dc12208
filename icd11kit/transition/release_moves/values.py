"""What a new release does to stored codes: kinds of move, what each asks of a site, values."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from icd11kit.transition.volumes import Volumes


class Kind(StrEnum):
    """What has become of a stored code or cluster, the gravest first."""

    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    RETIRED = "retired"
    GROUPING = "became grouping"
    INVALID = "no longer valid"
    WRONG_BEFORE = "not valid before"
    AHEAD = "of the later release"
    RETITLED = "retitled"
    FINDINGS = "new findings"
    DIVIDED = "no longer terminal"
    RECODED = "recoded"
    RESIDUAL = "other siblings"
    MOVED = "moved"
    RESPELT = "respelt"
    UNCHANGED = "unchanged"


class Action(StrEnum):
    """What a site has to do with a stored string."""

    DECIDE = "decide"
    LOOK = "look"
    REPLACE = "replace"
    KEEP = "keep"


ACTIONS = {
    Kind.MALFORMED: Action.DECIDE,
    Kind.UNKNOWN: Action.DECIDE,
    Kind.RETIRED: Action.DECIDE,
    Kind.GROUPING: Action.DECIDE,
    Kind.INVALID: Action.DECIDE,
    Kind.WRONG_BEFORE: Action.LOOK,
    Kind.AHEAD: Action.LOOK,
    Kind.RETITLED: Action.LOOK,
    Kind.FINDINGS: Action.LOOK,
    Kind.DIVIDED: Action.LOOK,
    Kind.RECODED: Action.REPLACE,
    Kind.RESIDUAL: Action.KEEP,
    Kind.MOVED: Action.KEEP,
    Kind.RESPELT: Action.KEEP,
    Kind.UNCHANGED: Action.KEEP,
}
"""What each kind asks for at least; a string with several kinds takes the gravest action."""

MEANS = {
    Kind.MALFORMED: "the text has not the form of a cluster",
    Kind.UNKNOWN: "neither release has the code, or it is no code in the earlier one",
    Kind.RETIRED: "the later release has the entity no more",
    Kind.GROUPING: "the entity is there and is no code any more",
    Kind.INVALID: "the cluster was valid and is not in the later release",
    Kind.WRONG_BEFORE: "the cluster was not valid in the earlier release either",
    Kind.AHEAD: "only the later release has the code",
    Kind.RETITLED: "the title has other words, so the meaning may have changed",
    Kind.FINDINGS: "the cluster is valid, and the later release finds more to say of it",
    Kind.DIVIDED: "there are codes below it now that say more",
    Kind.RECODED: "the same entity has another code",
    Kind.RESIDUAL: "it gathers what its siblings leave, and those came or went",
    Kind.MOVED: "it stands elsewhere in the tree, which changes what it is counted with",
    Kind.RESPELT: "the title has the same words, spelled otherwise",
    Kind.UNCHANGED: "nothing has changed",
}
ASKS = {
    Action.DECIDE: "a person must choose what to store",
    Action.LOOK: "the string is certain; a person should look whether it still means the same",
    Action.REPLACE: "the new string can be stored by a program",
    Action.KEEP: "the stored string stays",
}


class Candidate(NamedTuple):
    """A code of the later release that may take the place of a lost one, and why."""

    code: str
    title: str
    reason: str


class PartMove(NamedTuple):
    """What has become of one code of a stored text.

    `now` is the part to write, "" where none is certain. `parent_before` and `parent_after`
    differ for what was moved. `reused` is the title of another entity that has the old code in
    the later release, "" mostly. `came` and `went` are codes that appeared or disappeared below
    it, or beside it for a residual. `place` is where the text has it.
    """

    code: str
    now: str
    entity: str
    kinds: tuple[Kind, ...]
    title_before: str = ""
    title_after: str = ""
    parent_before: str = ""
    parent_after: str = ""
    reused: str = ""
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    remark: str = ""
    place: tuple[int, int] = (0, 0)


class StoredMove(NamedTuple):
    """What has become of a stored text; `new` is the string to store, "" if none is certain.

    `kinds` begins with the gravest. `findings` are sentences about the later release, or about
    the earlier one where the text was wrong in it.
    """

    text: str
    rows: int
    volume: int
    action: Action
    kinds: tuple[Kind, ...]
    new: str
    parts: tuple[PartMove, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """The gravest kind, which the text is counted under."""
        return self.kinds[0]


class Side(NamedTuple):
    """A release as far as it was at hand: its tier, whose Foundation it knows, its axes."""

    release: str
    language: str
    tier: str
    foundation: str
    axes: str


class Count(NamedTuple):
    """How many texts, rows and how much volume have a kind or an action."""

    name: str
    codes: int
    rows: int
    volume: int


class ReleaseMoves(NamedTuple):
    """Every stored text with what becomes of it, the commonest first, and the sums.

    `volumes` tells of the file and what was set aside; its codes are those of `moves`.
    """

    before: Side
    after: Side
    volumes: Volumes
    moves: tuple[StoredMove, ...]
    kinds: tuple[Count, ...]
    actions: tuple[Count, ...]

    @property
    def volume(self) -> int:
        """The sum of all counts."""
        return sum(move.volume for move in self.moves)


def make_move(
    stored: tuple[str, int, int],
    kinds: frozenset[Kind],
    new: str,
    parts: tuple[PartMove, ...] = (),
    findings: tuple[str, ...] = (),
) -> StoredMove:
    """Return the move of a stored (text, rows, volume): kinds in order, no string to decide on.

    A URI may stay as it is where its code does not, and may change without it, with its release.

    >>> make_move(("1A00", 1, 5), frozenset({Kind.RETITLED}), "1A00").action.value
    'look'
    """
    kinds = kinds or frozenset({Kind.UNCHANGED})
    ordered = tuple(kind for kind in Kind if kind in kinds)
    action = next(action for action in Action if action in {ACTIONS[kind] for kind in ordered})
    new = "" if action is Action.DECIDE else new
    if action in (Action.REPLACE, Action.KEEP):
        action = Action.KEEP if new == stored[0] else Action.REPLACE
    return StoredMove(*stored, action, ordered, new, parts, findings)
