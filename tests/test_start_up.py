"""What three commands import: a start is mostly imports, so each of them is named here."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.prepared_home import environment, run

RUN = """
import sys
import click
click.Command("hello", callback=lambda: click.echo("hello")).main([], standalone_mode=False)
before = set(sys.modules)
from icd11kit.cli.main import main
try: main()
except SystemExit: pass
new = set(sys.modules) - before - {"gc"}
import gc, json, typing
classes = {c for name in new for c in vars(sys.modules[name]).values() if isinstance(c, type)}
print(json.dumps({
    "ours": sorted(name for name in new if name.startswith("icd11kit")),
    "others": sorted({name.partition(".")[0] for name in new if not name.startswith("icd11kit")}),
    "texts": sorted(
        c.__name__ for c in classes if c.__module__ in new and hasattr(c, "_fields")
        and any(isinstance(hint, typing.ForwardRef) for hint in c.__annotations__.values())
    ),
    "frozen": gc.get_freeze_count(),
}))
"""
EVERY = """
    cli cli.commands cli.lazy cli.main cli.options cli.output editions errors judges model names
    plain store store.header store.home store.read store.schema terminology uris vocabulary
"""
OURS = {
    "lookup": "cli.lookup codes lookup lookup.answer lookup.resolve resources",
    "map": "cli.map codes crosswalk crosswalk.book crosswalk.mapping crosswalks routes",
    "cluster": """
        cli.cluster cli.cluster_text postcoordination postcoordination.assign
        postcoordination.axes postcoordination.checks postcoordination.entries
        postcoordination.grammar postcoordination.issues postcoordination.order
        postcoordination.precoordinated postcoordination.profile postcoordination.reading
        postcoordination.screen postcoordination.validate postcoordination.validation resources
    """,
}
STORE = {"sqlite3", "_sqlite3", "datetime", "_datetime"}
OTHERS = {"lookup": STORE, "map": STORE | {"json", "_json", "textwrap"}, "cluster": STORE}
COMMANDS = {
    "lookup": ("lookup", "5A11"),
    "map": ("map", "S52.531A"),
    "cluster": ("cluster", "validate", "NC32.2&XK8G/PA60"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the starter set as installed editions, and their crosswalk."""
    made, home = tmp_path_factory.mktemp("starter"), tmp_path_factory.mktemp("home")
    assert run(made, "lookup", "5A11", "S52.531A").returncode == 0
    (stores,) = (made / "starter").iterdir()
    shutil.copytree(stores, home / "releases")
    assert run(home, "crosswalk", "build").returncode == 0
    return home


def told(home: Path, *words: str) -> Any:
    """Return what a second start of a command imported; the first one may still prepare."""
    command = [sys.executable, "-c", RUN, *words]
    done = subprocess.run(
        command, env=environment(home), capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_imports_what_it_needs_alone(command: str, whole: Path) -> None:
    """Whoever adds a name here has looked at `python -m benchmarks.start_up` before and after."""
    found = told(whole, *COMMANDS[command])
    names = f"{EVERY} {OURS[command]}".split()
    assert found["ours"] == sorted(["icd11kit", *(f"icd11kit.{name}" for name in names)])
    assert set(found["others"]) <= OTHERS[command]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_start_compiles_no_annotations_and_ends_at_once(command: str, whole: Path) -> None:
    """Named tuples would compile annotations that are texts; decision 3 says why and how."""
    found = told(whole, *COMMANDS[command])
    assert found["texts"] == []
    assert found["frozen"] > 0
