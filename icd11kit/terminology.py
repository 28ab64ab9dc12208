"""The one way in for programs and faces: `Terminology`, made by `icd11kit.open`."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Self

from icd11kit.editions import Editions, find_editions, get_store
from icd11kit.errors import UnknownCodeError
from icd11kit.judges import Judges
from icd11kit.model import LinearizationEntity
from icd11kit.names import Names
from icd11kit.store.read import Store, find_title, read_entity, read_path
from icd11kit.uris import find_uri
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icd11kit.columns import Column, Table
    from icd11kit.crosswalk.curated import Curated
    from icd11kit.crosswalk.mapping import CodeMapping, Facet
    from icd11kit.crosswalks import Crosswalk
    from icd11kit.graph import Digraph, Foundation, Linearization
    from icd11kit.lookup.answer import Lookup
    from icd11kit.lookup.resolve import Found
    from icd11kit.postcoordination.normal import Normalized
    from icd11kit.postcoordination.validate import Validator
    from icd11kit.postcoordination.validation import Validation
    from icd11kit.search.find import Hit
    from icd11kit.tree_view import Branch


class Terminology:
    """Look-up, search and the tree over the installed editions, or over the starter set.

    Codes, foundation ids and URIs of any form go in everywhere. Stores are opened when first
    needed and never changed; `close` or `with` gives the files back.
    """

    __slots__ = ("_crosswalk", "_mappings", "editions", "judges", "names")

    def __init__(self, editions: Editions) -> None:
        self.editions = editions
        self.names = Names(editions)
        self.judges = Judges(editions)
        self._crosswalk: Crosswalk | None = None
        self._mappings: tuple[Curated, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the open files; a question asked later opens them again."""
        self.judges = Judges(self.editions)
        self._crosswalk = None
        while self.editions.opened:
            self.editions.opened.popitem()[1].connection.close()

    @property
    def release(self) -> str:
        """The MMS release answers rest on."""
        return self._mms().manifest["release"]

    @property
    def tier(self) -> str:
        """The tier answers rest on: starter, index, release or api."""
        return self._mms().manifest["tier"]

    def lookup(self, text: str, *, system: str = "") -> Lookup:
        """Return all that is known of a code, id or URI, read as one system's if one is given.

        Raises UnknownCodeError with the nearest codes where nothing has that name.

        >>> import icd11kit
        >>> icd = icd11kit.open()
        >>> icd.lookup("5A11").title
        'Type 2 diabetes mellitus'
        """
        from icd11kit.lookup.answer import answer, answer_foundation

        found = self.names.find(text, system)
        if found is not None:
            return answer(text, found, self.names.elsewhere(found), self._named(found))
        uri = find_uri(text)
        below = answer_foundation(text, self._mms(), uri.id) if uri else None
        if below is None or system not in ("", "foundation"):
            raise self.unknown(text, system)
        return below

    def title(self, code: str) -> str:
        """Return the title of a code; the fastest look-up, for MMS codes as they are written."""
        title = find_title(self._mms(), code)
        if title is None:
            found = self.names.get(code)
            return read_entity(found.store, found.pre).title
        return title

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        system: str = System.MMS,
        chapter: str = "",
        extensions: bool = False,
        within: Sequence[str] = (),
    ) -> tuple[Hit, ...]:
        """Return the entries that fit words, a code or the beginning of one, the best first.

        Extension codes are searched with `extensions` only, chapters 26 and V by `chapter`;
        several chapters are parted by `;`. `within` names entries, by code, id or URI, to look
        at and below. A word that ends in `%` is the beginning of one. Raises MalformedCodeError
        where a chapter does not exist.
        """
        from icd11kit.search.scope import Scope, search

        scope = Scope(chapter, extensions, within)
        return search(self.store(system), query, scope, limit=limit)

    @property
    def clusters(self) -> Validator:
        """All that can be done with clusters: read, describe, normalize, expand."""
        return self.judges.mms

    def use_overlays(self, *paths: str) -> None:
        """Check clusters against overlay files too; raises SourceError for a wrong rule."""
        self.judges.use_overlays(paths)

    def validate(self, cluster: str, mode: str = "standard") -> Validation:
        """Return the verdict on a cluster, with findings and bindings; no text raises.

        >>> import icd11kit
        >>> icd = icd11kit.open()
        >>> icd.validate("5A11&XK8G").issues[0].code.value
        'axis-not-declared'
        """
        from icd11kit.postcoordination.issues import Mode

        return self.judges.of(cluster).validate(cluster, Mode(mode))

    def validate_column(self, column: Column, mode: str = "standard") -> Table:
        """Return the verdicts on a Polars column, row by row; needs the extra `columns`."""
        from icd11kit.columns import validate_column

        return validate_column(self, column, mode)

    def normalize(self, cluster: str, *, terminal: bool = False) -> Normalized:
        """Return a cluster's normal form and the steps to it; ClusterSyntaxError for none."""
        return self.clusters.normalize(cluster, terminal=terminal)

    @property
    def crosswalk(self) -> Crosswalk:
        """Mappings between ICD-10-CM and the MMS release in use."""
        if self._crosswalk is None:
            from icd11kit.crosswalks import Crosswalk

            store = self.store(System.ICD10CM)
            self._crosswalk = Crosswalk(self.editions.home, self._mms(), store, self._mappings)
        return self._crosswalk

    def use_mappings(self, *paths: str) -> None:
        """Let SSSOM files override the crosswalk; raises SourceError for a wrong row."""
        from icd11kit.crosswalks import read_mappings

        self._mappings, self._crosswalk = read_mappings(paths), None

    def map(self, text: str, *, source: str = "", target: str = "") -> CodeMapping:
        """Return what a code is in another classification, with relation and evidence.

        Systems are icd10cm, icd11 and icd10; without any, ICD-10-CM codes are mapped to
        ICD-11 and ICD-11 codes and clusters to ICD-10-CM. Raises UnknownCodeError where the
        source has no such code.

        >>> import icd11kit
        >>> icd = icd11kit.open()
        >>> icd.map("E11.9").target
        '5A11'
        """
        from icd11kit.routes import map_code

        return map_code(self, text, source, target)

    def codes_below(self, text: str) -> tuple[str, ...]:
        """Return the codes below an entry in their order, billable ones alone in ICD-10-CM."""
        from icd11kit.store.bulk import read_codes_below

        found = self.names.get(text)
        return read_codes_below(found.store, found.pre)

    def ancestors(self, text: str) -> tuple[LinearizationEntity, ...]:
        """Return the entries above one, from its chapter down to its parent."""
        found = self.names.get(text)
        return read_path(found.store, found.pre)[:-1]

    def tree(self, text: str = "", *, depth: int = 1, up: bool = False) -> Branch:
        """Return what stands below an entry down to a depth, or with `up` the way down to it.

        Without an entry the chapters are returned.
        """
        from icd11kit.tree_view import branch_down, branch_root, branch_up

        if not text:
            return branch_root(self._mms(), depth)
        found = self.names.get(text)
        if up:
            return branch_up(found.store, found.pre)
        return branch_down(found.store, found.pre, depth)

    def is_below(self, inner: str, outer: str) -> bool:
        """Return whether an entry is another one or stands below it.

        >>> import icd11kit
        >>> icd = icd11kit.open()
        >>> icd.is_below("5A11", "05"), icd.is_below("05", "5A11")
        (True, False)
        """
        a, b = self.names.span(inner), self.names.span(outer)
        return b[1] <= a[1] <= b[2] and a[0] == b[0]

    def linearization(self, system: str = System.MMS) -> Linearization:
        """Return a linearization as tree and values, for analysis with networkx."""
        from icd11kit.graph import build_linearization
        from icd11kit.store.bulk import all_entities

        return build_linearization(all_entities(self.store(system)))

    def graph(self, system: str = System.MMS) -> Digraph:
        """Return a linearization's networkx graph: edges run from parent id to child id."""
        return self.linearization(system).graph

    def foundation(self) -> Foundation:
        """Return the Foundation as far as installed sources tell it, with several parents.

        Full parents come with the api tier; elsewhere an entity has its parent in MMS.
        """
        from icd11kit.foundation import known_foundation

        return known_foundation(self._mms())

    def manifest(self, system: str = System.MMS) -> dict[str, str]:
        """Return what an edition in use says of itself: release, tier, sources, counts."""
        return self.store(system).manifest

    def _mms(self) -> Store:
        return self.store(System.MMS)

    def store(self, system: str) -> Store:
        """Return the open store of a system; raises StoreError where none is installed."""
        return get_store(self.editions, system)

    def _named(self, found: Found) -> tuple[Facet, ...]:
        """Return what the title of an ICD-10-CM code names."""
        if found.store.manifest["system"] != System.ICD10CM:
            return ()
        return self.crosswalk.facets(read_entity(found.store, found.pre).code)

    def unknown(self, text: str, system: str = "") -> UnknownCodeError:
        """Return the error that says why a text names nothing, with the nearest codes."""
        return self.names.unknown(text, system)


def open_terminology(
    home: str | PathLike[str] | None = None, *, release: str = "", language: str = ""
) -> Terminology:
    """Return the terminology over a home, the platform's data folder unless one is given.

    `release` and `language` choose another installed MMS edition than the one in use. Raises
    UnknownReleaseError where that is not installed, StoreError where its file is damaged.
    """
    return Terminology(find_editions(home, release, language))
