"""WHO's URIs as values: foundation URIs, linearization URIs, and what browsers show of them.

Source of the forms: ICD-API documentation, "ICD-11 URIs".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from icd11kit.vocabulary import ENTITY_ROOT, RELEASE_ROOT

# Patterns are texts, compiled by `re` when first used: start-up needs none of them.
_ENTITY = r"(?P<id>\d{1,12})(?:/(?:mms/)?(?P<residual>other|unspecified))?"
_FOUNDATION = rf"https?://id\.who\.int/icd/entity/{_ENTITY}/?"
_LINEARIZATION = (
    r"https?://id\.who\.int/icd/release/11/(?:(?P<release>\d{4}-\d{2}|\d{4}|beta)/)?"
    rf"(?P<linearization>[a-z][a-z0-9_]*)/{_ENTITY}/?"
)
_BROWSER = (
    r"https?://icd\.who\.int/(?:browse/(?P<release>\d{4}-\d{2})/)?(?:.*?/)?"
    rf"(?P<linearization>mms|icf|foundation|l-m|l-icf)/[a-z-]+#/?{_ENTITY}"
)
_BROWSER_LINEARIZATION = {"l-m": "mms", "l-icf": "icf", "foundation": ""}
_ID = r"\d{3,12}(?:/(?:other|unspecified))?"


class EntityUri(NamedTuple):
    """An entity named by URI or id; `linearization` is "" on Foundation level.

    `id` is the foundation id, for a residual its parent's id plus `/other` or
    `/unspecified`; `release` is "" where the text named none.
    """

    id: str
    linearization: str = ""
    release: str = ""


def foundation_uri(entity_id: str) -> str:
    """Return the foundation URI of an id; "" for a residual, which is no foundation entity.

    An id that is not WHO's (an ICD-10-CM code) gives "" too.

    >>> foundation_uri("257068234")
    'http://id.who.int/icd/entity/257068234'
    >>> foundation_uri("344162786/other")
    ''
    """
    return f"{ENTITY_ROOT}/{entity_id}" if entity_id.isdigit() else ""


def linearization_uri(entity_id: str, linearization: str = "mms", release: str = "") -> str:
    """Return the linearization URI of an id, with the release only where one is given.

    An id that is not WHO's gives "".

    >>> linearization_uri("344162786/other", release="2025-01")
    'http://id.who.int/icd/release/11/2025-01/mms/344162786/other'
    """
    if not re.fullmatch(_ID, entity_id):
        return ""
    parts = [RELEASE_ROOT, release, linearization, entity_id]
    return "/".join(part for part in parts if part)


def find_uri(text: str) -> EntityUri | None:
    """Return what a text names if it is a bare id, a WHO URI or a browser address.

    >>> find_uri("http://id.who.int/icd/release/11/2022-02/mms/344162786/other")
    EntityUri(id='344162786/other', linearization='mms', release='2022-02')
    >>> find_uri("https://icd.who.int/browse/2025-01/mms/en#257068234")
    EntityUri(id='257068234', linearization='mms', release='2025-01')
    >>> find_uri("257068234")
    EntityUri(id='257068234', linearization='', release='')
    >>> find_uri("5A11") is None
    True
    """
    text = text.strip()
    if re.fullmatch(_ID, text):
        return EntityUri(text)
    if not text.lower().startswith(("http://", "https://")) or len(text) > 500:
        return None
    from urllib.parse import unquote

    return _find_http(_inner(unquote(unquote(text))))


def _inner(text: str) -> str:
    """Return the id.who.int address that an old browser link carries after its #."""
    _, mark, inner = text.partition("#/")
    return inner if mark and inner.startswith("http") else text


def _find_http(text: str) -> EntityUri | None:
    for pattern in (_FOUNDATION, _LINEARIZATION, _BROWSER):
        if found := re.fullmatch(pattern, text):
            return _from_groups(found.groupdict())
    return None


def _from_groups(groups: dict[str, str | None]) -> EntityUri:
    linearization = groups.get("linearization") or ""
    residual = groups.get("residual")
    entity_id = f"{groups['id']}/{residual}" if residual else str(groups["id"])
    return EntityUri(
        entity_id,
        _BROWSER_LINEARIZATION.get(linearization, linearization),
        groups.get("release") or "",
    )
