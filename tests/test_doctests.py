"""Every example in a docstring of the package runs and gives what it says."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "icd11kit").rglob("*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str, home: Path) -> None:
    module = import_module(name.removesuffix(".__init__"))
    assert doctest.testmod(module).failed == 0


def test_there_are_examples() -> None:
    modules = (import_module(name.removesuffix(".__init__")) for name in MODULES)
    finder = doctest.DocTestFinder(exclude_empty=True)
    assert sum(bool(test.examples) for module in modules for test in finder.find(module)) > 40
