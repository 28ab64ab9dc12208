"""Things read, put together to editions; what an installed edition knows more is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from icd11kit.edition import Edition, SourceFile
from icd11kit.errors import SourceError
from icd11kit.model import Axis, EditionKey, Entity, MapRow, Note
from icd11kit.sources.api_json import ApiRelease
from icd11kit.sources.gather import CODE_LIST, Read
from icd11kit.sources.mapping import MappingTable
from icd11kit.sources.tabulation import Tabulation
from icd11kit.vocabulary import NoteKind, System, Tier

Held = Callable[[EditionKey | None], Edition | None]
"""Gives the installed edition of a key, and for None the MMS edition in use."""
FOUNDATION_TABLE = "foundation_11To10MapToOneCategory"
_SINGLE = frozenset(
    {
        NoteKind.CODING_NOTE,
        NoteKind.DEFINITION,
        NoteKind.FULLY_SPECIFIED_NAME,
        NoteKind.LONG_DEFINITION,
        NoteKind.DIAGNOSTIC_CRITERIA,
    }
)
"""Kinds of which an entity has one; a newer one takes its place."""


def assemble(reads: Sequence[Read], release: str, held: Held) -> list[Edition]:
    """Return the editions that things read make, one for each classification and release.

    Mapping tables and Foundation entities belong to every MMS edition among them, else to the
    one in use. Raises SourceError where that does not exist, or where a release was asked for
    that the files do not hold.
    """
    bases = _bases(reads, release)
    tables = newest_tables(reads)
    parts = [
        read for read in reads if isinstance(read.value, ApiRelease) and not read.value.entities
    ]
    if (tables or parts) and not any(key.system == System.MMS for key in bases):
        base = held(None)
        if base is None:
            raise SourceError(
                (tables or parts)[0].source.name,
                "mapping tables and Foundation entities need a tabulation; give it with --from",
            )
        bases[base.key] = base
    return [
        _with_foundation(_with_tables(_with_parts(base, parts), tables), held(base.key))
        if base.key.system == System.MMS
        else base
        for base in bases.values()
    ]


def newest_tables(reads: Iterable[Read]) -> list[Read]:
    """Return the mapping tables of the newest release among them, one of a kind."""
    tables = [(read, read.value) for read in reads if isinstance(read.value, MappingTable)]
    newest = max((table.release for _, table in tables), default="")
    kept = {table.table: read for read, table in tables if table.release == newest}
    return list(kept.values())


def _bases(reads: Iterable[Read], release: str) -> dict[EditionKey, Edition]:
    bases: dict[EditionKey, Edition] = {}
    for read in reads:
        made = _edition(read, release)
        if made is not None and (made.key not in bases or made.tier == Tier.API):
            bases[made.key] = made
    return bases


def _edition(read: Read, release: str) -> Edition | None:
    """Return the edition that a tabulation or a walked API is the ground of."""
    value, sources = read.value, (read.source,)
    if isinstance(value, Tabulation):
        key = EditionKey(
            value.linearization, _release(value, release, read.source.name), value.language
        )
        tier = Tier.INDEX if read.source.kind == CODE_LIST else Tier.RELEASE
        return Edition(
            key, tier, value.entities, value.notes, sources=sources,
            untranslated=value.untranslated,
        )  # fmt: skip
    if isinstance(value, ApiRelease) and value.entities:
        key = EditionKey(
            value.linearization, _release(value, release, read.source.name), value.language
        )
        return Edition(
            key, Tier.API, value.entities, value.notes, value.axes, value.foundation,
            sources=sources, release_day=value.day,
        )  # fmt: skip
    return None


def _release(value: Tabulation | ApiRelease, asked: str, name: str) -> str:
    if value.release and asked and asked not in (value.release, f"dev-{value.release}"):
        raise SourceError(name, f"the file holds release {value.release}, not {asked}")
    if not (value.release or asked):
        raise SourceError(name, "the file does not tell its release; say it with --release")
    return value.release or asked


def _with_parts(edition: Edition, parts: Sequence[Read]) -> Edition:
    """Return the edition with entities that came as single JSON objects of the API."""
    for read in parts:
        value = read.value
        if isinstance(value, ApiRelease):
            edition = edition._replace(
                foundation=_joined(edition.foundation, value.foundation),
                notes=_joined_notes(edition.notes, value.notes),
                axes=_joined_axes(edition.axes, value.axes),
                sources=(*edition.sources, read.source),
            )
            if value.day and value.release == edition.key.release:
                edition = edition._replace(release_day=value.day)
    return edition


def _with_tables(edition: Edition, tables: Sequence[Read]) -> Edition:
    if not tables:
        return edition
    values = [(read.source, read.value) for read in tables if isinstance(read.value, MappingTable)]
    kinds = {table.table for _, table in values}
    return edition._replace(
        map_rows=tuple(row for _, table in values for row in table.rows),
        map_release=values[0][1].release,
        sources=(
            *(source for source in edition.sources if source.kind not in kinds),
            *(source for source, _ in values),
        ),
    )


def _with_foundation(edition: Edition, before: Edition | None) -> Edition:
    """Return the edition with what the installed one knows more, and all titled entities."""
    if before is not None:
        edition = _keep(edition, before)
    listed = {entity.id for entity in edition.entities}
    titled = _titled(edition.map_rows, listed)
    return edition._replace(foundation=_joined(titled, edition.foundation))


def _keep(edition: Edition, before: Edition) -> Edition:
    notes, kept = _more_notes(edition, before.notes), list[SourceFile]()
    if not edition.map_rows and before.map_rows:
        edition = edition._replace(map_rows=before.map_rows, map_release=before.map_release)
        kinds = {row.mapping for row in before.map_rows}
        kept += [source for source in before.sources if source.kind in kinds]
    if not edition.axes and before.axes:
        edition = edition._replace(axes=before.axes, tier=before.tier)
        kept += [source for source in before.sources if source.kind.startswith("ICD-API")]
    return edition._replace(
        notes=(*edition.notes, *notes),
        release_day=edition.release_day or before.release_day,
        foundation=_joined(before.foundation, edition.foundation),
        sources=tuple(dict.fromkeys((*edition.sources, *kept))),
    )


def _more_notes(edition: Edition, before: Iterable[Note]) -> tuple[Note, ...]:
    """Return the notes that an edition does not tell in their place.

    A walked API tells all of an entity; other sources tell notes of some kinds and leave others.
    """
    whole = edition.tier is Tier.API
    known = {(n.entity, n.of_concept, "" if whole else n.kind) for n in edition.notes}
    return tuple(
        n for n in before if (n.entity, n.of_concept, "" if whole else n.kind) not in known
    )


def _joined_notes(first: Iterable[Note], second: Iterable[Note]) -> tuple[Note, ...]:
    """Return the notes of both, the second's where an entity has one of a kind."""
    joined = {
        (note.entity, note.of_concept, note.kind) if note.kind in _SINGLE else note: note
        for note in (*first, *second)
    }
    return tuple(joined.values())


def _titled(rows: Iterable[MapRow], listed: set[str]) -> tuple[Entity, ...]:
    """Return the Foundation table's entities that are no entries of the linearization."""
    return tuple(
        Entity(row.entity, row.icd11_title)
        for row in rows
        if row.mapping == FOUNDATION_TABLE and row.entity and row.entity not in listed
    )


def _joined_axes(first: Iterable[Axis], second: Iterable[Axis]) -> tuple[Axis, ...]:
    return tuple({(axis.entity, axis.name): axis for axis in (*first, *second)}.values())


def _joined(first: Iterable[Entity], second: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return entities of both, the second's where both know one and it has parents."""
    joined = {entity.id: entity for entity in first}
    for entity in second:
        if entity.parents or entity.id not in joined:
            joined[entity.id] = entity
    return tuple(joined.values())
