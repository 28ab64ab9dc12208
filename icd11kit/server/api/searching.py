"""ICD-API paths about words: search and autocode, in a linearization and in the Foundation."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icd11kit.server.answers import asked, settings_of
from icd11kit.server.api.linearizations import AskedEdition, edition_of, foundation_of
from icd11kit.server.api.routing import API_VERSION, api_answer, get_route
from icd11kit.server.api.search_json import Wanted, autocoded, search_result
from icd11kit.server.threads import SHORT, run_in

_UNDER = "/release/11/{releaseId}/{lin}"
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_MOST_FIELDS = 100
_MOST_SUBTREES = 200
_ID = r"(?:^|/)(\d{3,12}(?:/(?:other|unspecified))?)/?$"
_FALSE = frozenset({"false", "0", "no", "off"})


async def _search(request: Request) -> Response:
    said = await _said(request)
    return await _searched(edition_of(request), _wanted(request, said, said.get("q", "")))


async def _search_foundation(request: Request) -> Response:
    said = await _said(request)
    edition = foundation_of(request, said.get("releaseid", "").strip())
    wanted = _wanted(request, said, said.get("q", ""))
    return await _searched(edition, wanted._replace(is_foundation=True))


async def _searched(edition: AskedEdition, wanted: Wanted) -> Response:
    return api_answer(await run_in(SHORT, search_result, edition, wanted))


async def _autocode(request: Request) -> Response:
    said = await _said(request)
    return await _coded(edition_of(request), request, said, is_foundation=False)


async def _autocode_foundation(request: Request) -> Response:
    said = await _said(request)
    edition = foundation_of(request, said.get("releaseid", "").strip())
    return await _coded(edition, request, said, is_foundation=True)


async def _coded(
    edition: AskedEdition, request: Request, said: Mapping[str, str], *, is_foundation: bool
) -> Response:
    wanted = _wanted(request, said, said.get("searchtext", ""))
    wanted = wanted._replace(is_foundation=is_foundation)
    least = _threshold(said.get("matchthreshold", ""))
    return api_answer(await run_in(SHORT, autocoded, edition, wanted, least))


def _threshold(text: str) -> float:
    if not text.strip():
        return 0.0
    try:
        return float(text)
    except ValueError:
        raise HTTPException(400, "matchThreshold is no number; write one from 0 to 1") from None


async def _said(request: Request) -> dict[str, str]:
    """Return the parameters of a query and, over them, of a form, by names in lower case."""
    said = asked(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind and kind not in _FORMS and "q" not in said:
        raise HTTPException(415, f"a search is posted as a form, not as {kind[:40]!r}")
    if request.method == "POST" and kind in _FORMS:
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            said |= {name.lower(): text for name, text in form.items() if isinstance(text, str)}
    return said


def _wanted(request: Request, said: Mapping[str, str], text: str) -> Wanted:
    """Return what a search is asked for; raises HTTPException 400 for more than is read."""
    most = settings_of(request).limits.query
    if len(text) > most:
        reason = f"the query has {len(text):,} characters; at most {most:,} are read"
        raise HTTPException(400, reason)
    properties = said.get("propertiestobesearched", "").lower()
    return Wanted(
        text=text,
        subtrees=_subtrees(said.get("subtreesfilter", "")),
        chapters=";".join(_parts(said.get("chapterfilter", ""))),
        flexible=_flag(said, "useflexisearch", default=False),
        flat=_flag(said, "flatresults", default=True),
        highlights=_flag(said, "highlightingenabled", default=True),
        medical=_flag(said, "medicalcodingmode", default=True),
        properties=frozenset(_parts(properties)),
        keywords=_flag(said, "includekeywordresult", default=False),
    )


def _flag(said: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = said.get(name, "").strip().lower()
    return text not in _FALSE if text else default


def _parts(text: str) -> list[str]:
    """Return the parts of a list that , or ; parts, without empty ones.

    >>> _parts("01;02,")
    ['01', '02']
    """
    return [part.strip() for part in re.split("[,;]", text) if part.strip()]


def _subtrees(text: str) -> tuple[str, ...] | None:
    """Return the ids of entities given by id or URI of any host, None where none are asked for."""
    parts = _parts(text)
    if len(parts) > _MOST_SUBTREES:
        reason = f"{len(parts):,} subtrees are asked for; at most {_MOST_SUBTREES} are searched"
        raise HTTPException(400, reason)
    found = (re.search(_ID, part, re.ASCII) for part in parts)
    return tuple(match[1] for match in found if match) if parts else None


async def _client_analytics(request: Request) -> Response:
    """Take note of nothing: what a client reports of its use stays where it is."""
    return Response(status_code=204, headers=API_VERSION)


async def _surface_words(request: Request) -> Response:
    """Answer with no words: WHO's tools then show their own English ones."""
    return api_answer({})


_BOTH = ("GET", "POST")
ROUTES: list[Route] = [
    get_route(f"{_UNDER}/search", _search, methods=_BOTH),
    get_route(f"{_UNDER}/autocode", _autocode),
    get_route("/entity/search", _search_foundation, methods=_BOTH),
    get_route("/entity/autocode", _autocode_foundation),
]
ROOT_ROUTES: list[Route] = [
    get_route("/analytics/clientanalytics", _client_analytics, methods=("POST",)),
    get_route("/languageresources/codingtool/{file}", _surface_words),
]
"""Routes that stand beside /icd, not below it."""
