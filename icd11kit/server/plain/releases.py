"""Which editions are installed and which one answers, without the paths of this machine."""

from __future__ import annotations

from dataclasses import asdict

from icd11kit import __version__
from icd11kit.inventory import Listed, list_editions
from icd11kit.server.shelf import Shelf


def say_releases(shelf: Shelf) -> dict[str, object]:
    """Return the editions, and the release, language and tier of answers that name none."""
    return {
        "release": shelf.release,
        "language": shelf.language,
        "tier": shelf.default.tier,
        "version": __version__,
        "releases": [say_edition(item) for item in list_editions(shelf.home)],
    }


def say_edition(item: Listed) -> dict[str, object]:
    """Return an edition as `icd11kit releases --json` prints it, but for its path."""
    return {name: value for name, value in asdict(item).items() if name != "path"}
