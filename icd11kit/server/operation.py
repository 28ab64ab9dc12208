"""What those who run the server ask it, what it writes down, and what it says at its start."""

from __future__ import annotations

from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Scope

from icd11kit import __version__
from icd11kit.server.access_log import AccessLog, Entry
from icd11kit.server.answers import answer
from icd11kit.server.metrics import MEDIA_TYPE, Metrics
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf
from icd11kit.server.threads import SHORT, run_in

HEALTH, METRICS = "/healthz", "/metrics"
_OPEN = (
    "everyone who reaches {host} may ask this server; --token, or ICD11KIT_TOKEN, lets in only "
    "those who know it"
)


def operation_routes(shelf: Shelf, metrics: Metrics) -> list[Route]:
    """Return the routes of those who run the server."""
    says = {
        "status": "ok",
        "version": __version__,
        "release": shelf.release,
        "tier": shelf.default.tier,
    }

    async def health(request: Request) -> Response:
        return answer(says)

    async def figures(request: Request) -> Response:
        return Response(await run_in(SHORT, metrics.text), media_type=MEDIA_TYPE)

    return [Route(HEALTH, health), Route(METRICS, figures)]


def operation_of(scope: Scope) -> str:
    """Return the pattern of the route that answered a request, so that there are few names.

    >>> operation_of({"type": "http", "path": "/x"})
    'unmatched'
    """
    route = scope.get("route")
    if route is None:
        return "unmatched"
    root: str = scope.get("root_path", "")
    return root if isinstance(route, Mount) else f"{root}{route.path}"


class Record:
    """Writes down answered requests: figures, and lines of the log unless there is none."""

    def __init__(self, metrics: Metrics, log: AccessLog | None) -> None:
        self._metrics, self._log = metrics, log

    def note(self, scope: Scope, status: int, size: int, begun: float) -> None:
        """Write down a request that began at some reading of `perf_counter`."""
        seconds = perf_counter() - begun
        operation = operation_of(scope)
        self._metrics.count(operation, status, seconds)
        if self._log is not None:
            client = scope["client"][0] if scope.get("client") else ""
            self._log.note(
                Entry(scope["method"], scope["path"], status, seconds, size, operation, client)
            )


def ready_lines(shelf: Shelf, settings: Settings) -> list[str]:
    """Return what is said when the server answers: what is served, and where."""
    icd, url = shelf.default, settings.url
    lines = [
        f"serving ICD-11 MMS {icd.release} in {shelf.language} ({icd.tier} tier): "
        f"page {url}/ , ICD-API {url}/icd/ , FHIR {url}/fhir (Ctrl-C stops)"
    ]
    if icd.tier == "starter":
        lines.append("starter set of some hundred codes; `icd11kit install` gets the whole")
    if not settings.is_loopback and not settings.token:
        lines.append(_OPEN.format(host=settings.host))
    return lines
