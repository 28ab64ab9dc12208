"""What the plain API does: each operation is one call of `Terminology`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from icd11kit.postcoordination.issues import Mode
from icd11kit.search.listed import found
from icd11kit.server.plain.given import Given
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

Operation = Callable[["Terminology", Given], object]
_MODES = (Mode.STANDARD.value, Mode.STRICT.value, Mode.LENIENT.value)
_SYSTEMS = ("", "icd10cm", "icd11", "icd10")
_CLUSTER = ("cluster", "q", "code")
_CODE = ("q", "code")
_FREE_DEPTH = 2
"""So deep is any part of the tree small; deeper, the part's own size is looked at."""


def lookup(icd: Terminology, given: Given) -> object:
    """Return all that is known of a code, id or URI."""
    return icd.lookup(given.needed(*_CODE), system=given.text("system"))


def search(icd: Terminology, given: Given) -> object:
    """Return the entries that fit words, the best first."""
    query, system = given.needed("q"), given.text("system") or System.MMS.value
    held = {System.MMS, System.ICD10CM, *(item.key.system for item in icd.editions.installed)}
    if system not in held:
        raise HTTPException(
            404, f"system {system[:40]!r} is not installed; {', '.join(sorted(held))} are"
        )
    hits = icd.search(
        query,
        limit=given.number("limit", 10, 1, 1_000),
        system=system,
        chapter=given.text("chapter"),
        extensions=given.flag("extensions"),
    )
    return found(query, hits, system, icd.manifest(system))


def tree(icd: Terminology, given: Given) -> object:
    """Return what stands below an entry, or the way down to it."""
    text, depth = given.text(*_CODE), given.number("depth", 1, 0, 20)
    if depth > _FREE_DEPTH and not given.flag("up"):
        _check_size(icd, text, given.limits.expansion)
    branch = icd.tree(text, depth=depth, up=given.flag("up"))
    return {"input": text, "found": True, **branch._asdict()}


def ancestors(icd: Terminology, given: Given) -> object:
    """Return the entries above one, the chapter first."""
    text = given.needed(*_CODE)
    return {"input": text, "ancestors": icd.ancestors(text), "release": icd.release}


def validate(icd: Terminology, given: Given) -> object:
    """Return the verdict on a cluster."""
    return icd.validate(given.needed(*_CLUSTER), given.one_of("mode", _MODES))


def describe(icd: Terminology, given: Given) -> object:
    """Return a cluster in words."""
    text = given.needed(*_CLUSTER)
    said = icd.judges.of(text).describe(text)
    return {"input": text, **said._asdict(), "release": icd.release}


def normalize(icd: Terminology, given: Given) -> object:
    """Return a cluster's normal form and the steps to it."""
    text = given.needed(*_CLUSTER)
    made = icd.normalize(text, terminal=given.flag("terminal"))
    said = {"normalized": made.text, "steps": made.steps, "entity": made.entity}
    return {"input": text, **said, "release": icd.release}


def suggest(icd: Terminology, given: Given) -> object:
    """Return the axes of a cluster that are open, with values."""
    text = given.needed(*_CLUSTER)
    axes = icd.clusters.suggest(text, given.text("find"))
    return {"input": text, "axes": axes, "release": icd.release}


def expand(icd: Terminology, given: Given) -> object:
    """Return the stem and value that a code or foundation entity says in one."""
    text = given.needed("code", "q")
    entity = icd.clusters.expand_entity(text)
    if entity is not None:
        return {"input": text, **entity._asdict(), "release": icd.release}
    found = icd.clusters.expand(text)
    cluster = f"{found.stem.code}&{found.value.code}" if found else ""
    said = {"axis": found.axis, "evidence": found.evidence} if found else {}
    return {"input": text, "cluster": cluster, **said, "release": icd.release}


def compare(icd: Terminology, given: Given) -> object:
    """Return how one cluster stands to another."""
    first, second = given.needed("a", "first"), given.needed("b", "second")
    said = icd.clusters.compare(first, second)
    return {"a": first, "b": second, **said._asdict(), "release": icd.release}


def map_code(icd: Terminology, given: Given) -> object:
    """Return what a code is in another classification, and why."""
    source, target = given.one_of("from", _SYSTEMS), given.one_of("to", _SYSTEMS)
    return icd.map(given.needed(*_CODE, "cluster"), source=source, target=target)


OPERATIONS: dict[str, Operation] = {
    "lookup": lookup,
    "search": search,
    "tree": tree,
    "ancestors": ancestors,
    "validate": validate,
    "describe": describe,
    "normalize": normalize,
    "suggest": suggest,
    "expand": expand,
    "compare": compare,
    "map": map_code,
}


def _check_size(icd: Terminology, text: str, most: int) -> None:
    """Refuse a part of the tree that is too large; raises HTTPException 400."""
    if not text:
        raise HTTPException(400, f"the whole tree is given to depth {_FREE_DEPTH}; name an entry")
    _, first, last = icd.names.span(text)
    if last - first >= most:
        reason = f"{last - first + 1:,} entries stand there; at most {most:,} are given"
        raise HTTPException(400, f"{reason}: name one below, or depth {_FREE_DEPTH}")
