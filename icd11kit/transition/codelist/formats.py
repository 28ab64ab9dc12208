"""A translated list in files: CSV, FHIR ValueSet, and patterns that find it in data."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from icd11kit.crosswalk.score import stem_of
from icd11kit.exports.valueset import ValueSetContent, format_valueset
from icd11kit.transition.codelist.match import format_patterns
from icd11kit.transition.codelist.values import Item, Translation
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

Row = Sequence[str | int | None]
Title = Callable[[str], str]
Below = Callable[[str], tuple[str, ...]]
FORMATS = ("csv", "json", "fhir-r4", "fhir-r5", "pattern")
COLUMNS = ("part", "system", "code", "title", "except", "why", "reason", "codes", "records")


def format_translation(icd: Terminology, made: Translation, form: str) -> Iterable[str]:
    """Return the text of a translation in a form other than JSON, in pieces."""
    if form == "csv":
        return format_csv(made)
    if form == "pattern":
        return format_pattern_file(made)
    content = valueset_of(made, lambda code: icd.validate(code).display, icd.codes_below)
    return format_valueset(content, is_r5=form == "fhir-r5")


def format_csv(made: Translation) -> Iterator[str]:
    """Yield a table: what it rests on, both definitions, all differences, what is unknown.

    Several codes in a cell have spaces between them.
    """
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for row in _rows(made):
        writer.writerow("" if cell is None else cell for cell in row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _rows(made: Translation) -> Iterator[Row]:
    yield COLUMNS
    source, target = (made.provenance.source.split()[0], made.provenance.target.split()[0])
    for name, value in made.provenance._asdict().items():
        yield "provenance", "", name, value, "", "", "", "", None
    for item in made.definition:
        excepted, codes = " ".join(item.exceptions), " ".join(item.codes)
        yield "definition", target, item.text, item.title, excepted, "", "", codes, None
    for each in made.enumerated:
        why = "shared" if each.outside else ""
        reason = f"also stands for {' '.join(each.outside)}" if each.outside else ""
        codes = " ".join(each.members)
        yield "enumerated", target, each.code, each.title, "", why, reason, codes, each.records
    for diff in made.differences:
        others = " ".join(diff.others)
        yield (
            diff.kind.value, diff.system, diff.code, diff.title, "", diff.why, diff.reason, others,
            diff.records,
        )  # fmt: skip
    for flag in made.flags:
        nearest = " ".join(flag.nearest)
        yield "unknown", source, flag.text, "", "", flag.where, flag.reason, nearest, None


def format_pattern_file(made: Translation) -> Iterator[str]:
    """Yield the lines of a pattern file, what it rests on as comments."""
    for name, value in made.provenance._asdict().items():
        yield f"# {name}: {value}\n"
    for item in made.definition:
        yield f"# {item.text} {item.title}\n"
        yield from (f"{line}\n" for line in format_patterns(item.patterns))


def valueset_of(made: Translation, title: Title, below: Below) -> ValueSetContent:
    """Return a translation as a ValueSet says it.

    Whole subtrees become filters, all else codes; clusters are listed even where a filter
    holds their stem, as servers need not know that they are below it. Exceptions are listed
    code by code, so that no server takes clusters of theirs out that are listed.
    """
    proof = made.provenance
    said = (
        f"{proof.list_name} (SHA-256 {proof.list_sha256}) of {proof.source} in {proof.target}, "
        f"tier {proof.tier}, crosswalk {proof.crosswalk}, by {proof.tool}: {proof.command}"
    )
    whole = [item for item in made.definition if item.is_whole and not item.pieces]
    roots = dict(_roots(whole, title))
    held = {code for item in whole for code in item.codes}
    listed = {code: title(code) for i in made.definition if i not in whole for code in i.codes}
    listed |= {each.code: each.title for each in made.enumerated if each.code not in held}
    excluded = {
        code: title(code)
        for item in whole
        for exception in item.exceptions
        for code in (*_if_code(exception), *below(exception))
    }
    system, version = proof.target.split()
    return ValueSetContent(
        PurePath(proof.list_name).stem,
        f"{proof.list_name} in {'ICD-11 MMS' if system == System.MMS else 'ICD-10-CM'}",
        said,
        "icd11mms" if system == System.MMS else system,
        version,
        tuple(roots.items()),
        tuple(excluded.items()),
        tuple(sorted(listed.items())),
    )


def _if_code(label: str) -> tuple[str, ...]:
    """Return a label if it is a code, not the id of a block."""
    return () if label.lower().startswith("block") or label.isdigit() else (label,)


def _roots(whole: Iterable[Item], title: Title) -> Iterator[tuple[str, str]]:
    for item in whole:
        for pattern in item.patterns:
            code = stem_of(pattern.include)
            yield code, title(code)
