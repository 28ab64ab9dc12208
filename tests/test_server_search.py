"""ICD-API paths about words: what the coding tool and other clients send, and what they get."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from icd11kit.search.marking import find_marks
from icd11kit.search.query import query_words
from icd11kit.search.rank import Group
from icd11kit.server.api.hit_json import marked
from icd11kit.terminology import Terminology
from tests.api_client import REAL, ApiClient, schema_errors


def search(client: ApiClient, root: str, **said: str) -> list[dict[str, Any]]:
    """Return the entities found."""
    return list(answer(client, root, **said)["destinationEntities"])


def answer(client: ApiClient, root: str, **said: str) -> dict[str, Any]:
    reply = client.get(f"{root}/search", params=said)
    assert reply.status_code == 200, reply.text
    assert reply.headers["API-Version"] == "v2.6.0"
    made: dict[str, Any] = reply.json()
    return made


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [entity["theCode"] for entity in found]


def test_the_best_entity_comes_first_with_its_words_marked(client: ApiClient, root: str) -> None:
    best = search(client, root, q="type 2 diabetes")[0]
    assert best["theCode"] == "5A11"
    assert "<em class='found'>diabetes</em>" in best["title"]
    assert best["id"] == best["stemId"]
    assert best["id"].startswith(f"http://id.who.int{root}/")
    assert best["titleIsASearchResult"] is True


def test_a_percent_sign_asks_for_the_beginning_of_a_word(client: ApiClient, root: str) -> None:
    assert "5A11" in codes(search(client, root, q="diab% type 2"))
    assert "5A11" in codes(search(client, root, q="5A1%"))
    assert search(client, root, q="%") == []
    assert query_words("Sugar of% di% diab%") == ["sugar", "of", "di", "diab*"]
    assert query_words("aaa% bbb% ccc% ddd%") == ["aaa", "bbb*", "ccc*", "ddd*"]


@pytest.mark.parametrize("name", ["useFlexisearch", "useFlexiSearch", "USEFLEXISEARCH"])
def test_every_word_is_to_be_said_unless_flexible(client: ApiClient, root: str, name: str) -> None:
    query = "type 2 diabetes zzzzqqqq"
    assert search(client, root, q=query) == []
    assert "5A11" in codes(search(client, root, q=query, **{name: "true"}))


@pytest.mark.parametrize("listed", ["05", "05;", "5,", "01;05;", "01, 05"])
def test_chapters_are_listed_in_any_way(client: ApiClient, root: str, listed: str) -> None:
    found = search(client, root, q="diabetes", chapterFilter=listed)
    assert found
    assert {entity["chapter"] for entity in found} <= {"01", "05"}


def test_a_chapter_that_is_none_is_told(client: ApiClient, root: str) -> None:
    reply = client.get(f"{root}/search", params={"q": "x", "chapterFilter": "99"})
    assert reply.status_code == 400
    assert search(client, root, q="5A11", chapterFilter="06") == []
    assert "no chapter '99'" in reply.json()["error"]


def test_extension_codes_come_by_their_chapter_only(client: ApiClient, root: str) -> None:
    assert "XK8G" not in codes(search(client, root, q="left"))
    assert "XK8G" in codes(search(client, root, q="left", chapterFilter="X"))
    assert "XK8G" in codes(search(client, root, q="left", medicalCodingMode="false"))


@pytest.mark.parametrize(
    "form",
    [
        "{id}",
        "http://id.who.int/icd/entity/{id}",
        "http://id.who.int/icd/release/11/2025-01/mms/{id},",
        "http://127.0.0.1:8011/icd/release/11/2025-01/mms/{id};12345",
    ],
)
def test_subtrees_hold_the_search(
    client: ApiClient, root: str, starter: Terminology, form: str
) -> None:
    chapter = starter.lookup("05").id
    found = search(client, root, q="diabetes", subtreesFilter=form.format(id=chapter))
    assert found
    assert {entity["chapter"] for entity in found} == {"05"}


def test_subtrees_of_extension_codes_need_no_chapter(
    client: ApiClient, root: str, starter: Terminology
) -> None:
    side = starter.lookup("XK8G").id
    assert codes(search(client, root, q="left", subtreesFilter=side)) == ["XK8G"]


def test_subtrees_that_are_not_there_hold_nothing(client: ApiClient, root: str) -> None:
    assert search(client, root, q="diabetes", subtreesFilter="http://x.example/999") == []
    assert search(client, root, q="diabetes", subtreesFilter="none") == []
    assert search(client, root, q="diabetes", subtreesFilter="")
    assert search(client, root, q="5A11", subtreesFilter="999") == []


def test_too_many_subtrees_are_refused(client: ApiClient, root: str) -> None:
    reply = client.get(f"{root}/search", params={"q": "x", "subtreesFilter": "123," * 300})
    assert reply.status_code == 400


def test_the_library_searches_within_entries(starter: Terminology) -> None:
    inside = starter.search("diabetes", within=("05",), limit=20)
    assert {hit.entity.chapter for hit in inside} == {"05"}
    assert starter.search("diabetes", within=("5A11", "5A1X"))[0].code == "5A11"
    assert starter.search("diabetes", within=("5A1X",)) == ()
    several = starter.search("diabetes", chapter="05;06", limit=50)
    assert {hit.entity.chapter for hit in several} <= {"05", "06"}


FIELDS = {"q": "diabetes", "chapterFilter": "05", "flatResults": "true", "unheardOf": "1"}


def test_a_form_is_read_as_the_query(client: ApiClient, root: str) -> None:
    wanted = codes(search(client, root, **FIELDS))
    path = f"{root}/search"
    urlencoded = client.post(path, data=FIELDS)
    multipart = client.post(path, files={name: (None, text) for name, text in FIELDS.items()})
    query = client.post(path, params=FIELDS)
    for reply in (urlencoded, multipart, query):
        assert codes(reply.json()["destinationEntities"]) == wanted != []


def test_a_form_that_is_broken_is_refused(client: ApiClient, root: str) -> None:
    kind = {"Content-Type": "multipart/form-data"}
    assert client.post(f"{root}/search", content=b"x", headers=kind).status_code == 400
    file = {"q": ("q.txt", b"diabetes")}
    assert client.post(f"{root}/search", files=file).status_code == 400


def test_a_search_in_a_body_that_is_no_form_is_refused(client: ApiClient, root: str) -> None:
    reply = client.post(f"{root}/search", json={"q": "diabetes"})
    assert reply.status_code == 415
    by_query = client.post(f"{root}/search", params=FIELDS, json={})
    assert codes(by_query.json()["destinationEntities"])


def test_nothing_is_marked_where_highlighting_is_off(client: ApiClient, root: str) -> None:
    found = search(client, root, q="diabetes", highlightingEnabled="false")
    assert found
    assert not any("<em" in entity["title"] for entity in found)


@pytest.mark.parametrize("query", ["<script>alert(1)</script> diabetes", "diabetes <b>", "\"'>"])
def test_a_query_never_comes_back(client: ApiClient, root: str, query: str) -> None:
    reply = client.get(f"{root}/search", params={"q": query, "useFlexisearch": "true"})
    assert reply.status_code == 200
    assert "<script" not in reply.text
    assert "<b>" not in reply.text


def test_all_but_the_marks_is_escaped() -> None:
    text = "<i>Fever</i> & chills"
    assert marked(text, find_marks(text, [Group((("fever",),))]).spans) == (
        "&lt;i&gt;<em class='found'>Fever</em>&lt;/i&gt; &amp; chills"
    )


def test_marks_tell_how_a_term_says_a_query() -> None:
    groups = [Group((("heart", "attack"), ("myocardial", "infarction")))]
    marks = find_marks("Acute myocardial infarction", groups)
    assert (len(marks.spans), marks.says_all, marks.says_only) == (2, True, False)
    assert find_marks("Infarction", groups).says_all is False
    assert find_marks("Fever of unspecified type", [Group((("fever",),))]).says_only is True
    assert find_marks("Fever", []).says_all is False


def test_keywords_complete_a_word_or_go_with_the_query(client: ApiClient, root: str) -> None:
    typed = answer(client, root, q="diab%", includeKeywordResult="true")
    assert typed["guessType"] == 1
    assert typed["words"]
    assert all(word["label"].startswith("diab") for word in typed["words"])
    whole = answer(client, root, q="diabetes", includeKeywordResult="true")
    assert whole["guessType"] == 2
    assert "mellitus" in {word["label"] for word in whole["words"]}
    assert answer(client, root, q="diabetes")["words"] is None


def test_a_hierarchy_holds_hits_below_what_stands_above_them(
    client: ApiClient, root: str, starter: Terminology
) -> None:
    flat = codes(search(client, root, q="diabetes", chapterFilter="05"))
    (chapter,) = search(client, root, q="diabetes", chapterFilter="05", flatResults="false")
    assert chapter["theCode"] == "05"
    listed: list[str] = []
    waiting = [chapter]
    while waiting:
        entity = waiting.pop()
        waiting += entity["descendants"]
        listed.append(entity["theCode"])
    assert set(flat) < set(listed)
    assert len(listed) == len(set(listed) - {""}) + listed.count("")


def test_groupings_come_outside_of_coding_only(client: ApiClient, root: str) -> None:
    title = "Endocrine, nutritional or metabolic diseases"
    assert "05" not in codes(search(client, root, q=title))
    assert "05" in codes(search(client, root, q=title, medicalCodingMode="false"))


def test_properties_narrow_a_search_outside_of_coding(client: ApiClient, root: str) -> None:
    def found(properties: str) -> list[dict[str, Any]]:
        said = {"medicalCodingMode": "false", "propertiesToBeSearched": properties}
        return search(client, root, q="diabetes", **said)

    assert all(entity["titleIsTopScore"] for entity in found("Title"))
    assert found("Title") != []
    assert found("Definition") == []
    assert len(found("Title,IndexTerm")) >= len(found("Title"))


def test_that_there_is_more_is_told_of_a_word_that_many_say(real: ApiClient) -> None:
    assert answer(real, REAL, q="diabetes")["resultChopped"] is True
    assert answer(real, REAL, q="type 2 diabetes")["resultChopped"] is False


@pytest.mark.parametrize("query", ["", "   ", "%", "&/%", '"', "'; DROP TABLE term --", "\x00"])
def test_what_says_nothing_is_answered(client: ApiClient, root: str, query: str) -> None:
    made = answer(client, root, q=query)
    assert made["error"] is False
    assert UUID(made["uniqueSearchId"])


def test_a_query_beyond_the_limit_is_refused(client: ApiClient, root: str) -> None:
    reply = client.post(f"{root}/search", data={"q": "x" * 8_001})
    assert reply.status_code == 400
    assert "8,001 characters" in reply.json()["error"]
    assert client.post(f"{root}/search", data={"q": "x " * 4_000}).status_code == 200


def test_head_and_other_methods_are_refused(client: ApiClient, root: str) -> None:
    for path in (f"{root}/search", f"{root}/autocode", "/icd/entity/search"):
        assert client.request("HEAD", path).status_code == 405
        assert client.request("DELETE", path).status_code == 405


def test_autocode_names_one_entity(client: ApiClient, root: str, starter: Terminology) -> None:
    made = client.get(f"{root}/autocode", params={"searchText": "Type 2 diabetes mellitus"}).json()
    entity = starter.lookup("5A11").id
    assert made["theCode"] == "5A11"
    assert made["foundationURI"] == f"http://id.who.int/icd/entity/{entity}"
    assert made["linearizationURI"] == f"http://id.who.int{root}/{entity}"
    assert (made["matchLevel"], made["isTitle"]) == (0, True)
    assert 0 < made["matchScore"] <= 1


def test_autocode_keeps_the_threshold(client: ApiClient, root: str) -> None:
    said = {"searchText": "zzzz diabetes xxxx", "matchThreshold": "0.99"}
    made = client.get(f"{root}/autocode", params=said).json()
    assert "theCode" not in made
    assert made["matchScore"] == 0.0
    wrong = client.get(f"{root}/autocode", params={**said, "matchThreshold": "much"})
    assert wrong.status_code == 400


def test_the_foundation_is_searched_by_its_uris(real: ApiClient) -> None:
    found = search(real, "/icd/entity", q="drug-induced fever")
    assert found[0]["id"] == "http://id.who.int/icd/entity/1596497122"
    assert found[0]["theCode"] == ""
    assert not any(entity["isResidualOther"] for entity in found)
    made = real.get("/icd/entity/autocode", params={"searchText": "drug-induced fever"}).json()
    assert made["foundationURI"] == "http://id.who.int/icd/entity/1596497122"
    assert "theCode" not in made


def test_a_term_below_the_shoreline_names_its_entity(real: ApiClient) -> None:
    (best, *_) = search(real, REAL, q="drug-induced fever")
    assert best["theCode"] == "MG26"
    (value,) = best["matchingPVs"]
    assert value["foundationUri"] == "http://id.who.int/icd/entity/1596497122"
    assert value["propertyValueType"] == 1


def test_spanish_is_searched_in_spanish(real: ApiClient) -> None:
    path = "/icd/release/11/2024-01/mms/search"
    reply = real.get(path, params={"q": "fiebre amarilla"}, headers={"Accept-Language": "es"})
    assert reply.json()["destinationEntities"][0]["theCode"] == "1D47"


def test_the_icf_is_searched(real: ApiClient) -> None:
    found = search(real, "/icd/release/11/dev-2022-09-29/icf", q="dressing")
    assert "d540" in codes(found)
    assert "postcoordinationAvailability" not in found[0]


def test_what_is_not_installed_is_not_found(client: ApiClient) -> None:
    assert client.get("/icd/release/11/2030-01/mms/search?q=x").status_code == 404
    assert client.get("/icd/entity/search?q=x&releaseId=2030-01").status_code == 404


@pytest.mark.parametrize("query", ["fever", "diab%", "5A11", "heart attack", "zzzz"])
@pytest.mark.parametrize("flat", ["true", "false"])
def test_results_have_the_form_of_the_openapi(
    real: ApiClient, shared_data: Path, query: str, flat: str
) -> None:
    for root in (REAL, "/icd/entity"):
        made = answer(real, root, q=query, flatResults=flat, includeKeywordResult="true")
        assert schema_errors(shared_data, "ISearchResult", made) == []
        coded = real.get(f"{root}/autocode", params={"searchText": query}).json()
        assert schema_errors(shared_data, "AutoCodingSearchResult", coded) == []


def test_fields_are_those_of_a_real_answer_but_for_two(real: ApiClient, shared_data: Path) -> None:
    import json

    path = shared_data / "api" / "mms_search_fever_2024-01.json"
    sample = json.loads(path.read_text("utf-8"))
    made = answer(real, "/icd/release/11/2024-01/mms", q="fever")
    assert set(made) == set(sample)
    links = {"hasMaternalChapterLink", "hasPerinatalChapterLink"}
    lacking = set(sample["destinationEntities"][0]) - set(made["destinationEntities"][0])
    assert lacking in (links, links | {"hasCodingNote"})
    assert codes(made["destinationEntities"])[0] == codes(sample["destinationEntities"])[0]


def test_what_clients_report_is_taken_and_not_kept(client: ApiClient) -> None:
    reply = client.post("/analytics/clientanalytics", json={"code": "5A11"})
    assert (reply.status_code, reply.content) == (204, b"")
