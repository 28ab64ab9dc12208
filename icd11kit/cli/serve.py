"""`icd11kit serve`: answer over HTTP, on this machine unless told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from icd11kit.cli import options
from icd11kit.cli.output import say
from icd11kit.errors import Icd11KitError

if TYPE_CHECKING:
    from icd11kit.server.settings import Settings

_NEEDS = "serve needs the extra `server`: pip install 'icd11kit[server]'"
_EXTRA = ("orjson", "prometheus_client", "starlette", "uvicorn")


def _check_token(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Return a token that a header can hold; the message does not show it."""
    if not value.isascii() or not value.isprintable() or " " in value:
        raise click.BadParameter("a token is made of ASCII letters, digits and signs")
    return value


def _check_origin(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Return origins as browsers write them: scheme, host and port, no path."""
    for value in values:
        scheme, mark, host = value.partition("://")
        if value != "*" and (
            not mark or not host or "/" in host or scheme not in ("http", "https")
        ):
            raise click.BadParameter(f"{value!r} is no origin like https://example.org")
    return values


@click.command("serve", epilog="Example: icd11kit serve --port 8011")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8011, show_default=True,
    help="Port to listen on; 0 for any free one.",
)  # fmt: skip
@click.option(
    "--mode", type=click.Choice(["strict", "standard", "lenient"]), default="strict",
    show_default=True, help="How FHIR's $validate-code judges clusters.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True,
    help="Processes that answer.",
)  # fmt: skip
@click.option(
    "--token", default="", envvar="ICD11KIT_TOKEN", callback=_check_token, metavar="TEXT",
    help="Answer questions only with this token; better set ICD11KIT_TOKEN, which no list of "
    "processes shows.",
)  # fmt: skip
@click.option(
    "--cors", "origins", multiple=True, callback=_check_origin, metavar="ORIGIN",
    help="Let pages from here call, https://example.org; repeatable. On loopback all pages may "
    "call the ICD-API.",
)  # fmt: skip
@click.option("--no-log", is_flag=True, help="Write no line to stdout for each request.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 3600), default=20, show_default=True,
    help="Seconds for a client to send a request, and for its answer.",
)  # fmt: skip
@click.option(
    "--max-body", type=click.IntRange(1000), default=1_000_000, show_default=True,
    help="Bytes of a request's body.",
)  # fmt: skip
@click.option(
    "--max-connections", type=click.IntRange(2), default=900, show_default=True,
    help="Connections a process keeps open; more are told to come back.",
)  # fmt: skip
@options.home
@options.release
@options.language
def serve_command(
    host: str,
    port: int,
    mode: str,
    workers: int,
    token: str,
    origins: tuple[str, ...],
    no_log: bool,
    timeout: float,
    max_body: int,
    max_connections: int,
    home: str | None,
    release: str,
    language: str,
) -> None:
    """Serve ICD-API, FHIR and a page for people from the installed releases.

    Says on stderr where it serves, and writes a line of JSON to stdout for each request:
    path, status and time, never the query. Ctrl-C or SIGTERM stops it when the requests
    that have begun are answered.
    """
    from icd11kit.postcoordination.issues import Mode
    from icd11kit.server.settings import Limits, Settings

    settings = Settings(
        home, release, language, host, port, Mode(mode), token, origins, not no_log,
        Limits(body=max_body, seconds=timeout, connections=max_connections),
    )  # fmt: skip
    _run(settings, workers)


def _run(settings: Settings, workers: int) -> None:
    try:
        from icd11kit.server.running import run
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise Icd11KitError(_NEEDS) from None
    run(settings, say, workers)
