"""Run the application on uvicorn until it is told to stop."""

from __future__ import annotations

import uvicorn

from icd11kit.server.settings import Settings, hand_on


def run(settings: Settings, workers: int = 1) -> None:
    """Serve until SIGINT or SIGTERM; requests begun before it are answered."""
    hand_on(settings)
    uvicorn.run(
        "icd11kit.server.app:make_worker",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=workers,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=30,
    )
