"""Install: from whatever sources can be had to editions in the home, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from icd11kit.edition import Edition, SearchIndex, SourceFile
from icd11kit.errors import InstallError, StoreError
from icd11kit.model import EditionKey
from icd11kit.search.terms import read_lay_terms, search_terms
from icd11kit.sources.assemble import assemble
from icd11kit.sources.icd10cm import package_documents, parse_icd10cm_release
from icd11kit.sources.obtain import Wanted, obtain
from icd11kit.sources.rows import RowError
from icd11kit.starter import starter_mms
from icd11kit.store.build import manifest, write_edition
from icd11kit.store.bulk import read_edition
from icd11kit.store.home import (
    Installed,
    find_current,
    home_folder,
    installed_editions,
    release_rank,
    releases_folder,
)
from icd11kit.store.read import open_store
from icd11kit.store.write import choose, write_store
from icd11kit.vocabulary import ClassKind, System, Tier

Step = Callable[[str], None]
COUNTS = ("entries", "codes", "residuals", "billable", "axes", "map_rows", "untranslated")


@dataclass(frozen=True, slots=True)
class InstalledReport:
    """One edition as it was installed: what it came from, what it holds, what is missing."""

    key: EditionKey
    tier: str
    path: str
    sha256: str
    map_release: str
    sources: tuple[SourceFile, ...]
    counts: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]
    in_use: bool


@dataclass(frozen=True, slots=True)
class InstallReport:
    """All editions an install made, rows not understood, files not known, tries that failed."""

    editions: tuple[InstalledReport, ...]
    row_errors: tuple[RowError, ...]
    unknown_files: tuple[str, ...]
    failed: tuple[str, ...]


def install(
    wanted: Wanted, home: str | PathLike[str] | None = None, step: Step = lambda text: None
) -> InstallReport:
    """Build what is wanted into the home and return what was taken, from where, and what lacks.

    Each edition is built beside its final name and renamed. Raises SourceError, NetworkError
    or InstallError, each one sentence, where nothing could be installed.
    """
    folder = home_folder(home)
    chapters = [e for e in starter_mms().entities if e.kind is ClassKind.CHAPTER]
    obtained = obtain(wanted, Path(folder) / "cache", chapters, step)
    gathered = obtained.gathered
    editions = assemble(gathered.reads, wanted.release, lambda key: _held(folder, key))
    if not editions:
        raise InstallError("the files hold no tabulation, mapping table or entity to install")
    step("reading ICD-10-CM")
    icd10cm = icd10cm_edition()
    wanted_too = () if _is_held(folder, icd10cm) else (icd10cm,)
    reports = [_install(edition, icd10cm, folder, step) for edition in (*editions, *wanted_too)]
    return InstallReport(
        tuple(reports),
        tuple(gathered.errors),
        tuple(gathered.unknown),
        tuple(obtained.failed),
    )


def icd10cm_edition() -> Edition:
    """Return ICD-10-CM from the installed package simple-icd-10-cm."""
    tabular, codes = package_documents()
    read = parse_icd10cm_release(tabular, codes)
    sources = tuple(
        SourceFile(item.name, kind, item.sha256, read.release, rows)
        for item, kind, rows in (
            (tabular, "ICD-10-CM tabular list", len(read.entities)),
            (codes, "ICD-10-CM code list", len(codes.data.split())),
        )
    )
    key = EditionKey(System.ICD10CM, read.release, "en")
    return Edition(key, Tier.INDEX, read.entities, read.notes, sources=sources)


def _held(folder: str, key: EditionKey | None) -> Edition | None:
    """Return an installed edition, the MMS one in use for None; a damaged one counts as none."""
    held = installed_editions(releases_folder(folder))
    item = find_current(folder, held) if key is None else _same(held, key)
    if item is None:
        return None
    try:
        with open_store(item.path) as store:
            return read_edition(store)
    except StoreError:
        return None


def _same(held: list[Installed], key: EditionKey) -> Installed | None:
    return next((item for item in held if item.key == key), None)


def _is_held(folder: str, edition: Edition) -> bool:
    """Return whether an edition from the very same sources is installed and opens."""
    item = _same(installed_editions(releases_folder(folder)), edition.key)
    if item is None:
        return False
    try:
        with open_store(item.path) as store:
            return store.manifest["sources"] == manifest(edition)["sources"]
    except StoreError:
        return False


def _install(edition: Edition, icd10cm: Edition, folder: str, step: Step) -> InstalledReport:
    step(f"building {edition.key}")
    helper = icd10cm if edition.key.system == System.MMS else None
    lay_terms = read_lay_terms() if edition.key.language == "en" else ()
    index = SearchIndex(tuple(search_terms(edition, helper)), lay_terms)
    written = write_store(
        releases_folder(folder), edition.key, lambda con: write_edition(con, edition, index)
    )
    in_use = _take_into_use(folder, written)
    counts = manifest(edition)
    return InstalledReport(
        key=edition.key,
        tier=edition.tier.value,
        path=written.path,
        sha256=written.digest,
        map_release=edition.map_release,
        sources=edition.sources,
        counts=tuple((name, int(counts[name])) for name in COUNTS),
        missing=missing(edition),
        in_use=in_use,
    )


def _take_into_use(folder: str, written: Installed) -> bool:
    """Use a new MMS edition unless a newer one, or one in another language, is in use."""
    if written.key.system != System.MMS:
        return False
    current = find_current(folder, installed_editions(releases_folder(folder)))
    if current is None or current.key == written.key:
        choose(folder, written.key)
        return True
    newer = release_rank(written.key) > release_rank(current.key)
    if newer and current.key.language == written.key.language:
        choose(folder, written.key)
        return True
    return False


def missing(edition: Edition) -> tuple[str, ...]:
    """Return what an edition lacks and how it is got, in words for a person."""
    if edition.key.system != System.MMS:
        return ()
    lacks = {
        "blocks, the depth of the tree and anything newer than January 2021 "
        "(icd11kit install --release R)": edition.tier is Tier.INDEX,
        "WHO's mapping tables and their index terms (--from mapping.zip)": not edition.map_rows,
        "axes, index terms, definitions and the Foundation's parents (--api URL)": not edition.axes,
        f"{edition.untranslated} titles in this language (the English ones stand in)": bool(
            edition.untranslated
        ),
    }
    return tuple(text for text, lacking in lacks.items() if lacking)
