"""The answer of a look-up as one value, put together from an open store."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from icd11kit.lookup.resolve import Found
from icd11kit.model import Axis, LinearizationEntity
from icd11kit.resources import read_resource
from icd11kit.store.read import (
    Store,
    find_foundation,
    find_pre,
    read_axes,
    read_children,
    read_entity,
    read_map_rows,
    read_notes,
    read_path,
    read_told,
)
from icd11kit.uris import foundation_uri, linearization_uri
from icd11kit.vocabulary import NoteKind, System

if TYPE_CHECKING:
    from icd11kit.crosswalk.mapping import Facet


class Step(NamedTuple):
    """An entry seen from another: what look-up takes for it, its code, title, kind and id."""

    label: str
    code: str
    title: str
    kind: str
    residual: str = ""
    id: str = ""


class Equivalent(NamedTuple):
    """Another name of the same entity: a URI, or its code in another installed release."""

    uri: str
    release: str = ""
    code: str = ""


class WhoMap(NamedTuple):
    """What a row of WHO's mapping tables sets beside the entity, with the row as evidence.

    `relation` is WHO's word, "" where the edition has none; then the row claims no equality.
    """

    icd10_code: str
    icd10_title: str
    relation: str
    mapping: str
    release: str
    line: int


class Lookup(NamedTuple):
    """All that is known of an entry; fields that do not apply are "", () or None.

    `says` is what an ICD-10-CM code says beside its condition: side, encounter and the like, and
    site, organism, drug and complication where the crosswalk is computed.
    `parent` and the labels of `path` and `children` can be looked up themselves. `system` is
    `foundation` for an entity that no installed linearization holds.
    """

    input: str
    found: bool
    system: str
    code: str
    title: str
    kind: str
    chapter: str
    parent: str
    foundation_uri: str
    linearization_uri: str
    is_leaf: bool
    release: str
    tier: str
    language: str
    id: str
    block_id: str
    taken_as: str
    residual: str
    billable: bool | None
    path: tuple[Step, ...]
    children: tuple[Step, ...]
    axes: tuple[Axis, ...]
    coding_note: str
    notes: tuple[tuple[str, str], ...]
    equivalents: tuple[Equivalent, ...]
    who_maps: tuple[WhoMap, ...]
    says: tuple["Facet", ...] = ()


def answer(
    text: str,
    found: Found,
    elsewhere: tuple[Equivalent, ...] = (),
    named: "tuple[Facet, ...]" = (),
) -> Lookup:
    """Return everything known of the entry found.

    `elsewhere` is what other releases say, `named` what the crosswalk read in the title.
    """
    store, pre = found.store, found.pre
    entity, path, children = (
        read_entity(store, pre),
        read_path(store, pre),
        read_children(store, pre),
    )
    manifest, notes = store.manifest, read_notes(store, pre)
    system, release = manifest["system"], manifest["release"]
    return Lookup(
        input=text,
        found=True,
        system=system,
        code=entity.code,
        title=entity.title,
        kind=entity.kind.value,
        chapter=entity.chapter,
        parent=path[-2].label if len(path) > 1 else "",
        foundation_uri=foundation_uri(entity.id),
        linearization_uri=linearization_uri(entity.id, system),
        is_leaf=not children,
        release=release,
        tier=manifest["tier"],
        language=manifest["language"],
        id=entity.id,
        block_id=entity.block_id,
        taken_as=found.taken_as,
        residual=entity.residual.value,
        billable=entity.billable if system == System.ICD10CM else None,
        path=tuple(map(step, path)),
        children=tuple(map(step, children)),
        axes=read_axes(store, pre),
        coding_note="\n".join(text for kind, text in notes if kind is NoteKind.CODING_NOTE),
        notes=tuple((k.value, text) for k, text in notes if k is not NoteKind.CODING_NOTE),
        equivalents=(*_uris(entity, system, release), *elsewhere),
        who_maps=_who_maps(store, entity.id),
        says=(*_says(entity), *named) if system == System.ICD10CM else (),
    )


def answer_foundation(text: str, store: Store, entity_id: str) -> Lookup | None:
    """Return what is known of an entity below the shoreline, None where nothing is."""
    entity = find_foundation(store, entity_id)
    if entity is None:
        return None
    manifest = store.manifest
    return Lookup(
        input=text, found=True, system="foundation", code="", title=entity.title, kind="entity",
        chapter="", parent=entity.parents[0] if entity.parents else "",
        foundation_uri=foundation_uri(entity.id), linearization_uri="", is_leaf=False,
        release=manifest["map_release"] or manifest["release"], tier=manifest["tier"],
        language=manifest["language"], id=entity.id, block_id="",
        taken_as="foundation id, below the shoreline: no code of its own",
        residual="", billable=None, path=(), children=(), axes=(), coding_note="",
        notes=tuple((n.kind.value, n.text) for n in read_told(store, entity_id) if n.text),
        equivalents=(Equivalent(foundation_uri(entity.id)),),
        who_maps=_who_maps(store, entity.id),
    )  # fmt: skip


def answer_elsewhere(found: Found, others: Iterable[Store]) -> tuple[Equivalent, ...]:
    """Return an entry's codes in other releases that have it."""
    entity_id = read_entity(found.store, found.pre).id
    return tuple(
        Equivalent("", other.manifest["release"], read_entity(other, pre).code)
        for other in others
        if (pre := find_pre(other, entity_id)) is not None
    )


def step(entity: LinearizationEntity) -> Step:
    """Return an entry as it is shown beside others."""
    return Step(
        entity.label, entity.code, entity.title, entity.kind.value, entity.residual.value, entity.id
    )


def _uris(entity: LinearizationEntity, system: str, release: str) -> tuple[Equivalent, ...]:
    published = "" if release.startswith("dev-") else release
    uris = (
        foundation_uri(entity.id),
        linearization_uri(entity.id, system),
        linearization_uri(entity.id, system, published) if published else "",
    )
    return tuple(Equivalent(uri) for uri in uris if uri)


def _says(entity: LinearizationEntity) -> "tuple[Facet, ...]":
    """Return what an ICD-10-CM code says beside its condition."""
    from icd11kit.crosswalk.meaning import code_facets, parse_word_rules, split_title

    rules = parse_word_rules(read_resource("mappings", "icd10cm-words.tsv"))
    return (*split_title(entity.title, rules)[1], *code_facets(entity.code, rules))


def _who_maps(store: Store, entity_id: str) -> tuple[WhoMap, ...]:
    if not int(store.manifest["map_rows"]):
        return ()
    release = store.manifest["map_release"]
    return tuple(
        WhoMap(row.icd10_code, row.icd10_title, row.relation, row.mapping, release, row.line)
        for row in read_map_rows(store, entity_id)
        if row.icd10_code
    )
