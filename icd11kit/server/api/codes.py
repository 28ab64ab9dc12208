"""ICD-API paths about codes: codeinfo, describe, and the engines that are not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit.errors import MalformedCodeError, UnknownCodeError, UnknownReleaseError
from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.grammar import Part
from icd11kit.postcoordination.nested import Nested, nest
from icd11kit.postcoordination.reading import Reading
from icd11kit.postcoordination.validate import Validator
from icd11kit.postcoordination.validation import Validation
from icd11kit.server.answers import asked, check_cluster, check_joined, settings_of
from icd11kit.server.api.addresses import check_release
from icd11kit.server.api.code_json import Place, code_info, described
from icd11kit.server.api.code_reading import (
    find_simpler,
    read_code,
    reading_of,
    with_terminal_codes,
    written_in_codes,
)
from icd11kit.server.api.linearizations import AskedEdition, edition_of
from icd11kit.server.api.routing import api_answer, api_error, get_route
from icd11kit.vocabulary import System

_UNDER = "/release/11/{releaseId}/{lin}"
_ENGINE = (
    "{name} is not part of this server: it is an engine of WHO that this package does not "
    "contain; ask WHO's own {name} service"
)

_NOTHING: Mapping[str, str] = {}


async def _code_info(request: Request) -> Response:
    edition = edition_of(request)
    text = check_cluster(request.path_params["code"], settings_of(request).limits)
    said = asked(request) if request.scope["query_string"] else _NOTHING
    return api_answer(_made_info(edition, text, said))


def _made_info(edition: AskedEdition, text: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Return the CodeInfo of a code or cluster; raises UnknownCodeError for what is refused."""
    validator, place = _validator(edition, text), Place(edition.release, edition.system)
    judged = read_code(validator, text, flexible=is_true(said.get("flexiblemode")))
    terminal = is_true(said.get("converttoterminalcodes"))
    entry = judged.plain_entry
    if entry is not None and not terminal:
        return code_info(text, Nested(entry), place)
    reading = reading_of(judged)
    _check_codes(text, reading)
    if terminal:
        reading = with_terminal_codes(validator, reading)
    info = code_info(written_in_codes(reading), nest(reading), place)
    simpler = find_simpler(validator, judged)
    if simpler is not None:
        info["simplifiedCode"] = simpler.cluster.text
        info["simplifiedStemCode"] = simpler.groups[0].stem.part.text
    return info


async def _describe(request: Request) -> Response:
    edition = edition_of(request)
    check_joined(request.query_params.multi_items())
    said = asked(request)
    text = said.get("code", "").strip() or said.get("uri", "").strip()
    if not text:
        raise MalformedCodeError("", "say what to describe by code= or uri=")
    check_cluster(text, settings_of(request).limits)
    check_release(text, edition.release)
    validator = _validator(edition, text)
    judged = _read_described(validator, text, is_true(said.get("flexiblemode")))
    reading = reading_of(judged)
    if is_true(said.get("simplify")):
        reading = find_simpler(validator, judged) or reading
    if is_true(said.get("converttoterminalcodes")):
        reading = with_terminal_codes(validator, reading)
    place = Place(edition.release, edition.system)
    return api_answer(described(nest(reading), place, validator.display(reading)))


def _read_described(validator: Validator, text: str, flexible: bool) -> Validation:
    """Return what a code or URI names, below the shoreline the cluster that WHO's map gives."""
    mapped = validator.expand_entity(text) if "/" in text or text.isdigit() else None
    return read_code(validator, mapped.cluster if mapped else text, flexible=flexible)


def _validator(edition: AskedEdition, text: str) -> Validator:
    """Return what judges the texts of an edition."""
    if edition.system == System.MMS:
        return edition.icd.clusters
    judge = edition.icd.judges.of(text)
    if judge.store.manifest["system"] != edition.system:
        raise UnknownCodeError(text, f"{edition.system} has no code of this form")
    if judge.release != edition.release:
        raise UnknownReleaseError(f"{edition.release} {edition.system}", (judge.release,))
    return judge


def _check_codes(text: str, reading: Reading) -> None:
    """Refuse ids and URIs where codes are asked for."""
    for group in reading.groups:
        for part, entry in (group.stem, *group.extensions):
            if entry is not None and entry.code != part.text and not _spells(part, entry):
                raise UnknownCodeError(text, f"{part.text} is no code; describe takes URIs")


def _spells(part: Part, entry: Entry) -> bool:
    """Return whether a part is a code, in any case, with qualifiers of the ICF or without."""
    return bool(entry.code) and part.code.startswith(entry.code.upper())


def is_true(text: str | None) -> bool:
    """Return whether a parameter switches something on.

    >>> is_true("True"), is_true("0"), is_true(None)
    (True, False, False)
    """
    return text is not None and text.strip().lower() in ("true", "1", "yes", "on")


async def _doris(request: Request) -> Response:
    return api_error(501, _ENGINE.format(name="DORIS"))


async def _codedit(request: Request) -> Response:
    return api_error(501, _ENGINE.format(name="CodEdit"))


ROUTES: list[Route] = [
    get_route(f"{_UNDER}/codeinfo/{{code:path}}", _code_info),
    get_route(f"{_UNDER}/describe", _describe),
    get_route("/release/11/{releaseId}/doris", _doris, methods=("GET", "POST")),
    get_route("/release/11/{releaseId}/codedit", _codedit, methods=("GET", "POST")),
]
