"""Every error the package raises on purpose: one root, each child with its data."""

from __future__ import annotations


class Icd11KitError(Exception):
    """The root of all errors raised on purpose; its text is one sentence for a person."""


class UnknownCodeError(Icd11KitError, LookupError):
    """No installed classification holds what was asked for.

    >>> UnknownCodeError("5A1X", "no code 5A1X in MMS 2025-01", ("5A10", "5A11")).nearest
    ('5A10', '5A11')
    """

    def __init__(self, text: str, reason: str, nearest: tuple[str, ...] = ()) -> None:
        self.text, self.reason, self.nearest = text, reason, nearest
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        super().__init__(f"{reason}{hint}")


class MalformedCodeError(Icd11KitError, ValueError):
    """A text that was to be a code or URI does not have the form of one."""

    def __init__(self, text: str, reason: str) -> None:
        self.text, self.reason = text, reason
        super().__init__(reason)


class ClusterSyntaxError(Icd11KitError, ValueError):
    """A text does not have the form of a cluster; `position` counts its characters from 0."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        self.text, self.position, self.reason = text, position, reason
        super().__init__(reason)


class UnknownRouteError(Icd11KitError, ValueError):
    """Nothing maps codes between two systems; `routes` are those there are."""

    def __init__(self, source: str, target: str, routes: tuple[tuple[str, str], ...]) -> None:
        self.source, self.target, self.routes = source, target, routes
        known = ", ".join(f"{start} to {end}" for start, end in routes)
        super().__init__(f"nothing maps {source or '?'} to {target or '?'}; there is {known}")


class UnknownReleaseError(Icd11KitError, LookupError):
    """The release asked for is not installed."""

    def __init__(self, release: str, installed: tuple[str, ...] = ()) -> None:
        self.release, self.installed = release, installed
        known = f"installed: {', '.join(installed)}" if installed else "none is installed"
        super().__init__(f"release {release!r} is not installed ({known})")


class UnknownLanguageError(UnknownReleaseError):
    """No release asked for is installed in the language asked for.

    >>> print(UnknownLanguageError("fr", ("en", "es")))
    language 'fr' is not installed (installed: en, es)
    """

    def __init__(self, language: str, installed: tuple[str, ...] = ()) -> None:
        super().__init__(language, installed)
        self.args = (f"language {self.args[0].removeprefix('release ')}",)


class GraphError(Icd11KitError, ValueError):
    """Edges that were to be a directed acyclic graph or a tree are not."""


class StoreError(Icd11KitError):
    """A store file cannot be used; the text says why and what repairs it."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


class SourceError(Icd11KitError, ValueError):
    """A source file cannot be read at all, or is none that this package knows."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


class QueryError(Icd11KitError, ValueError):
    """A query cannot be answered as it is written."""


class NetworkError(Icd11KitError):
    """A server did not give what it was asked for; `is_missing` where it has no such file."""

    def __init__(self, url: str, reason: str, *, is_missing: bool = False) -> None:
        self.url, self.reason, self.is_missing = url, reason, is_missing
        super().__init__(f"{url}: {reason}")


class InstallError(Icd11KitError):
    """An installation could not be finished; what was installed before is whole."""
