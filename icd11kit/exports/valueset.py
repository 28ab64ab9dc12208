"""Codes and subtrees of a classification as FHIR ValueSet, R4 and R5."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from icd11kit.exports.header import SYSTEMS

_LONGEST_ID = 64


class ValueSetContent(NamedTuple):
    """What a ValueSet says: everything at or below `subtrees` without `excluded`, and `concepts`.

    All are codes or clusters with their titles; `system` is `icd10cm` or `icd11mms`.
    """

    name: str
    title: str
    description: str
    system: str
    system_version: str
    subtrees: tuple[tuple[str, str], ...]
    excluded: tuple[tuple[str, str], ...]
    concepts: tuple[tuple[str, str], ...]


def format_valueset(content: ValueSetContent, *, is_r5: bool) -> Iterator[str]:
    """Yield the text of a ValueSet, indented."""
    yield json.dumps(make_valueset(content, is_r5=is_r5), ensure_ascii=False, indent=1) + "\n"


def make_valueset(content: ValueSetContent, *, is_r5: bool) -> dict[str, Any]:
    """Return a ValueSet as FHIR's JSON; nothing in it changes from run to run.

    >>> made = make_valueset(
    ...     ValueSetContent("copd", "COPD", "", "icd11mms", "2025-01", (("CA22", "COPD"),), (), ()),
    ...     is_r5=False,
    ... )
    >>> made["compose"]["include"][0]["filter"]
    [{'property': 'concept', 'op': 'is-a', 'value': 'CA22'}]
    """
    slug = _slug(f"{content.name}-{content.system}-{content.system_version}")
    compose: dict[str, Any] = {"include": list(_included(content))}
    if content.excluded:
        compose["exclude"] = [_listed(content, content.excluded)]
    rules = {"versionAlgorithmString": "natural"} if is_r5 else {}
    return {
        "resourceType": "ValueSet",
        "id": slug,
        "url": f"https://icd11kit.github.io/valueset/{slug}",
        "version": content.system_version,
        **rules,
        "name": _name(content.name),
        "title": content.title,
        "status": "draft",
        "experimental": True,
        **({"description": content.description} if content.description else {}),
        "compose": compose,
    }


def _included(content: ValueSetContent) -> Iterator[dict[str, Any]]:
    """Yield a part for each subtree, since filters of one part would have to hold together."""
    for code, _ in content.subtrees:
        yield {
            **_system(content),
            "filter": [{"property": "concept", "op": "is-a", "value": code}],
        }
    if content.concepts or not content.subtrees:
        yield _listed(content, content.concepts)


def _listed(content: ValueSetContent, codes: Iterable[tuple[str, str]]) -> dict[str, Any]:
    named = [{"code": code, **({"display": title} if title else {})} for code, title in codes]
    return {**_system(content), **({"concept": named} if named else {})}


def _system(content: ValueSetContent) -> dict[str, str]:
    return {"system": SYSTEMS[content.system], "version": content.system_version}


def _slug(text: str) -> str:
    """Return a text as FHIR's ids allow it.

    >>> _slug("Heart failure (I50).txt")
    'Heart-failure-I50-.txt'
    """
    return re.sub("[^A-Za-z0-9.-]+", "-", text)[:_LONGEST_ID]


def _name(text: str) -> str:
    """Return a text as names for machines are: a capital, then letters and digits."""
    words = re.findall("[A-Za-z0-9]+", text)
    return "Codelist" + "".join(word[:1].upper() + word[1:] for word in words)
