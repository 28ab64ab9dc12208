"""Terms that are titles of foundation entities below the shoreline."""

from __future__ import annotations

from collections.abc import Iterable

from icd11kit.store.read import Store, ask

_MOST = 500


def find_titled(store: Store, titles: Iterable[str]) -> dict[str, str]:
    """Return the ids of the entities below the shoreline that alone have one of some titles."""
    wanted = list(dict.fromkeys(titles))[:_MOST]
    if not wanted:
        return {}
    rows = ask(
        store,
        f"SELECT title, max(id) FROM foundation WHERE title IN ({','.join('?' * len(wanted))}) "
        "AND id NOT IN (SELECT label FROM label) GROUP BY title HAVING count(*) = 1",
        *wanted,
    )
    return dict(rows)
