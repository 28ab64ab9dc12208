"""The starter set as a store: built once into a file of its own, and again when it changes."""

from __future__ import annotations

import os
import sqlite3

from icd11kit import __version__
from icd11kit.edition import Edition, SearchIndex
from icd11kit.errors import InstallError, StoreError
from icd11kit.resources import LAY_TERMS, resource_folder
from icd11kit.starter import FOLDER, starter_icd10cm, starter_mms
from icd11kit.store.home import installed_editions
from icd11kit.store.read import Store, open_memory, open_store
from icd11kit.store.schema import SCHEMA_VERSION
from icd11kit.vocabulary import System

_FILES = ("mms.tsv", "icd10cm.tsv", "axes.tsv")


def open_starter(home: str, system: str) -> Store:
    """Return the starter set's store, kept in a file where the home can be written.

    Else, or where that file is damaged, the store is made in memory.
    """
    folder = os.path.join(home, "starter", _mark())
    held = [item for item in installed_editions(folder) if item.key.system == system]
    try:
        return open_store(held[-1].path) if held else _write(folder, system)
    except (InstallError, StoreError):
        return open_memory(lambda connection: _fill(connection, _starter(system)))


def _write(folder: str, system: str) -> Store:
    from icd11kit.store.write import write_store

    edition = _starter(system)
    written = write_store(folder, edition.key, lambda connection: _fill(connection, edition))
    return open_store(written.path)


def _starter(system: str) -> Edition:
    return starter_mms() if system == System.MMS else starter_icd10cm()


def _fill(connection: sqlite3.Connection, edition: Edition) -> None:
    from icd11kit.search.terms import read_lay_terms, search_terms
    from icd11kit.store.build import write_edition

    index = SearchIndex(tuple(search_terms(edition)), read_lay_terms())
    write_edition(connection, edition, index)


def _mark() -> str:
    """Return what changes when anything does that the starter's store is made from."""
    folders = [FOLDER] * len(_FILES) + [resource_folder("mappings")]
    paths = map(os.path.join, folders, (*_FILES, LAY_TERMS))
    states = (os.stat(path) for path in paths)
    sizes = "-".join(f"{state.st_size:x}.{state.st_mtime_ns:x}" for state in states)
    return f"{__version__}-{SCHEMA_VERSION}-{sizes}"
