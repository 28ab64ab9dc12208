"""Where volume flows, as shapes: plain geometry that a page draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from icd11kit.codes import shorten
from icd11kit.transition.impact.values import Chapters, Flow

_GAP = 5
_LINE = 12
"""The height of a line of text."""
_TALLEST = 120
"""So much room a chapter may take: few chapters make a low picture, not wide bands."""
_LEAST = 0.0005
"""Flows below this share of the volume would be thinner than a hairline; the table has them."""


class Frame(NamedTuple):
    """The size of a picture: its whole width, the room for labels, the bars' and all height."""

    width: int
    label: int
    bar: int
    height: int
    longest: int


WIDE = Frame(960, 280, 14, 760, 38)
NARROW = Frame(360, 44, 12, 640, 5)


class Node(NamedTuple):
    """A chapter's bar: its upper left corner, its height, its label and where that stands.

    A label is not set that would run into one of a larger chapter; that of no target always is.
    """

    name: str
    label: str
    x: float
    y: float
    height: float
    text_x: float
    anchor: str
    is_labelled: bool


class Ribbon(NamedTuple):
    """A flow as a band between two bars: an SVG path, and the chapters it joins.

    The main flow of a chapter is its largest.
    """

    path: str
    source: str
    target: str
    height: float
    is_main: bool


class Picture(NamedTuple):
    """All shapes of a flow in a frame."""

    frame: Frame
    height: float
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


def draw_flows(
    flows: Iterable[Flow], sources: Chapters, targets: Chapters, frame: Frame
) -> Picture:
    """Return the picture of flows, chapters in their order on both sides."""
    total = sum(flow.volume for flow in flows)
    drawn = [flow for flow in flows if total and flow.volume >= _LEAST * total]
    drawn_total = sum(flow.volume for flow in drawn) or 1
    left = _volumes(drawn, [code for code, _ in sources], "source")
    right = _volumes(drawn, [code for code, _ in targets], "target")
    most = max(len(left), len(right), 1)
    scale = (min(frame.height, _TALLEST * most) - _GAP * most) / drawn_total
    nodes_left = _nodes(left, dict(sources), scale, frame, is_left=True)
    nodes_right = _nodes(right, dict(targets), scale, frame, is_left=False)
    ribbons = _ribbons(drawn, nodes_left, nodes_right, scale, frame)
    nodes = (*nodes_left.values(), *nodes_right.values())
    bottom = max((node.y + node.height for node in nodes), default=0)
    return Picture(frame, bottom + _GAP, nodes, tuple(ribbons))


def _volumes(flows: Sequence[Flow], order: Sequence[str], side: str) -> dict[str, int]:
    """Return the volume of each chapter of a side in the chapters' order, "" last."""
    summed: Counter[str] = Counter()
    for flow in flows:
        summed[getattr(flow, side)] += flow.volume
    return {name: summed[name] for name in (*order, "") if summed[name]}


def _nodes(
    volumes: Mapping[str, int], titles: Mapping[str, str], scale: float, frame: Frame, *,
    is_left: bool,
) -> dict[str, Node]:  # fmt: skip
    found, y = {}, float(_GAP)
    labelled = _labelled(volumes, scale)
    x = frame.label if is_left else frame.width - frame.label - frame.bar
    text_x = x - 6 if is_left else x + frame.bar + 6
    for name, volume in volumes.items():
        nothing = "no code" if is_left else "none"
        label = f"{name} {titles[name]}" if name else nothing
        label = label if frame.longest > len("no code") else name or "–"
        found[name] = Node(
            name, shorten(label, frame.longest), x, y, volume * scale, text_x,
            "end" if is_left else "start", name in labelled,
        )  # fmt: skip
        y += volume * scale + _GAP
    return found


def _labelled(volumes: Mapping[str, int], scale: float) -> set[str]:
    """Return the chapters whose labels have room: no target first, then the largest."""
    middles, y = dict[str, float](), float(_GAP)
    for name, volume in volumes.items():
        middles[name] = y + volume * scale / 2
        y += volume * scale + _GAP
    found = set[str]()
    for name in sorted(volumes, key=lambda name: (name != "", -volumes[name])):
        if all(abs(middles[name] - middles[other]) >= _LINE for other in found):
            found.add(name)
    return found


def _ribbons(
    flows: Sequence[Flow], left: Mapping[str, Node], right: Mapping[str, Node], scale: float,
    frame: Frame,
) -> Iterable[Ribbon]:  # fmt: skip
    """Yield the bands, stacked at both ends in the order of the chapters they lead to."""
    places = {name: n for n, name in enumerate(right)}, {name: n for n, name in enumerate(left)}
    largest: dict[str, int] = {}
    for flow in flows:
        largest[flow.source] = max(flow.volume, largest.get(flow.source, 0))
    used_left: Counter[str] = Counter()
    used_right: Counter[str] = Counter()
    for flow in sorted(flows, key=lambda f: (places[1][f.source], places[0][f.target])):
        start, end = left[flow.source], right[flow.target]
        height = flow.volume * scale
        y1 = start.y + used_left[flow.source] * scale
        y2 = end.y + used_right[flow.target] * scale
        used_left[flow.source] += flow.volume
        used_right[flow.target] += flow.volume
        path = _band(start.x + frame.bar, y1, end.x, y2, height)
        is_main = flow.volume == largest[flow.source]
        yield Ribbon(path, flow.source, flow.target, height, is_main)


def _band(x1: float, y1: float, x2: float, y2: float, height: float) -> str:
    """Return the path of a band that leaves and arrives level."""
    middle = (x1 + x2) / 2
    up = f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    y1, y2 = y1 + height, y2 + height
    back = f"L{x2:.1f} {y2:.1f}C{middle:.1f} {y2:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}Z"
    return up + back
