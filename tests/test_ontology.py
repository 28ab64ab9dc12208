"""The ontology: vocabulary, exports in four forms, queries, and shapes beside the validator."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest
import rdflib
from owlready2 import World
from pyshacl import validate as shacl
from rdflib.compare import isomorphic

from icd11kit.errors import ClusterSyntaxError, QueryError, SourceError
from icd11kit.exports.rdf import write_rdf
from icd11kit.exports.triples import NS, reading_triples, release_uri
from icd11kit.ontology import export, expressed_clusters, query, query_text, release_triples
from icd11kit.postcoordination.axes import StemAxes
from icd11kit.postcoordination.checks import check_required
from icd11kit.postcoordination.grammar import parse_cluster
from icd11kit.postcoordination.reading import Reading
from icd11kit.resources import read_resource, resource_names
from icd11kit.terminology import Terminology
from tests.prepared_home import run

pytestmark = pytest.mark.filterwarnings(
    # rdflib's own readers still use what rdflib itself calls deprecated
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning",
    "ignore:Dataset.:DeprecationWarning",
)
FORMS = {"ttl": "turtle", "owl": "xml", "json-ld": "json-ld", "nt": "nt"}
CLUSTERS = ("NC32.2&XK8G/PA60", "5A11", "CA40.07&XY0Y")
SH = "http://www.w3.org/ns/shacl#"
OUTSIDE = {"value-outside-axis", "axis-not-declared"}
CROWDED = {"too-many-values", "same-block"}
RULES = {
    "KnownCode": {"unknown-code"},
    "NoGrouping": {"grouping-as-code"},
    "BeginsWithStem": {"extension-first", "extension-alone", "extension-after-slash"},
    "GoesOnWithExtensions": {"stem-after-ampersand"},
    "ReportsTerminalCodes": {"non-terminal-code"},
    "GivesRequiredAxes": {"required-axis-missing"},
    "StaysOnAxes": OUTSIDE,
    "KeepsToMultiplicity": CROWDED | {"repeated-value"},
    "OneDescriptorOfABlock": {"contradicting-descriptors", "repeated-value"},
}
"""Which issue codes each shape stands for."""


def graph(path: Path, form: str) -> rdflib.Graph:
    return rdflib.Graph().parse(path, format=FORMS[form])


def test_the_vocabulary_names_every_axis_of_the_profile() -> None:
    vocabulary = rdflib.Graph().parse(data=read_resource("ontology", "icd11kit.ttl"))
    named = {
        str(axis).rsplit("/", 1)[1]
        for axis in vocabulary.subjects(rdflib.RDF.type, rdflib.OWL.ObjectProperty)
        if str(axis).startswith("http://id.who.int/icd/schema/")
    }
    rows = read_resource("ontology", "axis-profile.tsv").splitlines()[1:]
    assert {row.split("\t")[1] for row in rows} <= named
    assert len(named) >= 64


def test_the_context_reads_what_it_names() -> None:
    context = json.loads(read_resource("ontology", "context.jsonld"))
    document = {**context, "id": "http://example.org/a", "code": "5A11", "title": {"en": "x"}}
    made = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    assert list(made.objects(predicate=rdflib.SKOS.notation)) == [rdflib.Literal("5A11")]
    assert list(made.objects(predicate=rdflib.SKOS.prefLabel)) == [rdflib.Literal("x", lang="en")]


def test_four_forms_say_the_same(starter: Terminology, tmp_path: Path) -> None:
    graphs = {}
    for form in FORMS:
        path = tmp_path / f"out.{form}"
        triples = [*release_triples(starter), *expressed_clusters(starter, CLUSTERS)]
        assert write_rdf(str(path), form, triples) == len(triples)
        graphs[form] = graph(path, form)
    assert len(graphs["nt"]) > 5_000
    small = {}
    for form in FORMS:
        path = tmp_path / f"small.{form}"
        triples = [*release_triples(starter, "5A11"), *expressed_clusters(starter, CLUSTERS)]
        export(starter, str(path), form, triples)
        small[form] = graph(path, form)
    for form in FORMS:
        assert len(graphs[form]) == len(graphs["nt"])
        assert isomorphic(small[form], small["nt"])
    assert not list(tmp_path.glob(".building-*"))


def test_owl_tools_read_classes_and_clusters(starter: Terminology, tmp_path: Path) -> None:
    path = tmp_path / "out.nt"
    export(
        starter,
        str(path),
        "nt",
        [*release_triples(starter), *expressed_clusters(starter, CLUSTERS)],
    )
    with path.open("rb") as stream:
        loaded = World().get_ontology("http://example.org/x#").load(fileobj=stream)
    classes = {str(cls.iri): cls for cls in loaded.classes()}
    cluster = classes["https://icd11kit.github.io/cluster/NC32.2%26XK8G%2FPA60"]
    parts = cluster.equivalent_to[0].Classes
    assert len(parts) == 3
    assert {"laterality", "associatedWith"} == {
        p.property.name for p in parts if hasattr(p, "property")
    }


def test_a_scope_is_what_stands_at_and_below(starter: Terminology, tmp_path: Path) -> None:
    path = tmp_path / "out.nt"
    export(starter, str(path), "nt", release_triples(starter, "05"))
    codes = set(map(str, graph(path, "nt").objects(predicate=rdflib.SKOS.notation)))
    assert "5A11" in codes
    assert not {code for code in codes if code.startswith("N")}


def test_the_whole_release_is_written(released: Path, tmp_path: Path) -> None:
    done = run(released, "ontology", "export", "--format", "nt", str(tmp_path / "mms.nt"), "--json")
    answer = json.loads(done.stdout)
    assert answer["triples"] > 350_000
    with (tmp_path / "mms.nt").open(encoding="utf-8") as stream:
        assert sum(1 for _ in stream) == answer["triples"]


@pytest.mark.parametrize("name", resource_names("ontology/queries", ".rq"))
def test_shipped_queries_answer(starter: Terminology, name: str) -> None:
    text = query_text(name.removesuffix(".rq"))
    assert text.startswith("# ")
    answer = query(starter, text)
    assert answer.names
    if name not in {"same-title.rq", "anatomy-of.rq", "required-axes.rq"}:
        assert answer.rows


def test_questions_of_each_kind(starter: Terminology) -> None:
    assert query(starter, 'ASK { ?x skos:notation "5A11" }').rows == (("yes",),)
    made = query(starter, 'CONSTRUCT { ?x a ns:Thing } WHERE { ?x skos:notation "5A11" }')
    assert made.rows[0][2] == NS + "Thing"
    listed = query(starter, "SELECT ?c WHERE { ?x skos:notation ?c } ORDER BY ?c", limit=3)
    assert len(listed.rows) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT WHERE", "error"),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "stay on this machine"),
        ("DELETE WHERE { ?s ?p ?o }", "error"),
    ],
)
def test_wrong_questions_are_one_sentence(starter: Terminology, text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        query(starter, text)
    assert "\n" not in str(caught.value)
    assert query(starter, 'ASK { ?x skos:notation "SERVICE" }').rows == (("no",),)


def test_the_command(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = run(home, "ontology", "query", "chapters", "--limit", "2", "--csv")
    assert done.stdout.splitlines()[0] == "chapter,stems,extensions"
    assert len(done.stdout.splitlines()) == 3
    unknown = run(home, "ontology", "query", "nonsense")
    assert (unknown.returncode, "residuals" in unknown.stderr) == (1, True)
    scope = run(home, "ontology", "export", "--scope", "9Z9Z", str(tmp_path / "x.ttl"))
    assert (scope.returncode, (tmp_path / "x.ttl").exists()) == (1, False)
    nowhere = run(home, "ontology", "export", str(tmp_path / "no" / "x.ttl"))
    assert nowhere.returncode == 1
    assert run(home, "ontology", "export", "--format", "pdf", "x").returncode == 2


def test_a_bad_cluster_is_named(starter: Terminology) -> None:
    with pytest.raises(ClusterSyntaxError):
        list(expressed_clusters(starter, ["5A11&&"]))
    with pytest.raises(SourceError, match="cluster 2"):
        list(expressed_clusters(starter, ["5A11", "9Z9Z"]))


def _table() -> list[str]:
    path = Path(__file__).resolve().parent / "cases" / "clusters.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [row["cluster"] for row in csv.DictReader(stream)]


def test_shapes_and_validator_find_the_same(starter: Terminology, tmp_path: Path) -> None:
    """Rule by rule on every cluster of the case table that can be read."""
    expected: dict[str, set[str]] = {}
    triples = []
    for number, text in enumerate(_table()):
        try:
            reading = starter.clusters.read(parse_cluster(text))
        except ClusterSyntaxError:
            continue
        expected[str(number)] = {i.code.value for i in starter.clusters.find_issues(text)}
        triples += reading_triples(reading, str(number), release_uri("mms", "2025-01"))
    needy = _needing(starter, "NC32.2&XK8G")
    expected["needy"] = {issue.code.value for issue in check_required(needy)}
    triples += reading_triples(needy, "needy", release_uri("mms", "2025-01"))
    write_rdf(str(tmp_path / "clusters.nt"), "nt", triples)
    assert len(expected) >= 300
    found = _shape_findings(graph(tmp_path / "clusters.nt", "nt"))
    whole = set().union(*RULES.values())
    for number, codes in expected.items():
        text = _table()[int(number)] if number.isdigit() else number
        for shape, rule in RULES.items():
            if shape in found[number]:
                assert rule & codes, (text, shape, codes)
        covered = set().union(*(RULES[shape] for shape in found[number]), set())
        assert codes & whole <= covered, (text, codes, found[number])
    assert {shape for shapes in found.values() for shape in shapes} == set(RULES)


def _needing(icd: Terminology, text: str) -> Reading:
    """Return a cluster read as if its stem required every axis it has."""
    reading = icd.clusters.read(parse_cluster(text))
    group = reading.groups[0]
    assert group.axes is not None
    axes = StemAxes(tuple(axis._replace(required=True) for axis in group.axes.axes))
    return reading._replace(groups=(group._replace(axes=axes),))


def _shape_findings(data: rdflib.Graph) -> dict[str, set[str]]:
    """Return the names of the shapes that each cluster breaks, by its number."""
    shapes = rdflib.Graph().parse(data=read_resource("ontology", "cluster-shapes.ttl"))
    _, report, _ = shacl(data, shacl_graph=shapes, inplace=True)
    holders = defaultdict(set)
    for group in data.subjects(rdflib.RDF.type, rdflib.URIRef(NS + "Group")):
        number = str(group).rsplit("cluster-", 1)[1].split("-")[0]
        for code in [*data.objects(group, rdflib.URIRef(NS + "stem")), group]:
            holders[code].add(number)
        for value in data.objects(group, rdflib.URIRef(NS + "extension")):
            for code in data.objects(value, rdflib.URIRef(NS + "code")):
                holders[code].add(number)
    found: dict[str, set[str]] = defaultdict(set)
    for result in report.subjects(rdflib.RDF.type, rdflib.URIRef(SH + "ValidationResult")):
        shape = _named_shape(report.value(result, rdflib.URIRef(SH + "sourceShape")), shapes)
        for number in holders[report.value(result, rdflib.URIRef(SH + "focusNode"))]:
            found[number].add(shape)
    return found


def _named_shape(shape: object, shapes: rdflib.Graph) -> str:
    """Return the name of a shape, for a property shape that of the one it belongs to."""
    owner = shapes.value(predicate=rdflib.URIRef(SH + "property"), object=shape)
    return str(owner or shape).removeprefix(NS)
