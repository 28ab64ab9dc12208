"""The starter set: some hundred real codes written by hand, so that every command answers.

It holds facts only (codes, titles, identifiers, places in the tree). A block whose identifier
was not at hand stands without URI. ICD-11 is (c) World Health Organization.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from icd11kit.edition import Edition, SourceFile
from icd11kit.model import Axis, EditionKey, LinearizationEntity
from icd11kit.vocabulary import ClassKind, Multiple, Residual, System, Tier

FOLDER = os.path.dirname(os.path.abspath(__file__))
MMS_KEY = EditionKey(System.MMS, "2025-01", "en")
ICD10CM_KEY = EditionKey(System.ICD10CM, "2026-04", "en")


def starter_mms() -> Edition:
    """Return the starter set's part of ICD-11 MMS, all 28 chapters among it."""
    entities = tuple(_mms_entities())
    ids = {entity.code: entity.id for entity in entities if entity.code}
    axes = tuple(
        Axis(ids[code], name, required == "true", Multiple(multiple), tuple(scale.split()), source)
        for code, name, required, multiple, scale, source in _rows("axes.tsv")
    )
    sources = (_source("mms.tsv", len(entities)),)
    return Edition(MMS_KEY, Tier.STARTER, entities, axes=axes, sources=sources)


def starter_icd10cm() -> Edition:
    """Return the starter set's part of ICD-10-CM."""
    entities = tuple(_icd10cm_entities())
    sources = (_source("icd10cm.tsv", len(entities)),)
    return Edition(ICD10CM_KEY, Tier.STARTER, entities, sources=sources)


def _mms_entities() -> Iterator[LinearizationEntity]:
    chapter = ""
    for line, cells in enumerate(_rows("mms.tsv")):
        depth, kind, code, block_id, entity_id, title = cells
        chapter = code if depth == "0" else chapter
        entity_id = entity_id or block_id or f"unnamed-{line}"
        residual = Residual(entity_id.partition("/")[2])
        yield LinearizationEntity(
            entity_id, code, title, ClassKind(kind), int(depth), chapter, block_id, residual
        )


def _icd10cm_entities() -> Iterator[LinearizationEntity]:
    chapter = ""
    for depth, kind, code, billable, title in _rows("icd10cm.tsv"):
        chapter = code if depth == "0" else chapter
        class_kind = ClassKind(kind.removeprefix("sub"))
        is_block = class_kind is ClassKind.BLOCK
        yield LinearizationEntity(
            code,
            "" if is_block else code,
            title,
            class_kind,
            int(depth),
            chapter,
            block_id=code if is_block else "",
            billable=billable == "1",
        )


def _rows(name: str) -> Iterator[list[str]]:
    lines = _read(name).decode("utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])


def _read(name: str) -> bytes:
    with open(os.path.join(FOLDER, name), "rb") as stream:
        return stream.read()


def _source(name: str, rows: int) -> SourceFile:
    import hashlib

    digest = hashlib.sha256(_read(name)).hexdigest()
    return SourceFile(f"starter set: {name}", "starter", digest, "", rows)
