"""Commands of extras that are not installed: one sentence that names the extra, exit code 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.prepared_home import environment

CLAIMS = "id,dx\n1,I10\n2,E11.9\n"
CASES = [
    ("recode {csv} --column dx --out {out}.csv", ("polars",), "columns"),
    ("recode {csv} --column dx --out {out}.csv --engine spark", ("pyspark", "py4j"), "spark"),
    ("impact {csv} --code-column dx", ("polars",), "report"),
    ("impact {csv} --code-column dx --out {out}.html", ("jinja2",), "report"),
    ("impact {csv} --code-column dx --xlsx {out}.xlsx", ("xlsxwriter",), "report"),
    ("coverage --out {out}.png", ("matplotlib",), "figures"),
    ("coverage --volumes {csv} --code-column dx", ("polars",), "columns"),
    ("agreement {csv} {csv}", ("numpy",), "agreement"),
    ("ontology query chapters", ("pyoxigraph",), "rdf"),
    ("serve --port 0", ("uvicorn",), "server"),
    ("serve --port 0 --workers 2", ("starlette",), "server"),
    ("serve --port 0 --no-log", ("orjson",), "server"),
    ("serve --port 0 --host ::1", ("prometheus_client",), "server"),
]


@pytest.mark.parametrize(("words", "absent", "extra"), CASES, ids=[case[0] for case in CASES])
def test_what_is_not_installed_is_named(
    words: str, absent: tuple[str, ...], extra: str, tmp_path: Path
) -> None:
    csv = tmp_path / "claims.csv"
    csv.write_text(CLAIMS, "utf-8")
    arguments = words.format(csv=csv, out=tmp_path / "out").split()
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({absent!r})); "
        "from icd11kit.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        env=environment(tmp_path / "home"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = done.stderr.splitlines()
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert said[-1].startswith("icd11kit: ")
    assert extra in said[-1]
    assert not list(tmp_path.glob("out.*"))
