"""Values as JSON can write them: what `--json` prints and what the server answers."""

from __future__ import annotations

from enum import Enum
from typing import Any


def plain(value: Any) -> Any:
    """Return a value as JSON can write it: values with fields as objects, tuples as arrays.

    >>> from icd11kit.model import EditionKey
    >>> plain(EditionKey("mms", "2025-01", "en"))
    {'system': 'mms', 'release': '2025-01', 'language': 'en'}
    """
    if isinstance(value, Enum):
        return value.value
    if names := getattr(value, "_fields", None) or getattr(value, "__dataclass_fields__", None):
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
