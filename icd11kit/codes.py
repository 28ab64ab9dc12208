"""Codes as values: what form a text has, and its one normal writing.

The point stands after the fourth character of an MMS code and after the third of an
ICD-10-CM code, so codes with a point are never confused. Without it a few texts have two
readings: QA00 is an MMS code and could be ICD-10-CM's QA0.0 (since 2025 ICD-10-CM has codes
with a letter in second place), d540 is an ICF code or D54.0. MMS is read first, ICF before
ICD-10-CM where the letter is small.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from icd11kit.errors import MalformedCodeError
from icd11kit.vocabulary import System

# Patterns are texts, compiled by `re` when first used: start-up needs none of them.
_MMS = r"[0-9A-Z][A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?|X[A-Z][0-9A-Z]{2,4}"
_ICF_FIRST = ("b", "d", "e", "s")
_ICF = r"([bdes]\d{1,5})(?:\.q[a-z]\d)*"
"""An ICF code; its qualifiers do not change what it names."""
_ICD10CM = r"([A-Z][0-9A-Z][0-9AB])\.?([0-9A-Z]{0,4})"
_ICD10 = r"([A-Z]\d{2})\.?([0-9X]{0,3})[A-Z†*+]?"
_DIGITS, _LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHANUMERIC = frozenset(_DIGITS + _LETTERS)
_ICD10CM_FIRST = (frozenset(_LETTERS), _ALPHANUMERIC, frozenset(_DIGITS + "AB"))
_ICD10CM_LONGEST = 7
_CHAPTER = r"0?[1-9]|1\d|2[0-6]|[VX]"
_BLOCK = r"(?i:BlockL\d-[0-9A-Za-z]{2,4})"
_ICD10_BLOCK = r"[A-Z][0-9A-Z]{2}-[A-Z][0-9A-Z]{2}"
_ICD10CM_CHAPTER = r"(?i:icd-?10-?cm|cm):?([1-9]|1\d|2[0-2])"


class Icd10CmCode(NamedTuple):
    """An ICD-10-CM code split where its meaning splits.

    >>> code = parse_icd10cm("t424x5a")
    >>> str(code), code.category, code.seventh, code.has_placeholder
    ('T42.4X5A', 'T42', 'A', True)
    """

    category: str
    rest: str

    def __str__(self) -> str:
        return f"{self.category}.{self.rest}" if self.rest else self.category

    @property
    def undotted(self) -> str:
        """The code as claims carry it, without the point."""
        return self.category + self.rest

    @property
    def seventh(self) -> str:
        """The 7th character, "" where the code is shorter."""
        return self.rest[3:]

    @property
    def has_placeholder(self) -> bool:
        """Whether an X fills the 5th or 6th place, or the 4th before a 7th character."""
        filled = self.rest[:3] if self.seventh else self.rest[1:3]
        return "X" in filled


def parse_icd10cm(text: str) -> Icd10CmCode:
    """Return the ICD-10-CM code a text spells, with or without point, in any case.

    Raises MalformedCodeError where the text cannot be one.

    >>> str(parse_icd10cm(" s52.531a "))
    'S52.531A'
    """
    plain = _squeeze(text).upper()
    found = re.fullmatch(_ICD10CM, plain) if plain.isascii() else None
    if not found:
        raise MalformedCodeError(
            text,
            f"{shorten(text)!r} does not have the form of ICD-10-CM {_where_wrong(text)}; "
            "write a code like S52.531A",
        )
    return Icd10CmCode(found[1], found[2])


def _where_wrong(text: str) -> str:
    """Return at what position, from 1, a text leaves the form of ICD-10-CM."""
    held = 0
    for position, char in enumerate(text, start=1):
        if char.isspace() or (char == "." and held == len(_ICD10CM_FIRST)):
            continue
        allowed = _ICD10CM_FIRST[held] if held < len(_ICD10CM_FIRST) else _ALPHANUMERIC
        if char.upper() not in allowed or held == _ICD10CM_LONGEST:
            return f"at position {position}"
        held += 1
    return f"and ends early, at position {len(text)}"


def pad_icd10cm(code: Icd10CmCode, seventh: str) -> Icd10CmCode:
    """Return the code with a 7th character, X filling the places between.

    >>> str(pad_icd10cm(parse_icd10cm("W61.01"), "A"))
    'W61.01XA'
    """
    return Icd10CmCode(code.category, code.rest.ljust(3, "X") + seventh)


def spellings(text: str) -> tuple[tuple[System, str], ...]:
    """Return (system, code) for every code a text can spell, the likeliest first.

    >>> spellings("5a11")
    ((<System.MMS: 'mms'>, '5A11'),)
    >>> [str(code) for _, code in spellings("QA00")]
    ['QA00', 'QA0.0']
    >>> [str(code) for _, code in spellings("d540")]
    ['d540', 'D54.0']
    >>> spellings("no code")
    ()
    """
    return tuple(each_spelling(text))


def each_spelling(text: str) -> Iterator[tuple[System, str]]:
    """Yield what `spellings` returns; who takes the first alone pays for no other pattern."""
    plain = _squeeze(text)
    if len(plain) > 30 or not plain.isascii():
        return
    icf = re.fullmatch(_ICF, plain.lower()) if plain[:1].lower() in _ICF_FIRST else None
    if icf and plain[0].islower():
        yield System.ICF, icf[1]
    yield from _icd11_spellings(plain)
    yield from _icd10cm_spellings(plain)
    if icf and plain[0].isupper():
        yield System.ICF, icf[1]


def _icd11_spellings(plain: str) -> list[tuple[System, str]]:
    upper = plain.upper()
    if re.fullmatch(_MMS, upper):
        return [(System.MMS, upper)]
    if re.fullmatch(_CHAPTER, upper):
        return [(System.MMS, upper.zfill(2) if upper.isdigit() else upper)]
    if re.fullmatch(_BLOCK, plain):
        return [(System.MMS, "BlockL" + plain[6:].upper())]
    return []


def _icd10cm_spellings(plain: str) -> list[tuple[System, str]]:
    upper = plain.upper()
    if found := re.fullmatch(_ICD10CM_CHAPTER, plain):
        return [(System.ICD10CM, found[1])]
    if re.fullmatch(_ICD10_BLOCK, upper):
        return [(System.ICD10CM, upper)]
    if found := re.fullmatch(_ICD10CM, upper):
        return [(System.ICD10CM, str(Icd10CmCode(found[1], found[2])))]
    return []


def icd10_spellings(text: str) -> tuple[str, ...]:
    """Return the ICD-10 codes a text may spell, the closest first; () for none.

    Hospital data leave the point out, fill a place with X (I10X), mark dagger and asterisk,
    and add characters of their country, which are left off last.

    >>> icd10_spellings("I10X"), icd10_spellings("e11.9"), icd10_spellings("M5456")
    (('I10',), ('E11.9', 'E11'), ('M54.56', 'M54.5', 'M54'))
    """
    found = re.fullmatch(_ICD10, _squeeze(text).upper())
    if not found:
        return ()
    category, rest = found[1], found[2].rstrip("X")
    return (*(f"{category}.{rest[:n]}" for n in range(len(rest), 0, -1)), category)


def cluster_parts(text: str) -> tuple[str, ...]:
    """Return the codes of a text that joins several by & or /, () for anything else.

    >>> cluster_parts("2C25.Z&XK8G/5A11")
    ('2C25.Z', 'XK8G', '5A11')
    >>> cluster_parts("5A11")
    ()
    """
    parts = tuple(part.strip() for part in re.split(r"[&/]|%26|%2[Ff]", text))
    if len(parts) < 2 or "://" in text:
        return ()
    return parts if all(spellings(part) for part in parts) else ()


def shorten(text: str, width: int = 60) -> str:
    """Return a text cut to a width that fits one line of a message.

    >>> shorten("x" * 100, 5)
    'xxxx…'
    """
    return text if len(text) <= width else text[: width - 1] + "…"


def _squeeze(text: str) -> str:
    return "".join(text.split())
