"""Which code systems there are, and from (system, version, code) to an entry of a terminology."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.errors import StoreError, UnknownCodeError, UnknownReleaseError
from icd11kit.lookup.answer import Lookup
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.routing import Call
from icd11kit.server.shelf import Shelf
from icd11kit.terminology import Terminology
from icd11kit.uris import EntityUri, find_uri
from icd11kit.vocabulary import ENTITY_ROOT, ICD10CM_SYSTEM, RELEASE_ROOT, System

FOUNDATION = "foundation"
_LINEARIZATION = rf"{re.escape(RELEASE_ROOT)}/(?:(\d{{4}}-\d{{2}})/)?([a-z][a-z0-9_]{{0,40}})/?"
_RELEASE_IN_URI = rf"{re.escape(RELEASE_ROOT)}/(\d{{4}}-\d{{2}})/"
_ID_OF = {FOUNDATION: "entity", System.ICD10CM.value: "icd-10-cm"}
_MOST_KEPT, _LONGEST = 64, 200


class Source(NamedTuple):
    """A code system as it is asked for: where its answers come from.

    `system` is mms, icf, icd10cm or foundation, `url` the canonical one, without release.
    """

    url: str
    system: str
    release: str
    language: str
    terminology: Terminology

    @property
    def is_foundation(self) -> bool:
        """Whether codes are ids of the Foundation."""
        return self.system == FOUNDATION


def url_of(system: str) -> str:
    """Return the canonical URL of a system.

    >>> url_of("mms"), url_of("foundation")
    ('http://id.who.int/icd/release/11/mms', 'http://id.who.int/icd/entity')
    """
    known = {FOUNDATION: ENTITY_ROOT, System.ICD10CM: ICD10CM_SYSTEM}
    return known.get(system) or f"{RELEASE_ROOT}/{system}"


def id_of(system: str, release: str = "") -> str:
    """Return the id under which a system, or one release of it, is read.

    >>> id_of("mms", "2025-01"), id_of("icd10cm")
    ('mms-2025-01', 'icd-10-cm')
    """
    name = _ID_OF.get(system, system)
    return f"{name}-{release}" if release else name


def parse_url(url: str) -> tuple[str, str] | None:
    """Return system and release of a code system's URL, "" for no release; None for others.

    >>> parse_url("http://id.who.int/icd/release/11/2025-01/mms")
    ('mms', '2025-01')
    >>> parse_url("http://hl7.org/fhir/sid/icd-10-cm|2026-04")
    ('icd10cm', '2026-04')
    >>> parse_url("http://snomed.info/sct") is None
    True
    """
    return _parse_url(url) if len(url) <= _LONGEST else None


@lru_cache(maxsize=_MOST_KEPT)
def _parse_url(url: str) -> tuple[str, str] | None:
    plain, _, version = url.partition("|")
    if plain.rstrip("/") == ENTITY_ROOT:
        return FOUNDATION, version
    if plain == ICD10CM_SYSTEM:
        return System.ICD10CM.value, version
    found = re.fullmatch(_LINEARIZATION, plain, re.ASCII)
    return (found[2], found[1] or version) if found else None


def source_of(call: Call, shelf: Shelf, coding: Json | None = None, code: str = "") -> Source:
    """Return the code system a call names: by its path, `url`, `system`, a coding, or a URI.

    Raises FhirError or UnknownReleaseError where that, its release or language is not at hand.
    """
    if call.id:
        system, release = _of_id(call.id, shelf)
    else:
        system, release = _of_url(_url_asked(call, coding, code))
    versions = (release, *_versions_asked(call, coding), *releases_in(code))
    return open_source(system, one_release(versions), call.language, shelf)


def open_source(system: str, release: str, wish: str, shelf: Shelf) -> Source:
    """Return a code system of a release, "" for that in use, in the language wished for."""
    return _open(system, release, wish, shelf) if wish else _open_usual(system, release, shelf)


@lru_cache(maxsize=_MOST_KEPT)
def _open_usual(system: str, release: str, shelf: Shelf) -> Source:
    """Return a code system in its usual language; kept, since most requests ask for the same."""
    return _open(system, release, "", shelf)


def _open(system: str, release: str, wish: str, shelf: Shelf) -> Source:
    if system in (System.MMS, FOUNDATION):
        terminology = _mms(release, wish, shelf)
    else:
        terminology = shelf.default
        _check_edition(system, release, wish, shelf)
    says = terminology.manifest(System.MMS if system == FOUNDATION else system)
    return Source(url_of(system), system, says["release"], says["language"], terminology)


def _mms(release: str, wish: str, shelf: Shelf) -> Terminology:
    if release and release != shelf.release and release not in shelf.releases():
        raise UnknownReleaseError(release, shelf.releases())
    language = shelf.pick_language(wish, System.MMS, release) if wish else ""
    return shelf.get(release, language)


def _check_edition(system: str, release: str, wish: str, shelf: Shelf) -> None:
    """Raise where a system beside the MMS is not in use in that release and language."""
    try:
        says = shelf.default.manifest(system)
    except StoreError:
        raise _unknown_system(url_of(system)) from None
    if release not in ("", says["release"]):
        raise UnknownReleaseError(release, (f"{system} {says['release']}",))
    if wish and "*" not in wish and shelf.pick_language(wish, system) != says["language"]:
        raise UnknownReleaseError(f"language {wish[:40]}", (says["language"],))


def _of_id(name: str, shelf: Shelf) -> tuple[str, str]:
    found = find_id(name, shelf)
    if found is None:
        raise FhirError(404, f"no CodeSystem {shorten(name)!r}", tx="not-found")
    return found


def find_id(name: str, shelf: Shelf) -> tuple[str, str] | None:
    """Return system and release that an id names, "" for that in use; None for no id."""
    for system, release in all_editions(shelf):
        if name in (id_of(system), id_of(system, release)):
            return system, release if name == id_of(system, release) else ""
    return None


def all_editions(shelf: Shelf) -> Iterator[tuple[str, str]]:
    """Yield system and release of every code system that answers, the newest first."""
    for system in (System.MMS.value, FOUNDATION):
        yield from ((system, release) for release in shelf.releases())
    for system in shelf.systems():
        if system != System.MMS and shelf.releases(system):
            yield system, shelf.default.manifest(system)["release"]


def _url_asked(call: Call, coding: Json | None, code: str) -> str:
    """Return the URL of the system asked for, taken from the code where that is a URI."""
    said = call.text("url", "system") or text_of(coding, "system")
    return said or (_system_in(code) if "://" in code else "")


def _system_in(code: str) -> str:
    found = re.match(r"http://id\.who\.int/icd/(?:release/11/(?:[\d-]+/)?[a-z_]+|entity)", code)
    return found[0] if found else ""


def _of_url(url: str) -> tuple[str, str]:
    if not url:
        raise FhirError(400, "name the code system by url or system", "required")
    found = parse_url(url)
    if found is None:
        raise _unknown_system(url)
    return found


def _unknown_system(url: str) -> FhirError:
    reason = f"the code system {shorten(url, 200)!r} is not known here"
    repair = "metadata?mode=terminology lists those that are"
    return FhirError(404, f"{reason}; {repair}", "not-found", "not-found")


def _versions_asked(call: Call, coding: Json | None) -> Iterator[str]:
    """Yield releases that `version` and a coding pin; the system's URI with one pins it, too."""
    for said in (call.text("version"), text_of(coding, "version")):
        found = parse_url(said) if "://" in said else None
        yield found[1] if found else said


