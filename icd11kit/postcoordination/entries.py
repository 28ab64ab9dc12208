"""What a cluster's parts name in a release: each code or URI read once and kept."""

from typing import NamedTuple

from icd11kit.store.read import Store, find_pre, read_placed
from icd11kit.uris import find_uri
from icd11kit.vocabulary import EXTENSION_CHAPTER, ClassKind, Residual

_UNIVERSAL = frozenset({"1897222875", "1693181075"})
"""The blocks Diagnosis code descriptors and Capacity or context."""
_UNIVERSAL_PREFIXES = frozenset({"XY*", "XX*"})


class Entry(NamedTuple):
    """An entry of the linearization as postcoordination sees it.

    `kin` holds its own id, the ids of all above it, and the first one and two characters of
    its code with a star (`N*`, `NC*`): what scales are looked for in. `parent` is the id above
    it, `block` that of the nearest block. `is_universal` marks the type-2 extensions, which
    attach to any stem: the block decides, the code's beginning in a release without it.
    """

    id: str
    code: str
    title: str
    kind: ClassKind
    chapter: str
    residual: Residual
    is_leaf: bool
    parent: str
    block: str
    is_universal: bool
    kin: frozenset[str]

    @property
    def is_extension(self) -> bool:
        """Whether it is a code that belongs after a stem only."""
        return self.chapter == EXTENSION_CHAPTER and self.is_code

    @property
    def is_code(self) -> bool:
        """Whether it can be written in a cluster, which chapters and blocks cannot."""
        return self.kind is ClassKind.CATEGORY and bool(self.code)

    @property
    def is_stem(self) -> bool:
        """Whether it is a code that can stand first."""
        return self.is_code and not self.is_extension


class _Above(NamedTuple):
    """What stands above an entry: its parent's id, the nearest block's, and those of all."""

    parent: str
    block: str
    kin: frozenset[str]


class Entries(dict[str, Entry | None]):
    """The entries of a store by code, id or URI, None for what it has not.

    They are kept by code and id once asked for; URIs of one entry are many, and what is not
    there is endless.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._has_blocks = any(find_pre(store, block) is not None for block in _UNIVERSAL)
        self._above: dict[int, _Above] = {-1: _Above("", "", frozenset())}

    def __missing__(self, text: str) -> Entry | None:
        uri = find_uri(text) if "/" in text else None
        if uri is not None and uri.id != text:
            return self[uri.id]
        pre = find_pre(self.store, text)
        if pre is None:
            return None
        found = self[text] = self.at(pre)
        return found

    def at(self, pre: int) -> Entry:
        """Return the entry at a place of the pre-order."""
        found, parent, is_leaf = read_placed(self.store, pre)
        code = found.code
        above = self._above_of(parent)
        marks = {code[:1] + "*", code[:2] + "*"} if code else set()
        universal = above.kin & _UNIVERSAL if self._has_blocks else marks & _UNIVERSAL_PREFIXES
        return Entry(
            found.id, code, found.title, found.kind, found.chapter, found.residual,
            is_leaf, above.parent, above.block, bool(universal) and bool(code),
            above.kin | {found.id} | marks,
        )  # fmt: skip

    def _above_of(self, parent: int) -> _Above:
        """Return what a parent and all above it are to those below."""
        if parent not in self._above:
            found, further, _ = read_placed(self.store, parent)
            higher = self._above_of(further)
            block = found.id if found.kind is ClassKind.BLOCK else higher.block
            self._above[parent] = _Above(found.id, block, higher.kin | {found.id})
        return self._above[parent]
