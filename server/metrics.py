"""Figures for Prometheus: requests, events, numbers; and, at each scrape, what waits and how the kiosks are.

With several workers the counters live in files (``PROMETHEUS_MULTIPROC_DIR``, set by ``server run``), so that every
scrape tells the sum of all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

Gauges = Callable[[], Iterable[tuple[str, str, dict[str, str], float]]]
"""Yields (name, help, labels, value)."""


class Metrics:
    """The counters of one worker."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "anjungan_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "anjungan_request_seconds",
            "Time to answer.",
            ["route"],
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self._events = Counter("anjungan_events", "Events received.", ["status"], registry=self.registry)
        self._numbers = Counter("anjungan_numbers_allotted", "Numbers allotted.", registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. ``route`` is a pattern, so that the labels stay few."""
        known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def events(self, status: str, count: int) -> None:
        """Count events by what became of them."""
        if count:
            self._events.labels(status).inc(count)

    def number(self) -> None:
        """Count one allotted number."""
        self._numbers.inc()

    def text(self, gauges: Gauges) -> bytes:
        """Return everything in Prometheus' text format."""
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        else:
            registry = self.registry
        now = CollectorRegistry()
        now.register(_Now(gauges))
        return generate_latest(registry) + generate_latest(now)


class _Now(Collector):
    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, text, labels, value in self._gauges():
            if name not in families:
                families[name] = GaugeMetricFamily(name, text, labels=list(labels))
            families[name].add_metric(list(labels.values()), value)
        return families.values()
