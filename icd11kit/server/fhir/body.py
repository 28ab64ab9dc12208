"""What a FHIR request brings: parameters from query and body, and the form wished for."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request

from icd11kit.server.answers import check_joined
from icd11kit.server.fhir.outcome import FhirError
from icd11kit.server.fhir.parameters import Values, gather, read_parameters
from icd11kit.server.settings import Limits

_JSON_FORMATS = frozenset({"json", "application/json", "application/fhir+json", "text/json"})
_ACCEPTABLE = ("json", "*/*", "application/*")
_FORM = "application/x-www-form-urlencoded"
_R5_MARKS = ("fhirversion=5", 'fhirversion="5')
_VERSION_MARK = re.compile(r'fhirversion="?([45])?')
_DEEPEST = 60
_GREATEST = 2**63 - 1
_MOST_FIELDS = 1_000


async def read_values(request: Request, limits: Limits) -> Values:
    """Return the parameters of a query and, for POST, of the body; a name's query values first.

    Raises FhirError for a body that is too long, of another type, or no Parameters resource.
    """
    pairs = read_query(request)
    if request.method != "POST":
        return gather(pairs)
    body = await read_body(request, limits)
    if not body.strip():
        return gather(pairs)
    if request.headers.get("content-type", "").lower().startswith(_FORM):
        return gather((*pairs, *_read_form(body)))
    said = read_parameters(load_json(request, body))
    return {**said, **gather(pairs)} if pairs else said


def read_query(request: Request) -> list[tuple[str, str]]:
    """Return the parameters of a query; Starlette would index them too, `parse_qsl` count them."""
    query = str(request.scope["query_string"], "latin-1")
    said = [piece.partition("=") for piece in query.split("&") if piece]
    pairs = [(unquote_plus(name), unquote_plus(value)) for name, _, value in said]
    check_joined(pairs)
    return pairs


async def read_body(request: Request, limits: Limits) -> bytes:
    """Return the body; raises FhirError 413 as soon as it is longer than it may be."""
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > limits.body:
            raise FhirError(413, f"the body has more than {limits.body:,} bytes")
    return bytes(held)


def load_json(request: Request, body: bytes) -> Any:
    """Return the JSON of a body; raises FhirError 415 for another type, 400 for bad JSON."""
    kind = request.headers.get("content-type", "application/json").lower()
    if "json" not in kind:
        raise FhirError(415, "a body is application/fhir+json or application/x-www-form-urlencoded")
    try:
        value = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise FhirError(400, "the body is no JSON that can be read") from None
    _check_repeatable(value, _DEEPEST)
    return value


def _check_repeatable(value: Any, deepest: int) -> None:
    """Raise FhirError for what no answer can repeat: half characters, huge numbers, deep nests."""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise FhirError(400, "the body has \\u escapes that are no characters")
    elif isinstance(value, dict | list):
        if not deepest:
            raise FhirError(400, f"the body has structures more than {_DEEPEST} deep")
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            _check_repeatable(inner, deepest - 1)
    elif isinstance(value, int) and abs(value) > _GREATEST:
        raise FhirError(400, "the body has a number of more than 63 bits")


def _read_form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise FhirError(400, "the body is no url-encoded form that can be read") from None


def check_acceptable(accept: str, values: Values) -> None:
    """Raise FhirError 406 where JSON is not wanted."""
    wanted = values.get("_format")
    if wanted and wanted[0] != "":
        named = str(wanted[0]).partition(";")[0].replace(" ", "+").lower()
        if named not in _JSON_FORMATS:
            raise FhirError(406, f"answers are JSON, not {named[:40]!r}; ask for _format=json")
    elif accept and not any(form in accept for form in _ACCEPTABLE):
        raise FhirError(406, f"answers are application/fhir+json, not {accept[:40]!r}")
    elif "fhir" in accept and (asked := _VERSION_MARK.findall(_plain(accept))) and not any(asked):
        raise FhirError(406, f"answers are of FHIR 4.0 or 5.0, not {accept[:60]!r}")


def version_asked(*headers: str) -> str:
    """Return the FHIR version that content types ask for, R4 where none does.

    >>> version_asked("application/fhir+json; fhirVersion=5.0"), version_asked("*/*")
    ('5.0', '4.0')
    """
    for header in headers:
        if "fhir" in header and any(mark in _plain(header) for mark in _R5_MARKS):
            return "5.0"
    return "4.0"


def _plain(header: str) -> str:
    return header.lower().replace(" ", "")
