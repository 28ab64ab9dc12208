"""`icd11kit serve`: answer over HTTP, on this machine unless told otherwise."""

from __future__ import annotations

import click

from icd11kit.cli import options


@click.command("serve", epilog="Example: icd11kit serve --port 8011")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8011, show_default=True, help="Port to listen on.")
@options.home
@options.release
@options.language
def serve_command(host: str, port: int, home: str | None, release: str, language: str) -> None:
    """Serve ICD-API, FHIR and a page for people from the installed releases."""
    from icd11kit.server.running import run
    from icd11kit.server.settings import Settings

    run(Settings(home=home, release=release, language=language, host=host, port=port))
