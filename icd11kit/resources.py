"""Where the curated files beside the package lie: in the wheel inside it, else in the checkout."""

from __future__ import annotations

from pathlib import Path

from icd11kit.model import LayTerm

LAY_TERMS = "lay-terms.tsv"
_PACKAGE = Path(__file__).parent


def resource_folder(name: str) -> Path:
    """Return the folder `mappings` or `ontology`."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def read_lay_terms() -> tuple[LayTerm, ...]:
    """Return the curated lay terms, the better meaning of a term first."""
    lines = (resource_folder("mappings") / LAY_TERMS).read_text("utf-8").splitlines()
    return tuple(LayTerm(*line.split("\t")[:2]) for line in lines[1:])
