"""All HTTP of the package: single files with limits, and sessions on an ICD-API.

Retries with back-off are urllib3's, the cache is requests-cache's. Credentials come from the
environment only, go to the token server and, as a token, to the API's own host, and are kept
out of the cache and of every message.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from urllib3 import exceptions as below
from urllib3.util import Retry

from icd11kit import __version__
from icd11kit.errors import InstallError, NetworkError

CONNECT_TIMEOUT, READ_TIMEOUT = 5.0, 20.0
DEADLINE = 600.0
PATIENCE = 60.0
"""The longest a server's Retry-After is waited for, in seconds."""
MAX_BYTES = 300_000_000
TOKEN_URL = "https://icdaccessmanagement.who.int/connect/token"
CLOUD_HOST = "id.who.int"
_ID, _SECRET, _TOKEN_URL = "ICD11KIT_CLIENT_ID", "ICD11KIT_CLIENT_SECRET", "ICD11KIT_TOKEN_URL"
_AGENT = {"User-Agent": f"icd11kit/{__version__}"}
_CHUNK = 65_536


@dataclass(slots=True)
class Token:
    """The bearer token of a session, fetched when first needed and again before it ends."""

    text: str = ""
    ends: float = 0.0
    lock: Lock = field(default_factory=Lock)


class PatientRetry(Retry):
    """Retries that give up at once where the server asks to wait longer than `PATIENCE`."""

    def increment(self, *args: Any, **named: Any) -> Self:
        """Return what is left of the retries, or raise MaxRetryError as urllib3 does."""
        response = named.get("response")
        if response is not None and (self.get_retry_after(response) or 0) > PATIENCE:
            raise below.MaxRetryError(named["_pool"], response.geturl() or "")
        return super().increment(*args, **named)


def retry(tries: int = 3) -> Retry:
    """Return how failures are tried again: 429 and 5xx, waiting longer each time or as told."""
    return PatientRetry(
        total=tries,
        backoff_factor=0.3,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET",),
        respect_retry_after_header=True,
        raise_on_status=False,
    )


def fetch(
    url: str,
    *,
    zipped: bool = False,
    read_timeout: float = READ_TIMEOUT,
    deadline: float = DEADLINE,
) -> bytes:
    """Return the bytes at a URL.

    Raises NetworkError with one sentence for a missing file, a refusal, a server that fails
    or stalls, a body cut off or over the limit, and a web page where a zip was asked for.
    """
    until = time.monotonic() + deadline
    with _plain_session() as session, _sentences(url):
        response = session.get(
            url, timeout=(CONNECT_TIMEOUT, read_timeout), stream=True, headers=_AGENT
        )
        with response:
            check_status(url, response.status_code)
            data = _read(url, response, until)
    if zipped and not data.startswith(b"PK"):
        page = data[:2000].lstrip().lower().startswith((b"<!doctype", b"<html"))
        what = "a web page" if page else "something that is no zip"
        raise NetworkError(url, f"the server sent {what} instead of the file")
    return data


@contextmanager
def _plain_session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry()))
        yield session


def _read(url: str, response: requests.Response, until: float) -> bytes:
    parts, size = [], 0
    promised = response.headers.get("Content-Length", "")
    while part := response.raw.read1(_CHUNK, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise NetworkError(url, f"the file is over {MAX_BYTES:,} bytes")
        if time.monotonic() > until:
            raise NetworkError(url, "the server is too slow; try again later")
    coded = response.headers.get("Content-Encoding")
    if promised.isdigit() and not coded and size < int(promised):
        raise NetworkError(url, f"the connection broke off after {size:,} of {promised} bytes")
    return b"".join(parts)


def check_status(url: str, status: int) -> None:
    """Raise NetworkError, in words, for any HTTP status but success."""
    if status == 404:
        raise NetworkError(url, "the server has no such file (404)", is_missing=True)
    if status == 429:
        raise NetworkError(url, "the server asks to come back later (429); try again in a while")
    if status in (401, 403):
        raise NetworkError(
            url, f"the server refuses access ({status}); for WHO's cloud set {_ID} and {_SECRET}"
        )
    if status >= 500:
        raise NetworkError(url, f"the server failed ({status}); try again later")
    if status >= 300:
        raise NetworkError(url, f"the server answered with status {status}")


@contextmanager
def _sentences(url: str) -> Iterator[None]:
    """Turn the libraries' exceptions into one sentence each, without headers or secrets."""
    try:
        urlsplit(url)  # what the libraries raise for a bad one differs from layer to layer
    except ValueError:
        raise NetworkError(url, "this is no URL that can be asked") from None
    try:
        yield
    except requests.exceptions.ConnectTimeout:
        raise NetworkError(url, "the server does not answer") from None
    except requests.exceptions.ReadTimeout:
        raise NetworkError(url, "the server stopped answering; try again later") from None
    except requests.exceptions.ChunkedEncodingError:
        raise NetworkError(url, "the connection broke off before the end; try again") from None
    except (below.ProtocolError, below.ReadTimeoutError) as error:
        stalled = isinstance(error, below.ReadTimeoutError)
        why = "the server stopped answering" if stalled else "the connection broke off"
        raise NetworkError(url, f"{why}; try again later") from None
    except below.DecodeError:
        raise NetworkError(url, "the server packed the answer wrongly; try again later") from None
    except requests.exceptions.ConnectionError as error:
        stalled = "timed out" in str(error).lower()
        why = "the server stopped answering; try again later" if stalled else "no connection"
        raise NetworkError(url, why) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema,
            requests.exceptions.InvalidSchema, below.LocationParseError):  # fmt: skip
        raise NetworkError(url, "this is no URL that can be asked") from None
    except requests.exceptions.RequestException as error:
        raise NetworkError(url, f"the request failed ({type(error).__name__})") from None


