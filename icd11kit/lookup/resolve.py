"""From what a person or program writes to the one entry it names."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from icd11kit.codes import cluster_parts, each_spelling, shorten, spellings
from icd11kit.store.read import Store, find_near, find_pre
from icd11kit.uris import EntityUri, explain_uri, find_uri
from icd11kit.vocabulary import System, system_name

Shelf = Callable[[str, str], Store | None]
"""Gives the open store of a system and release ("" for the one in use), None for none."""
_LONGEST_ID = 60


class Found(NamedTuple):
    """The entry a text names: its store, its place there, and what the text was taken for."""

    store: Store
    pre: int
    taken_as: str


def resolve(text: str, shelf: Shelf, system: str = "") -> Found | None:
    """Return the entry that a text names, of one system if one is given, else None."""
    uri = find_uri(text)
    readings = _uri_readings(uri, shelf) if uri else _code_readings(text, shelf)
    for store, label, taken_as in readings:
        if system in ("", store.manifest["system"]):
            pre = find_pre(store, label)
            if pre is not None:
                return Found(store, pre, taken_as)
    return None


def _uri_readings(uri: EntityUri, shelf: Shelf) -> Iterator[tuple[Store, str, str]]:
    """Yield where an entity may be: in the release its URI names if installed, then in use."""
    systems = [uri.linearization] if uri.linearization else [System.MMS, System.ICF]
    if uri.linearization and uri.release:
        store = shelf(uri.linearization, uri.release)
        if store is not None:
            yield store, uri.id, f"linearization URI of {uri.release}"
    for system in systems:
        store = shelf(system, "")
        if store is not None:
            kind = "linearization URI" if uri.linearization else "foundation id"
            elsewhere = f", {uri.release} is not installed" if uri.release else ""
            yield store, uri.id, kind + elsewhere


def _code_readings(text: str, shelf: Shelf) -> Iterator[tuple[Store, str, str]]:
    for system, code in each_spelling(text):
        store = shelf(system, "")
        if store is not None:
            yield store, code, f"{system_name(system)} code"
    store = shelf(System.MMS, "")
    if store is not None and len(text) <= _LONGEST_ID:
        yield store, text.strip(), "id"


def reason_unknown(text: str, shelf: Shelf, system: str = "") -> str:
    """Return one sentence on why a text names nothing, and what to do where that is known."""
    if not text.strip():
        return "nothing was given to look up"
    if parts := cluster_parts(text):
        return f"{shorten(text.strip())!r} is a cluster; look up its codes: {' '.join(parts)}"
    if uri := find_uri(text):
        return f"no installed release holds the entity {uri.id}"
    if text.strip().lower().startswith(("http://", "https://")):
        return f"{shorten(text.strip())!r} is no WHO URI {explain_uri(text)}"
    readings = [(s, code) for s, code in spellings(text) if system in ("", s)]
    if not readings:
        return f"{shorten(text.strip())!r} is no code, foundation id or WHO URI"
    first, code = readings[0]
    store = shelf(first, "")
    if store is None:
        return f"{system_name(first)} is not installed, so {code} cannot be looked up"
    release, tier = store.manifest["release"], store.manifest["tier"]
    part = " (starter set: some hundred codes)" if tier == "starter" else ""
    return f"no code {code} in {system_name(first)} {release}{part}"


def nearest_codes(text: str, shelf: Shelf, system: str = "") -> tuple[str, ...]:
    """Return up to four existing codes that begin most like the text, in their order."""
    for candidate, code in spellings(text):
        store = shelf(candidate, "")
        if store is not None and system in ("", candidate) and (near := find_near(store, code)):
            return near
    return ()
