"""What a request gives an operation: parameters of its query and of its body, held to limits."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from icd11kit.server.answers import asked, check_cluster, check_joined
from icd11kit.server.settings import Limits

_TRUE = frozenset({"1", "true", "yes", "on"})


class Given:
    """The parameters of one request, by names in lower case."""

    __slots__ = ("_values", "limits")

    def __init__(self, values: Mapping[str, str], limits: Limits) -> None:
        self._values, self.limits = values, limits

    def text(self, *names: str) -> str:
        """Return the first parameter of some names that is given, "" where none is.

        >>> Given({"code": "5A11"}, Limits()).text("q", "code")
        '5A11'
        """
        text = next((self._values[name] for name in names if self._values.get(name)), "")
        return check_cluster(text, self.limits)

    def needed(self, *names: str) -> str:
        """Return a parameter that has to be given; raises HTTPException 400 without it."""
        text = self.text(*names)
        if not text.strip():
            raise HTTPException(400, f"the parameter {' or '.join(names)} is missing or empty")
        return text

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """Return a parameter that is one of some words, the first where it is not given."""
        text = self.text(name) or choices[0]
        if text not in choices:
            said = ", ".join(choice for choice in choices if choice)
            raise HTTPException(400, f"{name} is one of {said}; {text[:40]!r} is none of them")
        return text

    def number(self, name: str, usual: int, least: int, most: int) -> int:
        """Return a parameter that is a whole number between two others."""
        text = self.text(name) or str(usual)
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise HTTPException(400, f"{name} is a whole number; {text[:40]!r} is none")
        if not least <= int(text) <= most:
            raise HTTPException(400, f"{name} is a number from {least} to {most}; not {text}")
        return int(text)

    def flag(self, name: str) -> bool:
        """Return whether a parameter says yes.

        >>> Given({"up": "true"}, Limits()).flag("up")
        True
        """
        return self.text(name).lower() in _TRUE


async def read_given(request: Request, limits: Limits) -> Given:
    """Return the parameters of a request; those of a POST's body count before its query's."""
    check_joined(request.query_params.multi_items())
    values = asked(request)
    if request.method == "POST":
        values |= await _read_body(request)
    return Given(values, limits)


async def _read_body(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.form(max_files=0, max_fields=100)
        fields = form.multi_items()
        return {name.lower(): text for name, text in fields if not isinstance(text, UploadFile)}
    try:
        body = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is no JSON") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "the body is no JSON object of parameters")
    return {_whole(name.lower()): _whole(_written(value)) for name, value in body.items()}


def _whole(text: str) -> str:
    """Return a text of whole characters; JSON can escape halves of one, which nothing writes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _written(value: object) -> str:
    """Return a JSON value as it stands in a query.

    >>> _written(True), _written(5), _written("5A11")
    ('true', '5', '5A11')
    """
    return value if isinstance(value, str) else json.dumps(value)
