"""The ways between systems by which codes are translated: one ConceptMap each and a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from icd11kit.exports.header import SYSTEMS, make_header
from icd11kit.routes import ICD10, ICD10CM, ICD11
from icd11kit.routes import ROUTES as WAYS
from icd11kit.server.fhir.code_systems.systems import parse_url
from icd11kit.server.fhir.outcome import FhirError
from icd11kit.server.shelf import Shelf
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import ICD10CM_SYSTEM, System, Tier

ICD10_SYSTEM = "http://hl7.org/fhir/sid/icd-10"
MMS_SYSTEM = SYSTEMS["icd11mms"]
URLS = {ICD10CM: ICD10CM_SYSTEM, ICD11: MMS_SYSTEM, ICD10: ICD10_SYSTEM}
NAMES = {ICD10CM: "ICD-10-CM", ICD11: "ICD-11 MMS", ICD10: "ICD-10"}
_SLUGS = {ICD10CM: "icd10cm", ICD11: "mms", ICD10: "icd10"}
_SYSTEMS = {System.MMS.value: ICD11, System.ICD10CM.value: ICD10CM}
_ID = r"(?P<source>icd10cm|mms|icd10)-to-(?P<target>icd10cm|mms|icd10)-(?P<release>\d{4}-\d{2})"
_BY_SLUG = {slug: name for name, slug in _SLUGS.items()}


class End(NamedTuple):
    """A system at one end of a way by our name, and its version, "" for the one in use."""

    system: str
    version: str = ""


class Way(NamedTuple):
    """A direction between two systems, over one MMS release."""

    source: str
    target: str
    release: str

    @property
    def id(self) -> str:
        """The ConceptMap's id.

        >>> Way("icd10cm", "icd11", "2025-01").id
        'icd10cm-to-mms-2025-01'
        """
        return f"{_SLUGS[self.source]}-to-{_SLUGS[self.target]}-{self.release}"


def read_system(text: str, version: str = "") -> End | None:
    """Return the end that a system's address names, None where it is none of ours.

    A value set of all of it, and a version behind | or within the address, are read too.

    >>> read_system("http://id.who.int/icd/release/11/2025-01/mms?fhir_vs")
    End(system='icd11', version='2025-01')
    """
    plain = text.replace("?fhir_vs", "")
    address, _, pinned = plain.partition("|")
    if address == ICD10_SYSTEM:
        return End(ICD10, pinned or version)
    system, release = parse_url(plain) or ("", "")
    return End(_SYSTEMS[system], release or version) if system in _SYSTEMS else None


def get_system(text: str, version: str = "") -> End:
    """Return the end that an address names; raises FhirError 404 for what is none of ours."""
    found = read_system(text, version)
    if found is None:
        known = ", ".join(URLS.values())
        raise FhirError(
            404, f"no codes of {text[:200]!r} are translated; there is {known}", tx="not-found"
        )
    return found


def ways_of(icd: Terminology) -> Iterator[Way]:
    """Yield the ways there are over a release.

    Those of ICD-10 need WHO's tables. The way back to ICD-10-CM needs the computed crosswalk:
    to derive it takes all codes, which is quick in the starter set alone.
    """
    for source, target in WAYS:
        if ICD10 in (source, target):
            is_open = icd.manifest()["map_rows"] != "0"
        else:
            is_open = source == ICD10CM or icd.tier == Tier.STARTER or bool(icd.crosswalk.book)
        if is_open:
            yield Way(source, target, icd.release)


def all_ways(shelf: Shelf) -> Iterator[Way]:
    """Yield the ways over every installed release."""
    for release in shelf.releases():
        yield from ways_of(shelf.get(release))


def find_way(shelf: Shelf, map_id: str) -> Way | None:
    """Return the way that a ConceptMap's id names, None where there is none."""
    found = re.fullmatch(_ID, map_id)
    if not found:
        return None
    way = Way(_BY_SLUG[found["source"]], _BY_SLUG[found["target"]], found["release"])
    return way if way in all_ways(shelf) else None


def find_way_by_url(shelf: Shelf, text: str) -> Way | None:
    """Return the way that a ConceptMap's canonical address names, with or without a version."""
    address, _, version = text.partition("|")
    fitting = (way for way in all_ways(shelf) if url_of(shelf, way) == address)
    return next((way for way in fitting if version in ("", version_of(shelf, way))), None)


def url_of(shelf: Shelf, way: Way) -> str:
    """Return the canonical address of a way: that of the exported crosswalk, or one like it."""
    icd = shelf.get(way.release)
    if ICD10 in (way.source, way.target):
        back = way.target == ICD10
        return make_header("who", way.release, "", back=back).id.replace("icd10cm-who", "icd10")
    version = icd.manifest(System.ICD10CM)["release"]
    return make_header(version, way.release, "", back=way.target == ICD10CM).id


def version_of(shelf: Shelf, way: Way) -> str:
    """Return the version of a way: the release of WHO's tables, else of the classification."""
    manifest = shelf.get(way.release).manifest()
    return manifest["map_release"] if ICD10 in (way.source, way.target) else way.release


def end_version(icd: Terminology, system: str) -> str:
    """Return the version of a system's codes, "" for ICD-10, of which only the tables speak."""
    if system == ICD11:
        return icd.release
    return icd.manifest(System.ICD10CM)["release"] if system == ICD10CM else ""
