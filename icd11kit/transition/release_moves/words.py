"""What is said of a stored code's move, the same in the table, the CSV file and the page."""

from __future__ import annotations

from collections.abc import Iterator

from icd11kit.transition.release_moves.values import (
    ASKS,
    Action,
    Kind,
    PartMove,
    ReleaseMoves,
    StoredMove,
)

TO_DO = {
    Action.DECIDE: "decide on", Action.LOOK: "look at", Action.REPLACE: "replace",
    Action.KEEP: "keep",
}  # fmt: skip
_MOST_CODES = 4


def reasons(move: StoredMove) -> tuple[str, ...]:
    """Return why a stored text is where it is, a sentence each."""
    told = (sentence for part in move.parts for sentence in _part_reasons(part))
    return (*dict.fromkeys(told), *move.findings)


def _part_reasons(part: PartMove) -> Iterator[str]:
    for kind in part.kinds:
        if sentence := _of_kind(kind, part):
            yield sentence
    if part.now not in ("", part.code) and Kind.RECODED not in part.kinds:
        yield f"{part.code} names the earlier release"
    if part.reused:
        yield f"{part.code} now means {part.reused}: replace all old codes in one pass"


def _of_kind(kind: Kind, part: PartMove) -> str:
    code, beside = part.code, _beside(part)
    said = {
        Kind.UNKNOWN: f"{code} is a code in neither release",
        Kind.AHEAD: f"{code} ({part.title_after}) is of the later release",
        Kind.RETIRED: f"{code} ({part.title_before}) is retired{_shown(part.remark)}",
        Kind.GROUPING: f"{code} ({part.title_before}) became a grouping",
        Kind.RETITLED: f"{code} was {part.title_before!r} and is {part.title_after!r}",
        Kind.DIVIDED: f"{code} has codes below it now: {beside}",
        Kind.RECODED: f"{code} ({part.title_before}) is {part.now}",
        Kind.RESIDUAL: f"{code} gathers what siblings leave, and of those {beside}",
        Kind.MOVED: f"{code} stood below {part.parent_before}, stands below {part.parent_after}",
        Kind.RESPELT: f"{code} is now spelled {part.title_after!r}",
    }
    return said.get(kind, "")


def _shown(remark: str) -> str:
    return f", {remark}" if remark else ""


def _beside(part: PartMove) -> str:
    if Kind.RESIDUAL not in part.kinds:
        return list_codes(part.came)
    told = ((part.came, "came"), (part.went, "went"))
    return ", ".join(f"{list_codes(codes)} {verb}" for codes, verb in told if codes)


def list_codes(codes: tuple[str, ...]) -> str:
    """Return some codes of a list in words.

    >>> list_codes(("1A00", "1A01")), list_codes(tuple("abcdef"))
    ('1A00 and 1A01', 'a, b, c, d and 2 more')
    """
    if len(codes) > _MOST_CODES:
        return f"{', '.join(codes[:_MOST_CODES])} and {len(codes) - _MOST_CODES} more"
    *first, last = codes or ("",)
    return f"{', '.join(first)} and {last}" if first else last


def in_short(move: StoredMove) -> str:
    """Return the gravest kind with what tells most of it: the nearest code or the new title."""
    near = [each.code for part in move.parts for each in part.candidates[:1]]
    retitled = [part.title_after for part in move.parts if Kind.RETITLED in part.kinds]
    if near:
        return f"{move.kind.value}; near: {list_codes(tuple(near))}"
    if move.kind is Kind.RETITLED:
        return f"{move.kind.value}: {'; '.join(retitled)}"
    return f"{move.kind.value}: {move.findings[0]}" if move.findings else move.kind.value


def candidates(move: StoredMove) -> tuple[str, ...]:
    """Return what may take the place of codes that are lost, each with its title and why."""
    lost = [part for part in move.parts if part.candidates]
    start = {part.code: f"{part.code}: " if len(move.parts) > 1 else "" for part in lost}
    return tuple(
        f"{start[part.code]}{each.code} ({each.title}; {each.reason})"
        for part in lost
        for each in part.candidates
    )


def titles(move: StoredMove) -> tuple[str, str]:
    """Return a stored text in words in both releases, "" where the later one has none."""
    before = " + ".join(part.title_before or f"? {part.code}" for part in move.parts)
    after = " + ".join(part.title_after or f"? {part.code}" for part in move.parts)
    return before, after if all(part.now for part in move.parts) else ""


def sentences(moves: ReleaseMoves) -> Iterator[str]:
    """Yield the answer in short: what a program can do, and what people have to."""
    total = moves.volume
    for count in moves.actions:
        if count.codes:
            many = "code or cluster" if count.codes == 1 else "codes and clusters"
            share = f", {percent(count.volume, total)} of the volume" if total else ""
            action = Action(count.name)
            yield f"{count.codes:,} {many} to {TO_DO[action]}{share}: {ASKS[action]}."


def percent(part: int, whole: int) -> str:
    """Return a share in percent, never 0 or 100 where it is not.

    >>> percent(0, 7), percent(1, 5000), percent(1, 3), percent(4999, 5000)
    ('0 %', 'under 0.1 %', '33.3 %', 'over 99.9 %')
    """
    share = 100 * part / whole if whole else 0.0
    if part in (0, whole):
        return f"{share:.0f} %"
    if share < 0.05:
        return "under 0.1 %"
    return "over 99.9 %" if share > 99.95 else f"{share:.1f} %"


def remarks(moves: ReleaseMoves) -> Iterator[str]:
    """Yield what limits the answer: what the releases at hand do not tell."""
    after, before = moves.after, moves.before
    if not after.foundation:
        yield (
            f"{after.release} is installed without WHO's mapping tables, so what went below "
            "its shoreline cannot be told from what is gone"
        )
    elif after.foundation != after.release:
        yield (
            f"the Foundation at hand is that of {after.foundation}, so what went below the "
            f"shoreline of {after.release} is not certain"
        )
    if before.axes != after.axes:
        yield (
            f"axes are {before.axes} in {before.release} and {after.axes} in {after.release}: "
            "findings may be new for that reason alone"
        )
    elif after.axes == "profile":
        yield "axes are those of the profile in both releases, which approximates WHO's"
    if before.language != after.language:
        yield f"titles are in two languages, {before.language} and {after.language}"
    if "index" in (before.tier, after.tier):
        yield "one release is a list of codes only, so changes of place are not seen"
