"""Write docs/commands.md from the commands' own help; a test proves that both agree."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from icd11kit.cli.main import COMMANDS, icd11kit

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
    for name in COMMANDS:
        done = CliRunner().invoke(icd11kit, [name, "--help"], prog_name="icd11kit")
        parts.append(f"## {name}\n\n```text\n{done.stdout.strip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
