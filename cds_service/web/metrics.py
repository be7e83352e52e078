"""`GET /metrics`: what all processes of this service counted, as Prometheus reads it.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import hmac
from collections.abc import Iterable, Iterator
from itertools import accumulate

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from cds_service import __version__
from cds_service.knowledge.model import Knowledge
from cds_service.metrics import METRICS, Meter, Metric
from cds_service.settings import Mode


def make_metrics(meter: Meter, knowledge: Knowledge, mode: Mode, *, token: str | None = None) -> Blueprint:
    """The route. It answers with counts alone: of patients it knows nothing. `token`: who reads it must bring it."""
    metrics = Blueprint("metrics", __name__)
    registry = CollectorRegistry()
    registry.register(_Counts(meter, knowledge, mode))

    @metrics.get("/metrics")
    def page() -> Response:
        if token is not None and not _brings(token, request.headers.get("Authorization", "")):
            return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return metrics


def _brings(token: str, authorization: str) -> bool:
    """Whether the header (RFC 6750 §2.1) holds the token; how long that takes to tell gives away nothing of it."""
    scheme, _, brought = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(brought.strip().encode(), token.encode())


class _Counts(Collector):
    def __init__(self, meter: Meter, knowledge: Knowledge, mode: Mode) -> None:
        self._meter = meter
        self._info = {"version": __version__, "knowledge": knowledge.hash, "mode": mode.value}

    def describe(self) -> Iterable[Family]:
        return ()  # nothing is counted to find out what there is

    def collect(self) -> Iterator[Family]:
        yield InfoMetricFamily("cds_service", "What runs here", value=self._info)
        totals = self._meter.totals()
        for metric in METRICS:
            family = (
                _histogram(metric)
                if metric.buckets
                else CounterMetricFamily(metric.name, metric.means, labels=metric.labels)
            )
            for (of, labels), values in sorted(totals.items(), key=lambda item: item[0][1]):
                if of is metric:
                    _add(family, metric, labels, values)
            yield family


def _histogram(metric: Metric) -> HistogramMetricFamily:
    return HistogramMetricFamily(metric.name, metric.means, labels=metric.labels)


def _add(family: Family, metric: Metric, labels: tuple[str, ...], values: tuple[float, ...]) -> None:
    if isinstance(family, HistogramMetricFamily):
        bounds = [*(str(bound) for bound in metric.buckets), "+Inf"]
        family.add_metric(labels, list(zip(bounds, accumulate(values[1:]), strict=True)), sum_value=values[0])
    elif isinstance(family, CounterMetricFamily):
        family.add_metric(labels, values[0])
