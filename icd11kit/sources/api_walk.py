"""Walk an ICD-API: the linearization from its root, then the Foundation, every entity once.

Every answer goes into the cache before it is used, so a walk that was killed goes on where it
stopped. URIs in answers are WHO's whatever the host; they are asked for at the API given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from urllib.parse import urlsplit

from icd11kit.errors import NetworkError
from icd11kit.sources.api_words import Json
from icd11kit.sources.network import Token, api_session

WORKERS = 4
_ASKED = "?include=diagnosticCriteria"
"""What entities tell only if asked; all else that is on demand follows from the tree."""
_ROOTS = ("http://id.who.int/icd/", "https://id.who.int/icd/")
Get = Callable[[str], object]
Progress = Callable[[int, int], None]


def walk(
    base: str,
    *,
    release: str = "",
    language: str = "en",
    cache: Path,
    on_progress: Progress = lambda done, known: None,
) -> list[Json]:
    """Return every entity object of a release's MMS and of the Foundation.

    Without a release the API's latest is walked. `cache` is a folder; it gets one file for
    each release and language. Raises NetworkError where the server is no ICD-API or an entity
    cannot be had; what was had stays in the cache.
    """
    base = base.rstrip("/")
    token = Token()
    release = release or _latest(base, language, token)
    with api_session(cache / f"api-{release}-{language}.sqlite", language, token) as get:
        roots = [f"{base}/icd/release/11/{release}/mms", f"{base}/icd/entity"]
        return list(_walk_all(base, roots, get, on_progress))


def _latest(base: str, language: str, token: Token) -> str:
    """Return the API's latest release: the last but one part of the URI it names."""
    url = f"{base}/icd/release/11/mms"
    with api_session(None, language, token) as get:
        answer = get(url)
    latest = answer.get("latestRelease") if isinstance(answer, dict) else None
    parts = urlsplit(latest).path.rstrip("/").split("/") if isinstance(latest, str) else []
    if len(parts) < 2 or not parts[-2]:
        raise NetworkError(url, "the answer names no latest release, so this is no ICD-API")
    return parts[-2]


def _walk_all(base: str, roots: list[str], get: Get, on_progress: Progress) -> Iterator[Json]:
    """Yield the objects as they come in; the order is the server's, not the tree's."""
    seen, done = set(roots), 0
    with ThreadPoolExecutor(WORKERS) as pool:
        pending: set[Future[Json]] = {pool.submit(_entity, get, url) for url in roots}
        try:
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    item = future.result()
                    fresh = [u for u in _children(base, item) if u not in seen]
                    seen.update(fresh)
                    pending |= {pool.submit(_entity, get, url) for url in dict.fromkeys(fresh)}
                    done += 1
                    on_progress(done, len(seen))
                    yield item
        finally:
            pool.shutdown(cancel_futures=True)


def _entity(get: Get, url: str) -> Json:
    try:
        answer = get(url)
    except NetworkError as error:
        hint = "" if error.is_missing else "; run the same command again, it goes on from here"
        raise NetworkError(url, f"{error.reason}{hint}", is_missing=error.is_missing) from None
    if not isinstance(answer, dict) or not isinstance(answer.get("@id"), str):
        raise NetworkError(url, "the answer is no entity, so this is no ICD-API")
    return answer


def _children(base: str, item: Json) -> Iterator[str]:
    """Yield the addresses of an object's children at the API given."""
    children = item.get("child")
    for uri in children if isinstance(children, list) else []:
        for root in _ROOTS:
            if isinstance(uri, str) and uri.startswith(root) and ".." not in uri:
                yield f"{base}/icd/{uri.removeprefix(root)}{_ASKED}"
