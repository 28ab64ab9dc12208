"""A coverage study as a picture for one column of a paper. Needs the extra `figures` (Matplotlib).

Colours are Okabe and Ito's, told apart by the colour-blind and, by their lightness, in grey.
The same study gives the same bytes.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from icd11kit.transition.coverage.formats import origin
from icd11kit.transition.coverage.measure import EXTENT
from icd11kit.transition.coverage.study import title_of
from icd11kit.transition.coverage.values import Coverage, Extent, Interval, Measure

COLOURS = {
    Extent.ONE_CODE: "#0072B2",
    Extent.CLUSTER: "#56B4E9",
    Extent.PART: "#F5D9A8",
    Extent.NONE: "#4D4D4D",
}
_LIGHT = (Extent.CLUSTER, Extent.PART)
SUFFIXES = (".png", ".svg", ".pdf")
MOST_GROUPS = 40
_WIDTH, _BAR, _AROUND = 3.35, 0.165, 1.28
_SMALL, _TINY = 6.5, 5.0
_LEAST_SAID = 0.06
_NAME = 34
_LINE = 80
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": _SMALL, "svg.hashsalt": "icd11kit",
    "svg.fonttype": "none", "pdf.fonttype": 42, "axes.linewidth": 0.5, "hatch.linewidth": 0.4,
}  # fmt: skip


class Bar(NamedTuple):
    """A bar: its name, the share of each extent, and the interval of the full ones if any."""

    name: str
    shares: tuple[float, ...]
    interval: Interval | None = None


def bars(found: Coverage) -> list[Bar]:
    """Return the bars from the top: all codes, all volume, then each group's."""
    *whole, full = found.section(EXTENT)
    made = [Bar(f"by code ({full.of:,})", _shares(whole), full.interval)]
    if full.weight is not None:
        shares = tuple(each.weight.share if each.weight else 0.0 for each in whole)
        made.append(Bar(f"by volume ({full.weight.of:,})", shares, full.weight.interval))
    for group in found.groups[:MOST_GROUPS]:
        name = textwrap.shorten(f"{group.code} {group.title}", _NAME, placeholder=" …")
        made.append(Bar(name, _shares(group.extents)))
    return made


def _shares(measures: Sequence[Measure]) -> tuple[float, ...]:
    return tuple(each.share for each in measures)


def draw_coverage(found: Coverage, suffix: str) -> bytes:
    """Return the picture as a file of the form that a suffix names."""
    rows = bars(found)
    with mpl.rc_context(_STYLE):
        note = _note(found)
        height = _AROUND + 0.075 * note.count("\n") + (_BAR + 0.035) * len(rows)
        figure = Figure(figsize=(_WIDTH, height))
        FigureCanvasAgg(figure)
        _fill(figure, rows, found, note)
        stream = io.BytesIO()
        figure.savefig(stream, format=suffix[1:], dpi=600, metadata=_metadata(found, suffix))
    return stream.getvalue()


def _fill(figure: Figure, rows: Sequence[Bar], found: Coverage, note: str) -> None:
    height = figure.get_figheight()
    foot = 0.46 + 0.085 * (note.count("\n") + 1)
    left = 0.05 + 0.0143 * max(len(row.name) for row in rows)
    area = (left, foot / height, 0.96 - left, 1 - (foot + 0.52) / height)
    axes = figure.add_axes(area)
    start = [0.0] * len(rows)
    for place, extent in enumerate(Extent):
        shares = [100 * row.shares[place] for row in rows]
        drawn = axes.barh(
            range(len(rows)), shares, 0.8, start, color=COLOURS[extent], label=extent.value,
            edgecolor="white", linewidth=0.4,
        )  # fmt: skip
        _say(axes, drawn, extent)
        start = [a + b for a, b in zip(start, shares, strict=True)]
    for place, row in enumerate(rows):
        if row.interval is not None:
            ends = [100 * end for end in row.interval]
            axes.plot(ends, [place, place], color="black", linewidth=1.0, marker="|", markersize=3)
    _frame(axes, [row.name for row in rows])
    figure.text(0.02, 1 - 0.05 / height, _title(found), va="top", fontweight="bold")
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.0, 1 - 0.24 / height), ncols=4,
        frameon=False, columnspacing=1.0, handlelength=1.0, handletextpad=0.4,
    )  # fmt: skip
    figure.text(0.02, 0.04 / height, note, fontsize=_TINY, va="bottom", color="#333333")


def _say(axes: Any, drawn: Any, extent: Extent) -> None:
    """Write shares into the parts of bars that are wide enough."""
    colour = "black" if extent in _LIGHT else "white"
    said = [
        f"{bar.get_width():.0f}" if bar.get_width() >= 100 * _LEAST_SAID else "" for bar in drawn
    ]
    axes.bar_label(drawn, said, label_type="center", color=colour, fontsize=_TINY + 0.5)


def _frame(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.set_xlabel("% of codes" if "by volume" not in "".join(names) else "%", labelpad=1)
    axes.tick_params(length=2, width=0.5, pad=2)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _title(found: Coverage) -> str:
    return f"{title_of(found.basis)}: represented"


def _note(found: Coverage) -> str:
    """Return what stands below: the origin, what is left out of the picture, the command."""
    left = len(found.groups) - MOST_GROUPS
    lines = [origin(found.basis)]
    if any(row.interval for row in bars(found)):
        lines.append(
            "black line: 95 % interval of what is represented fully, by one code or cluster"
        )
    lines += [f"first {MOST_GROUPS} of {len(found.groups)} groups"] if left > 0 else []
    lines += [found.basis.command] if found.basis.command else []
    return "\n".join(part for line in lines for part in textwrap.wrap(line, _LINE))


def _metadata(found: Coverage, suffix: str) -> dict[str, Any]:
    """Return what the file says of itself, without a date."""
    said = f"{origin(found.basis)}; {found.basis.command}"
    if suffix == ".png":
        return {"Title": _title(found), "Description": said, "Software": found.basis.tool}
    if suffix == ".svg":
        return {"Title": _title(found), "Description": said, "Date": None, "Creator": None}
    return {"Title": _title(found), "Subject": said, "CreationDate": None, "Creator": None}
