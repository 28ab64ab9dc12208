"""Figures for Prometheus: requests and how long they took, by operation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where processes that serve together keep their figures; it is read when this is imported."""
MEDIA_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
)  # fmt: skip


class _Together(Collector):
    """The figures in the files of all processes, but for those that hold nothing yet.

    A process makes its files empty at its first request, and the library cannot read them then.
    """

    def collect(self) -> Iterator[Metric]:
        files = Path(os.environ[FOLDER_VARIABLE]).glob("*.db")
        held = [str(file) for file in files if file.stat().st_size]
        yield from MultiProcessCollector.merge(held)  # type: ignore[no-untyped-call]


class Metrics:
    """Counts answered requests; operations are route patterns, so that there are few."""

    def __init__(self, version: str, release: str) -> None:
        self._registry = CollectorRegistry()
        self._is_shared = FOLDER_VARIABLE in os.environ
        kept = self._registry
        self._requests = Counter(
            "icd11kit_requests", "Requests answered", ("operation", "status"), registry=kept
        )
        self._seconds = Histogram(
            "icd11kit_request_seconds", "Seconds from the request's head to the answer's end",
            ("operation",), registry=kept, buckets=_BUCKETS,
        )  # fmt: skip
        info = Gauge(
            "icd11kit_info", "The version that answers and the release it answers from",
            ("version", "release"), registry=kept, multiprocess_mode="max",
        )  # fmt: skip
        info.labels(version, release).set(1)
        if not self._is_shared:
            ProcessCollector(registry=kept)
        self._counters: dict[tuple[str, int], Counter] = {}
        self._histograms: dict[str, Histogram] = {}

    def count(self, operation: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        counter = self._counters.get((operation, status)) or self._add(operation, status)
        counter.inc()
        self._histograms[operation].observe(seconds)

    def text(self) -> bytes:
        """Return the figures of all processes that serve together."""
        if not self._is_shared:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        together.register(_Together())
        return generate_latest(together)

    def _add(self, operation: str, status: int) -> Counter:
        self._histograms.setdefault(operation, self._seconds.labels(operation))
        counter = self._requests.labels(operation, str(status))
        self._counters[operation, status] = counter
        return counter
