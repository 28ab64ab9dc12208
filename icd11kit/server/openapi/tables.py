"""The two tables the description is made of: operations, and the parameters they take."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

_KINDS = {"string", "boolean", "integer", "number"}


class Parameter(NamedTuple):
    """What an operation may be told; `place` is query, header or path."""

    key: str
    place: str
    name: str
    kind: str
    description: str
    example: str

    @property
    def schema(self) -> dict[str, Any]:
        """What values it takes: a type, a number between two others, or one of some words.

        >>> Parameter("limit", "query", "limit", "integer 1 9", "", "").schema
        {'type': 'integer', 'minimum': 1, 'maximum': 9}
        >>> Parameter("mode", "query", "mode", "strict|lenient", "", "").schema
        {'type': 'string', 'enum': ['strict', 'lenient']}
        """
        first, *bounds = self.kind.split()
        if first not in _KINDS:
            return {"type": "string", "enum": self.kind.split("|")}
        named = zip(("minimum", "maximum"), map(int, bounds), strict=False)
        return {"type": first, **dict(named)}


class Described(NamedTuple):
    """One row of operations: where it answers, what it is told and what it answers.

    `told` holds keys of parameters; a key that ends in ! has to be given. `answers` names a
    schema, or a media type where the answer is no JSON, "" for an answer without a body.
    `refuses` are the statuses of its errors; `good` is the status where all is well.
    """

    tag: str
    methods: tuple[str, ...]
    path: str
    told: tuple[str, ...]
    answers: str
    good: str
    refuses: tuple[str, ...]
    summary: str


@cache
def read_parameters() -> dict[str, Parameter]:
    """Return the parameters by key."""
    return {row[0]: Parameter(*row) for row in _rows("parameters.tsv", 6)}


@cache
def read_operations() -> tuple[Described, ...]:
    """Return the operations in the order they are described in."""
    return tuple(
        Described(
            tag, tuple(methods.split()), path, tuple(told.split()), answers,
            good, tuple(refuses.split()), summary,
        )
        for tag, methods, path, told, answers, good, refuses, summary in _rows("operations.tsv", 8)
    )  # fmt: skip


def read_text(name: str) -> str:
    """Return a file that comes with this package."""
    return files(__package__).joinpath(name).read_text("utf-8")


def _rows(name: str, width: int) -> list[list[str]]:
    """Return a table's rows without its header; raises ValueError for a row of another width."""
    rows = [line.split("\t") for line in read_text(name).splitlines()[1:] if line]
    wrong = [row for row in rows if len(row) != width]
    if wrong:
        raise ValueError(f"{name}: {wrong[0]} has not {width} fields")
    return rows
