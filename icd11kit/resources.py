"""Where the curated files beside the package lie: in the wheel inside it, else in the checkout."""

from __future__ import annotations

import os

from icd11kit.errors import SourceError

_LONGEST = 1_000_000
LONGEST_TABLE = 200_000_000
"""The limit of tables: a crosswalk exported as SSSOM has some tens of millions of characters."""
LAY_TERMS = "lay-terms.tsv"
_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def resource_folder(name: str) -> str:
    """Return the folder of curated files of a name, such as `mappings`."""
    inside = os.path.join(_PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), name)


def read_resource(folder: str, name: str) -> str:
    """Return the text of a curated file."""
    with open(os.path.join(resource_folder(folder), name), encoding="utf-8") as stream:
        return stream.read()


def resource_names(folder: str, suffix: str) -> tuple[str, ...]:
    """Return the names of the curated files with a suffix, in their order."""
    return tuple(sorted(n for n in os.listdir(resource_folder(folder)) if n.endswith(suffix)))


def read_text(path: str, longest: int = _LONGEST) -> str:
    """Return the text of a user's file; raises SourceError where it cannot be read.

    A file of more characters than `longest` is refused, and never held as a whole.
    """
    try:
        with open(path, encoding="utf-8-sig") as stream:
            text = stream.read(longest + 1)
    except OSError as error:
        raise SourceError(path, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise SourceError(path, "the file is not UTF-8 text") from None
    if len(text) > longest:
        raise SourceError(path, f"the file has over {longest:,} characters")
    return text
