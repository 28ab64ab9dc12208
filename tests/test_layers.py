"""Imports point down only, and heavy packages stay in the rooms that need them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "icd11kit"
CORE = {
    "errors", "vocabulary", "model", "edition", "codes", "uris", "words", "tree", "graph", "plain",
    "counts",
}  # fmt: skip
EDGES = {"sources", "store", "resources"}
FEATURES = {
    "lookup", "search", "tree_view", "foundation", "starter", "postcoordination", "crosswalk",
    "exports",
}  # fmt: skip
SERVICE = {
    "terminology", "columns", "installation", "crosswalks", "routes", "inventory", "editions",
    "transition", "ontology", "judges", "crosswalk_files", "frames", "spark", "names", "valuesets",
}  # fmt: skip
FACES = {"cli", "server", "__main__"}
LAYERS = (CORE, EDGES, FEATURES, SERVICE, FACES)
HEAVY = {
    "requests": {"sources/network.py"},
    "requests_cache": {"sources/network.py"},
    "urllib3": {"sources/network.py"},
    "networkx": {"graph.py"},
    "polars": {
        "columns.py",
        "exports/parquet.py",
        "frames.py",
        "transition/recode/answers.py",
        "transition/recode/delimited.py",
        "transition/recode/parquet.py",
        "transition/recode/pieces.py",
        "transition/volumes.py",
    },
    "pyspark": {"spark.py", "transition/recode/spark.py"},
    "py4j": {"transition/recode/spark.py"},
    "pyoxigraph": {"exports/rdf.py"},
    "python_calamine": {"sources/tables.py"},
    "numpy": {
        "transition/agreement/statistics.py",
        "transition/agreement/levels.py",
        "transition/coverage/intervals.py",
        "transition/impact/double.py",
    },
    "matplotlib": {"transition/coverage/picture.py"},
    "jinja2": {"transition/pages/__init__.py"},
    "xlsxwriter": {"transition/impact/workbook.py"},
    "rich": {"cli/install.py", "cli/output.py"},
    "starlette": {"server"},
    "uvicorn": {"cli/serve.py", "server/connection.py", "server/running.py"},
    "orjson": {"server/answers.py"},
    "prometheus_client": {"server/metrics.py"},
    "defusedxml": {"sources/gnuhealth.py", "sources/icd10cm.py"},
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def room(name: str) -> str:
    """Return the room of a dotted module name or of a path's parts."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def layer(name: str) -> int | None:
    return next((n for n, rooms in enumerate(LAYERS) if room(name) in rooms), None)


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def dotted(path: Path) -> str:
    parts = ("icd11kit", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


def test_every_module_has_a_layer() -> None:
    homeless = {dotted(path) for path in MODULES if layer(dotted(path)) is None}
    assert homeless == {"icd11kit"}


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_point_down(path: Path) -> None:
    own = layer(dotted(path))
    if own is None:
        return
    ours = {name for name in imported(path) if name.startswith("icd11kit.")}
    upward = {name for name in ours if (layer(name) or 0) > own}
    assert not upward


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_heavy_packages_stay_in_their_rooms(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for name in imported(path):
        allowed = HEAVY.get(name.partition(".")[0])
        assert allowed is None or place in allowed or place.partition("/")[0] in allowed


HEAVY_AT_START = (
    "dataclasses", "defusedxml", "hashlib", "json", "networkx", "pathlib",
    "platformdirs", "python_calamine", "requests", "rich", "tempfile", "urllib",
)  # fmt: skip


@pytest.mark.parametrize("words", [["lookup", "5A11"], ["cluster", "validate", "NC32.2&XK8G/PA60"]])
def test_a_first_answer_imports_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys; from icd11kit.cli.main import main\n"
        f"sys.argv = ['icd11kit', *{words}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted(set(sys.modules) & set({HEAVY_AT_START})))"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
