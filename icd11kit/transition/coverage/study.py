"""A coverage study from its request: cases drawn, measured, with all that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from icd11kit import __version__
from icd11kit.crosswalk.mapping import Relation
from icd11kit.errors import Icd11KitError
from icd11kit.routes import ICD10, ICD10CM, ICD11
from icd11kit.store.read import file_name
from icd11kit.transition.coverage.cases import (
    Listed,
    Step,
    draw,
    listed_cases,
    read_codes,
    send_back,
    whole_cases,
)
from icd11kit.transition.coverage.figures import figures, target_measures
from icd11kit.transition.coverage.measure import by_group, measure, questions
from icd11kit.transition.coverage.routes import NAMES, check_route, stem_codes
from icd11kit.transition.coverage.values import Basis, Case, Coverage, Measure, Unread
from icd11kit.vocabulary import System

if TYPE_CHECKING:
    from icd11kit.terminology import Terminology

_EXTRAS = "needs the extras: pip install 'icd11kit[columns,figures]'"
CLAIM = (
    "The classes are claims of an automatic map, not judgements of experts; confidences "
    "speak of the stem only."
)
TABLES = "The relations are those of WHO's tables."
SILENT = (
    "No relation in WHO's tables calls a target the same: the tables installed state none, so "
    "nothing counts as fully represented."
)
WHOLE = "All codes are counted, so shares by code have no interval."
RESAMPLED = "Intervals by volume come from resampling codes with their volumes."
NO_VOLUME = "The volumes of these codes are all 0, so there is no share by volume."
SAMPLED = "Intervals by code are Wilson's, for the sample."
STARTER = "The starter set is a hand-picked few hundred codes: its shares say nothing of ICD-11."


class Request(NamedTuple):
    """What is asked for; files are "" and sample is 0 where there is none."""

    source: str = ICD10CM
    target: str = ICD11
    codes: str = ""
    volumes: str = ""
    code_column: str = ""
    count_column: str = ""
    group: str = ""
    sample: int = 0
    seed: int = 1
    resamples: int = 1000
    round_trip: bool = False
    command: str = ""


class Gathered(NamedTuple):
    """The cases of a request, how many they are drawn from, and what was read for them."""

    cases: list[Case]
    population: int
    unread: tuple[Unread, ...] = ()
    codes: Listed = Listed({})
    volumes: Listed = Listed({})
    remarks: tuple[str, ...] = ()


def no_step(done: int, total: int) -> None:
    """Tell nobody how much is done."""


def study_coverage(icd: Terminology, request: Request, step: Step = no_step) -> Coverage:
    """Return how much of one classification another can say.

    Raises UnknownRouteError, StoreError for tables that are not installed, SourceError for
    files that cannot be read, Icd11KitError where an extra is missing or no code is left.
    """
    check_route(icd, request.source, request.target)
    held = _gather(icd, request)
    if not held.cases:
        raise Icd11KitError("none of the codes given is a code of the source")
    cases = draw(held.cases, request.sample, request.seed)
    if request.round_trip:
        cases = send_back(icd, request.source, request.target, cases, step)
    sampled, weighted = len(cases) < len(held.cases), _is_weighted(request, cases)
    measures = _measures(cases, request, sampled=sampled)
    calibrated = (request.source, request.target) == (ICD10CM, ICD11) and icd.tier != "starter"
    is_whole = not sampled and not held.codes.name and not held.volumes.name
    whole = sum(1 for _ in stem_codes(icd)) if is_whole and request.target == ICD11 else None
    groups = (
        by_group(cases, request.group, sampled=sampled, weighted=weighted) if request.group else ()
    )
    return Coverage(
        _basis(icd, request, held, len(cases)),
        (*measures, *target_measures(cases, whole)),
        tuple(figures(cases, calibrated=calibrated)),
        tuple(groups), held.unread,
        (*_remarks(icd, request, cases, sampled=sampled), *held.remarks),
    )  # fmt: skip


def _gather(icd: Terminology, request: Request) -> Gathered:
    """Return the cases: of a list, of a table of volumes, of a list weighed by one, or all."""
    if not request.codes and not request.volumes:
        cases = whole_cases(icd, request.source, request.target)
        return Gathered(cases, len(cases))
    codes = read_codes(request.codes) if request.codes else Listed({})
    volumes, remarks = _volumes(request) if request.volumes else (Listed({}), ())
    texts = codes.volumes or volumes.volumes
    cases, unread = listed_cases(icd, request.source, request.target, texts)
    if codes.name and volumes.name:
        weighed, _ = listed_cases(icd, request.source, request.target, volumes.volumes)
        known = {case.mapping.source: case.volume for case in weighed}
        cases = [case._replace(volume=known.get(case.mapping.source, 0)) for case in cases]
    return Gathered(cases, len(cases), tuple(unread), codes, volumes, remarks)


def _volumes(request: Request) -> tuple[Listed, tuple[str, ...]]:
    try:
        from icd11kit.transition.volumes import read_volumes
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"--volumes {_EXTRAS} (no {error.name})") from None
    found = read_volumes(
        request.volumes, request.code_column, request.count_column, finds_counts=True
    )
    counted = (
        f"volumes are the counts in the column {found.count_column!r}"
        if found.count_column
        else "volumes are numbers of rows: no column of counts was named or found"
    )
    aside = tuple(f"rows set aside: {each.rows:,} ({each.reason})" for each in found.set_aside)
    listed = Listed({each.text: each.volume for each in found.codes}, found.name, found.sha256)
    return listed, (counted, *found.remarks, *aside)


def _measures(cases: Sequence[Case], request: Request, *, sampled: bool) -> list[Measure]:
    asked = questions(cases, into_icd11=request.target == ICD11)
    weighted = _is_weighted(request, cases)
    found = measure(cases, asked, sampled=sampled, weighted=weighted)
    if not weighted or not request.resamples:
        return found
    try:
        from icd11kit.transition.coverage.intervals import with_intervals
    except ModuleNotFoundError as error:
        raise Icd11KitError(f"--volumes {_EXTRAS} (no {error.name})") from None
    return with_intervals(cases, asked, found, request.resamples, request.seed)


def _basis(icd: Terminology, request: Request, held: Gathered, sampled: int) -> Basis:
    mms = icd.manifest(System.MMS)
    is_computed = ICD10 not in (request.source, request.target)
    return Basis(
        request.command, f"icd11kit {__version__}",
        request.source, *_release(icd, request.source),
        request.target, *_release(icd, request.target),
        "computed crosswalk" if is_computed else "edition", _map_file(icd, is_computed),
        mms["map_release"],
        held.population, sampled, request.seed, request.resamples,
        held.codes.name, held.codes.sha256, held.volumes.name, held.volumes.sha256,
    )  # fmt: skip


def _map_file(icd: Terminology, is_computed: bool) -> str:
    """Return the file a map is read from, whose name holds its digest; "" where it has none."""
    store = icd.crosswalk.book if is_computed else icd.store(System.MMS)
    return file_name(store) if store else ""


def _release(icd: Terminology, system: str) -> tuple[str, str]:
    """Return the release and tier of a system; those of ICD-10 are its table's."""
    mms = icd.manifest(System.MMS)
    if system == ICD10:
        return f"WHO's table {mms['map_release']}", mms["tier"]
    manifest = mms if system == ICD11 else icd.manifest(System.ICD10CM)
    return manifest["release"], manifest["tier"]


def _remarks(
    icd: Terminology, request: Request, cases: Sequence[Case], *, sampled: bool
) -> Iterator[str]:
    if icd.tier == "starter":
        yield STARTER
    if ICD10 in (request.source, request.target):
        is_exact = any(case.mapping.relation is Relation.EXACT for case in cases)
        yield TABLES if is_exact else SILENT
    else:
        yield CLAIM
        if request.source == ICD11:
            yield "Confidences of the way back are not calibrated, so nothing is expected of them."
    yield SAMPLED if sampled else WHOLE
    if request.volumes and not _is_weighted(request, cases):
        yield NO_VOLUME
    elif request.volumes and request.resamples:
        yield RESAMPLED


def _is_weighted(request: Request, cases: Sequence[Case]) -> bool:
    """Return whether there is a volume to take shares of."""
    return bool(request.volumes) and any(case.volume for case in cases)


def title_of(basis: Basis) -> str:
    """Return the two classifications with their releases, in words."""
    source = f"{NAMES[basis.source]} {basis.source_release}"
    return f"{source} in {NAMES[basis.target]} {basis.target_release}"
