"""How a list is asked for, what names its codes, and what a translation of it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from icd11kit import __version__
from icd11kit.transition.codelist.members import Catalog, Named
from icd11kit.transition.codelist.values import CodeList, Provenance, Shared
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

MOST_OUTSIDE = 0.2
"""The share of a subtree's codes that may be exceptions."""


class Options(NamedTuple):
    """How a list is read and defined; `command` is how it was asked for."""

    command: str = ""
    column: str = ""
    below: bool = True
    most_outside: float = MOST_OUTSIDE
    shared: Shared = Shared.KEEP
    volumes: str = ""


def named_in(icd: Terminology, system: System, catalog: Catalog) -> Named:
    """Return what gives the reported codes of blocks, chapters, URIs and clusters of a system."""

    def named(text: str) -> tuple[str, ...]:
        if system is System.MMS and any(mark in text for mark in "&/") and "://" not in text:
            return (_canonical(icd, text),)
        code = icd.lookup(text, system=system).code
        below = tuple(each for each in icd.codes_below(text) if each in catalog.reported)
        return (code,) if code in catalog.reported else below

    return named


def _canonical(icd: Terminology, text: str) -> str:
    verdict = icd.validate(text)
    unknown = any(issue.code in ("unknown-code", "malformed") for issue in verdict.issues)
    if unknown or not verdict.canonical:
        raise icd.unknown(text, System.MMS)
    return verdict.canonical


def provenance(
    icd: Terminology, listed: CodeList, command: str, source: System, target: System
) -> Provenance:
    """Return what a translation rests on."""
    first, second = (f"{end} {icd.store(end).manifest['release']}" for end in (source, target))
    way = "computed" if icd.crosswalk.book else "derived code by code"
    tool = f"icd11kit {__version__}"
    return Provenance(tool, command, first, second, icd.tier, way, listed.name, listed.digest)
