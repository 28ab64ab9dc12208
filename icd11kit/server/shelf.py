"""The installed releases and languages side by side, each opened when first asked for."""

from __future__ import annotations

from icd11kit.errors import UnknownLanguageError, UnknownReleaseError
from icd11kit.server.settings import Settings
from icd11kit.store.home import Installed
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.vocabulary import System

NO_PREFERENCE = ("", "*")


class Shelf:
    """Gives the terminology of a release and language; what is asked for is kept open."""

    def __init__(self, settings: Settings) -> None:
        self.home = settings.home
        self.default = open_terminology(
            self.home, release=settings.release, language=settings.language
        )
        says = self.default.manifest()
        self.release, self.language = says["release"], says["language"]
        self._open = {(self.release, self.language): self.default}

    def releases(self, system: str = System.MMS) -> tuple[str, ...]:
        """Return the installed releases of a system, the newest first."""
        held = {item.key.release for item in self._installed(system)}
        return tuple(sorted(held, reverse=True)) or self._starter(system, "release")

    def languages(self, system: str = System.MMS, release: str = "") -> tuple[str, ...]:
        """Return the languages in which a system, or one release of it, is installed."""
        held = {
            item.key.language
            for item in self._installed(system)
            if release in ("", item.key.release)
        }
        return tuple(sorted(held)) or self._starter(system, "language")

    def systems(self) -> tuple[str, ...]:
        """Return the classifications at hand, linearizations by WHO's names."""
        held = {str(item.key.system) for item in self.default.editions.installed}
        return tuple(sorted(held | {System.MMS.value, System.ICD10CM.value}))

    def get(self, release: str = "", language: str = "") -> Terminology:
        """Return the terminology of an MMS release in a language, "" for those in use.

        Raises UnknownReleaseError where that release is not installed in that language.
        """
        key = (release or self.release, language or self._usual_language(System.MMS, release))
        if key not in self._open:
            self._check(*key)
            self._open[key] = open_terminology(self.home, release=key[0], language=key[1])
        return self._open[key]

    def pick_language(self, header: str, system: str = System.MMS, release: str = "") -> str:
        """Return the installed language that an Accept-Language header likes best.

        Raises UnknownLanguageError where none of those named is installed.
        """
        held = self.languages(system, release)
        for wanted in preferred_languages(header):
            if wanted in NO_PREFERENCE:
                return self._usual_language(system, release)
            for language in held:
                if language.lower() in (wanted, wanted.partition("-")[0]):
                    return language
        if not header.strip():
            return self._usual_language(system, release)
        raise UnknownLanguageError(header[:40], held)

    def close(self) -> None:
        """Close all that was opened."""
        while self._open:
            self._open.popitem()[1].close()

    def _check(self, release: str, language: str) -> None:
        if release not in self.releases():
            raise UnknownReleaseError(release, self.releases())
        if language not in self.languages(release=release):
            raise UnknownLanguageError(language, self.languages(release=release))

    def _usual_language(self, system: str, release: str) -> str:
        """Return the language in use where the release has it, else the first it has."""
        held = self.languages(system, release)
        return self.language if self.language in held or not held else held[0]

    def _installed(self, system: str) -> list[Installed]:
        return [item for item in self.default.editions.installed if item.key.system == system]

    def _starter(self, system: str, field: str) -> tuple[str, ...]:
        if system not in (System.MMS, System.ICD10CM):
            return ()
        return (self.default.manifest(system)[field],)


def preferred_languages(header: str) -> list[str]:
    """Return the languages of an Accept-Language header in lower case, the best liked first.

    Those with weight 0 are left out, and so is what has no weight that can be read.

    >>> preferred_languages("fr;q=0.5, en-US, *;q=0.1")
    ['en-us', 'fr', '*']
    """
    weighted = []
    for place, item in enumerate(header.split(",")):
        name, _, rest = item.strip().partition(";")
        weight = _weight(rest)
        if name.strip() and weight > 0:
            weighted.append((-weight, place, name.strip().lower()))
    return [name for _, _, name in sorted(weighted)]


def _weight(text: str) -> float:
    mark, _, number = text.strip().partition("=")
    try:
        return float(number) if mark.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
