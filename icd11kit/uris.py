"""WHO's URIs as values: foundation URIs, linearization URIs, and what browsers show of them.

Source of the forms: ICD-API documentation, "ICD-11 URIs".
"""

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


_ROOT = ["h", "t", "t", "p", "s?", ":", "/", "/", *map(re.escape, "id.who.int/icd/")]
_RELEASE = [*_ROOT, *"release/11/", r"(?:\d{4}-\d{2}/|\d{4}/|beta/)?", "[a-z]", "[a-z0-9_]*", "/"]
_RELEASE_REPAIR = f"write it like {RELEASE_ROOT}/mms/257068234, at the end /other or /unspecified"
_FORMS = (
    ([*_ROOT, *"entity/", r"\d{1,12}", "/?"], f"write it like {ENTITY_ROOT}/257068234"),
    ([*_RELEASE, r"\d{1,12}", *"/other", "/?"], _RELEASE_REPAIR),
    ([*_RELEASE, r"\d{1,12}", *"/unspecified", "/?"], _RELEASE_REPAIR),
)
"""Forms piece by piece, to tell how far a text goes along with one, and the repair of each."""


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
    is_number = entity_id.isdigit() and entity_id.isascii()
    return f"{ENTITY_ROOT}/{entity_id}" if is_number else ""


def linearization_uri(entity_id: str, linearization: str = "mms", release: str = "") -> str:
    """Return the linearization URI of an id, with the release only where one is given.

    An id that is not WHO's gives "".

    >>> linearization_uri("344162786/other", release="2025-01")
    'http://id.who.int/icd/release/11/2025-01/mms/344162786/other'
    """
    if not re.fullmatch(_ID, entity_id, re.ASCII):
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
    if text.partition("/")[0].isdigit() and re.fullmatch(_ID, text, re.ASCII):
        return EntityUri(text)
    if not text.lower().startswith(("http://", "https://")) or len(text) > 500:
        return None
    from urllib.parse import unquote

    return _find_http(_inner(unquote(unquote(text))))


def explain_uri(text: str) -> str:
    """Return at what position, from 1, an address leaves the form of WHO's URIs, and the repair.

    >>> explain_uri("http://id.who.int/icd/entity/12x4")
    'at position 32; write it like http://id.who.int/icd/entity/257068234'
    """
    text = text.strip()
    longest, repair = max((_held(text, form), repair) for form, repair in _FORMS)
    where = f"at position {longest + 1}" if longest < len(text) else "since it ends early"
    return f"{where}; {repair}"


def _held(text: str, form: list[str]) -> int:
    """Return how many characters of a text the beginning of a form holds."""
    place = 0
    for token in form:
        found = re.compile(token, re.ASCII | re.IGNORECASE).match(text, place)
        if not found:
            break
        place = found.end()
    return place


def _inner(text: str) -> str:
    """Return the id.who.int address that an old browser link carries after its #."""
    _, mark, inner = text.partition("#/")
    return inner if mark and inner.startswith("http") else text


def _find_http(text: str) -> EntityUri | None:
    scheme, mark, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    text = scheme.lower() + mark + host.lower() + slash + path
    for pattern in (_FOUNDATION, _LINEARIZATION, _BROWSER):
        if found := re.fullmatch(pattern, text, re.ASCII):
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
