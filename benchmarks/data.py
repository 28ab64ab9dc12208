"""Where WHO's real files lie for measurements and tests; they are no part of the project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("ICD11KIT_TEST_DATA", ROOT.parent / "shared" / "data"))


def need(*names: str) -> list[Path]:
    """Return the paths of real files, or stop with the reason where one is absent."""
    paths = [DATA / name for name in names]
    for path in paths:
        if not path.exists():
            sys.exit(f"{path} is absent: put WHO's files there or set ICD11KIT_TEST_DATA")
    return paths
