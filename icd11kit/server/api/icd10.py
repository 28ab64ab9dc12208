"""ICD-10 as WHO's mapping tables list it.

The tables name no release of ICD-10, so none is claimed: the release id is `mapping-` and the
release of the tables.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from icd11kit.errors import UnknownCodeError, UnknownLanguageError, UnknownReleaseError
from icd11kit.lookup.icd10 import Icd10Entry
from icd11kit.lookup.linked import Linked
from icd11kit.server.api.addresses import context, icd10_uri
from icd11kit.server.api.linearizations import language_header, linearizations_of
from icd11kit.server.api.paths import ICD10_RELEASE, MAPPING_PREFIX
from icd11kit.server.api.routing import api_answer, get_route
from icd11kit.server.api.term_json import NAME_LANGUAGE, Json, filled, name_of, say
from icd11kit.server.api.top_json import format_releases
from icd11kit.server.shelf import NO_PREFERENCE, preferred_languages
from icd11kit.server.threads import SHORT, run_in
from icd11kit.vocabulary import System

Tree = dict[str, Icd10Entry]


async def releases(request: Request) -> Response:
    """Answer with the releases of the mapping tables at hand."""
    held = await run_in(SHORT, _tables, request)
    uris = [icd10_uri(named) for named in held]
    return api_answer(format_releases(icd10_uri(), name_of("icd10"), uris))


async def release(request: Request) -> Response:
    """Answer with the chapters of a release."""
    named, tree = await run_in(SHORT, _release, request)
    chapters = [entry.code for entry in tree.values() if entry.kind == "chapter"]
    top = {
        "@context": context("TopLevel"),
        "@id": icd10_uri(named),
        "title": name_of("icd10"),
        "releaseId": named,
        "child": [icd10_uri(named, code) for code in chapters],
    }
    return api_answer(top)


async def code(request: Request) -> Response:
    """Answer with the releases that have a code."""
    held, asked_code = await run_in(SHORT, _tables, request), request.path_params["code"]
    found = {named: tree[asked_code] for named, tree in held.items() if asked_code in tree}
    if not found:
        raise _unknown(asked_code)
    uris = [icd10_uri(named, asked_code) for named in found]
    title = say(next(iter(found.values())).title, NAME_LANGUAGE)
    return api_answer(format_releases(icd10_uri(asked_code), title, uris))


async def entity(request: Request) -> Response:
    """Answer with an entry of ICD-10 in a release."""
    named, tree = await run_in(SHORT, _release, request)
    asked_code = request.path_params["code"]
    if asked_code not in tree:
        raise _unknown(asked_code)
    return api_answer(format_icd10(named, tree[asked_code]))


def _unknown(asked_code: str) -> UnknownCodeError:
    return UnknownCodeError(asked_code, f"WHO's mapping tables list no code {asked_code[:40]!r}")


def _release(request: Request) -> tuple[str, Tree]:
    """Return the release that a path names, and ICD-10 as its tables list it."""
    held, named = _tables(request), request.path_params["releaseId"]
    if named not in held:
        raise UnknownReleaseError(f"ICD-10 {named[:40]}", tuple(held))
    return named, held[named]


def _tables(request: Request) -> dict[str, Tree]:
    """Return ICD-10 by release, the newest first, as the tables of MMS releases list it.

    Its titles are English. Raises UnknownLanguageError where another language is asked for,
    UnknownCodeError where no tables are at hand.
    """
    wanted = preferred_languages(language_header(request))
    if wanted and not any(w in NO_PREFERENCE or w.partition("-")[0] == "en" for w in wanted):
        raise UnknownLanguageError(wanted[0][:40], (NAME_LANGUAGE,))
    linear, held = linearizations_of(request), dict[str, Linked]()
    for named in linear.releases(System.MMS):
        linked = linear.get(System.MMS, named, "")
        if int(linked.store.manifest["map_rows"]):
            held.setdefault(MAPPING_PREFIX + linked.store.manifest["map_release"], linked)
    if not held:
        raise UnknownCodeError(
            "", "WHO's mapping tables, which list ICD-10, are not installed: --from mapping.zip"
        )
    return {named: held[named].icd10 for named in sorted(held, reverse=True)}


def format_icd10(release: str, entry: Icd10Entry) -> Json:
    """Return an entry of ICD-10, without a parent where its code does not tell one for sure."""
    above = icd10_uri(release, entry.parent) if entry.parent else ""
    return filled(
        {
            "@id": icd10_uri(release, entry.code),
            "title": say(entry.title, NAME_LANGUAGE),
            "code": entry.code,
            "classKind": entry.kind,
            "parent": icd10_uri(release) if entry.kind == "chapter" else above,
            "child": [icd10_uri(release, code) for code in entry.children],
        }
    )


ROUTES = [
    get_route("/release/10", releases),
    get_route(ICD10_RELEASE, release),
    get_route("/release/10/{code}", code),
    get_route(f"{ICD10_RELEASE}/{{code}}", entity),
]
