"""How parts of the ICD-API's paths are told apart: releases, linearizations, ICD-10's releases.

`/icd/release/11/{x}/{y}` is a release and a linearization where x begins like a release, else a
linearization and an id.
"""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor

MAPPING_PREFIX = "mapping-"


class _Part(Convertor[str]):
    """A part of a path that has a certain form."""

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class Release(_Part):
    """A release of ICD-11, of the maintenance platform too."""

    regex = "(?:[0-9]|dev-)[^/]*"


class Linearization(_Part):
    """The name of a linearization."""

    regex = "[A-Za-z][A-Za-z0-9_]*"


class Icd10Release(_Part):
    """A release of ICD-10, whose codes begin with a letter."""

    regex = f"{MAPPING_PREFIX}[^/]*|[0-9][^/]*"


register_url_convertor("release", Release())
register_url_convertor("linearization", Linearization())
register_url_convertor("icd10release", Icd10Release())

RELEASES = "/release/11/{lin:linearization}"
RELEASE = "/release/11/{releaseId:release}/{lin}"
ICD10_RELEASE = "/release/10/{releaseId:icd10release}"
