"""The rule tables that come with the package, read once."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from icd11kit.crosswalk.confidence import Calibration, parse_calibration
from icd11kit.crosswalk.families import DrugClass, StemRule, parse_drug_classes, parse_stem_rules
from icd11kit.crosswalk.meaning import WordRule, parse_word_rules
from icd11kit.crosswalk.pieces import FacetRule, parse_facet_rules
from icd11kit.crosswalk.wording import Wording, parse_synonyms
from icd11kit.resources import read_resource


class Rulebook(NamedTuple):
    """All that is curated about codes' words and structure."""

    wording: Wording
    words: tuple[WordRule, ...]
    facets: tuple[FacetRule, ...]
    stems: tuple[StemRule, ...]
    classes: tuple[DrugClass, ...]
    calibration: Calibration


@lru_cache(maxsize=1)
def shipped_rules() -> Rulebook:
    """Return the rules of `mappings/`; raises SourceError with the line that is wrong."""

    def table(name: str) -> str:
        return read_resource("mappings", name)

    return Rulebook(
        Wording(parse_synonyms(table("clinical-synonyms.tsv"))),
        parse_word_rules(table("icd10cm-words.tsv")),
        parse_facet_rules(table("facet-extensions.tsv")),
        parse_stem_rules(table("stem-rules.tsv")),
        parse_drug_classes(table("drug-classes.tsv")),
        parse_calibration(table("calibration.tsv")),
    )
