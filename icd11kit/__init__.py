"""ICD-11 in Python and at the terminal, offline.

>>> import icd11kit
>>> icd = icd11kit.open()
>>> icd.lookup("5A11").title
'Type 2 diabetes mellitus'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Hit",
    "Icd11KitError",
    "Lookup",
    "MalformedCodeError",
    "StoreError",
    "Terminology",
    "UnknownCodeError",
    "UnknownReleaseError",
    "__version__",
    "open",
]

if TYPE_CHECKING:
    from icd11kit.errors import (
        Icd11KitError,
        MalformedCodeError,
        StoreError,
        UnknownCodeError,
        UnknownReleaseError,
    )
    from icd11kit.lookup.answer import Lookup
    from icd11kit.search.find import Hit
    from icd11kit.terminology import Terminology
    from icd11kit.terminology import open_terminology as open

_HOMES = {
    "open": ("icd11kit.terminology", "open_terminology"),
    "Terminology": ("icd11kit.terminology", "Terminology"),
    "Hit": ("icd11kit.search.find", "Hit"),
    "Lookup": ("icd11kit.lookup.answer", "Lookup"),
    "Icd11KitError": ("icd11kit.errors", "Icd11KitError"),
    "MalformedCodeError": ("icd11kit.errors", "MalformedCodeError"),
    "StoreError": ("icd11kit.errors", "StoreError"),
    "UnknownCodeError": ("icd11kit.errors", "UnknownCodeError"),
    "UnknownReleaseError": ("icd11kit.errors", "UnknownReleaseError"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: start-up time is every user's time."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _HOMES[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value
