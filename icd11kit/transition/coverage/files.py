"""A coverage study to files, in the form that each file's suffix names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from icd11kit.errors import Icd11KitError, SourceError
from icd11kit.store.write import write_bytes, write_lines
from icd11kit.transition.coverage.formats import format_csv, format_latex
from icd11kit.transition.coverage.values import Coverage

_TEXTS: dict[str, Callable[[Coverage], Iterator[str]]] = {
    ".csv": format_csv,
    ".tex": format_latex,
}
_PICTURES = (".png", ".svg", ".pdf")
SUFFIXES = (*_TEXTS, *_PICTURES)


def suffix_of(path: str) -> str:
    """Return a path's suffix in small letters; raises SourceError for a form that is not made."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise SourceError(path, f"a name that ends in one of {', '.join(SUFFIXES)} is needed")
    return suffix


def write_coverage(found: Coverage, path: str) -> None:
    """Write a study to a file, which is whole or not there.

    Raises SourceError for a suffix that is not known or a place that cannot be written,
    Icd11KitError where a picture is asked for without the extra `figures`.
    """
    suffix = suffix_of(path)
    if suffix in _TEXTS:
        write_lines(path, _TEXTS[suffix](found))
        return
    try:
        from icd11kit.transition.coverage.picture import draw_coverage
    except ModuleNotFoundError as error:
        message = f"{suffix} needs the extra `figures`: pip install 'icd11kit[figures]'"
        raise Icd11KitError(f"{message} (no {error.name})") from None
    write_bytes(path, draw_coverage(found, suffix))