@contextmanager
def api_session(
    cache: Path | None, language: str, token: Token | None = None
) -> Iterator[Callable[[str], object]]:
    """Give a function that returns the JSON at an ICD-API URL, from the cache if it is there.

    Without a cache every answer is asked for anew; a token may serve several sessions.

    Only good answers are kept, and without the token; the function may be called from threads.
    """
    session = _open_cache(cache)
    headers = {
        **_AGENT, "API-Version": "v2", "Accept-Language": language, "Accept": "application/json"
    }  # fmt: skip
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry(5), pool_maxsize=8))
    held = token or Token()
    try:
        yield lambda url: _get_json(session, url, headers, held)
    except sqlite3.Error as error:
        raise InstallError(_no_cache(cache, error)) from None
    finally:
        session.close()  # type: ignore[no-untyped-call]


def _open_cache(cache: Path | None) -> CachedSession:
    if cache is None:
        return CachedSession(backend="memory")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        return CachedSession(
            str(cache), backend="sqlite", allowable_codes=(200,), expire_after=-1,
            ignored_parameters=["Authorization"], match_headers=["Accept-Language"],
            filter_fn=_is_entity,
        )  # fmt: skip
    except (OSError, sqlite3.Error) as error:
        raise InstallError(_no_cache(cache, error)) from None


def _no_cache(cache: Path | None, error: Exception) -> str:
    return f"{cache}: the cache of the walk cannot be used ({error}); delete it and try again"


def _is_entity(response: requests.Response) -> bool:
    """Return whether an answer is worth keeping: a page in between may be gone next time."""
    try:
        held = response.json()
    except ValueError:
        return False
    return isinstance(held, dict) and isinstance(held.get("@id"), str)


def _get_json(session: CachedSession, url: str, headers: dict[str, str], token: Token) -> object:
    with _sentences(url):
        for renew in (False, True):
            sent = {**headers, **_authorization(url, token, renew=renew)}
            response = session.get(
                url, headers=sent, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT), allow_redirects=False
            )
            if response.status_code != 401 or "Authorization" not in sent:
                break
        check_status(url, response.status_code)
        try:
            return response.json()
        except ValueError:
            raise NetworkError(url, "the answer is no JSON, so this is no ICD-API") from None


def _authorization(url: str, token: Token, *, renew: bool) -> dict[str, str]:
    """Return the header that carries the token, {} where none is wanted or allowed."""
    client, secret = os.environ.get(_ID), os.environ.get(_SECRET)
    parts = urlsplit(url)
    is_cloud = parts.hostname == CLOUD_HOST or bool(os.environ.get(_TOKEN_URL))
    is_safe = parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not (client and secret and is_cloud and is_safe):
        return {}
    with token.lock:
        if renew or time.monotonic() > token.ends:
            token.text, token.ends = _fetch_token(client, secret)
        return {"Authorization": f"Bearer {token.text}"}


def _fetch_token(client: str, secret: str) -> tuple[str, float]:
    url = os.environ.get(_TOKEN_URL) or TOKEN_URL
    wanted = {"grant_type": "client_credentials", "scope": "icdapi_access"}
    with _plain_session() as session, _sentences(url):
        response = session.post(
            url, data=wanted, auth=(client, secret), timeout=(CONNECT_TIMEOUT, READ_TIMEOUT)
        )
        check_status(url, response.status_code)
        try:
            answer = response.json()
            seconds = float(answer.get("expires_in", 3600))
            return str(answer["access_token"]), time.monotonic() + max(seconds - 60, 5)
        except (ValueError, KeyError, AttributeError, TypeError):
            raise NetworkError(url, "the token server did not give a token") from None
