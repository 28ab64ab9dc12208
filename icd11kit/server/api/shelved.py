"""Which edition a request asks for: linearization, release and language to one at hand."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from icd11kit.editions import get_store
from icd11kit.errors import UnknownReleaseError
from icd11kit.lookup.linked import Axes, Linked
from icd11kit.server.answers import shelf_of
from icd11kit.server.shelf import Shelf
from icd11kit.store.read import Store
from icd11kit.vocabulary import System

_DEV = "dev-"


class Linear:
    """The linearizations on a shelf, each release and language opened when first asked for."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._open: dict[tuple[str, str, str], Linked] = {}

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

    def get(self, name: str, release: str, header: str) -> Linked:
        """Return a release of a linearization in the language asked for.

        Raises UnknownReleaseError, or HTTPException 404, where any of the three is not at hand.
        """
        self.check(name)
        if release not in self.shelf.releases(name):
            raise UnknownReleaseError(f"{release[:40]} {name}", tuple(self.releases(name)))
        key = (name, release, self.shelf.pick_language(header, name, release))
        if key not in self._open:
            self._open[key] = self._opened(*key)
        return self._open[key]

    def latest(self, name: str, header: str) -> Linked:
        """Return the MMS release in use, else the newest, in the language asked for."""
        self.check(name)
        held = self.releases(name, self.shelf.pick_language(header, name))
        in_use = self.shelf.release
        return self.get(name, in_use if name == System.MMS and in_use in held else held[0], header)

    def _opened(self, name: str, release: str, language: str) -> Linked:
        if name != System.MMS:
            return Linked(self._store(name, release, language))
        icd = self.shelf.get(release, language)
        clusters = icd.clusters
        return Linked(icd.store(System.MMS), Axes(clusters.entries, clusters.axes))

    def _store(self, name: str, release: str, language: str) -> Store:
        editions = self.shelf.default.editions
        held = tuple(i for i in editions.installed if i.key == (name, release, language))
        return get_store(editions._replace(installed=held, current=None), name)


def linear_of(request: Request) -> Linear:
    """Return the linearizations that a request's answer rests on."""
    state = request.app.state
    if not hasattr(state, "linear"):
        state.linear = Linear(shelf_of(request))
    linear: Linear = state.linear
    return linear


def language_header(request: Request) -> str:
    """Return what a request says of languages, "" for nothing."""
    return request.headers.get("accept-language", "")
