"""The Foundation: its top level and its entities, as far as an MMS release's sources tell."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from icd11kit.errors import UnknownCodeError
from icd11kit.lookup.linked import Linked
from icd11kit.server.answers import asked, shelf_of
from icd11kit.server.api.addresses import Place
from icd11kit.server.api.entities import included, parse_id, place_of
from icd11kit.server.api.foundation_json import format_concept
from icd11kit.server.api.linearizations import language_header, linearizations_of
from icd11kit.server.api.routing import api_answer, get_route
from icd11kit.server.api.term_json import Json
from icd11kit.server.api.top_json import format_top_level
from icd11kit.server.threads import SHORT, run_in
from icd11kit.vocabulary import System


def _linked(request: Request) -> Linked:
    """Return the MMS release that is asked for, else the one in use."""
    linear, header = linearizations_of(request), language_header(request)
    release = asked(request).get("releaseid", "")
    return linear.get(System.MMS, release, header) if release else linear.latest("mms", header)


async def top_level(request: Request) -> Response:
    """Answer with the topmost entities of the Foundation."""
    linked = _linked(request)
    place: Place = place_of(linked, "")
    children = await run_in(SHORT, lambda: linked.concepts.roots())
    languages = shelf_of(request).languages(System.MMS, linked.release)
    return api_answer(format_top_level(place, children, linked.release_day, languages))


async def entity(request: Request) -> Response:
    """Answer with an entity of the Foundation."""
    linked, include = _linked(request), included(request)
    entity_id = parse_id(request.path_params["id"])
    return api_answer(await run_in(SHORT, _concept, linked, entity_id, include))


def _concept(linked: Linked, entity_id: str, include: frozenset[str]) -> Json:
    concept = linked.concept(entity_id)
    if concept is None:
        reason = f"no entity {entity_id} is known of the Foundation {linked.release}"
        raise UnknownCodeError(entity_id, reason)
    place = place_of(linked, "")
    return format_concept(linked, place, concept, include)


ROUTES = [get_route("/entity", top_level), get_route("/entity/{id}", entity)]
