"""Who judges clusters: one validator for the MMS release in use, one for the ICF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icd11kit.editions import Editions, find_store, get_store, open_others
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icd11kit.postcoordination.validate import Validator
    from icd11kit.store.read import Store


class Judges:
    """The validators over the installed editions, made when first needed."""

    def __init__(self, editions: Editions) -> None:
        self.editions = editions
        self._mms: Validator | None = None
        self._icf: Validator | None = None

    @property
    def mms(self) -> Validator:
        """What judges clusters of the MMS release in use."""
        if self._mms is None:
            from icd11kit.postcoordination.validate import Validator

            store = get_store(self.editions, System.MMS)
            self._mms = Validator(store, others=self._other_releases)
        return self._mms

    def use_overlays(self, paths: Iterable[str]) -> None:
        """Let clusters be checked against overlay files too."""
        from icd11kit.postcoordination.validate import Validator, read_overlays

        store = get_store(self.editions, System.MMS)
        overlays = read_overlays(paths)
        self._mms = Validator(store, overlays=overlays, others=self._other_releases)

    def of(self, text: str) -> Validator:
        """Return what judges a text: ICF's rules for ICF codes where the ICF is installed."""
        if text.lstrip()[:1] not in tuple("bdes") or find_store(self.editions, System.ICF) is None:
            return self.mms
        from icd11kit.postcoordination.qualifiers import is_icf
        from icd11kit.postcoordination.validate import Validator

        if not is_icf(text.split("&")[0].split("/")[0]):
            return self.mms
        if self._icf is None:
            self._icf = Validator(get_store(self.editions, System.ICF))
        return self._icf

    def _other_releases(self) -> list[Store]:
        manifest = get_store(self.editions, System.MMS).manifest
        return open_others(self.editions, manifest["system"], manifest["release"])
