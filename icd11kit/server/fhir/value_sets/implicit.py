"""Value sets that need no definition: a whole system, what is below a code, an axis's values.

Their addresses are `{system}?fhir_vs`, `{system}?fhir_vs=isa/{code}` and WHO's
`.../mms/{id}/postcoordinationScale/{axis}`; each has a stable id, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.postcoordination.axes import AxisTier
from icd11kit.server.fhir.code_systems.systems import (
    FOUNDATION,
    Source,
    all_editions,
    id_of,
    open_source,
    parse_url,
    url_of,
)
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.shelf import Shelf
from icd11kit.valuesets import Choice, Clause, Condition, Part, Selection, find_scale, make_clause
from icd11kit.valuesets.conditions import get_place
from icd11kit.valuesets.scales import Scale
from icd11kit.vocabulary import RELEASE_ROOT, System

_SCALE = (
    rf"{re.escape(RELEASE_ROOT)}/(?:(?P<release>\d{{4}}-\d{{2}})/)?mms/"
    r"(?P<code>\d{1,12}(?:/(?:other|unspecified))?)/postcoordinationScale/(?P<axis>[A-Za-z]{1,40})"
)
_RESIDUAL = "-(other|unspecified)"
_LONGEST_ID = 64


class Named(NamedTuple):
    """A value set by name: a whole system, of a `code` it and all below, with `axis` a scale."""

    system: str
    release: str = ""
    code: str = ""
    axis: str = ""

    @property
    def url(self) -> str:
        """The canonical address, without release.

        >>> Named("mms", "", "5A11").url
        'http://id.who.int/icd/release/11/mms?fhir_vs=isa/5A11'
        """
        if self.axis:
            return f"{url_of(self.system)}/{self.code}/postcoordinationScale/{self.axis}"
        return f"{url_of(self.system)}?fhir_vs" + (f"=isa/{self.code}" if self.code else "")

    @property
    def id(self) -> str:
        """The id, "" where the code cannot stand in one."""
        kind = "scale" if self.axis else "isa" if self.code else ""
        parts = [id_of(self.system, self.release), kind, self.code.replace("/", "-"), self.axis]
        made = "-".join(filter(None, parts))
        is_fitting = re.fullmatch(r"[A-Za-z0-9.-]+", made) and len(made) <= _LONGEST_ID
        return made if is_fitting else ""


def read_url(text: str) -> Named | None:
    """Return the value set that an address names, None where it is none of these.

    >>> read_url("http://hl7.org/fhir/sid/icd-10-cm?fhir_vs=isa/E11|2026-04")
    Named(system='icd10cm', release='2026-04', code='E11', axis='')
    """
    address, _, version = text.partition("|")
    if found := re.fullmatch(_SCALE, address, re.ASCII):
        release = found["release"] or version
        return Named(System.MMS.value, release, found["code"], found["axis"])
    url, mark, rest = address.partition("?fhir_vs")
    system, release = parse_url(url) or ("", "")
    code = rest.removeprefix("=isa/")
    if not mark or not system or (rest and (code == rest or not code)):
        return None
    return Named(system, release or version, code)


def read_id(text: str, shelf: Shelf) -> Named | None:
    """Return the value set that an id names, None where it is none of these."""
    for system, release in all_editions(shelf):
        for name, pinned in ((id_of(system, release), release), (id_of(system), "")):
            if text == name:
                return Named(system, pinned)
            if found := re.fullmatch(rf"{re.escape(name)}-isa-(.+)", text):
                return Named(system, pinned, found[1])
            if found := re.fullmatch(rf"{re.escape(name)}-scale-(.+)-([A-Za-z]+)", text):
                return Named(system, pinned, re.sub(_RESIDUAL, r"/\1", found[1]), found[2])
    return None


def all_sets(shelf: Shelf) -> Iterator[Named]:
    """Yield the value sets of whole systems; those below codes and on axes are too many."""
    for system, release in all_editions(shelf):
        if system != FOUNDATION:
            yield Named(system, release)


def open_set(named: Named, wish: str, shelf: Shelf) -> Source:
    """Return the code system of a value set; raises FhirError where its codes are not listed."""
    source = open_source(named.system, named.release, wish, shelf)
    if source.is_foundation:
        raise FhirError(
            422, "value sets are of linearizations, not the Foundation", "not-supported"
        )
    return source


def select_named(named: Named, source: Source) -> Selection:
    """Return the codes of a value set; raises FhirError 404 where its code or axis is unknown."""
    icd, system = source.terminology, source.system
    clauses: tuple[Clause, ...] = ()
    if named.axis:
        clauses = (get_scale(named, source).clause,)
    elif named.code:
        clauses = (make_clause(icd, system, Condition("concept", "is-a", named.code)),)
    return Selection((Choice(Part(icd, system, clauses)),))


def get_scale(named: Named, source: Source) -> Scale:
    """Return the axis a value set is of; raises FhirError 404 where there is none."""
    found = find_scale(source.terminology, named.code, named.axis)
    if found is None:
        reason = (
            f"{named.code} has no axis {shorten(named.axis)!r} in {source.url} {source.release}"
        )
        raise FhirError(404, reason, "not-found", "not-found")
    return found


def describe_set(named: Named, source: Source) -> Json:
    """Return a value set as a resource with what it is made of."""
    pinned = named._replace(release=named.release or source.release)
    title, told = _words(named, source)
    made: Json = {
        "resourceType": "ValueSet",
        "id": pinned.id,
        "url": named.url,
        "version": source.release,
        "name": "Icd11kit"
        + "".join(word.title() for word in re.findall("[A-Za-z0-9]+", pinned.id)),
        "title": title,
        "status": "active",
        "experimental": False,
        "description": told,
        "compose": {"include": list(_included(named, source))},
    }
    return {name: value for name, value in made.items() if value != ""}


def _words(named: Named, source: Source) -> tuple[str, str]:
    whole = f"{source.url} {source.release}"
    if named.axis:
        scale = get_scale(named, source)
        is_ours = scale.axis.tier is not AxisTier.SANCTIONED
        told = "Values by the axis profile, which approximates WHO's axes." if is_ours else ""
        return f"{named.axis} of {scale.stem.title}", told
    if named.code:
        return f"{named.code} and all below it in {whole}", ""
    return f"All codes of {whole}", ""


def _included(named: Named, source: Source) -> Iterator[Json]:
    system = {"system": source.url, "version": source.release}
    if not named.code:
        yield system
        return
    roots = sorted(get_scale(named, source).axis.roots) if named.axis else [named.code]
    for root in roots:
        value = f"{root[:-1]}.*" if root.endswith("*") else root
        rule = ("code", "regex") if root.endswith("*") else ("concept", "is-a")
        filters = [{"property": rule[0], "op": rule[1], "value": value}]
        yield {**system, "filter": filters}


def check_named(named: Named, source: Source) -> None:
    """Raise FhirError or UnknownCodeError where a value set's code or axis does not exist."""
    if named.axis:
        get_scale(named, source)
    elif named.code:
        get_place(source.terminology.store(source.system), named.code)
