"""A batch: many requests in one Bundle, each answered on its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from re import Pattern
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from icd11kit.codes import shorten
from icd11kit.errors import Icd11KitError
from icd11kit.server.answers import answer, check_joined, size_of
from icd11kit.server.fhir.body import (
    load_json,
    read_body,
    read_query,
)
from icd11kit.server.fhir.metadata import all_operations
from icd11kit.server.fhir.outcome import FhirError, Json, outcome_of_error, outcome_of_status
from icd11kit.server.fhir.parameters import Values, gather, read_parameters
from icd11kit.server.fhir.routing import (
    MEDIA,
    Call,
    Operation,
    Place,
    call_of,
    refuse,
    refuse_status,
)
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.server.threads import LONG, run_in


async def answer_batch(
    request: Request, shelf: Shelf, settings: Settings, place: Place
) -> Response:
    """Return the answers to a batch as one Bundle."""
    try:
        asked = call_of(request, place, gather(read_query(request)))
        frame = replace(asked, values={})
        bundle = load_json(request, await read_body(request, settings.limits))
        entries = read_batch(bundle, settings.limits.batch)
        made = await run_in(LONG, run_batch, entries, frame, shelf, settings)
    except Icd11KitError as error:
        return refuse(error)
    except HTTPException as error:
        return refuse_status(error.status_code, error.detail)
    return answer(made, 200, MEDIA[frame.version])


def read_batch(bundle: Any, most: int) -> list[Any]:
    """Return the entries of a batch; raises FhirError for what is none, or too long."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise FhirError(400, "the body is no Bundle; POST one of type batch here")
    if bundle.get("type") != "batch":
        named = shorten(str(bundle.get("type")), 20)
        raise FhirError(422, f"a Bundle of type batch is answered, not {named}", "not-supported")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise FhirError(400, "entry is no list")
    if len(entries) > most:
        raise FhirError(413, f"the batch has {len(entries):,} entries; at most {most:,} are read")
    return entries


def run_batch(entries: list[Any], frame: Call, shelf: Shelf, settings: Settings) -> Json:
    """Return the answers to all entries in their order; a faulty one is answered by its fault.

    So are those that come when the answers are longer, or have taken longer, than they may.
    """
    answered: list[Json] = []
    limits, size, begun = settings.limits, 0, monotonic()
    for entry in entries:
        if size > limits.batch_answer:
            reason = f"the answers before this one have more than {limits.batch_answer:,} bytes"
            answered.append(_fault(413, f"{reason}; ask in several batches"))
        elif monotonic() - begun > limits.seconds:
            answered.append(_fault(503, f"the batch has taken {limits.seconds:g} seconds"))
        else:
            answered.append(_answer_entry(entry, frame, shelf, settings))
            size += size_of(answered[-1])
    made: Json = {"resourceType": "Bundle", "type": "batch-response"}
    return {**made, "entry": answered} if answered else made


def _answer_entry(entry: Any, frame: Call, shelf: Shelf, settings: Settings) -> Json:
    try:
        operation, call = _read_entry(entry, frame, settings.limits.query)
        return {"resource": operation.run(call, shelf, settings), "response": {"status": "200"}}
    except Icd11KitError as error:
        status, outcome = outcome_of_error(error)
        return {"response": {"status": str(status), "outcome": outcome}}
    except HTTPException as error:
        return _fault(error.status_code, error.detail)


def _fault(status: int, reason: str) -> Json:
    return {"response": {"status": str(status), "outcome": outcome_of_status(status, reason)}}


def _read_entry(entry: Any, frame: Call, longest: int) -> tuple[Operation, Call]:
    """Return the operation that an entry asks for, and what it is asked."""
    asked = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(asked, dict) or not isinstance(asked.get("url"), str):
        raise FhirError(400, "an entry of a batch has a request with method and url")
    url, method = asked["url"], asked.get("method")
    if len(url) > longest:
        raise FhirError(414, f"the url has {len(url):,} characters; at most {longest:,} are read")
    path, _, query = url.removeprefix(frame.base).partition("?")
    operation, name = _find_operation(f"/{unquote(path).strip('/')}", str(method))
    values = _values(query, entry.get("resource") if method == "POST" else None)
    return operation, Call(values, frame.version, frame.base, name, frame.header_language)


def _values(query: str, resource: Any) -> Values:
    pairs = parse_qsl(query, keep_blank_values=True)
    check_joined(pairs)
    return {**({} if resource is None else read_parameters(resource)), **gather(pairs)}


def _find_operation(path: str, method: str) -> tuple[Operation, str]:
    """Return the operation of a path, and the id in it; raises FhirError where there is none."""
    is_known = False
    for operation, pattern in _patterns():
        found = pattern.match(path)
        if found and method in operation.methods:
            return operation, _id_in(found.groupdict())
        is_known = is_known or bool(found)
    if is_known:
        raise FhirError(405, f"{shorten(path)} does not answer {shorten(method, 10)}")
    raise FhirError(404, f"nothing answers at {shorten(path)}")


def _id_in(named: Mapping[str, str]) -> str:
    return named.get("id", "")


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Operation, Pattern[str]], ...]:
    ordered = sorted(all_operations(), key=lambda item: item.path.count("{"))
    return tuple((item, compile_path(item.path)[0]) for item in ordered)
