"""The values everything passes around: entities, linearization entries, axes, notes."""

from typing import NamedTuple

from icd11kit.vocabulary import ClassKind, Multiple, NoteKind, Residual


class Entity(NamedTuple):
    """A concept of the Foundation, which may have several parents.

    `id` is the number at the end of its foundation URI.
    """

    id: str
    title: str
    parents: tuple[str, ...] = ()


class LinearizationEntity(NamedTuple):
    """One entry of a linearization: a chapter, block or category in its one place.

    `id` is the foundation id, for a residual `{parent id}/other` or `/unspecified`, and in
    ICD-10-CM the code itself. `code` is the chapter number on a chapter and "" on a block.
    `depth` counts from 0 at a chapter. `billable` speaks of ICD-10-CM only.
    """

    id: str
    code: str
    title: str
    kind: ClassKind
    depth: int
    chapter: str
    block_id: str = ""
    residual: Residual = Residual.NONE
    billable: bool = False

    @property
    def label(self) -> str:
        """The shortest text that look-up takes for this entry: code, block id or id."""
        return self.code or self.block_id or self.id


class Note(NamedTuple):
    """Words of a classification about one entity; `entity` is the id they belong to.

    `concept` is the id of the Foundation's entity and `entry` that of the linearization's entry
    that the words name or come from, "" where none is told; a link may have no words. Words
    `of_concept` are the Foundation's about its entity, all others a linearization's.
    """

    entity: str
    kind: NoteKind
    text: str
    concept: str = ""
    entry: str = ""
    is_deprecated: bool = False
    of_concept: bool = False


class Axis(NamedTuple):
    """One postcoordination axis of a stem as WHO's API states it.

    `scale` holds ids of subtree roots: any entity at or below one is a scale value.
    """

    entity: str
    name: str
    required: bool
    multiple: Multiple
    scale: tuple[str, ...]
    source: str


class MapRow(NamedTuple):
    """One row of a WHO mapping table, ICD-10 on one side and ICD-11 on the other.

    `line` counts from 1 in the file, header included; `entity` is the foundation or
    residual id, "" where the row names none. Relation columns are "" in editions without.
    """

    mapping: str
    line: int
    icd10_kind: str
    icd10_code: str
    icd10_title: str
    entity: str
    icd11_kind: str
    icd11_code: str
    icd11_title: str
    relation: str = ""
    rollup: str = ""
    distance: str = ""


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


def parse_key(text: str) -> EditionKey | None:
    """Return the key a text spells, None where it spells none.

    >>> parse_key("icf-dev-2022-09-29-en")
    EditionKey(system='icf', release='dev-2022-09-29', language='en')
    """
    system, _, rest = text.partition("-")
    release, _, language = rest.rpartition("-")
    return EditionKey(system, release, language) if system and release and language else None
