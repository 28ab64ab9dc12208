"""The grammar of clusters: text to values and back, without a look at any code list.

    cluster = group *("/" group)
    group   = stem *("&" extension)

Source: ICD-11 Reference Guide on code combinations; operators in URIs from the ICD-API. A part
is a code or a URI, both may be mixed. Spaces may stand around parts; `%26`, `%2F` and `&amp;`
are read as the operators they encode. A `/` inside a URI belongs to the URI unless spaces
stand around it or another URI follows.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from icd11kit.errors import ClusterSyntaxError

_AND = ("&amp;", "%26", "&")
_SLASH = ("%2f", "%2F", "/")
_SCHEMES = ("http://", "https://")
_SPACE = " \t\r\n\u00a0"
_SHOWN = 20


class Part(NamedTuple):
    """One code or URI of a cluster as it is written, and where: `text[start:end]`."""

    text: str
    start: int
    end: int

    @property
    def code(self) -> str:
        """The code in capitals; a URI as it is."""
        return self.text if "/" in self.text else self.text.upper()


class Group(NamedTuple):
    """A stem and the extensions joined to it."""

    stem: Part
    extensions: tuple[Part, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """The stem and its extensions, in the order written."""
        return (self.stem, *self.extensions)


class Cluster(NamedTuple):
    """Groups in the order written, and the text they were read from."""

    groups: tuple[Group, ...]
    text: str

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part, in the order written."""
        return tuple(part for group in self.groups for part in group.parts)


def parse_cluster(text: str) -> Cluster:
    """Return the cluster a text spells; a single code is a cluster of one part.

    Raises ClusterSyntaxError with the position where a part is empty or a character has no
    place. Whether codes exist and may stand where they do is not looked at.

    >>> cluster = parse_cluster("BA41.0&XA7RE3&XA7NQ7")
    >>> [part.text for part in cluster.parts], len(cluster.groups)
    (['BA41.0', 'XA7RE3', 'XA7NQ7'], 1)
    >>> parse_cluster("DD51&XK8G/")
    Traceback (most recent call last):
    icd11kit.errors.ClusterSyntaxError: nothing stands after / at position 10; take it away
    """
    return Cluster(_plain_groups(text) or _any_groups(text), text)


def _plain_groups(text: str) -> tuple[Group, ...] | None:
    """Return the groups of codes and single operators, as most texts are; None for others."""
    if not text.replace("&", "").replace("/", "").replace(".", "").isalnum():
        return None
    groups, place = [], 0
    for written in text.split("/"):
        parts = []
        for code in written.split("&"):
            if not code:
                return None
            parts.append(Part(code, place, place + len(code)))
            place += len(code) + 1
        groups.append(Group(parts[0], tuple(parts[1:])))
    return tuple(groups)


def _any_groups(text: str) -> tuple[Group, ...]:
    """Return the groups of a text with spaces, URIs or encoded operators, or say what is wrong."""
    groups: list[list[Part]] = [[]]
    place, operator = 0, ""
    while True:
        part = _read_part(text, _skip_space(text, place), operator)
        groups[-1].append(part)
        place = _skip_space(text, part.end)
        if place == len(text):
            break
        operator, place = _read_operator(text, place)
        if operator == "/":
            groups.append([])
    return tuple(Group(parts[0], tuple(parts[1:])) for parts in groups)


def format_cluster(cluster: Cluster) -> str:
    """Return the cluster exactly as it was written.

    >>> format_cluster(parse_cluster(" dd51 & XK8G"))
    ' dd51 & XK8G'
    """
    return cluster.text


def make_cluster(groups: Iterable[Sequence[str]]) -> Cluster:
    """Return the cluster of groups of codes, each group its stem first.

    >>> make_cluster([["DD51", "XK8G"], ["ME24.2"]]).text
    'DD51&XK8G/ME24.2'
    """
    return parse_cluster(join_codes(groups))


def join_codes(groups: Iterable[Sequence[str]]) -> str:
    """Return the text of groups of codes, or of URIs with spaces around the operators."""
    listed = [list(group) for group in groups]
    is_uri = any("/" in code for group in listed for code in group)
    ampersand, slash = (" & ", " / ") if is_uri else ("&", "/")
    return slash.join(ampersand.join(group) for group in listed)


def _skip_space(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


def _read_part(text: str, start: int, operator: str) -> Part:
    """Return the part that begins at a place."""
    is_uri = text.startswith(_SCHEMES, start)
    end = _uri_end(text, start) if is_uri else _code_end(text, start)
    if end > start:
        return Part(text[start:end], start, end)
    if start == len(text) or _operator_at(text, start):
        raise _empty(text, start, operator)
    raise ClusterSyntaxError(
        text, start, f"{text[start]!r} at position {start + 1} belongs to no code"
    )


def _empty(text: str, start: int, operator: str) -> ClusterSyntaxError:
    if not text.strip(_SPACE):
        return ClusterSyntaxError(text, 0, "the text is empty; write a code")
    if start == len(text):
        place = len(text.rstrip(_SPACE))
        return ClusterSyntaxError(
            text, place - 1, f"nothing stands after {operator} at position {place}; take it away"
        )
    found = _operator_at(text, start)
    before = f"between {operator} and {found}" if operator else f"before {found}"
    return ClusterSyntaxError(
        text,
        start,
        f"nothing stands {before} at position {start + 1}; write a code or take it away",
    )


def _code_end(text: str, place: int) -> int:
    while place < len(text) and (text[place].isalnum() or text[place] == "."):
        place += 1
    return place


def _uri_end(text: str, start: int) -> int:
    """Return where a URI ends: at a space, an ampersand, or a slash before another URI."""
    place = start + len("http://")
    while place < len(text):
        if text[place] in _SPACE or text.startswith((*_AND, "%2f", "%2F"), place):
            return place
        if text[place] == "/" and text.startswith(_SCHEMES, place + 1):
            return place
        place += 1
    return place


def _operator_at(text: str, place: int) -> str:
    """Return `&` or `/` where one, plain or encoded, stands at a place, else ""."""
    if text.startswith(_AND, place):
        return "&"
    return "/" if text.startswith(_SLASH, place) else ""


def _read_operator(text: str, place: int) -> tuple[str, int]:
    for operator, spellings in (("&", _AND), ("/", _SLASH)):
        for spelling in spellings:
            if text.startswith(spelling, place):
                return operator, place + len(spelling)
    shown = text[place : place + _SHOWN]
    raise ClusterSyntaxError(
        text, place, f"{shown!r} at position {place + 1} follows without & or /; join it by one"
    )
