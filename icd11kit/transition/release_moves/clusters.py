"""A whole stored text between two releases: rewritten code by code, then judged in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from icd11kit.errors import ClusterSyntaxError
from icd11kit.postcoordination.grammar import Cluster, parse_cluster
from icd11kit.postcoordination.issues import Issue, IssueCode, Mode, Severity, judge
from icd11kit.transition.answers import name_number
from icd11kit.transition.release_moves.candidates import add_candidates
from icd11kit.transition.release_moves.parts import World, trace_part
from icd11kit.transition.release_moves.values import Kind, PartMove, StoredMove, make_move

if TYPE_CHECKING:
    from icd11kit.transition.volumes import CodeVolume

_ERRORS = frozenset({Severity.ERROR})
_NOTABLE = frozenset({Severity.ERROR, Severity.WARNING})
Finding = tuple[IssueCode, str, frozenset[str]]


def trace_stored(stored: CodeVolume, before: World, after: World, mode: Mode) -> StoredMove:
    """Return what has become of a stored code or cluster."""
    numbers = (stored.text, stored.rows, stored.volume)
    try:
        cluster = parse_cluster(stored.text)
    except ClusterSyntaxError as error:
        return make_move(
            numbers, frozenset({Kind.MALFORMED}), "", (), (name_number(stored.text) or str(error),)
        )
    parts = tuple(
        add_candidates(trace_part(part, before, after), before, after) for part in cluster.parts
    )
    kinds = {kind for part in parts for kind in part.kinds}
    if not all(part.now for part in parts):
        return make_move(numbers, frozenset(kinds), "", parts)
    new = rewrite(cluster, parts)
    found, findings = _judge_both(stored.text, new, parts, (before, after), mode)
    return make_move(numbers, frozenset(kinds | found), new, parts, findings)


def rewrite(cluster: Cluster, parts: Iterable[PartMove]) -> str:
    """Return a cluster with each part as it is now, all else as written.

    Parts are replaced where they stand and all at once, so that a code that is the new name of
    one entity and the old name of another does no harm.

    >>> moves = [PartMove("1A00", "1A01", "1", (), place=(1, 5)),
    ...          PartMove("1A01", "1A02", "2", (), place=(8, 12))]
    >>> rewrite(parse_cluster(" 1A00 / 1A01"), moves)
    ' 1A01 / 1A02'
    """
    text, made, place = cluster.text, [], 0
    for part in parts:
        start, end = part.place
        made += [text[place:start], part.now]
        place = end
    return "".join([*made, text[place:]])


def _judge_both(
    old: str, new: str, parts: Sequence[PartMove], worlds: tuple[World, World], mode: Mode
) -> tuple[set[Kind], tuple[str, ...]]:
    """Return the kinds that the verdicts of both releases give, with the sentences to show.

    A text with codes of the later release alone is judged there only.
    """
    is_ahead = any(Kind.AHEAD in part.kinds for part in parts)
    was = [] if is_ahead else _issues(worlds[0], old, parts, mode)
    now = _issues(worlds[1], new, parts, mode)
    if _is_wrong(was):
        return {Kind.WRONG_BEFORE}, tuple(_sentences(was, _ERRORS))
    if _is_wrong(now):
        return {Kind.INVALID}, tuple(_sentences(now, _ERRORS))
    known = {part.code.upper(): part.now.upper() for part in parts}
    told = {_mark(issue, known) for issue in was}
    fresh = [] if is_ahead else [issue for issue in now if _mark(issue, {}) not in told]
    sentences = tuple(_sentences(fresh, _NOTABLE))
    return ({Kind.FINDINGS} if sentences else set()), sentences


def _issues(world: World, text: str, parts: Sequence[PartMove], mode: Mode) -> list[Issue]:
    """Return findings, but for those that parts tell better.

    An extension code alone may stand in a column of its own, so nothing is said of that; that
    a code is not terminal any more is what its part says.
    """
    untold = {IssueCode.NON_TERMINAL_CODE, *([IssueCode.EXTENSION_ALONE] * (len(parts) == 1))}
    found = (judge(issue, mode) for issue in world.validator.find_issues(text))
    return [issue for issue in found if issue.code not in untold]


def _is_wrong(issues: Iterable[Issue]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)


def _mark(issue: Issue, now: Mapping[str, str]) -> Finding:
    """Return what a finding is of, its codes as the later release names them."""
    codes = frozenset(now.get(code.upper(), code.upper()) for code in issue.codes)
    return issue.code, issue.axis, codes


def _sentences(issues: Iterable[Issue], severities: frozenset[Severity]) -> Iterator[str]:
    for issue in issues:
        if issue.severity in severities:
            yield f"{issue.code.value}: {issue.message}"
