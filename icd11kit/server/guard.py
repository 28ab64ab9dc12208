"""What stands before every request: who may ask, how much, how long; and what is written down."""

from __future__ import annotations

import asyncio
import logging
from hmac import compare_digest
from time import perf_counter
from typing import NamedTuple

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from icd11kit.server.deadlines import Deadlines
from icd11kit.server.exchange import KEY, Body, Exchange, has_body
from icd11kit.server.operation import HEALTH, Record
from icd11kit.server.refusals import failure, refusal
from icd11kit.server.settings import Settings
from icd11kit.server.workbench import FILES, HOME

_OPEN_PATHS = ("/icd/", "/analytics/", "/languageresources/")
_WITHOUT_TOKEN = (HEALTH, HOME)
_FILES = f"{FILES}/"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_HEADERS = ("API-Version", "Accept-Language", "Authorization", "Content-Type")
_EXPOSED = ("API-Version",)
_GONE = 499
"""What servers write down where the client left before its answer."""
_log = logging.getLogger("icd11kit.server")


class Refused(NamedTuple):
    """Why a request is not passed on."""

    status: int
    text: str
    headers: dict[str, str] | None = None


class Guard:
    """Passes on requests that keep the limits, and writes each down."""

    def __init__(self, app: ASGIApp, settings: Settings, record: Record) -> None:
        self._app, self._record = app, record
        self._limits, self._loopback = settings.limits, settings.is_loopback
        self._token = settings.token.encode()
        self._deadlines = Deadlines(settings.limits.seconds)
        self._open = self._cors(("*",))
        self._strict = self._cors(settings.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        exchange = Exchange(scope, send)
        try:
            await self._entrance(scope, exchange)(scope, receive, exchange.send)
        except ClientDisconnect:
            exchange.status = _GONE
        except Exception as error:
            await self._fail(scope, receive, exchange, error)
        finally:
            self._record.note(scope, exchange.status or _GONE, exchange.size, begun)
            exchange.part(scope)

    def _entrance(self, scope: Scope, exchange: Exchange) -> ASGIApp:
        """Return what a request goes through first: a page's from elsewhere the rules for those."""
        if b"origin" not in exchange.headers:
            return self._check
        if self._loopback and scope["path"].startswith(_OPEN_PATHS):
            return self._open
        return self._strict

    def _cors(self, origins: tuple[str, ...]) -> CORSMiddleware:
        return CORSMiddleware(
            self._check,
            allow_origins=origins,
            allow_methods=_METHODS,
            allow_headers=_HEADERS,
            expose_headers=_EXPOSED,
            allow_private_network=self._loopback,
        )

    async def _check(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in time what may be asked, and say why of what may not."""
        refused = self._reason(scope)
        if refused is not None:
            await refusal(scope["path"], *refused)(scope, receive, send)
            return
        body = None
        if has_body(scope[KEY].headers):
            body = Body(receive, self._limits.body)
            receive = body.receive
        task = self._deadlines.begin()
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not self._deadlines.forgive(task):
                raise
            await self._say_late(scope, receive, send, body)
        finally:
            self._deadlines.end(task)

    def _reason(self, scope: Scope) -> Refused | None:
        """Return why a request is not passed on, None where nothing is wrong with it."""
        headers, limits = scope[KEY].headers, self._limits
        if self._token and not self._may_ask(scope["path"], headers.get(b"authorization", b"")):
            text = "this server wants a token: Authorization: Bearer TOKEN"
            return Refused(401, text, {"WWW-Authenticate": "Bearer"})
        if len(scope["query_string"]) > limits.query or len(scope["raw_path"]) > limits.query:
            return Refused(414, f"path and query have at most {limits.query:,} bytes each")
        if int(headers.get(b"content-length", 0)) > limits.body:
            return Refused(413, f"the body has more than {limits.body:,} bytes")
        return None

    def _may_ask(self, path: str, authorization: bytes) -> bool:
        """Return whether a request bears the token, or is for what holds no data."""
        if path in _WITHOUT_TOKEN or path.startswith(_FILES):
            return True
        scheme, _, given = authorization.partition(b" ")
        return compare_digest(given.strip(), self._token) and scheme.lower() == b"bearer"

    async def _say_late(
        self, scope: Scope, receive: Receive, send: Send, body: Body | None
    ) -> None:
        """Answer that time is up; where an answer has begun, its connection is closed."""
        if scope[KEY].has_begun:
            return
        spent = f"within {self._limits.seconds:g} seconds"
        if body is not None and not body.is_whole:
            late = Refused(408, f"the body did not arrive {spent}", {"Connection": "close"})
        else:
            late = Refused(503, f"there was no answer {spent}; ask for less")
        await refusal(scope["path"], *late)(scope, receive, send)

    async def _fail(
        self, scope: Scope, receive: Receive, exchange: Exchange, error: Exception
    ) -> None:
        """Write down what went wrong and answer without it."""
        _log.error("%s %r failed", scope["method"], scope["path"][:200], exc_info=error)
        if not exchange.has_begun:
            await failure(scope["path"])(scope, receive, exchange.send)
        elif not exchange.is_whole:
            raise error
