"""All HTTP of the package: single files with limits, and sessions on an ICD-API.

Retries with back-off are urllib3's, the cache is requests-cache's. Credentials come from the
environment only, go to the token server and, as a token, to the API's own host, and are kept
out of the cache and of every message.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from urllib3.util import Retry

from icd11kit import __version__
from icd11kit.errors import NetworkError

CONNECT_TIMEOUT, READ_TIMEOUT = 5.0, 20.0
DEADLINE = 600.0
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


def retry(tries: int = 3) -> Retry:
    """Return how failures are tried again: 429 and 5xx, waiting longer each time or as told."""
    return Retry(
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
    with _plain_session() as session, _sentences(url):
        response = session.get(
            url, timeout=(CONNECT_TIMEOUT, read_timeout), stream=True, headers=_AGENT
        )
        with response:
            check_status(url, response.status_code)
            data = _read(url, response, time.monotonic() + deadline)
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
    for part in response.iter_content(_CHUNK):
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
        yield
    except requests.exceptions.ConnectTimeout:
        raise NetworkError(url, "the server does not answer") from None
    except requests.exceptions.ReadTimeout:
        raise NetworkError(url, "the server stopped answering; try again later") from None
    except requests.exceptions.ChunkedEncodingError:
        raise NetworkError(url, "the connection broke off before the end; try again") from None
    except requests.exceptions.ConnectionError as error:
        stalled = "timed out" in str(error).lower()
        why = "the server stopped answering; try again later" if stalled else "no connection"
        raise NetworkError(url, why) from None
    except requests.exceptions.RequestException as error:
        raise NetworkError(url, f"the request failed ({type(error).__name__})") from None


@contextmanager
def api_session(cache: Path, language: str) -> Iterator[Callable[[str], object]]:
    """Give a function that returns the JSON at an ICD-API URL, from the cache if it is there.

    Only good answers are kept, and without the token; the function may be called from threads.
    """
    cache.parent.mkdir(parents=True, exist_ok=True)
    session = CachedSession(
        str(cache), backend="sqlite", allowable_codes=(200,), expire_after=-1,
        ignored_parameters=["Authorization"], match_headers=["Accept-Language"],
    )  # fmt: skip
    headers = {
        **_AGENT, "API-Version": "v2", "Accept-Language": language, "Accept": "application/json"
    }  # fmt: skip
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry(5), pool_maxsize=8))
    token = Token()
    try:
        yield lambda url: _get_json(session, url, headers, token)
    finally:
        session.close()  # type: ignore[no-untyped-call]


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
