"""The ICD-API: WHO's paths and answers from the releases at hand."""

from __future__ import annotations

from starlette.applications import Starlette

from icd11kit.server.api import codes, entities, foundation, icd10, searching, versions
from icd11kit.server.api.routing import ERRORS
from icd11kit.server.settings import Settings
from icd11kit.server.shelf import Shelf


def api_app(shelf: Shelf, settings: Settings) -> Starlette:
    """Return the application of these paths, the more specific ones first."""
    routes = [
        *codes.ROUTES,
        *searching.ROUTES,
        *entities.ROUTES,
        *foundation.ROUTES,
        *icd10.ROUTES,
        *versions.ROUTES,
    ]
    app = Starlette(routes=routes, exception_handlers=ERRORS)
    app.router.redirect_slashes = False  # it would repeat whatever host a request names
    app.state.shelf, app.state.settings = shelf, settings
    return app
