"""CodeSystem/$subsumes: codes, clusters, groupings, and the systems beside the MMS."""

from __future__ import annotations

import pytest

from tests.fhir_replies import FOUNDATION, ICD10CM, MMS, get, posted, refused, said
from tests.running_server import Server

SUBSUMES = "/CodeSystem/$subsumes"
CASES = [
    (MMS, "5A11", "5A11", "equivalent"),
    (MMS, "BA41", "BA41.0", "subsumes"),
    (MMS, "11", "BA41.0", "subsumes"),
    (MMS, "5A11", "5A10", "not-subsumed"),
    (MMS, "5A11", "11", "not-subsumed"),
    (MMS, "257068234", "1A00", "equivalent"),
    (MMS, "DD51", "DD51&XK8G", "subsumes"),
    (MMS, "DD51&XK8G", "DD51&XK9K", "not-subsumed"),
    (MMS, "2C25.Z&XK8G&XY0Y", "2C25.Z&XY0Y&XK8G", "equivalent"),
    (MMS, "13", "DD51&XK8G", "subsumes"),
    (MMS, "05", "DD51&XK8G", "not-subsumed"),
    (ICD10CM, "E11", "E11.9", "subsumes"),
    (ICD10CM, "E11", "E11", "equivalent"),
    (ICD10CM, "E11", "E10", "not-subsumed"),
    (FOUNDATION, "21500692", "119724091", "subsumes"),
]
OPPOSITE = {"subsumes": "subsumed-by"}


@pytest.mark.parametrize(("system", "a", "b", "outcome"), CASES)
def test_both_ways(starter_server: Server, system: str, a: str, b: str, outcome: str) -> None:
    forth = said(starter_server, SUBSUMES, system=system, codeA=a, codeB=b)
    back = said(starter_server, SUBSUMES, system=system, codeA=b, codeB=a)
    assert forth == {"outcome": outcome}
    assert back == {"outcome": OPPOSITE.get(outcome, outcome)}


def test_that_entities_stand_apart_is_not_claimed_without_all_parents(
    starter_server: Server,
) -> None:
    asked = {"system": FOUNDATION, "codeA": "21500692", "codeB": "257068234"}
    refused(get(starter_server, SUBSUMES, **asked), 422)


@pytest.mark.parametrize(
    ("a", "b", "status"),
    [("5A1X", "5A11", 404), ("5a11", "5A11", 404), ("DD51&XK0000", "DD51", 404),
     ("dd51&XK8G", "DD51", 404), ("", "5A11", 400), ("DD51&", "DD51", 404),
     ("5A11&XK8G", "5A11", 422)],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(
    starter_server: Server, a: str, b: str, status: int
) -> None:
    refused(get(starter_server, SUBSUMES, system=MMS, codeA=a, codeB=b), status)


def test_codings_go_in_and_are_of_one_system(starter_server: Server) -> None:
    def items(a: str, b: str) -> list[dict[str, object]]:
        return [
            {
                "name": "codingA",
                "valueCoding": {"system": a, "code": "BA41" if a == MMS else "E11"},
            },
            {"name": "codingB", "valueCoding": {"system": b, "code": "BA41.0"}},
        ]

    assert posted(starter_server, SUBSUMES, *items(MMS, MMS)) == {"outcome": "subsumes"}
    body = {"resourceType": "Parameters", "parameter": items(ICD10CM, MMS)}
    refused(starter_server.post(f"/fhir{SUBSUMES}", body), 400)


def test_an_instance_answers_for_its_system(starter_server: Server) -> None:
    answer = said(starter_server, "/CodeSystem/mms/$subsumes", codeA="BA41", codeB="BA41.0")
    assert answer == {"outcome": "subsumes"}


@pytest.mark.parametrize("above", ["1A03", "11", "BA41"])
def test_a_residual_stands_below_its_parent_as_is_a_has_it(
    starter_server: Server, above: str
) -> None:
    residual = "1A03.Y" if above == "1A03" else "BA41.Z"
    answer = said(starter_server, SUBSUMES, system=MMS, codeA=above, codeB=residual)
    assert answer == {"outcome": "subsumes"}
