"""Stores of an older version: said in one sentence, and repaired by an install."""

from __future__ import annotations

from pathlib import Path

from icd11kit.store.schema import SCHEMA_VERSION
from tests.prepared_home import answers, prepare, run, sentence
from tests.small_release import tabulation_zip


def age(home: Path) -> None:
    """Let the stores of 2025-01 and of ICD-10-CM be of the version before.

    The home shares its files with those of other tests, so they are written anew.
    """
    releases = home / "releases"
    for path in (*releases.glob("mms-2025-01-*"), *releases.glob("icd10cm-*")):
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data[:60] + (SCHEMA_VERSION - 1).to_bytes(4) + data[64:])


def test_an_older_store_is_named_and_an_install_replaces_it(tmp_path: Path) -> None:
    home = prepare(tmp_path / "home")
    table = tmp_path / "table.zip"
    table.write_bytes(tabulation_zip())
    answers(home, "install", "--from", str(table))
    age(home)
    said = sentence(run(home, "lookup", "1A00"))
    assert "made by an older icd11kit; install it again with `icd11kit install`" in said
    made = answers(home, "install", "--from", str(table))
    assert {item["key"]["system"] for item in made} == {"mms", "icd10cm"}
    (rope,) = answers(home, "lookup", "1A00")
    assert rope["title"] == "Slack rope"
