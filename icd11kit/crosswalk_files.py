"""A crosswalk to files in the forms that other programs read, and judged by a gold standard."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from icd11kit import __version__
from icd11kit.crosswalk.book import Direction
from icd11kit.crosswalk.score import Answer, Score, parse_gold, score
from icd11kit.crosswalks import all_of
from icd11kit.errors import Icd11KitError, SourceError
from icd11kit.exports.conceptmap import format_conceptmap
from icd11kit.exports.gems import format_gems
from icd11kit.exports.header import make_header
from icd11kit.exports.sssom import format_sssom
from icd11kit.resources import LONGEST_TABLE, read_text
from icd11kit.store.write import write_lines
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.crosswalk.mapping import CodeMapping
    from icd11kit.terminology import Terminology

FORMATS = ("sssom", "fhir-r4", "fhir-r5", "gems", "parquet", "rdf")
_NEEDS = {"parquet": "columns", "rdf": "rdf"}


def export_crosswalk(icd: Terminology, path: str, form: str, *, back: bool) -> int:
    """Write the crosswalk of one direction to a file in a form; return how many mappings.

    The file is written beside its name and renamed. Raises SourceError where it cannot be
    written, Icd11KitError where a form needs an extra that is not installed.
    """
    direction = Direction.BACKWARD if back else Direction.FORWARD
    counted = _Counted(all_of(icd.crosswalk, direction))
    header = make_header(
        icd.store(System.ICD10CM).manifest["release"], icd.release, __version__, back=back
    )
    try:
        if form == "parquet":
            from icd11kit.exports.parquet import write_parquet

            write_parquet(path, counted)
        elif form == "rdf":
            from icd11kit.exports.mapping_triples import mapping_triples
            from icd11kit.exports.rdf import write_rdf

            write_rdf(path, "nt", mapping_triples(counted, header))
        else:
            makers = {
                "sssom": lambda: format_sssom(counted, header),
                "fhir-r4": lambda: format_conceptmap(counted, header, is_r5=False),
                "fhir-r5": lambda: format_conceptmap(counted, header, is_r5=True),
                "gems": lambda: format_gems(counted),
            }
            write_lines(path, makers[form]())
    except ImportError:
        extra = _NEEDS[form]
        message = f"{form} needs the extra `{extra}`: pip install 'icd11kit[{extra}]'"
        raise Icd11KitError(message) from None
    return counted.done


class _Counted:
    """Mappings that are counted as they are taken."""

    def __init__(self, mappings: Iterable[CodeMapping]) -> None:
        self.mappings, self.done = mappings, 0

    def __iter__(self) -> Iterator[CodeMapping]:
        for mapping in self.mappings:
            self.done += 1
            yield mapping


def score_crosswalk(icd: Terminology, gold: str, answers: str = "") -> Score:
    """Return how the crosswalk, or a file of answers, does against a gold standard's file.

    Raises SourceError where a file cannot be read or lacks its columns.
    """
    rows = parse_gold(read_text(gold, LONGEST_TABLE), gold)
    if answers:
        return score(dict(_read_answers(answers)), rows)
    walk = icd.crosswalk
    found = {c: walk.forward(c) or walk.forward_divided(c) for c in (row.source for row in rows)}
    return score({c: Answer(m.target, m.confidence) for c, m in found.items() if m}, rows)


def _read_answers(path: str) -> Iterator[tuple[str, Answer]]:
    for number, line in enumerate(read_text(path, LONGEST_TABLE).splitlines(), 1):
        try:
            row = json.loads(line)
            target = (row.get("target") or "").replace(" ", "")
            yield row["source"], Answer(target, float(row.get("confidence") or 0))
        except (ValueError, KeyError, AttributeError, TypeError):
            reason = "a JSON object with source and target belongs there"
            raise SourceError(f"{path}, line {number}", reason) from None
