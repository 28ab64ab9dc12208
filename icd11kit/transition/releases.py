"""Two installed releases compared."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike

from icd11kit.store.bulk import all_entities, all_foundation
from icd11kit.store.home import (
    Installed,
    get_installed,
    home_folder,
    installed_editions,
    releases_folder,
)
from icd11kit.store.read import open_store
from icd11kit.transition.diff import Difference, Snapshot, compare, snapshot
from icd11kit.vocabulary import System, Tier


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """All changes between two installed editions, with what each rests on."""

    before: str
    after: str
    before_tier: str
    after_tier: str
    before_foundation: str
    after_foundation: str
    changes: tuple[Difference, ...]


def diff_releases(
    before: str, after: str, home: str | PathLike[str] | None = None, language: str = ""
) -> ReleaseDiff:
    """Return what changed from one installed release to another of the same classification.

    Raises UnknownReleaseError where one is not installed, StoreError where it is damaged.
    """
    held = installed_editions(releases_folder(home_folder(home)))
    mms = [item for item in held if item.key.system == System.MMS] or held
    old, new = (_snapshot(_find(mms, held, name, language)) for name in (before, after))
    return ReleaseDiff(
        old[0].release, new[0].release, old[1], new[1], old[2], new[2],
        tuple(compare(old[0], new[0])),
    )  # fmt: skip


def _find(mms: list[Installed], held: list[Installed], name: str, language: str) -> Installed:
    exact = [item for item in held if str(item.key) == name]
    return exact[0] if exact else get_installed(mms, name, language)


def _snapshot(item: Installed) -> tuple[Snapshot, str, str]:
    """Return an edition as a comparison sees it, its tier, and whose Foundation it knows."""
    with open_store(item.path) as store:
        beyond = frozenset(entity.id for entity in all_foundation(store))
        tier = store.manifest["tier"]
        entities = all_entities(store)
        known = store.manifest["map_release"] or item.key.release
    made = snapshot(item.key.release, entities, beyond or None, has_tree=tier != Tier.INDEX)
    return made, tier, known if beyond else ""
