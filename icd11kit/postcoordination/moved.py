"""Codes of other releases: what has become of them in the release at hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from icd11kit.postcoordination.issues import Issue, IssueCode
from icd11kit.store.read import Store, find_pre, read_entity, read_path


class Moved(NamedTuple):
    """A code of another release: its title there, and the code it has now, "" if it is retired.

    `above` is the nearest code above a retired one that is still there.
    """

    release: str
    title: str
    now: str
    above: str


def find_moved(code: str, here: Store, others: Iterable[Store]) -> Moved | None:
    """Return what has become of a code that only other releases have, None where none has it."""
    for other in others:
        pre = find_pre(other, code)
        if pre is None:
            continue
        entity = read_entity(other, pre)
        found = find_pre(here, entity.id)
        now = "" if found is None else read_entity(here, found).code
        above = "" if now else _above(other, pre, here)
        return Moved(other.manifest["release"], entity.title, now, above)
    return None


def _above(other: Store, pre: int, here: Store) -> str:
    for entity in reversed(read_path(other, pre)[:-1]):
        found = find_pre(here, entity.id)
        code = "" if found is None else read_entity(here, found).code
        if code and entity.code:
            return code
    return ""


def moved_issue(issue: Issue, text: str, moved: Moved, release: str) -> Issue:
    """Return the finding of an unknown code as one of a moved or retired code."""
    code = issue.codes[0]
    was = f"{code} ({moved.title}) is of release {moved.release}"
    if moved.now:
        message = f"{was}; in {release} the same entity is {moved.now}"
        repair = text[: issue.start] + moved.now + text[issue.end :]
        return issue._replace(
            code=IssueCode.MOVED_CODE, message=message, repair=repair, codes=(code, moved.now)
        )
    near = f"; what stood above it is {moved.above}" if moved.above else ""
    return issue._replace(
        code=IssueCode.MOVED_CODE, message=f"{was}; {release} has it no more{near}"
    )
