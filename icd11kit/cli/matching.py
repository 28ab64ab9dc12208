"""Rows of a file whose cluster a test finds, as the commands that match print them."""

from __future__ import annotations

import sys
from collections.abc import Callable

from icd11kit.cli.output import emit_json


def print_matching_rows(
    path: str, column: str, matches: Callable[[str], bool], as_json: bool
) -> int:
    """Print the rows whose cluster matches, as CSV with a header or as JSON; return how many."""
    import csv
    from functools import lru_cache

    from icd11kit.sources.rows import read_rows, separator_of

    known = lru_cache(maxsize=None)(matches)
    writer = csv.writer(sys.stdout, delimiter=separator_of(path), lineterminator="\n")
    hits = 0
    for row in read_rows(path, column):
        if row.number == 1 and not as_json:
            writer.writerow(row.cells)
        if not known(row.cells[column]):
            continue
        hits += 1
        if as_json:
            emit_json({"row": row.number, "input": row.cells[column], "cells": row.cells})
        else:
            writer.writerow(row.cells.values())
    return hits
