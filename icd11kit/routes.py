"""Which way a code is mapped: from its system to another, and by what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icd11kit.codes import each_spelling, icd10_spellings
from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.errors import StoreError, UnknownCodeError, UnknownRouteError
from icd11kit.uris import find_uri
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.postcoordination.validation import Validation
    from icd11kit.store.read import Store
    from icd11kit.terminology import Terminology

ICD10CM, ICD11, ICD10 = "icd10cm", "icd11", "icd10"
ROUTES = {
    (ICD10CM, ICD11): "the crosswalk",
    (ICD11, ICD10CM): "the crosswalk",
    (ICD10, ICD11): "WHO's tables",
    (ICD11, ICD10): "WHO's tables",
}
_OTHER = {ICD10CM: ICD11, ICD10: ICD11, ICD11: ICD10CM}
_OPERATORS = re.compile(r"[&/]|%26|%2f", re.IGNORECASE)


def map_code(icd: Terminology, text: str, source: str = "", target: str = "") -> CodeMapping:
    """Return what a code is in another system.

    Raises UnknownRouteError for systems nothing leads between, UnknownCodeError where the
    source has no such code, StoreError where WHO's tables are wanted and not installed.
    """
    if not (source or target) and text[:1].isalpha() and text[1:2].isdigit():
        found = icd.crosswalk.forward(text)
        if found is not None:
            return found
    source = source or _system_of(text, target)
    target = target or _OTHER.get(source, "")
    if (source, target) not in ROUTES:
        raise UnknownRouteError(source, target, tuple(ROUTES))
    if source == ICD10CM:
        return _from_icd10cm(icd, text)
    if ICD10 in (source, target):
        return _by_tables(icd, text, source)
    return _from_icd11(icd, text)


def _system_of(text: str, target: str) -> str:
    """Return the system a code is of: ICD-11 for clusters, URIs and codes of its form."""
    if target in (ICD10CM, ICD10) or _OPERATORS.search(text):
        return ICD11
    systems = [system for system, _ in each_spelling(text)]
    return ICD11 if systems[:1] == [System.MMS] else ICD10CM


def _from_icd10cm(icd: Terminology, text: str) -> CodeMapping:
    codes = [code for system, code in each_spelling(text) if system == System.ICD10CM]
    for code in codes:
        found = icd.crosswalk.forward(code) or icd.crosswalk.forward_divided(code)
        if found is not None:
            return found
    raise icd.unknown(text, System.ICD10CM)


def _from_icd11(icd: Terminology, text: str) -> CodeMapping:
    return icd.crosswalk.backward(_known(icd, text).canonical)


def _known(icd: Terminology, text: str) -> Validation:
    """Return the verdict on a code or cluster, all of whose parts name something."""
    verdict = icd.validate(text)
    unknown = [i for i in verdict.issues if i.code in ("unknown-code", "malformed", "moved-code")]
    if unknown and _OPERATORS.search(text):
        raise UnknownCodeError(text, unknown[0].message)
    if unknown or not verdict.canonical:
        raise icd.unknown(text, System.MMS)
    return verdict


def _to_icd10(icd: Terminology, store: Store, text: str) -> CodeMapping | None:
    from icd11kit.crosswalk.who import cluster_to_icd10, to_icd10

    if _OPERATORS.search(text) and find_uri(text) is None:
        verdict = _known(icd, text)
        return cluster_to_icd10(store, verdict.canonical, verdict.display)
    return to_icd10(store, icd.lookup(text, system=System.MMS).code)


def _from_icd10(store: Store, text: str) -> CodeMapping | None:
    """Return where WHO's tables send an ICD-10 code, else the code it refines."""
    from icd11kit.crosswalk.who import from_icd10, refined

    spelled = icd10_spellings(text) or (text.strip().upper(),)
    for code in spelled:
        found = from_icd10(store, code)
        if found is not None:
            return found if code == spelled[0] else refined(found, spelled[0])
    return None


def _by_tables(icd: Terminology, text: str, source: str) -> CodeMapping:
    store = icd.store(System.MMS)
    if store.manifest["map_rows"] == "0":
        raise StoreError(
            store.path or "starter set",
            "WHO's mapping tables are not installed; `icd11kit install --from mapping.zip`",
        )
    found = _from_icd10(store, text) if source == ICD10 else None
    if source == ICD11:
        found = _to_icd10(icd, store, text)
    if found is None:
        raise UnknownCodeError(text, f"WHO's tables have no ICD-10 code {text.strip()!r}", ())
    return found
