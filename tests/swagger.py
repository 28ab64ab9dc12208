"""WHO's OpenAPI description as schemas to hold answers against; without it a test is skipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

_JSON_LD = ("@context", "@id")
_CLOSED_TO_IDS = "postcoordinationScale"


class Swagger:
    """Says whether an answer is what WHO's description calls by a name."""

    def __init__(self, path: Path) -> None:
        self.components = json.loads(path.read_text("utf-8"))["components"]

    def errors(self, name: str, value: dict[str, Any]) -> list[str]:
        """Return what is wrong with an answer, JSON-LD's additions aside."""
        schema = {"$ref": f"#/components/schemas/{name}", "components": self.components}
        found = Draft202012Validator(schema).iter_errors(without_json_ld(value))
        return [f"{error.json_path}: {error.message}" for error in found]


def without_json_ld(value: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without the keys that JSON-LD adds, in its axes too."""
    kept = {key: held for key, held in value.items() if key not in _JSON_LD}
    if _CLOSED_TO_IDS in kept:
        kept[_CLOSED_TO_IDS] = [
            {key: held for key, held in axis.items() if key != "@id"}
            for axis in kept[_CLOSED_TO_IDS]
        ]
    return kept


def read_swagger(data: Path) -> Swagger:
    """Return WHO's description among the real files."""
    path = data / "api" / "who_icd_api_swagger.json"
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    return Swagger(path)
