"""The values of a translated code list: entries, the definition, what differs, and totals."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Form(StrEnum):
    """What an entry of a list is: a code, a pattern with wildcards, or a run of codes."""

    CODE = "code"
    GLOB = "wildcard"
    RANGE = "range"


class ListEntry(NamedTuple):
    """An entry of a list: where it stands, what it names, and whether it is taken out.

    `last` is the end of a range; `is_literal` marks a code that stands for itself alone.
    """

    where: str
    text: str
    form: Form
    last: str = ""
    is_excluded: bool = False
    is_literal: bool = False


class Flag(NamedTuple):
    """An entry that was not understood or names nothing, why, and the nearest codes."""

    where: str
    text: str
    reason: str
    nearest: tuple[str, ...] = ()


class CodeList(NamedTuple):
    """A list as it was read: its file's name and SHA-256, its entries, and what was passed over."""

    name: str
    digest: str
    entries: tuple[ListEntry, ...]
    flags: tuple[Flag, ...]


class Shared(StrEnum):
    """What becomes of a target that codes of the list share with codes outside it."""

    KEEP = "keep"
    DROP = "drop"
    MAJORITY = "majority"


class Target(NamedTuple):
    """A code or cluster of the enumerated definition, and the codes that lead to it.

    `outside` are the codes outside the list that lead to it too.
    """

    code: str
    title: str
    members: tuple[str, ...]
    outside: tuple[str, ...]
    records: int | None = None


class Pattern(NamedTuple):
    """A cluster to match and the clusters that are taken out of what it matches."""

    include: str
    exceptions: tuple[str, ...] = ()


class Item(NamedTuple):
    """One part of the intensional definition.

    Everything at or below `root`, which is a code or, for a block, its id or title, that says
    all the `pieces` too (`&XK8G`, `/GB61.Z`), without the exceptions. `codes` are the terminal
    codes and clusters it comes to, `patterns` what finds it in data. `is_whole` tells a
    subtree from a code that stands for itself alone.
    """

    root: str
    title: str
    pieces: tuple[str, ...]
    exceptions: tuple[str, ...]
    codes: tuple[str, ...]
    members: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    is_whole: bool

    @property
    def text(self) -> str:
        """The root with its pieces, as a cluster is written."""
        return self.root + "".join(self.pieces)


class Kind(StrEnum):
    """How a definition differs from the list at one code."""

    LOST = "lost"
    GAINED = "gained"
    DOUBTFUL = "doubtful"


class Difference(NamedTuple):
    """One code at which the definition and the list differ, or may, and why.

    `system` says which classification the code is of; `others` are the codes it meets.
    """

    kind: Kind
    system: str
    code: str
    title: str
    why: str
    reason: str
    others: tuple[str, ...] = ()
    records: int | None = None


class Totals(NamedTuple):
    """Numbers of codes, or of their records, by what becomes of them.

    `listed` are in the list. Of them `apart` are found and told apart, `blurred` are found but
    share their target with codes outside the list, `lost` are not found. `gained` are outside
    the list and found; None where the volumes name no code outside it.
    """

    listed: int
    apart: int
    blurred: int
    lost: int
    gained: int | None

    @property
    def precision(self) -> float | None:
        """The share of what the definition finds that is in the list."""
        if self.gained is None or not self.apart + self.blurred + self.gained:
            return None
        return (self.apart + self.blurred) / (self.apart + self.blurred + self.gained)


class Provenance(NamedTuple):
    """What a translation rests on; nothing of it changes from run to run."""

    tool: str
    command: str
    source: str
    target: str
    tier: str
    crosswalk: str
    list_name: str
    list_sha256: str


class Translation(NamedTuple):
    """A code list in another classification, with all that differs."""

    provenance: Provenance
    members: tuple[str, ...]
    flags: tuple[Flag, ...]
    enumerated: tuple[Target, ...]
    definition: tuple[Item, ...]
    differences: tuple[Difference, ...]
    codes: Totals
    records: Totals | None
