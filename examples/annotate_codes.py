"""Add title, chapter and release to a CSV of codes; what is no code stays and says so.

python examples/annotate_codes.py examples/codes.csv code
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import icd11kit


def main(path: str, column: str) -> None:
    """Print the CSV with the added columns."""
    with icd11kit.open() as icd, Path(path).open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        if column not in (rows.fieldnames or ()):
            sys.exit(
                f"{path} has no column {column!r}; there are {', '.join(rows.fieldnames or ())}"
            )
        added = ["system", "title", "chapter", "release"]
        writer = csv.DictWriter(sys.stdout, [*(rows.fieldnames or ()), *added], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, **annotate(icd, row[column])})


def annotate(icd: icd11kit.Terminology, code: str) -> dict[str, str]:
    """Return the added cells of one code."""
    try:
        found = icd.lookup(code)
    except (icd11kit.UnknownCodeError, icd11kit.MalformedCodeError) as error:
        return {"title": f"? {error}"}
    return {
        "system": found.system,
        "title": found.title,
        "chapter": found.chapter,
        "release": found.release,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
