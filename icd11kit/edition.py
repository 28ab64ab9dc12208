"""An edition: one classification in one release and language, as gathered from its sources."""

from typing import NamedTuple

from icd11kit.model import Axis, EditionKey, Entity, LinearizationEntity, MapRow, Note
from icd11kit.vocabulary import TermSource, Tier


class SourceFile(NamedTuple):
    """A file an edition was made from: what it is, its bytes' SHA-256, its date, its rows.

    `missed` counts the rows that were not understood.
    """

    name: str
    kind: str
    sha256: str
    dated: str
    rows: int
    missed: int = 0


class Term(NamedTuple):
    """Words by which an entity can be found; `entity` is the id of a linearization entry."""

    entity: str
    text: str
    source: TermSource


class LayTerm(NamedTuple):
    """What people type, `heart attack`, for what is written, `myocardial infarction`."""

    term: str
    means: str


class Edition(NamedTuple):
    """Everything one store file holds, entries in pre-order.

    `map_release` is the release of the mapping tables, which may differ from the edition's.
    `foundation` holds entities beyond those of the linearization. `release_day` is the day that
    an API tells, "" where none did.
    """

    key: EditionKey
    tier: Tier
    entities: tuple[LinearizationEntity, ...]
    notes: tuple[Note, ...] = ()
    axes: tuple[Axis, ...] = ()
    foundation: tuple[Entity, ...] = ()
    map_rows: tuple[MapRow, ...] = ()
    map_release: str = ""
    sources: tuple[SourceFile, ...] = ()
    untranslated: int = 0
    release_day: str = ""


class SearchIndex(NamedTuple):
    """What an edition is searched by."""

    terms: tuple[Term, ...]
    lay_terms: tuple[LayTerm, ...] = ()
