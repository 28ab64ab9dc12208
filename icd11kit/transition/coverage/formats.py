"""A coverage study as CSV and as a LaTeX table, each with all that it rests on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from icd11kit.transition.coverage.measure import EXTENT
from icd11kit.transition.coverage.study import title_of
from icd11kit.transition.coverage.values import Basis, Coverage, Group, Interval, Measure

_COLUMNS = (
    "section", "measure", "count", "of", "share", "low", "high",
    "volume", "volume_of", "volume_share", "volume_low", "volume_high", "value", "text",
)  # fmt: skip
_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", '"': r"\textquotedbl{}",
    "’": "'", "–": "--",
}  # fmt: skip
_DIGITS = 6


def format_csv(found: Coverage) -> Iterator[str]:
    """Yield the lines of a table with one row a measure; rows `basis` say what it rests on."""
    rows = [
        *(_row("basis", name, text=str(value)) for name, value in found.basis._asdict().items()),
        *(_row("remark", "", text=remark) for remark in found.remarks),
        *(_measure_row(each.section, each.name, each) for each in found.measures),
        *(
            _row(each.section, each.name, value=f"{each.value:.{_DIGITS}g}", text=each.remark)
            for each in found.figures
        ),
        *_group_rows(found.groups),
        *(_row("not read", u.text, volume=str(u.volume), text=u.reason) for u in found.unread),
    ]
    for row in (dict(zip(_COLUMNS, _COLUMNS, strict=True)), *rows):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerow(row.get(name, "") for name in _COLUMNS)
        yield stream.getvalue()


def _row(section: str, measure: str, **cells: str) -> dict[str, str]:
    return {"section": section, "measure": measure, **cells}


def _group_rows(groups: Sequence[Group]) -> Iterator[dict[str, str]]:
    for group in groups:
        for each in group.extents:
            name = f"{group.code}: {each.name}"
            yield {**_measure_row("group", name, each), "text": group.title}


def _measure_row(section: str, name: str, each: Measure) -> dict[str, str]:
    made = _row(
        section, name, count=str(each.number), of=str(each.of), share=f"{each.share:.{_DIGITS}f}"
    )
    made |= _ends("", each.interval)
    if each.weight is not None:
        weight = each.weight
        made |= {"volume": str(weight.volume), "volume_of": str(weight.of)}
        made["volume_share"] = f"{weight.share:.{_DIGITS}f}"
        made |= _ends("volume_", weight.interval)
    return made


def _ends(start: str, interval: Interval | None) -> dict[str, str]:
    if interval is None:
        return {}
    return {
        f"{start}low": f"{interval.low:.{_DIGITS}f}",
        f"{start}high": f"{interval.high:.{_DIGITS}f}",
    }


def format_latex(found: Coverage) -> Iterator[str]:
    """Yield the lines of a LaTeX table for `booktabs`, one more by group where there are groups."""
    yield "% needs \\usepackage{booktabs}\n"
    for name, value in found.basis._asdict().items():
        yield f"% {name}: {' '.join(str(value).split())}\n"
    yield from _table(found.basis, _body(found), found.remarks)
    if found.groups:
        yield from _table(found.basis, _group_body(found.groups), ())


def _table(basis: Basis, body: Sequence[Sequence[str]], remarks: Sequence[str]) -> Iterator[str]:
    head, *rows = body
    yield "\\begin{table}\n\\centering\n"
    yield f"\\caption{{{_tex(title_of(basis))}: represented}}\n"
    yield f"\\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}\n\\toprule\n"
    yield " & ".join(head) + " \\\\\n\\midrule\n"
    for row in rows:
        yield " & ".join(map(_tex, row)) + " \\\\\n"
    yield "\\bottomrule\n\\end{tabular}\n"
    note = " ".join((f"{origin(basis)}.", *remarks))
    yield f"\\par\\smallskip{{\\footnotesize {_tex(note)}\\par\n"
    yield f"\\texttt{{{_tex(basis.command)}}}}}\n\\end{{table}}\n"


def origin(basis: Basis) -> str:
    """Return in one line whose figures they are and what they rest on."""
    of = f" of {basis.population:,}" if basis.sampled < basis.population else ""
    drawn = f"{basis.sampled:,}{of} {'code' if basis.population == 1 else 'codes'}"
    tiers = f"tiers {basis.source_tier} and {basis.target_tier}"
    digest = basis.map_file.partition("~")[2].partition(".")[0]
    made = f"{basis.map} {digest}".rstrip()
    if basis.map_release:
        made += f" from WHO's tables {basis.map_release}"
    return f"{basis.tool}, {made}; {tiers}; {drawn}; seed {basis.seed}"


def _body(found: Coverage) -> list[list[str]]:
    measures = found.section(EXTENT)
    head = ["Represented", "Codes", "\\%"]
    is_sampled = any(each.interval for each in measures)
    is_weighted = any(each.weight for each in measures)
    head += ["95\\,\\% CI"] if is_sampled else []
    head += ["Volume \\%", "95\\,\\% CI"] if is_weighted else []
    rows = [head]
    for each in measures:
        row = [each.name, f"{each.number:,}", percent(each.share)]
        row += [_interval(each.interval)] if is_sampled else []
        if is_weighted and each.weight is not None:
            row += [percent(each.weight.share), _interval(each.weight.interval)]
        rows.append(row)
    return rows


def _group_body(groups: Sequence[Group]) -> list[list[str]]:
    rows = [["", "Codes", *(f"{each.name}, \\%" for each in groups[0].extents)]]
    for group in groups:
        shares = [percent(each.share) for each in group.extents]
        rows.append([f"{group.code} {group.title}", f"{group.extents[0].of:,}", *shares])
    return rows


def percent(share: float) -> str:
    """Return a share in percent, without the sign."""
    return f"{100 * share:.1f}"


def _interval(interval: Interval | None) -> str:
    return f"{percent(interval.low)}–{percent(interval.high)}" if interval else ""


def _tex(text: str) -> str:
    r"""Return a text as LaTeX takes it.

    >>> _tex("icd11kit coverage --out a_b.tex")
    'icd11kit coverage -{}-out a\\_b.tex'
    """
    escaped = "".join(_SPECIAL.get(char, char) for char in text.replace("--", "\0"))
    return re.sub("\0", "-{}-", escaped)
