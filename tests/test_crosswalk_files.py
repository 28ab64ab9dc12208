"""Crosswalks in files: each form loaded again by a reader not ours; the score's measures."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest
import rdflib
import sssom_pydantic
from fhir.resources.conceptmap import ConceptMap
from fhir.resources.R4B.conceptmap import ConceptMap as ConceptMapR4

from icd11kit.crosswalk.curated import parse_sssom
from icd11kit.crosswalk.mapping import Alternative, CodeMapping, Evidence, Relation
from icd11kit.crosswalk.score import Answer, parse_gold, score
from icd11kit.errors import SourceError
from icd11kit.exports.conceptmap import R4, R5, format_conceptmap
from icd11kit.exports.gems import format_gems
from icd11kit.exports.header import make_header
from icd11kit.exports.mapping_triples import mapping_triples
from icd11kit.exports.parquet import write_parquet
from icd11kit.exports.rdf import write_rdf
from icd11kit.exports.sssom import format_sssom
from tests.prepared_home import run

HEADER = make_header("2026-04", "2025-01", "0.1.0", back=False)


def mapping(source: str, target: str, relation: Relation, *kinds: str) -> CodeMapping:
    return CodeMapping(
        source, f"title of {source}\twith a tab", target, target, f"words of {target}",
        target.split("&")[0].split("/")[0], relation, 0.75 if target else 0.0,
        ("encounter: initial",) if "&" in target else (),
        tuple(Evidence(kind, "why") for kind in kinds),
        (Alternative("5A14", Relation.BROAD, 0.3, "less"),), False, "2025-01",
    )  # fmt: skip


MAPPINGS = (
    mapping("E11.9", "5A11", Relation.EXACT, "same title"),
    mapping("S52.531A", "NC32.50&XJ44E&XK9K", Relation.BROAD, "WHO's table", "piece"),
    mapping("E11.22", "5A11/GB61.Z", Relation.BROAD, "WHO's table", "row of a shorter code"),
    mapping("O80", "JB20.Z", Relation.NARROW, "curated mapping"),
    mapping("K36", "DB10.Y", Relation.RELATED, "row of WHO's table"),
    mapping("Y92.010", "", Relation.NONE, "none"),
)


@pytest.fixture
def sssom(tmp_path: Path) -> Path:
    path = tmp_path / "out.sssom.tsv"
    path.write_text("".join(format_sssom(MAPPINGS, HEADER)), "utf-8")
    return path


def test_sssom_loads_by_another_reader(sssom: Path) -> None:
    read, *_ = sssom_pydantic.read(sssom)
    assert len(read) == len(MAPPINGS)
    by_subject = {one.subject.identifier: one for one in read}
    cluster = by_subject["S52.531A"]
    assert cluster.object.identifier == "NC32.50%26XJ44E%26XK9K"
    assert cluster.predicate.curie == "skos:broadMatch"
    assert by_subject["O80"].justification.identifier == "ManualMappingCuration"
    assert by_subject["E11.9"].justification.identifier == "LexicalMatching"
    assert by_subject["S52.531A"].justification.identifier == "CompositeMatching"
    assert by_subject["Y92.010"].object.identifier == "NoTermFound"
    assert float(cluster.confidence) == 0.75


def test_sssom_comes_back_as_it_was(sssom: Path) -> None:
    rows = list(parse_sssom(sssom.read_text("utf-8"), "out"))
    said = [(m.source, m.target, m.relation) for m in MAPPINGS]
    assert [(row.source, row.target, row.relation) for row in rows] == said


@pytest.mark.parametrize("is_r5", [True, False])
def test_concept_maps_are_valid_fhir(is_r5: bool) -> None:
    text = "".join(format_conceptmap(MAPPINGS, HEADER, is_r5=is_r5))
    made = (ConceptMap if is_r5 else ConceptMapR4).model_validate_json(text)
    (group,) = made.group
    words = R5 if is_r5 else R4
    for element, each in zip(group.element, MAPPINGS, strict=True):
        assert element.code == each.source
        if each.target or not is_r5:
            (target,) = element.target
            found = target.relationship if is_r5 else target.equivalence
            assert (target.code or "", found) == (each.target, words[each.relation])
        else:
            assert element.noMap is True


def test_gems_name_every_component() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(format_gems(MAPPINGS)))))
    by_source: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_source.setdefault(row["source"], []).append(row)
    assert [row["approximate"] for row in by_source["E11.9"]] == ["0"]
    parts = [(row["target"], row["operator"]) for row in by_source["E11.22"]]
    assert parts == [("5A11", ""), ("GB61.Z", "/")]
    assert by_source["Y92.010"][0]["no_map"] == "1"
    joined = {
        source: "".join(row["operator"] + row["target"] for row in listed)
        for source, listed in by_source.items()
    }
    assert joined == {each.source: each.target for each in MAPPINGS}


def test_parquet_keeps_evidence_and_alternatives(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_parquet(str(path), MAPPINGS)
    frame = pl.read_parquet(path)
    assert frame["target"].to_list() == [each.target for each in MAPPINGS]
    assert frame["evidence"].to_list()[0] == [{"kind": "same title", "detail": "why"}]
    assert frame.columns == list(MAPPINGS[0]._fields)
    told = [[tuple(one.values()) for one in row] for row in frame["alternatives"]]
    assert told == [[tuple(one) for one in each.alternatives] for each in MAPPINGS]


def test_rdf_has_each_mapping(tmp_path: Path) -> None:
    path = tmp_path / "out.nt"
    write_rdf(str(path), "nt", mapping_triples(MAPPINGS, HEADER))
    graph = rdflib.Graph().parse(path)
    assert len(list(graph.subjects(rdflib.RDF.type, rdflib.OWL.Axiom))) == 5
    assert len(list(graph.subject_objects(rdflib.SKOS.broadMatch))) == 2


@pytest.mark.parametrize("form", ["sssom", "fhir-r4", "fhir-r5", "gems", "parquet", "rdf"])
def test_the_command_writes_each_form(tmp_path: Path, form: str) -> None:
    out = tmp_path / f"out.{form}"
    done = run(tmp_path / "home", "crosswalk", "export", "--format", form, str(out), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["mappings"] > 100
    assert out.stat().st_size > 1_000
    assert not list(tmp_path.glob(".building-*"))


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "crosswalk", "export", str(tmp_path / "no" / "x.tsv"))
    assert done.returncode == 1
    assert "could not be written" in done.stderr


GOLD = (
    "icd10cm\ticd11_stem\ticd11_cluster\tmap_type\n"
    "A\t5A11\t\t1\nB\tNC32.5Z\tNC32.5Z&XK9K&XJ44E\t2\nC\tDB10.Y\t\t3\nD\t1A00\t\t1\n"
)


def test_measures_are_those_of_the_studies() -> None:
    answers = {
        "A": Answer("5A11", 0.95), "B": Answer("NC32.5Z&XK9K&XA8U33", 0.6),
        "C": Answer("DB10.Z", 0.3),
    }  # fmt: skip
    found = score(answers, parse_gold(GOLD, "gold"))
    shares = {each.name: (round(each.share, 3), each.of) for each in found.measures}
    assert shares == {
        "covered": (0.75, 4), "stem exact": (0.5, 4), "stem ignoring residual": (0.75, 4),
        "stem same 4 characters": (0.75, 4), "whole expression exact": (0.25, 4),
        "cluster exact": (0.0, 1), "added codes precision": (0.5, 2),
        "added codes recall": (0.5, 2),
    }  # fmt: skip
    assert (found.sure.share, found.sure.of) == (1.0, 1)
    assert [(b.low, b.answers, b.right) for b in found.bins] == [
        (0.3, 1, 0.0), (0.6, 1, 1.0), (0.9, 1, 1.0),
    ]  # fmt: skip


def test_gold_in_sssom_is_read(sssom: Path) -> None:
    gold = parse_gold(sssom.read_text("utf-8"), str(sssom))
    perfect = {each.source: Answer(each.target, 1.0) for each in MAPPINGS}
    found = {m.name: m.share for m in score(perfect, gold[:5]).measures}
    assert found["whole expression exact"] == 1.0


@pytest.mark.parametrize("text", ["", "a\tb\n1\t2\n"])
def test_a_gold_without_its_columns_is_one_sentence(text: str) -> None:
    with pytest.raises(SourceError, match="columns of ICD-10-CM codes"):
        parse_gold(text, "gold.tsv")


def test_the_score_agrees_with_the_figures_of_a_file(tmp_path: Path) -> None:
    gold, answers = tmp_path / "gold.tsv", tmp_path / "answers.jsonl"
    gold.write_text(GOLD)
    answers.write_text('{"source": "A", "target": "5A11", "confidence": 0.9}\n')
    done = run(tmp_path, "crosswalk", "score", str(gold), "--answers", str(answers))
    assert "stem exact" in done.stdout
    answers.write_text("nonsense\n")
    wrong = run(tmp_path, "crosswalk", "score", str(gold), "--answers", str(answers))
    assert (wrong.returncode, "line 1" in wrong.stderr) == (1, True)
