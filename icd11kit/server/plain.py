"""To be written."""

from __future__ import annotations

from starlette.applications import Starlette

from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf


def plain_app(shelf: Shelf, settings: Settings) -> Starlette:
    """Return the application of these paths."""
    app = Starlette(routes=[])
    app.state.shelf, app.state.settings = shelf, settings
    return app
