"""The crosswalk over the installed editions: from its file where it is built, else derived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from icd11kit import __version__
from icd11kit.crosswalk.book import (
    FORMAT,
    SYSTEM,
    Direction,
    all_mappings,
    find_facets,
    find_mapping,
    mappings_below,
    mappings_to,
    write_book,
)
from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.errors import SourceError
from icd11kit.model import EditionKey
from icd11kit.store.home import crosswalks_folder, installed_editions
from icd11kit.store.read import Store, file_name, find_pre, open_store
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.crosswalk.compute import Built, Inverse
    from icd11kit.crosswalk.curated import Curated
    from icd11kit.crosswalk.derive import Deriver
    from icd11kit.crosswalk.mapping import Facet
    from icd11kit.crosswalk.meaning import CmCode


class Crosswalk:
    """Maps codes between ICD-10-CM and one release of ICD-11."""

    def __init__(
        self, home: str, mms: Store, icd10cm: Store, users: Sequence[Curated] = ()
    ) -> None:
        self.mms, self.icd10cm, self.users = mms, icd10cm, users
        self.book = find_book(home, mms, icd10cm)
        _check_sources(users, icd10cm)
        self._own = tuple(row.source for row in users)
        self._deriver: Deriver | None = None
        self._inverse: Inverse | None = None

    @property
    def deriver(self) -> Deriver:
        """What derives mappings, loaded when first needed."""
        if self._deriver is None:
            from icd11kit.crosswalk.load import load_deriver

            self._deriver = load_deriver(self.mms, self.users)
        return self._deriver

    def forward(self, code: str) -> CodeMapping | None:
        """Return what an ICD-10-CM code is in ICD-11, None where there is no such code."""
        if self.book is not None and not code.startswith(self._own):
            return find_mapping(self.book, Direction.FORWARD, code)
        source = self._read(code)
        return None if source is None else self.deriver.derive(source)

    def forward_divided(self, code: str) -> CodeMapping | None:
        """Return what a code of an earlier year is that has since been divided, else None."""
        from icd11kit.crosswalk.divided import divided_category, map_divided, successors
        from icd11kit.store.bulk import read_codes_below

        pre = find_pre(self.icd10cm, divided_category(code) or "-")
        below = () if pre is None else read_codes_below(self.icd10cm, pre)
        found = [made for now in successors(code, below) if (made := self.forward(now))]
        release = self.icd10cm.manifest["release"]
        return map_divided(code, found, release) if found else None

    def backward(self, expression: str) -> CodeMapping:
        """Return what an ICD-11 code or cluster is in ICD-10-CM."""
        found = self.book and find_mapping(self.book, Direction.BACKWARD, expression)
        if found is not None:
            return found
        from icd11kit.crosswalk.compute import map_expression

        return map_expression(self.deriver, expression, self._get_inverse())

    def facets(self, code: str) -> tuple[Facet, ...]:
        """Return what an ICD-10-CM code names beside its condition, in the release's words.

        () also where the crosswalk is not computed.
        """
        return () if self.book is None else find_facets(self.book, code)

    def _read(self, code: str) -> CmCode | None:
        from icd11kit.crosswalk.load import read_code

        pre = find_pre(self.icd10cm, code)
        return None if pre is None else read_code(self.icd10cm, pre)

    def _get_inverse(self) -> Inverse:
        """Return the crosswalk from its other end; without a file all of it is derived."""
        if self._inverse is None:
            from icd11kit.crosswalk.compute import Inverse, inverse_of
            from icd11kit.crosswalk.load import all_codes

            book = self.book
            if book is not None:
                self._inverse = Inverse(
                    partial(mappings_to, book), partial(mappings_below, book), self._read
                )
            else:
                codes = all_codes(self.icd10cm)
                self._inverse = inverse_of((self.deriver.derive(code), code) for code in codes)
        return self._inverse


def find_book(home: str, mms: Store, icd10cm: Store) -> Store | None:
    """Return the computed crosswalk of two editions, None where none is or it is out of date."""
    if not mms.path or not icd10cm.path:
        return None
    wanted = _origin(mms, icd10cm)
    for item in installed_editions(crosswalks_folder(home)):
        if item.key == _key(mms):
            book = open_store(item.path)
            if wanted.items() <= book.manifest.items():
                return book
            book.connection.close()
    return None


def _check_sources(users: Iterable[Curated], icd10cm: Store) -> None:
    """Raise SourceError where a mapping is of no code; the starter set has too few to ask."""
    release = icd10cm.manifest["release"]
    for row in users if icd10cm.path else ():
        if find_pre(icd10cm, row.source) is None:
            raise SourceError(row.where, f"{row.source} is no code of ICD-10-CM {release}")


def read_mappings(paths: Iterable[str]) -> tuple[Curated, ...]:
    """Return the rows of users' SSSOM files, later files after earlier ones.

    Raises SourceError where a file cannot be read or a row is wrong.
    """
    return tuple(row for path in paths for row in _read_mappings_of(path))


def _read_mappings_of(path: str) -> Iterator[Curated]:
    from icd11kit.crosswalk.curated import parse_sssom
    from icd11kit.resources import LONGEST_TABLE, read_text

    return parse_sssom(read_text(path, LONGEST_TABLE), path)


def build_crosswalk(
    home: str,
    mms: Store,
    icd10cm: Store,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> Built:
    """Compute the crosswalk of two editions, both ways, into a file of the home.

    Raises InstallError where the file cannot be written.
    """
    from icd11kit.crosswalk.compute import Built, all_backward, all_forward
    from icd11kit.crosswalk.load import load_deriver
    from icd11kit.crosswalk.naming import named_facets
    from icd11kit.store.write import write_store

    deriver = load_deriver(mms)
    forward = list(all_forward(deriver, icd10cm, step))
    backward = list(all_backward(deriver, forward))
    written = write_store(
        crosswalks_folder(home),
        _key(mms),
        lambda con: write_book(
            con,
            _manifest(mms, icd10cm),
            (m for m, _ in forward),
            backward,
            ((code.code, named_facets(deriver.read(code), deriver.targets)) for _, code in forward),
        ),
    )
    without = sum(not mapping.target for mapping, source in forward if source.billable)
    return Built(written.path, len(forward), len(backward), without)


def all_of(crosswalk: Crosswalk, direction: Direction) -> Iterator[CodeMapping]:
    """Yield every mapping of a direction; derived one by one where no crosswalk is built."""
    from icd11kit.crosswalk.compute import stem_codes
    from icd11kit.crosswalk.load import all_codes

    if crosswalk.book is not None:
        yield from all_mappings(crosswalk.book, direction)
    elif direction is Direction.FORWARD:
        yield from (crosswalk.deriver.derive(code) for code in all_codes(crosswalk.icd10cm))
    else:
        yield from map(crosswalk.backward, stem_codes(crosswalk.deriver))


def _key(mms: Store) -> EditionKey:
    return EditionKey(SYSTEM, mms.manifest["release"], mms.manifest["language"])


def _origin(mms: Store, icd10cm: Store) -> dict[str, str]:
    """Return what a crosswalk is computed from: the files' names hold their digests."""
    names = {System.MMS.value: mms, System.ICD10CM.value: icd10cm}
    said = {name: file_name(store) for name, store in names.items()}
    return {**said, "tool": f"icd11kit {__version__}", "format": FORMAT}


def _manifest(mms: Store, icd10cm: Store) -> dict[str, str]:
    """Return what a crosswalk's file says of itself: all a store does, and its origin."""
    kept = ("schema", "release", "language", "tier", "sources", "map_release")
    said = {name: mms.manifest[name] for name in kept}
    counted = dict.fromkeys(("entries", "codes", "map_rows", "untranslated"), "0")
    return {"system": SYSTEM, **said, **counted, **_origin(mms, icd10cm),
            "icd10cm_release": icd10cm.manifest["release"]}  # fmt: skip
