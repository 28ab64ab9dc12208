"""From a row of the tables to the objects of an OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from icd11kit.server.openapi.tables import Described, Parameter, read_parameters

Piece = dict[str, Any]

JSON, FHIR_JSON, FORM = "application/json", "application/fhir+json", "multipart/form-data"
ENCODED = "application/x-www-form-urlencoded"
ERRORS = {"ICD-API": "IcdError", "FHIR": "OperationOutcome"}
"""The schema of a failure by tag; elsewhere it is Error."""
REASONS = {
    "400": "The request cannot be understood; the answer says what is wrong with it.",
    "401": "The server was started with a token, and the request brings another or none.",
    "404": "Nothing has that name, or that release or language is not installed.",
    "405": "The path does not answer this method.",
    "406": "The answer cannot be given in the form that Accept asks for.",
    "408": "The body did not arrive in time.",
    "413": "The request is larger, or asks for more, than the server allows.",
    "414": "The path or the query is longer than the server allows.",
    "415": "The body is in a form that is not read here.",
    "422": "The request is understood, and what it asks for is not supported.",
    "501": "This server does not do that; the answer says why.",
    "503": "There was no answer in the time that the server gives a request.",
}
ALWAYS = ("401", "414", "503")
"""With these the server refuses any request, before it is passed on or while it waits."""
WITH_BODY = ("408", "413")


def operation_of(row: Described, method: str, path: str) -> Piece:
    """Return the operation object of a row for one of its methods at a path."""
    held = parameters_of(row, path)
    asked = [item for item in held if method == "GET" or item["in"] != "query"]
    made: Piece = {
        "operationId": name_operation(method, path),
        "tags": [row.tag],
        "summary": row.summary,
        "parameters": asked,
        "responses": dict(_responses(row, method)),
    }
    if method == "POST":
        made["requestBody"] = _body(row, [item for item in held if item["in"] == "query"])
    return made


def name_operation(method: str, path: str) -> str:
    """Return a name that no other operation has.

    >>> name_operation("POST", "/fhir/CodeSystem/{id}/$lookup")
    'post-fhir-CodeSystem-id-lookup'
    """
    return "-".join([method.lower(), *re.findall(r"[\w.-]+", path)]) or method.lower()


def parameters_of(row: Described, path: str) -> list[Piece]:
    """Return the parameter objects of a row: those of its path, then those it is told."""
    held = read_parameters()
    names = re.findall(r"{(\w+)}", path)
    kind = "icd10" if "/icd/release/10" in path else "path"
    in_path = [_parameter(held[f"{kind}.{name}"], required=True) for name in names]
    told = [_parameter(held[key.rstrip("!")], required=key.endswith("!")) for key in row.told]
    return [*in_path, *told]


def _parameter(item: Parameter, *, required: bool) -> Piece:
    made: Piece = {"name": item.name, "in": item.place}
    if required:
        made["required"] = True
    made |= {"description": item.description, "schema": item.schema}
    if item.example:
        made["example"] = _example(item)
    return made


def _example(item: Parameter) -> Any:
    kind = item.schema["type"]
    if kind == "boolean":
        return item.example == "true"
    return int(item.example) if kind == "integer" else item.example


def _responses(row: Described, method: str) -> Iterator[tuple[str, Piece]]:
    yield row.good, _good(row)
    schema = ERRORS.get(row.tag, "Error")
    for status in sorted({*row.refuses, *ALWAYS, *(WITH_BODY if method == "POST" else ())}):
        yield status, {"description": REASONS[status], "content": _content(row.tag, schema)}


def _good(row: Described) -> Piece:
    said = {"description": row.summary}
    if not row.answers:
        return said
    if "/" in row.answers:
        return {**said, "content": {row.answers: {"schema": {"type": "string"}}}}
    return {**said, "content": _content(row.tag, row.answers)}


def _content(tag: str, schema: str) -> Piece:
    media = FHIR_JSON if tag == "FHIR" else JSON
    return {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _body(row: Described, told: Iterable[Piece]) -> Piece:
    """Return what a POST may carry: what a GET says in its query, in each tag's own form."""
    form = {"schema": _fields(told)}
    if row.tag == "ICD-API":
        return {"content": {FORM: form, ENCODED: form}}
    if row.tag != "FHIR":
        return {"content": {JSON: form}}
    if not row.path:
        return {"required": True, "content": _content(row.tag, "Bundle")}
    if row.path.endswith("_search"):
        return {"content": {ENCODED: form}}
    return {"content": {**_content(row.tag, "Parameters"), ENCODED: form}}


def _fields(told: Iterable[Piece]) -> Piece:
    listed = list(told)
    made: Piece = {"type": "object", "properties": {p["name"]: p["schema"] for p in listed}}
    needed = [item["name"] for item in listed if item.get("required")]
    return made | ({"required": needed} if needed else {})
