"""Whole classifications and their releases as the ICD-API's TopLevel and MultiVersion."""

from __future__ import annotations

from collections.abc import Sequence

from icd11kit.server.api.addresses import Place, context
from icd11kit.server.api.term_json import Json, filled, name_of


def format_top_level(
    place: Place, children: Sequence[str], day: str, languages: Sequence[str]
) -> Json:
    """Return a release of a linearization, or the Foundation, with its topmost entities."""
    return filled(
        {
            "@context": context("TopLevel"),
            "@id": place.root,
            "title": name_of(place.linearization),
            "releaseId": place.release,
            "availableLanguages": list(languages),
            "releaseDate": day,
            "child": [place.uri(child) for child in children],
            "browserUrl": place.browser_url(),
        }
    )


def format_releases(uri: str, title: Json, releases: Sequence[str]) -> Json:
    """Return in which releases something is, as URIs, the newest first."""
    return {
        "@context": context("MultiVersion"),
        "@id": uri,
        "title": title,
        "latestRelease": releases[0],
        "release": list(releases),
    }
