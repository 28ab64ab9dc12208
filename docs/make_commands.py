"""Write docs/commands.md from the commands' own help; a test proves that both agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from icd11kit.cli.commands import COMMANDS, icd11kit

PAGE = Path(__file__).resolve().parent / "commands.md"
HEAD = """# Commands

Every command prints a table for people, and JSON Lines with `--json`: one object an input.
Inputs given as `-` are read from stdin, one a line. Remarks go to stderr. Exit codes: 0
answered, 1 no answer or bad data, 2 wrong usage. This page is written by
`python docs/make_commands.py`.
"""


def page() -> str:
    """Return the page as the commands describe themselves now."""
    parts = [HEAD]
    for words in each_command():
        done = CliRunner().invoke(icd11kit, [*words, "--help"], prog_name="icd11kit")
        parts.append(f"## {' '.join(words)}\n\n```text\n{done.stdout.strip()}\n```\n")
    return "\n".join(parts)


def each_command() -> Iterator[list[str]]:
    """Yield the words that call each command, those of a group after the group."""
    context = click.Context(icd11kit)
    for name in COMMANDS:
        yield [name]
        command = icd11kit.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ([name, word] for word in command.list_commands(context))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
