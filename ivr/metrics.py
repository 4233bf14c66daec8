"""Counters for Prometheus. Labels come from closed sets; nothing of a caller is ever one."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
WEBHOOK_SECONDS = Histogram(
    "ivr_webhook_seconds",
    "Time to answer a webhook.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2),
    registry=REGISTRY,
)
REFUSED = Counter("ivr_refused_total", "Requests without a valid signature.", ["kind"], registry=REGISTRY)
DEGRADED = Counter("ivr_degraded_total", "Times a fallback served a caller.", ["rung"], registry=REGISTRY)
STREAMS = Gauge("ivr_streams", "Media streams that are open.", registry=REGISTRY)
STREAM_LAG_SECONDS = Histogram(
    "ivr_stream_lag_seconds",
    "Audio that waited when a turn ended.",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5),
    registry=REGISTRY,
)
SUGGESTED = Gauge(
    "ivr_incident_suggested_calls", "Calls of a category that rises as in an outage.", ["category"], registry=REGISTRY
)
CODES = Counter("ivr_codes_total", "One-time codes that were asked for.", ["purpose", "outcome"], registry=REGISTRY)
CODE_TRIES = Counter(
    "ivr_code_tries_total", "One-time codes that were entered.", ["purpose", "verdict"], registry=REGISTRY
)
CODES_PAUSED = Gauge("ivr_codes_paused", "1 while nobody is sent a code.", ["reason"], registry=REGISTRY)
