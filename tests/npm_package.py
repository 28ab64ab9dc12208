"""Packages from npm, fetched once into a folder outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import pytest
from platformdirs import user_cache_path

_FETCHING = 120.0


def fetched(package: str) -> Path:
    """Return a folder whose node_modules holds a package; skips where it cannot be had.

    The folder stands in $ICD11KIT_TEST_CACHE, else in the user's folder for caches.
    """
    kept = os.environ.get("ICD11KIT_TEST_CACHE")
    cache = Path(kept) if kept else user_cache_path("icd11kit-tests")
    folder = cache / package.lstrip("@").replace("/", "-")
    if not folder.is_dir():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"npm is not installed; it fetches {package}")
        cache.mkdir(parents=True, exist_ok=True)
        _fetch(npm, package, folder)
    return folder


def _fetch(npm: str, package: str, folder: Path) -> None:
    work = Path(mkdtemp(dir=folder.parent))
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(work)]
    try:
        subprocess.run([*command, package], check=True, capture_output=True, timeout=_FETCHING)
    except (subprocess.SubprocessError, OSError) as error:
        shutil.rmtree(work, ignore_errors=True)
        pytest.skip(f"npm could not fetch {package}: {error}")
    try:
        work.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(work, ignore_errors=True)  # another process fetched it at the same time
