"""The fixed words of the domain: systems, kinds, tiers, residuals, and WHO's URI roots."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class System(StrEnum):
    """A classification an entity belongs to; other WHO linearizations keep WHO's name."""

    MMS = "mms"
    ICF = "icf"
    ICD10CM = "icd10cm"


class ClassKind(StrEnum):
    """What an entry of a linearization is (WHO's `classKind`)."""

    CHAPTER = "chapter"
    BLOCK = "block"
    CATEGORY = "category"


class Residual(StrEnum):
    """The residual categories of a parent: code ends in Y (other) or Z (unspecified)."""

    NONE = ""
    OTHER = "other"
    UNSPECIFIED = "unspecified"


class Tier(StrEnum):
    """What an answer rests on, from the least to the most."""

    STARTER = "starter"
    INDEX = "index"
    RELEASE = "release"
    API = "api"


class Multiple(StrEnum):
    """How many values of one axis a group may carry."""

    ALWAYS = "ALWAYS"
    NOT_ALLOWED = "NOT_ALLOWED"
    EXCEPT_SAME_BLOCK = "EXCEPT_SAME_BLOCK"


class NoteKind(StrEnum):
    """Words of a classification about an entity, kept as they are."""

    CODING_NOTE = "coding_note"
    TITLE_EN = "title_en"
    DEFINITION = "definition"
    FULLY_SPECIFIED_NAME = "fully_specified_name"
    LONG_DEFINITION = "long_definition"
    DIAGNOSTIC_CRITERIA = "diagnostic_criteria"
    SYNONYM = "synonym"
    NARROWER_TERM = "narrower_term"
    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    INCLUDES = "includes"
    EXCLUDES1 = "excludes1"
    EXCLUDES2 = "excludes2"
    CODE_FIRST = "code_first"
    CODE_ALSO = "code_also"
    USE_ADDITIONAL = "use_additional"
    SEVENTH_CHARACTER = "seventh_character"
    NOTE = "note"
    CHILD_ELSEWHERE = "child_elsewhere"
    RELATED_MATERNAL = "related_maternal"
    RELATED_PERINATAL = "related_perinatal"


LINKS = frozenset({NoteKind.CHILD_ELSEWHERE, NoteKind.RELATED_MATERNAL, NoteKind.RELATED_PERINATAL})
"""Kinds that say where other entities stand, not words about the entity itself."""


class TermSource(IntEnum):
    """Where a search term comes from, the more telling first."""

    TITLE = 0
    INCLUSION = 1
    FOUNDATION = 2
    ICD10 = 3
    ICD10CM = 4


SYSTEM_NAME = {
    System.MMS: "ICD-11 MMS",
    System.ICF: "ICF",
    System.ICD10CM: "ICD-10-CM",
}

ENTITY_ROOT = "http://id.who.int/icd/entity"
RELEASE_ROOT = "http://id.who.int/icd/release/11"
AXIS_ROOT = "http://id.who.int/icd/schema"
ICD10CM_SYSTEM = "http://hl7.org/fhir/sid/icd-10-cm"

LANGUAGE_FORM = r"[A-Za-z]{2,3}(-[0-9A-Za-z]{1,8}){0,3}"
"""The form of a language's name, such as es or pt-BR."""

EXTENSION_CHAPTER = "X"
"""The chapter of extension codes, which never stand alone."""

OUTSIDE_SEARCH = frozenset({"26", "V", EXTENSION_CHAPTER})
"""Chapters that WHO's own coding tool leaves out of search unless asked."""


def system_name(system: str) -> str:
    """Return the name of a system as people write it.

    >>> system_name("mms"), system_name("neurology")
    ('ICD-11 MMS', 'neurology')
    """
    return SYSTEM_NAME[System(system)] if system in set(System) else system
