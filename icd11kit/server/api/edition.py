"""Which edition a request of the ICD-API asks: release, linearization and language."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from starlette.requests import Request

from icd11kit.editions import find_store
from icd11kit.errors import UnknownReleaseError
from icd11kit.server.answers import shelf_of
from icd11kit.server.shelf import Shelf
from icd11kit.store.read import Store
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import System

_KEPT = 128


class AskedEdition(NamedTuple):
    """A terminology, and the store of the linearization and release that a path names."""

    icd: Terminology
    store: Store
    system: str
    release: str


def edition_of(request: Request) -> AskedEdition:
    """Return the edition that a path `{releaseId}/{lin}` and Accept-Language ask for.

    Raises UnknownReleaseError where release, linearization or language is not installed.
    """
    path = request.path_params
    header = request.headers.get("accept-language", "")
    return _edition(shelf_of(request), path["releaseId"], path["lin"], header)


@lru_cache(maxsize=_KEPT)
def _edition(shelf: Shelf, release: str, system: str, header: str) -> AskedEdition:
    """Return an edition; kept, since the same few are asked for with every request."""
    if system != System.MMS:
        return _of_another_system(shelf, system, release, header)
    icd = shelf.get(release, shelf.pick_language(header, system, release))
    return AskedEdition(icd, icd.store(system), system, release)


def foundation_of(request: Request, release: str = "") -> AskedEdition:
    """Return the MMS edition through which a request sees the Foundation."""
    shelf = shelf_of(request)
    header = request.headers.get("accept-language", "")
    icd = shelf.get(release, shelf.pick_language(header, System.MMS, release))
    return AskedEdition(icd, icd.store(System.MMS), System.MMS, icd.release)


def _of_another_system(shelf: Shelf, system: str, release: str, header: str) -> AskedEdition:
    store = None
    if system != System.ICD10CM and release in shelf.releases(system):
        shelf.pick_language(header, system, release)
        store = find_store(shelf.default.editions, system, release)
    if store is None:
        held = tuple(f"{each} {system}" for each in shelf.releases(system))
        raise UnknownReleaseError(f"{release} {system}"[:60], held or shelf.releases())
    return AskedEdition(shelf.default, store, system, release)
