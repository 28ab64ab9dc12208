"""Which code a call asks about: a code, a coding, or the codings of a concept."""

from __future__ import annotations

from typing import NamedTuple

from icd11kit.server.fhir.code_systems.systems import Source, parse_url, source_of, text_of
from icd11kit.server.fhir.outcome import FhirError, Json
from icd11kit.server.fhir.routing import Call
from icd11kit.server.settings import Limits
from icd11kit.server.shelf import Shelf

_MOST_CODINGS = 100


class AskedCode(NamedTuple):
    """A code and where it is from; `at` says where in the call it stands.

    `foreign` is the system a coding names where that is another one than asked, else "".
    """

    source: Source
    code: str
    display: str = ""
    at: str = "code"
    foreign: str = ""


def asked_code(call: Call, shelf: Shelf, limits: Limits, suffix: str = "") -> AskedCode:
    """Return the one code a call is about: `code` or `coding`, or with a suffix `codeA`.

    Raises FhirError where there is none or its system is not at hand.
    """
    coding = call.held(f"coding{suffix}")
    if coding is not None:
        return _coded(call, shelf, limits, coding, f"coding{suffix}")
    name = f"code{suffix}"
    code = _checked(call.text(name), limits, name)
    return AskedCode(source_of(call, shelf, None, code), code, call.text("display"), name)


def asked_codings(call: Call, shelf: Shelf, limits: Limits) -> tuple[AskedCode, ...]:
    """Return the codings of the `codeableConcept` that a call is about.

    One whose system is not known here is foreign beside one whose system is; raises FhirError
    where none is known.
    """
    codings = (call.held("codeableConcept") or {}).get("coding", [])
    if not isinstance(codings, list) or not codings:
        raise FhirError(400, "codeableConcept has no coding")
    if len(codings) > _MOST_CODINGS:
        raise FhirError(413, f"codeableConcept has more than {_MOST_CODINGS} codings")
    read = [
        _coded_if_known(call, shelf, limits, coding, f"codeableConcept.coding[{place}]")
        for place, coding in enumerate(codings)
    ]
    first = next((each.source for each in read if isinstance(each, AskedCode)), None)
    return tuple(_beside(first, each, codings[place], place) for place, each in enumerate(read))


def _coded_if_known(
    call: Call, shelf: Shelf, limits: Limits, coding: Json, at: str
) -> AskedCode | FhirError:
    """Return a coding as it is asked about, the error where its system is not known."""
    try:
        return _coded(call, shelf, limits, coding, at)
    except FhirError as error:
        if error.tx != "not-found":
            raise
        return error


def _beside(
    first: Source | None, read: AskedCode | FhirError, coding: Json, place: int
) -> AskedCode:
    """Return a coding of an unknown system as a foreign one beside a coding that is known."""
    if isinstance(read, AskedCode):
        return read
    if first is None:
        raise read
    where = f"CodeableConcept.coding[{place}].code"
    return AskedCode(first, text_of(coding, "code"), "", where, text_of(coding, "system"))


def _coded(call: Call, shelf: Shelf, limits: Limits, coding: Json, at: str) -> AskedCode:
    if not isinstance(coding, dict):
        raise FhirError(400, f"{at} is no Coding")
    where = f"{at[0].upper()}{at[1:]}.code"
    code, system = _checked(text_of(coding, "code"), limits, where), text_of(coding, "system")
    is_named = bool(call.id or call.text("url", "system"))
    source = source_of(call, shelf, None if is_named and system else coding, code)
    if is_named and system and (parse_url(system) or ("",))[0] != source.system:
        return AskedCode(source, code, "", where, system)
    if is_named and system:
        source = source_of(call, shelf, coding, code)
    return AskedCode(source, code, text_of(coding, "display"), where)


def _checked(code: str, limits: Limits, name: str) -> str:
    """Return a code without spaces around it; raises for none and for one that is too long."""
    if not code.strip():
        raise FhirError(400, f"{name} is missing: which code is asked about?", "required")
    if len(code) > limits.cluster:
        reason = f"{name} has {len(code):,} characters; at most {limits.cluster:,} are read"
        raise FhirError(400, reason, "too-long")
    return code.strip()
