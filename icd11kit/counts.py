"""Numbers with their nouns, as people write them."""

from __future__ import annotations


def count(of: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> count(1, "record"), count(1200, "record"), count(2, "diagnosis", "diagnoses")
    ('1 record', '1,200 records', '2 diagnoses')
    """
    return f"{of:,} {one if of == 1 else many or one + 's'}"
