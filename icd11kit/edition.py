"""An edition: one classification in one release and language, as gathered from its sources."""

from typing import NamedTuple

from icd11kit.model import Axis, Entity, LayTerm, LinearizationEntity, MapRow, Note, Term
from icd11kit.vocabulary import Tier


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


class EditionKey(NamedTuple):
    """What names an edition; its text is also the beginning of its file's name.

    >>> str(EditionKey("mms", "2025-01", "en"))
    'mms-2025-01-en'
    """

    system: str
    release: str
    language: str

    def __str__(self) -> str:
        return f"{self.system}-{self.release}-{self.language}"


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


def parse_key(text: str) -> EditionKey | None:
    """Return the key a text spells, None where it spells none.

    >>> parse_key("icf-dev-2022-09-29-en")
    EditionKey(system='icf', release='dev-2022-09-29', language='en')
    """
    system, _, rest = text.partition("-")
    release, _, language = rest.rpartition("-")
    return EditionKey(system, release, language) if system and release and language else None
