"""`icd11kit releases | use | verify | remove`: the editions in the home."""

from __future__ import annotations

import os.path
import sys

import click

from icd11kit.cli import options
from icd11kit.cli.output import emit_json, say, table


@click.command("releases", epilog="Example: icd11kit releases --json")
@options.home
@options.as_json
def releases_command(home: str | None, as_json: bool) -> None:
    """List the installed editions, the one in use marked."""
    from icd11kit.inventory import list_editions

    held = list_editions(home)
    if as_json:
        for item in held:
            emit_json(item)
        return
    if not held:
        say("nothing is installed; the starter set answers. `icd11kit install` gets a release")
        return
    rows = [
        ["*" if item.in_use else "", item.system, item.release, item.language, item.tier,
         f"{item.entries:,}", item.map_release, item.problem]
        for item in held
    ]  # fmt: skip
    headers = ["", "system", "release", "lang", "tier", "entries", "maps", "problem"]
    for line in table(headers, rows, 7):
        click.echo(line)


@click.command("use", epilog="Example: icd11kit use 2025-01")
@click.argument("release")
@click.option("--language", default="", help="Language, where several are installed.")
@options.home
def use_command(release: str, language: str, home: str | None) -> None:
    """Let answers rest on an installed RELEASE of ICD-11 MMS."""
    from icd11kit.inventory import use_edition

    click.echo(f"{use_edition(release, language, home)} is in use")


@click.command("verify", epilog="Example: icd11kit verify && echo all whole")
@options.home
@options.as_json
def verify_command(home: str | None, as_json: bool) -> None:
    """Check hash and integrity of every installed file; exit 1 if one is not whole."""
    from icd11kit.inventory import verify_editions

    checks = list(verify_editions(home))
    for check in checks:
        if as_json:
            emit_json(check)
        else:
            state = (
                f"DAMAGED: {check.problem}" if check.problem else f"whole, sha256 {check.sha256}"
            )
            click.echo(f"{os.path.basename(check.path)}\n  {state}")
    if not checks:
        say("nothing is installed, so there is nothing to check")
    sys.exit(1 if any(check.problem for check in checks) else 0)


@click.command("remove", epilog="Example: icd11kit remove 2022-02")
@click.argument("release")
@click.option("--language", default="", help="Language, where several are installed.")
@options.home
def remove_command(release: str, language: str, home: str | None) -> None:
    """Remove an installed RELEASE, named by release or in full as mms-2022-02-en."""
    from icd11kit.inventory import remove_release

    removed, now = remove_release(release, language, home)
    rest = f"; {now} is in use" if now else "; the starter set answers now"
    click.echo(f"{removed} is removed{rest}")
