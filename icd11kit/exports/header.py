"""What an exported crosswalk says of itself."""

from __future__ import annotations

from typing import NamedTuple


class Header(NamedTuple):
    """Name, title and version of a mapping set, and the systems it leads between.

    `source` and `target` are `icd10cm` or `icd11mms`; versions are their releases.
    """

    id: str
    title: str
    version: str
    source: str
    source_version: str
    target: str
    target_version: str


SYSTEMS = {
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd11mms": "http://id.who.int/icd/release/11/mms",
}
"""FHIR's names of the code systems."""


def make_header(source_version: str, target_version: str, version: str, *, back: bool) -> Header:
    """Return the header of a crosswalk from ICD-10-CM to ICD-11, or back.

    >>> make_header("2026-04", "2025-01", "0.1", back=False).id
    'https://icd11kit.github.io/crosswalk/icd10cm-2026-04_icd11mms-2025-01'
    """
    ends = (("icd10cm", source_version), ("icd11mms", target_version))
    (source, first), (target, second) = reversed(ends) if back else ends
    name = f"{source}-{first}_{target}-{second}"
    title = "ICD-11 MMS to ICD-10-CM" if back else "ICD-10-CM to ICD-11 MMS"
    return Header(
        f"https://icd11kit.github.io/crosswalk/{name}", f"{title}, derived by icd11kit", version,
        source, first, target, second,
    )  # fmt: skip
