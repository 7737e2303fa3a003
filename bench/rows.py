"""Rows as workers write them, for benches and tests that fill a ledger; what matters to one is changed there."""

LATENCY: dict[str, object] = {
    "dense_ms": 2.0,
    "pruned_ms": 1.0,
    "ratio": 2.0,
    "ratio_low": 1.9,
    "ratio_high": 2.1,
    "rounds": 20,
    "engine": "torch",
    "threads": 1,
    "batch": 1,
    "processor": "a processor",
    "host": "a host",
    "dtype": "fp32",
    "engine_version": "1",
    "dense_engine": "onnxruntime",
    "dense_version": "1",
    "null_ratio": 1.0,
    "null_low": 0.99,
    "null_high": 1.01,
    "load": 0.5,
    "busy": 0.99,
    "engines": [],
}
"""Of `core.ledger.tables.latencies`: twice as fast."""