def releases_in(code: str) -> Iterable[str]:
    """Return the releases that the URIs in a code name."""
    return re.findall(_RELEASE_IN_URI, code) if "://" in code else ()


def one_release(versions: Iterable[str]) -> str:
    """Return the one release of some versions, "" for none; raises FhirError for several."""
    named = {version for version in versions if version}
    if len(named) > 1:
        both = " and ".join(sorted(shorten(each, 20) for each in named))
        raise FhirError(400, f"several releases are named: {both}", "invalid", "version-error")
    return next(iter(named), "")


def text_of(structure: Json | None, name: str) -> str:
    """Return a text of a coding or other structure, "" where it has none."""
    value = (structure or {}).get(name, "")
    if not isinstance(value, str):
        raise FhirError(400, f"{name} is no text")
    return value


def get_entry(source: Source, code: str) -> Lookup:
    """Return the entry a code, entity id or URI names in a system; codes as they are written.

    Raises UnknownCodeError for what names nothing there.
    """
    if source.is_foundation:
        return _foundation_entry(source, code)
    try:
        found = source.terminology.lookup(code, system=source.system)
    except UnknownCodeError as error:
        if find_uri(code) is None:
            raise
        reason = f"no entity {shorten(code, 200)} in {source.url} {source.release}"
        raise UnknownCodeError(code, reason, error.nearest) from None
    if code in (found.code, found.id) or "://" in code:
        return found
    reason = f"no code {shorten(code)!r} in {source.url} {source.release}"
    raise UnknownCodeError(code, reason, (found.code or found.id,))


def _foundation_entry(source: Source, code: str) -> Lookup:
    """Return an entity; the Foundation knows ids and foundation URIs, and no residuals."""
    uri = find_uri(code) or EntityUri("")
    if not uri.id or uri.linearization or not code.startswith((uri.id, f"{ENTITY_ROOT}/")):
        raise UnknownCodeError(
            code, f"{shorten(code)!r} is no id or URI of a foundation entity; write 257068234"
        )
    if "/" in uri.id:
        reason = f"{uri.id} is a residual; the Foundation has none, the linearization has it"
        raise UnknownCodeError(code, reason)
    return source.terminology.lookup(f"{ENTITY_ROOT}/{uri.id}")
