"""A crosswalk as Parquet. Needs the extra `columns` (Polars)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from icd11kit.crosswalk.mapping import CodeMapping

_EVIDENCE = pl.List(pl.Struct({"kind": pl.String, "detail": pl.String}))
_ALTERNATIVES = pl.List(pl.Struct({
    "target": pl.String, "relation": pl.String, "confidence": pl.Float64, "reason": pl.String,
}))  # fmt: skip
SCHEMA: dict[str, type[pl.DataType] | pl.DataType] = {
    "source": pl.String, "source_title": pl.String, "target": pl.String, "concept": pl.String,
    "target_display": pl.String, "stem": pl.String, "relation": pl.String,
    "confidence": pl.Float64, "remainder": pl.List(pl.String), "evidence": _EVIDENCE,
    "alternatives": _ALTERNATIVES, "ambiguous": pl.Boolean, "release": pl.String,
}  # fmt: skip


def write_parquet(path: str, mappings: Iterable[CodeMapping]) -> None:
    """Write a crosswalk to a Parquet file, a row a mapping, with all that an answer holds."""
    rows = [
        {
            **mapping._asdict(),
            "relation": mapping.relation.value,
            "remainder": list(mapping.remainder),
            "evidence": [each._asdict() for each in mapping.evidence],
            "alternatives": [
                {**each._asdict(), "relation": each.relation.value} for each in mapping.alternatives
            ],
        }
        for mapping in mappings
    ]
    frame = pl.DataFrame([{name: row[name] for name in SCHEMA} for row in rows], schema=SCHEMA)
    frame.write_parquet(Path(path))
