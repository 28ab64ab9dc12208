"""What columns of counts are called in tables that people have."""

from __future__ import annotations

import re
from collections.abc import Iterable

COUNT_COLUMNS = (
    "count", "counts", "n", "records", "volume", "volumes", "cases", "claims", "frequency", "freq",
    "total", "discharges", "encounters", "patients", "usage",
)  # fmt: skip
"""In small letters without marks; the first that fits is taken."""


def find_named(header: Iterable[str], names: Iterable[str]) -> int | None:
    """Return the place of the column that has the first of some names that is there.

    >>> find_named(["Code", "N", "count"], COUNT_COLUMNS), find_named(["Code"], COUNT_COLUMNS)
    (2, None)
    """
    plain = [re.sub("[^a-z0-9]", "", name.lower()) for name in header]
    return next((plain.index(name) for name in names if name in plain), None)
