"""Entities of one release: its top level, its entries, and where the Foundation's are coded."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from icd11kit.errors import UnknownCodeError
from icd11kit.lookup.linked import Linked
from icd11kit.server.answers import asked, shelf_of
from icd11kit.server.api.addresses import Place, check_release
from icd11kit.server.api.entity_json import format_entity
from icd11kit.server.api.linearizations import language_header, linearizations_of
from icd11kit.server.api.paths import RELEASE
from icd11kit.server.api.routing import api_answer, get_route
from icd11kit.server.api.term_json import Json
from icd11kit.server.api.top_json import format_top_level
from icd11kit.server.threads import SHORT, run_in
from icd11kit.uris import find_uri

_ID = r"\d{1,12}"
_RESIDUALS = ("other", "unspecified")
_LONGEST_INCLUDE = 200
_LONGEST_URI = 500
_REASON = "no {} in this release of {}"


def parse_id(number: str, residual: str = "") -> str:
    """Return the id that parts of a path spell; raises UnknownCodeError where they spell none.

    >>> parse_id("344162786", "other")
    '344162786/other'
    """
    if not re.fullmatch(_ID, number, re.ASCII) or residual not in ("", *_RESIDUALS):
        text = f"{number}/{residual}"[:60].rstrip("/")
        raise UnknownCodeError(text, f"{text!r} is no entity id; ids are numbers like 257068234")
    return f"{number}/{residual}" if residual else number


def included(request: Request) -> frozenset[str]:
    """Return the fields that a request asks for beyond the usual."""
    named = asked(request).get("include", "")[:_LONGEST_INCLUDE]
    return frozenset(part.strip().lower() for part in named.split(","))


def place_of(linked: Linked, linearization: str) -> Place:
    """Return the place in WHO's URIs of what is opened."""
    return Place(linearization, linked.release, linked.language)


async def top_level(request: Request) -> Response:
    """Answer with a release of a linearization and its chapters."""
    name, linked = _linked(request)
    languages = shelf_of(request).languages(name, linked.release)
    chapters = [chapter.id for chapter in linked.top()]
    place = place_of(linked, name)
    return api_answer(format_top_level(place, chapters, linked.release_day, languages))


async def entity(request: Request) -> Response:
    """Answer with an entry of a release."""
    parts, (name, linked) = request.path_params, _linked(request)
    entity_id = parse_id(parts["id"], parts.get("residual", ""))
    include = included(request)
    if "descendant" in include or not linked.is_warm:
        return api_answer(await run_in(SHORT, _entity, linked, name, entity_id, include))
    return api_answer(_entity(linked, name, entity_id, include))


def _linked(request: Request) -> tuple[str, Linked]:
    """Return the linearization that a path names, and its release."""
    parts = request.path_params
    name = parts["lin"]
    return name, linearizations_of(request).get(name, parts["releaseId"], language_header(request))


def _entity(linked: Linked, name: str, entity_id: str, include: frozenset[str]) -> Json:
    found = linked.find(entity_id)
    if found is None:
        raise UnknownCodeError(entity_id, _REASON.format(f"entity {entity_id}", name))
    made = format_entity(linked, place_of(linked, name), found, include)
    linked.is_warm = True
    return made


async def lookup(request: Request) -> Response:
    """Answer with the category that a Foundation entity is coded in."""
    name, linked = _linked(request)
    text = asked(request).get("foundationuri", "")[:_LONGEST_URI]
    uri = find_uri(text)
    if uri is None:
        reason = "lookup needs foundationUri, such as http://id.who.int/icd/entity/257068234"
        raise HTTPException(400, reason)
    check_release(text, request.path_params["releaseId"])
    return api_answer(await run_in(SHORT, _coded, linked, name, uri.id))


def _coded(linked: Linked, name: str, entity_id: str) -> Json:
    coded = linked.coded(entity_id)
    if not coded:
        what = f"category is known for the Foundation entity {entity_id}"
        raise UnknownCodeError(entity_id, _REASON.format(what, name))
    return _entity(linked, name, coded, frozenset())


ROUTES = [
    get_route(RELEASE, top_level),
    get_route(f"{RELEASE}/lookup", lookup),
    get_route(f"{RELEASE}/{{id}}", entity),
    get_route(f"{RELEASE}/{{id}}/{{residual}}", entity),
]
