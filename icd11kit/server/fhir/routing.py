"""The frame of all FHIR operations: from a request to a `Call`, from a function to its routes.

An operation is a pure function `run(call, shelf, settings) -> resource`. It raises FhirError
(or any Icd11KitError) to refuse. `Operation(path, run)` says where it answers; a module of
operations exports a tuple of them as ROUTES, and the frame gives each

- GET and POST (a Parameters resource, or url-encoded), or only the `methods` it names,
- the prefixes /r4 and /r5 beside the bare path, all paths with {id} after those without,
- a place in a batch,
- FHIR's errors, content types and FHIR versions.

Where an answer costs much and rests on nothing but the call's values, not on `call.base`,
`is_kept=True` keeps the last of them.

In `run`, ask the call: `call.text("url", "system")` is the first of these parameters that is
given, "" for none; `call.texts("property")` all values of one; `call.flag("lenient")`;
`call.count("offset")`; `call.held("coding")` a complex value or resource as its dict, None for
none; `call.all_held("tx-resource")`. Each raises FhirError 400 for a value of the wrong type.
`call.id` is the {id} of the path, `call.is_r5` the shape wanted, `call.base` our address,
`call.language` what displayLanguage, else Accept-Language, says.
Work of more than a moment names the lane of threads that it runs in: `lane=SHORT`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit.errors import Icd11KitError
from icd11kit.server.answers import answer
from icd11kit.server.fhir.body import check_acceptable, read_values, version_asked
from icd11kit.server.fhir.outcome import FhirError, Json, outcome_of_error, outcome_of_status
from icd11kit.server.fhir.parameters import Values
from icd11kit.server.kept import keeping
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.server.threads import Lane, run_in

FHIR_JSON = "application/fhir+json"
R4, R5 = "4.0", "5.0"
MEDIA = {R4: FHIR_JSON, R5: f"{FHIR_JSON}; fhirVersion={R5}"}
"""How an answer's shape is named; R4's, the usual one, without its version."""
_FORWARDED = {b"https": "https", b"http": "http"}
"""What a proxy may say of how it was asked; it stands in our own links alone."""
_HOST = re.compile(rb"[A-Za-z0-9._:\[\]-]{1,260}")
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation is asked; see the module for how to ask it back.

    >>> call = Call({"code": ("5A11",), "limit": ("3",)})
    >>> call.text("code"), call.count("limit"), call.text("url", "system"), call.flag("x")
    ('5A11', 3, '', False)
    """

    values: Values
    version: str = R4
    base: str = ""
    id: str = ""
    header_language: str = ""

    @property
    def is_r5(self) -> bool:
        """Whether the answer is to have R5's shape."""
        return self.version == R5

    @property
    def language(self) -> str:
        """The languages wished for, in the form of Accept-Language; "" for no wish."""
        return self.text("displayLanguage") or self.header_language

    def text(self, *names: str) -> str:
        """Return the first given of some parameters as text, "" where none is."""
        for name in names:
            if found := self.values.get(name):
                return _text(name, found[0])
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all values of a parameter as texts."""
        return tuple(_text(name, value) for value in self.values.get(name, ()))

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a parameter that is true or false."""
        text = self.text(name).lower()
        if text and text not in _FLAGS:
            raise FhirError(400, f"{name} is true or false, not {text[:20]!r}")
        return _FLAGS.get(text, default)

    def count(self, name: str, default: int = 0) -> int:
        """Return a parameter that is a whole number from 0."""
        text = self.text(name)
        if text and not (text.isascii() and text.isdigit() and len(text) < 10):
            raise FhirError(400, f"{name} is a whole number from 0, not {text[:20]!r}")
        return int(text) if text else default

    def held(self, name: str) -> Json | None:
        """Return a complex value or a resource, None where it is not given."""
        found = self.all_held(name)
        return found[0] if found else None

    def all_held(self, name: str) -> tuple[Json, ...]:
        """Return all complex values or resources of a parameter."""
        found = self.values.get(name)
        if not found:
            return ()
        if not all(isinstance(value, dict) for value in found):
            raise FhirError(400, f"{name} is a structure; POST it in a Parameters resource")
        return found


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value).lower()
    raise FhirError(400, f"{name} is a plain value, not a structure")


Run = Callable[[Call, Shelf, Settings], Json]
Endpoint = Callable[[Request], Awaitable[Response]]


class Operation(NamedTuple):
    """A path below the base, and the function that answers there."""

    path: str
    run: Run
    methods: tuple[str, ...] = ("GET", "POST")
    lane: Lane | None = None
    is_kept: bool = False


class Place(NamedTuple):
    """Where operations answer: below which prefix, in which FHIR version ("" for what is asked)."""

    prefix: str = ""
    version: str = ""


PLACES = (Place(), Place("/r4", R4), Place("/r5", R5))


def make_routes(
    operations: Iterable[Operation], shelf: Shelf, settings: Settings, place: Place
) -> list[Route]:
    """Return the routes of operations at a place."""
    ordered = sorted(operations, key=lambda item: item.path.count("{"))
    return [
        Route(
            place.prefix + item.path,
            _endpoint(item, shelf, settings, place),
            methods=list(item.methods),
        )
        for item in ordered
    ]


def _endpoint(operation: Operation, shelf: Shelf, settings: Settings, place: Place) -> Endpoint:
    """Return the handler of an operation."""

    async def answer_operation(request: Request) -> Response:
        try:
            call = await read_call(request, settings, place)
            if operation.lane is not None:
                made = await run_in(operation.lane, operation.run, call, shelf, settings)
            else:
                made = operation.run(call, shelf, settings)
        except Icd11KitError as error:
            return refuse(error)
        except HTTPException as error:
            return refuse_status(error.status_code, error.detail)
        return answer(made, 200, MEDIA[call.version])

    return keeping(answer_operation) if operation.is_kept else answer_operation


def refuse(error: Icd11KitError) -> Response:
    """Return an error as a response."""
    status, outcome = outcome_of_error(error)
    return answer(outcome, status, FHIR_JSON)


def refuse_status(status: int, reason: str) -> Response:
    """Return a refusal by status as a response."""
    return answer(outcome_of_status(status, reason), status, FHIR_JSON)


async def read_call(request: Request, settings: Settings, place: Place) -> Call:
    """Return what a request asks; raises FhirError where it cannot be read or answered."""
    values = await read_values(request, settings.limits)
    return call_of(request, place, values)


def name_of_host(header: bytes) -> str:
    """Return the host that a request names; what is no part of a URL counts as none.

    >>> name_of_host(b"icd.example.org:8011"), name_of_host(b'x"><script>')
    ('icd.example.org:8011', 'localhost')
    """
    return header.decode() if _HOST.fullmatch(header) else "localhost"


def call_of(request: Request, place: Place, values: Values) -> Call:
    """Return a call with these values; raises FhirError 406 where JSON is not wanted."""
    headers = dict(request.scope["headers"])
    accept = headers.get(b"accept", b"").decode("latin-1")
    check_acceptable(accept, values)
    kind = headers.get(b"content-type", b"").decode("latin-1")
    host = name_of_host(headers.get(b"host", b""))
    scheme = _FORWARDED.get(headers.get(b"x-forwarded-proto", b""), request.scope["scheme"])
    return Call(
        values,
        place.version or version_asked(str(values.get("_format", ("",))[0]), accept, kind),
        f"{scheme}://{host}{request.scope.get('root_path', '')}{place.prefix}",
        request.path_params.get("id", ""),
        headers.get(b"accept-language", b"").decode("latin-1"),
    )
