"""Linearizations and their entries over all releases at hand."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from icd11kit.errors import UnknownCodeError
from icd11kit.server.api.addresses import Place
from icd11kit.server.api.entities import parse_id
from icd11kit.server.api.linearizations import Linearizations, language_header, linearizations_of
from icd11kit.server.api.paths import RELEASES
from icd11kit.server.api.routing import api_answer, get_route
from icd11kit.server.api.term_json import name_of, say
from icd11kit.server.api.top_json import format_releases
from icd11kit.uris import linearization_uri
from icd11kit.vocabulary import RELEASE_ROOT


async def linearization(request: Request) -> Response:
    """Answer with the releases of a linearization."""
    name = request.path_params["lin"]
    held = _releases(linearizations_of(request), name, language_header(request))
    uris = [Place(name, release, "").root for release in held]
    return api_answer(format_releases(f"{RELEASE_ROOT}/{name}", name_of(name), uris))


async def entity(request: Request) -> Response:
    """Answer with the releases that have an entry; its title is that of the newest."""
    parts, linear, header = (
        request.path_params,
        linearizations_of(request),
        language_header(request),
    )
    name, entity_id = parts["lin"], parse_id(parts["id"], parts.get("residual", ""))
    found = {
        release: entry
        for release in _releases(linear, name, header)
        if (entry := linear.get(name, release, header).find(entity_id)) is not None
    }
    if not found:
        raise UnknownCodeError(entity_id, f"no entity {entity_id} in any release of {name}")
    newest = next(iter(found.values()))
    uris = [Place(name, release, "").uri(entity_id) for release in found]
    title = say(newest.title, newest.language)
    return api_answer(format_releases(linearization_uri(entity_id, name), title, uris))


def _releases(linear: Linearizations, name: str, header: str) -> list[str]:
    """Return the releases of a linearization in the language that a header asks for."""
    linear.check(name)
    return linear.releases(name, linear.shelf.pick_language(header, name))


ROUTES = [
    get_route(RELEASES, linearization),
    get_route(f"{RELEASES}/{{id}}", entity),
    get_route(f"{RELEASES}/{{id}}/{{residual}}", entity),
]
