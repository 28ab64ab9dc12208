"""WHO's URIs: every form that is taken, what is made of it, and what is said of the others."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.errors import UnknownCodeError
from icd11kit.terminology import Terminology
from icd11kit.uris import EntityUri, find_uri, foundation_uri, linearization_uri

WHO = "http://id.who.int/icd"
BROWSER = "https://icd.who.int"
IDS = st.from_regex(r"[1-9][0-9]{2,11}", fullmatch=True)
RESIDUALS = st.sampled_from(["", "/other", "/unspecified"])
RELEASES = st.sampled_from(["", "2018", "2019-04", "2025-01", "beta"])
LINEARIZATIONS = st.sampled_from(["mms", "icf", "neurology"])


@pytest.mark.parametrize("ending", ["", "/", "\n"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("entity/257068234", EntityUri("257068234")),
        ("entity/344162786/other", EntityUri("344162786/other")),
        ("entity/344162786/mms/unspecified", EntityUri("344162786/unspecified")),
        ("release/11/mms/257068234", EntityUri("257068234", "mms")),
        ("release/11/2025-01/mms/257068234", EntityUri("257068234", "mms", "2025-01")),
        ("release/11/2018/mms/257068234", EntityUri("257068234", "mms", "2018")),
        ("release/11/beta/icf/257068234", EntityUri("257068234", "icf", "beta")),
        ("release/11/mms/344162786/other", EntityUri("344162786/other", "mms")),
        (
            "release/11/2022-02/mms/344162786/unspecified",
            EntityUri("344162786/unspecified", "mms", "2022-02"),
        ),
        ("release/11/2019-04/mms/9696/mms/other", EntityUri("9696/other", "mms", "2019-04")),
    ],
)
def test_a_who_uri_is_taken(path: str, found: EntityUri, scheme: str, ending: str) -> None:
    assert find_uri(f"{scheme}://id.who.int/icd/{path}{ending}") == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("browse/2025-01/mms/en#257068234", EntityUri("257068234", "mms", "2025-01")),
        ("browse/2025-01/mms/en#344162786/other", EntityUri("344162786/other", "mms", "2025-01")),
        ("browse/latest-release/mms/es#257068234", EntityUri("257068234", "mms")),
        ("browse/2024-01/foundation/en#257068234", EntityUri("257068234", "", "2024-01")),
        ("browse/2024-01/icf/en#257068234", EntityUri("257068234", "icf", "2024-01")),
        ("browse11/l-m/en#/257068234", EntityUri("257068234", "mms")),
        (f"browse11/l-m/en#/{WHO}/entity/257068234", EntityUri("257068234")),
        (
            "browse11/l-m/en#/http%3a%2f%2fid.who.int%2ficd%2fentity%2f257068234",
            EntityUri("257068234"),
        ),
        (
            "browse11/l-m/en#/http%253A%252F%252Fid.who.int%252Ficd%252Fentity%252F257068234",
            EntityUri("257068234"),
        ),
    ],
)
def test_a_browser_address_is_taken(address: str, found: EntityUri) -> None:
    assert find_uri(f"{BROWSER}/{address}") == found


@pytest.mark.parametrize(
    "text",
    [
        "HTTP://id.who.int/icd/entity/257068234",
        "http://ID.WHO.INT/icd/entity/257068234",
        "Https://Id.who.int/icd/entity/257068234",
    ],
)
def test_scheme_and_host_may_stand_in_any_case(text: str) -> None:
    """Source: RFC 3986, section 6.2.2.1."""
    assert find_uri(text) == EntityUri("257068234")


@given(IDS, RESIDUALS, LINEARIZATIONS, RELEASES)
def test_a_linearization_uri_is_read_back(
    number: str, residual: str, linearization: str, release: str
) -> None:
    uri = linearization_uri(number + residual, linearization, release)
    assert uri.startswith(f"{WHO}/release/11/{release}")
    assert "//" not in uri.removeprefix("http://")
    assert find_uri(uri) == EntityUri(number + residual, linearization, release)


@given(IDS)
def test_a_foundation_uri_is_read_back(number: str) -> None:
    assert find_uri(foundation_uri(number)) == EntityUri(number)


@given(IDS, RESIDUALS)
def test_a_bare_id_is_read_as_it_stands(number: str, residual: str) -> None:
    assert find_uri(f" {number}{residual}\n") == EntityUri(number + residual)


@pytest.mark.parametrize("entity", ["344162786/other", "344162786/unspecified", "A00.0", "", "X"])
def test_only_a_foundation_entity_has_a_foundation_uri(entity: str) -> None:
    assert foundation_uri(entity) == ""


@pytest.mark.parametrize("entity", ["A00.0", "", "BlockL1-1A0", "344162786/more", "1/other/other"])
def test_what_is_no_id_of_who_has_no_linearization_uri(entity: str) -> None:
    assert linearization_uri(entity) == ""


@pytest.mark.parametrize("number", ["²²²", "٣٤٥", "３４５"])
def test_only_ascii_digits_make_an_id(number: str) -> None:
    assert (find_uri(number), find_uri(f"{WHO}/entity/{number}")) == (None, None)
    assert (foundation_uri(number), linearization_uri(number)) == ("", "")


MALFORMED = [
    f"{WHO}/entity/",
    f"{WHO}/entity/12x4",
    f"{WHO}/entity/1234567890123",
    f"{WHO}/entity/344162786/others",
    f"{WHO}/release/11/mms",
    f"{WHO}/release/11/2025-1/mms/344162786",
    f"{WHO}/release/11//mms/344162786",
    f"{WHO}/release/10/2019/E11",
    f"{WHO}/release/11/2025-01/mms/344162786/other/other",
    f"{BROWSER}/browse/2025-01/mms/en#",
    "https://id.who.org/icd/entity/257068234",
    "http://id.who.int.example.org/icd/entity/257068234",
    "http://example.org/?http://id.who.int/icd/entity/257068234",
    "ftp://id.who.int/icd/entity/257068234",
    "id.who.int/icd/entity/257068234",
    "http://",
    f"{WHO}/entity/257068234\n257068234",
    f"{WHO}/entity/{'1' * 100_000}",
]


def short(text: str) -> str:
    """Return the name of a case."""
    return repr(text)[-30:]


@pytest.mark.parametrize("text", ["", "12", "5A11", "257068234/more", "257068234/", "-257068234"])
def test_what_is_no_uri_and_no_id_is_not_taken(text: str) -> None:
    assert find_uri(text) is None


@pytest.mark.parametrize("text", MALFORMED, ids=short)
def test_a_malformed_uri_is_not_taken(text: str) -> None:
    assert find_uri(text) is None


def said_of(starter: Terminology, text: str) -> str:
    with pytest.raises(UnknownCodeError) as caught:
        starter.lookup(text)
    return str(caught.value)


@pytest.mark.parametrize("text", MALFORMED, ids=short)
def test_a_malformed_uri_is_one_sentence(starter: Terminology, text: str) -> None:
    said = said_of(starter, text)
    assert "\n" not in said
    assert len(said) < 300


@pytest.mark.parametrize(
    ("path", "position", "repair"),
    [
        ("entity/12x4", 32, f"{WHO}/entity/"),
        ("release/11/mms/344162786/others", 53, "/other or /unspecified"),
    ],
)
def test_a_malformed_uri_is_told_where_it_goes_wrong_and_how_to_write_it(
    starter: Terminology, path: str, position: int, repair: str
) -> None:
    """Positions count from 1 in the text as given."""
    said = said_of(starter, f"{WHO}/{path}").replace(f"{WHO}/{path}", "")
    assert re.search(rf"\b(position|character|place) {position}\b", said)
    assert repair in said
