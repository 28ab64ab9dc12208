"""Which edition a request asks for: linearization, release and language to one at hand."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request

from icd11kit.editions import get_store
from icd11kit.errors import UnknownReleaseError
from icd11kit.lookup.linked import Axes, Linked
from icd11kit.server.answers import shelf_of
from icd11kit.server.shelf import Shelf
from icd11kit.store.read import Store
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import System

_DEV = "dev-"
_KEPT = 128


class AskedEdition(NamedTuple):
    """A terminology, and the store of the linearization and release that a request names."""

    icd: Terminology
    store: Store
    system: str
    release: str


class Linearizations:
    """The linearizations on a shelf, each release and language opened when first asked for."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._open: dict[str, Linked] = {}
        self.edition = lru_cache(maxsize=_KEPT)(self._edition)

    def names(self) -> list[str]:
        """Return the linearizations at hand, by WHO's names."""
        return [name for name in self.shelf.systems() if name != System.ICD10CM]

    def releases(self, name: str, language: str = "") -> list[str]:
        """Return the releases of a linearization, in a language if one is given, newest first."""
        self.check(name)
        held = self.shelf.releases(name)
        return sorted(
            (r for r in held if language in ("", *self.shelf.languages(name, r))),
            key=lambda release: (not release.startswith(_DEV), release),
            reverse=True,
        )

    def check(self, name: str) -> None:
        """Raise HTTPException 404 where a linearization is not at hand."""
        if name not in self.names():
            known = ", ".join(self.names())
            raise HTTPException(404, f"the linearization {name[:40]!r} is not installed ({known})")

    def _edition(self, name: str, release: str, header: str) -> AskedEdition:
        """Return a release of a linearization in the language asked for.

        Raises UnknownReleaseError, or HTTPException 404, where any of the three is not at hand.
        """
        self.check(name)
        if release not in self.shelf.releases(name):
            raise UnknownReleaseError(f"{release[:40]} {name}", tuple(self.releases(name)))
        language = self.shelf.pick_language(header, name, release)
        if name == System.MMS:
            icd = self.shelf.get(release, language)
            return AskedEdition(icd, icd.store(System.MMS), name, release)
        store = self._store(name, release, language)
        return AskedEdition(self.shelf.default, store, name, release)

    def get(self, name: str, release: str, header: str) -> Linked:
        """Return the entries of an edition, linked; raises as `edition` does."""
        edition = self.edition(name, release, header)
        key = f"{name}-{release}-{edition.store.manifest['language']}"
        if key not in self._open:
            self._open[key] = _linked(edition)
        return self._open[key]

    def latest(self, name: str, header: str) -> Linked:
        """Return the MMS release in use, else the newest, in the language asked for."""
        self.check(name)
        held = self.releases(name, self.shelf.pick_language(header, name))
        in_use = self.shelf.release
        return self.get(name, in_use if name == System.MMS and in_use in held else held[0], header)

    def _store(self, name: str, release: str, language: str) -> Store:
        editions = self.shelf.default.editions
        held = tuple(i for i in editions.installed if i.key == (name, release, language))
        return get_store(editions._replace(installed=held, current=None), name)


def _linked(edition: AskedEdition) -> Linked:
    if edition.system != System.MMS:
        return Linked(edition.store)
    clusters = edition.icd.clusters
    return Linked(edition.store, Axes(clusters.entries, clusters.axes))


def linearizations_of(request: Request) -> Linearizations:
    """Return the linearizations that a request's answer rests on."""
    state = request.app.state
    try:
        linear: Linearizations = state.linear
    except AttributeError:
        linear = state.linear = Linearizations(shelf_of(request))
    return linear


def language_header(request: Request) -> str:
    """Return what a request says of languages, "" for nothing."""
    for name, value in request.scope["headers"]:
        if name == b"accept-language":
            return str(value, "latin-1")
    return ""


def edition_of(request: Request) -> AskedEdition:
    """Return the edition that a path `{releaseId}/{lin}` and Accept-Language ask for.

    Raises UnknownReleaseError, or HTTPException 404, where it is not at hand.
    """
    path = request.path_params
    held = linearizations_of(request)
    return held.edition(path["lin"], path["releaseId"], language_header(request))


def foundation_of(request: Request, release: str = "") -> AskedEdition:
    """Return the MMS edition through which a request sees the Foundation."""
    held = linearizations_of(request)
    return held.edition(System.MMS, release or held.shelf.release, language_header(request))
