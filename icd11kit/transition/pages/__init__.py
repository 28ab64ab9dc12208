"""The pages' templates, beside this file, and the one way they are read. Needs Jinja."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def get_page(name: str, **filters: Callable[..., object]) -> Template:
    """Return a page to be filled: texts are escaped, a name without a value raises.

    `filters` are functions that the template calls by their names.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(filters)
    return environment.get_template(name)
