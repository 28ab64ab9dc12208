"""CodeInfo and PostcoordinationSet: a code or cluster as the ICD-API describes it."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from icd11kit.postcoordination.nested import Nested
from icd11kit.uris import foundation_uri
from icd11kit.vocabulary import AXIS_ROOT, RELEASE_ROOT

CONTEXT = "http://id.who.int/icd/contexts/contextForCodeInfo.json"


class Place(NamedTuple):
    """The release and linearization that URIs name."""

    release: str
    system: str

    @property
    def root(self) -> str:
        """What the URIs of all entities of the edition begin with."""
        return f"{RELEASE_ROOT}/{self.release}/{self.system}"

    def uri(self, entity_id: str) -> str:
        """Return the linearization URI of an entity."""
        return f"{self.root}/{entity_id}"


def code_info(code: str, said: Nested, place: Place) -> dict[str, Any]:
    """Return a CodeInfo: the stem, and by axis the codes of its values."""
    root, entry = place.root, said.entry
    info: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": f"{root}/codeinfo/{quote(code, safe='')}",
        "code": code,
        "stemId": f"{root}/{entry.id}",
        "stemCode": entry.code,
    }
    for axis, value in said.values:
        info.setdefault(axis, []).append(value.code)
    return info


def described(said: Nested, place: Place, label: str = "") -> dict[str, Any]:
    """Return a PostcoordinationSet; what is only said of clusters is absent from a code's.

    A residual has no foundation URI, and neither has a cluster with one.
    """
    stem = said.entry
    whole = {
        "code": said.code,
        "linearizationUri": _linearization(said, place),
        "foundationUri": _foundation(said),
        "label": label or _label(said),
    }
    if said.values:
        whole |= {
            "stemCode": stem.code,
            "stemLinearizationUri": place.uri(stem.id),
            "stemFoundationUri": foundation_uri(stem.id),
            "stemLabel": stem.title,
        }
    told: dict[str, Any] = {name: text for name, text in whole.items() if text}
    if said.values:
        told["postcoordinationValues"] = _by_axis(said, place)
    return told


def _by_axis(said: Nested, place: Place) -> list[dict[str, Any]]:
    axes: dict[str, list[dict[str, Any]]] = {}
    for axis, value in said.values:
        axes.setdefault(axis, []).append(described(value, place))
    return [{"axisName": f"{AXIS_ROOT}/{axis}", "values": values} for axis, values in axes.items()]


def _linearization(said: Nested, place: Place) -> str:
    uris = [_linearization(value, place) for _, value in said.values]
    return said.uri([place.uri(said.entry.id), *uris])


def _foundation(said: Nested) -> str:
    uris = [foundation_uri(said.entry.id), *(_foundation(value) for _, value in said.values)]
    return said.uri(uris) if all(uris) else ""


def _label(said: Nested) -> str:
    """Return titles in words: `Stem [Value] / Stem`, as a whole cluster is displayed."""
    parts = [said.entry.title]
    for _, value in said.values:
        parts.append(
            f" [{value.entry.title}]" if value.entry.is_extension else f" / {_label(value)}"
        )
    return "".join(parts)
