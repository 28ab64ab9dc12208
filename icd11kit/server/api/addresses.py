"""The URIs in ICD-API answers: WHO's own, whatever the host that answers."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from starlette.exceptions import HTTPException

from icd11kit.uris import foundation_uri, linearization_uri
from icd11kit.vocabulary import ENTITY_ROOT, RELEASE_ROOT

_BROWSER = "https://icd.who.int"
_CONTEXTS = "http://id.who.int/icd/contexts"
_ICD10_ROOT = "http://id.who.int/icd/release/10"
_RELEASE_IN_URI = rf"{re.escape(RELEASE_ROOT)}/(\d{{4}}-\d{{2}})/"
_DEV_PAGES = {"mms": "l-m", "icf": "l-icf"}


def check_release(text: str, release: str) -> None:
    """Raise HTTPException 400 where URIs in a text are of another release than is asked.

    >>> check_release("http://id.who.int/icd/release/11/2024-01/mms/257068234", "2025-01")
    Traceback (most recent call last):
    starlette.exceptions.HTTPException: 400: the URI is of release 2024-01, the path of 2025-01
    """
    for named in re.findall(_RELEASE_IN_URI, text, re.ASCII):
        if named != release:
            raise HTTPException(400, f"the URI is of release {named}, the path of {release}")


class Place(NamedTuple):
    """A release of a linearization in a language; the Foundation is the linearization `""`."""

    linearization: str
    release: str
    language: str

    @property
    def root(self) -> str:
        """The URI of the whole."""
        if not self.linearization:
            return ENTITY_ROOT
        return f"{RELEASE_ROOT}/{self.release}/{self.linearization}"

    def uri(self, entity_id: str) -> str:
        """Return the URI of an entity.

        >>> Place("mms", "2025-01", "en").uri("344162786/other")
        'http://id.who.int/icd/release/11/2025-01/mms/344162786/other'
        """
        if not self.linearization:
            return foundation_uri(entity_id)
        return linearization_uri(entity_id, self.linearization, self.release)

    def browser_url(self, entity_id: str = "") -> str:
        """Return where WHO's browser shows an entity, or the whole.

        >>> Place("", "2025-01", "en").browser_url("257068234")
        'https://icd.who.int/browse/2025-01/foundation/en#257068234'
        """
        if self.release.startswith("dev-"):
            page = _DEV_PAGES.get(self.linearization, "f")
            shown = quote(foundation_uri(entity_id.partition("/")[0]), safe="").lower()
            return f"{_BROWSER}/dev11/{page}/{self.language}" + (f"#/{shown}" if entity_id else "")
        name = self.linearization or "foundation"
        page = f"{_BROWSER}/browse/{self.release}/{name}/{self.language}"
        return f"{page}#{entity_id}" if entity_id else page


def context(kind: str) -> str:
    """Return the JSON-LD context of a kind of answer.

    >>> context("MultiVersion")
    'http://id.who.int/icd/contexts/contextForMultiVersion.json'
    """
    return f"{_CONTEXTS}/contextFor{kind}.json"


def icd10_uri(*parts: str) -> str:
    """Return the URI of an ICD-10 release, or of an entry of one or of all."""
    return "/".join((_ICD10_ROOT, *parts))
